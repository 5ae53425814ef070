import type { PublishAction, PublishCommand } from "./publisher.ts";

const DRY = ["--dry-run"];

/** Programs that publish to several kinds of registries. */
export const ANY_COMMANDS: readonly PublishCommand[] = [
  {
    program: "keyless",
    client: "keyless",
    kind: null,
    verbs: [["publish"], ["exchange"]],
    valued: ["--package", "--credential", "--artifacts", "--registry"],
    packages: ["--package"],
    decides: { option: "--credential", oidc: "oidc", token: "token" },
    tokens: { env: [], options: [] },
    otherwise: "yes",
    dry: DRY,
  },
  {
    program: "putitoutthere",
    client: "putitoutthere",
    kind: null,
    verbs: [["publish"]],
    valued: ["--cwd", "--config", "--packages"],
    tokens: { env: ["CARGO_REGISTRY_TOKEN", "PYPI_API_TOKEN", "NODE_AUTH_TOKEN", "NPM_TOKEN"], options: [] },
    otherwise: "yes",
    oidcFirst: true,
    dry: [...DRY, "--preflight-check"],
  },
];

/** Actions that publish to several kinds of registries. */
export const ANY_ACTIONS: readonly PublishAction[] = [
  {
    actions: ["thekevinscott/putitoutthere"],
    client: "putitoutthere",
    kind: null,
    when: { command: ["publish"] },
    tokens: { env: ["CARGO_REGISTRY_TOKEN", "PYPI_API_TOKEN", "NODE_AUTH_TOKEN", "NPM_TOKEN"], options: [] },
    otherwise: "yes",
    oidcFirst: true,
    dry: ["dry_run"],
  },
];
