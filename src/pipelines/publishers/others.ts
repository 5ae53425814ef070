import type { MintAction, PublishAction, PublishCommand } from "./publisher.ts";

const DRY = ["--dry-run"];

/** Programs that publish to JSR, pub.dev, Hex, the marketplaces of VS Code, and those of Go. */
export const OTHER_COMMANDS: readonly PublishCommand[] = [
  {
    program: "deno",
    client: "deno",
    kind: "jsr",
    verbs: [["publish"]],
    valued: ["--token", "-c", "--config"],
    tokens: { env: [], options: ["--token"] },
    otherwise: "yes",
    dry: DRY,
  },
  {
    program: "jsr",
    client: "jsr",
    kind: "jsr",
    verbs: [["publish"]],
    valued: ["--token"],
    tokens: { env: [], options: ["--token"] },
    otherwise: "yes",
    dry: DRY,
  },
  {
    program: ["dart", "flutter"],
    client: "pub",
    kind: "pub",
    verbs: [["pub", "publish"], ["pub", "lish"]],
    valued: ["-C", "--directory", "--server"],
    tokens: {
      env: ["PUB_TOKEN", "PUB_CREDENTIALS"],
      options: [],
      traces: [{ file: "pub-credentials.json", text: /pub-credentials\.json|\bpub token add\b/ }],
    },
    otherwise: "unknown",
    registry: ["--server"],
    dry: [...DRY, "-n"],
    directory: ["-C", "--directory"],
  },
  {
    program: "mix",
    client: "mix hex.publish",
    kind: "hex",
    oidc: null,
    verbs: [["hex.publish"]],
    valued: ["--organization"],
    tokens: { env: ["HEX_API_KEY"], options: [] },
    otherwise: "no",
    dry: DRY,
  },
  {
    program: "rebar3",
    client: "rebar3 hex publish",
    kind: "hex",
    oidc: null,
    verbs: [["hex", "publish"]],
    valued: ["-r", "--repo"],
    tokens: { env: ["HEX_API_KEY"], options: [] },
    otherwise: "no",
    dry: DRY,
  },
  {
    program: "gleam",
    client: "gleam",
    kind: "hex",
    oidc: null,
    verbs: [["publish"]],
    valued: [],
    tokens: { env: ["HEXPM_API_KEY", "HEX_API_KEY", "HEXPM_PASS"], options: [] },
    otherwise: "no",
  },
  {
    program: "vsce",
    client: "vsce",
    kind: "vscode",
    verbs: [["publish"]],
    valued: ["-p", "--pat", "-i", "--packagePath", "-t", "--target", "--readme-path", "-m", "--message"],
    decides: { option: "--azure-credential", oidc: "" },
    tokens: { env: ["VSCE_PAT"], options: ["-p", "--pat"] },
    otherwise: "unknown",
  },
  {
    program: "ovsx",
    client: "ovsx",
    kind: "vscode",
    verbs: [["publish"]],
    valued: ["-p", "--pat", "-i", "--packagePath", "-t", "--target", "-r", "--registryUrl"],
    tokens: { env: ["OVSX_PAT"], options: ["-p", "--pat"] },
    otherwise: "unknown",
    registry: ["-r", "--registryUrl"],
  },
  {
    program: "goreleaser",
    client: "goreleaser",
    kind: "go",
    // It makes releases with the job's own GITHUB_TOKEN.
    oidc: null,
    verbs: [["release"]],
    valued: [
      "-f",
      "--config",
      "--skip",
      "-p",
      "--parallelism",
      "--release-notes",
      "--timeout",
      "-k",
      "--key",
    ],
    tokens: { env: [], options: [] },
    otherwise: "no",
    dry: ["--snapshot", "--skip-publish", "--skip=publish"],
  },
];

/** Actions that publish to the same. */
export const OTHER_ACTIONS: readonly PublishAction[] = [
  {
    actions: ["goreleaser/goreleaser-action"],
    client: "goreleaser",
    kind: "go",
    oidc: null,
    tokens: { env: [], options: [] },
    otherwise: "no",
    arguments: {
      input: "args",
      publishing: /^\s*release\b(?!.*--(?:snapshot|skip[-=\s]{0,10}\S{0,60}publish))/s,
    },
  },
  {
    actions: ["haaleo/publish-vscode-extension"],
    client: "HaaLeo/publish-vscode-extension",
    kind: "vscode",
    tokens: { env: [], options: ["pat"] },
    otherwise: "unknown",
    registry: ["registryUrl"],
    dry: ["dryRun"],
  },
];

/** Actions that give later steps what they publish with. */
export const OTHER_MINTS: Readonly<Record<string, MintAction>> = {
  "dart-lang/setup-dart": { client: "setup-dart", kind: "pub", gives: "ambient", ordinary: true },
};
