import type { PublishAction, PublishCommand } from "./publisher.ts";

const DRY = ["--dry-run"];
const ALL_TOKENS = {
  env: ["CARGO_REGISTRY_TOKEN", "PYPI_API_TOKEN", "NODE_AUTH_TOKEN", "NPM_TOKEN"],
  options: [],
} as const;

/** Programs that publish to several kinds of registries. */
export const ANY_COMMANDS: readonly PublishCommand[] = [
  {
    program: "keyless",
    client: "keyless",
    kind: null,
    oidc: "0.1.0",
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
    tokens: ALL_TOKENS,
    otherwise: "yes",
    oidcFirst: true,
    dry: [...DRY, "--preflight-check"],
    directory: ["--cwd"],
  },
  {
    program: "covector",
    client: "covector",
    kind: null,
    runs: ["cargo", "npm"],
    verbs: [["publish"]],
    valued: ["--directory", "--cwd"],
    tokens: ALL_TOKENS,
    otherwise: "unknown",
    dry: DRY,
    directory: ["--directory", "--cwd"],
  },
];

/** Actions that publish to several kinds of registries. */
export const ANY_ACTIONS: readonly PublishAction[] = [
  {
    actions: ["thekevinscott/putitoutthere"],
    client: "putitoutthere",
    kind: null,
    when: { command: ["publish"] },
    tokens: ALL_TOKENS,
    otherwise: "yes",
    oidcFirst: true,
    dry: ["dry_run"],
  },
  {
    actions: ["jbolda/covector", "jbolda/covector/packages/action"],
    client: "covector",
    kind: null,
    runs: ["cargo", "npm"],
    when: { command: ["publish", "version-or-publish"] },
    tokens: ALL_TOKENS,
    otherwise: "unknown",
    directory: ["cwd"],
  },
  {
    // To PyPI it goes with OIDC wherever the job may ask for a token, to npm where it has no other.
    actions: [
      "jupyter-server/jupyter_releaser/.github/actions/finalize-release",
      "jupyter-server/jupyter-releaser/.github/actions/finalize-release",
    ],
    client: "jupyter-releaser",
    kind: null,
    tokens: { env: ["PYPI_TOKEN", "PYPI_TOKEN_MAP", "NPM_TOKEN"], options: [] },
    otherwise: "unknown",
    oidcFirst: true,
    dry: ["dry_run"],
  },
];
