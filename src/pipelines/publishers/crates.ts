import type { MintAction, PublishAction, PublishCommand, TokenSources } from "./publisher.ts";

const CARGO_TOKENS: TokenSources = {
  env: ["CARGO_REGISTRY_TOKEN", "CARGO_TOKEN", "CRATES_IO_TOKEN", "CARGO_REGISTRIES_CRATES_IO_TOKEN"],
  options: ["--token"],
  traces: [
    {
      file: ".cargo/credentials.toml",
      text:
        /\bcargo login\b(?:\s+--[\w-]*(?:=\S+)?)*[ \t]*["']?(?<value>[$\w][^\s"';|&]*(?:\s+[^}\s]+\s+\}\})?)?/,
    },
    {
      file: ".cargo/credentials.toml",
      text: /(?<!>)>>?\s{0,20}["']?\S{0,300}\.cargo\/credentials(?:\.toml)?/,
    },
  ],
};
const DRY = ["--dry-run"];
const CARGO_OPTIONS = [
  "-p",
  "--package",
  "--exclude",
  "--registry",
  "--index",
  "--manifest-path",
  "--token",
  "--target",
  "--target-dir",
  "-F",
  "--features",
  "-Z",
  "--config",
  "-C",
  "-j",
  "--jobs",
  "--color",
];

/** What programs have in common that run cargo with what they find. */
const cargoLike = {
  kind: "crates",
  tokens: CARGO_TOKENS,
  otherwise: "unknown",
  registry: ["--registry", "--index"],
  registryEnv: ["CARGO_REGISTRY_DEFAULT"],
} as const;

const workspaces = {
  client: "cargo-workspaces",
  runs: ["cargo"],
  valued: [
    ...CARGO_OPTIONS,
    "--allow-branch",
    "--publish-interval",
    "--force",
    "--pre-id",
    "-m",
    "--message",
  ],
  dry: DRY,
} as const;
const smartRelease = {
  client: "cargo-smart-release",
  runs: ["cargo"],
  valued: ["-b", "--bump", "--bump-dependencies"],
  executes: ["--execute", "-e"],
  dry: ["--no-publish"],
} as const;

/** Programs that publish to crates.io. */
export const CRATES_COMMANDS: readonly PublishCommand[] = [
  {
    ...cargoLike,
    program: "cargo",
    client: "cargo",
    oidc: null,
    verbs: [["publish"]],
    valued: CARGO_OPTIONS,
    packages: ["-p", "--package"],
    dry: [...DRY, "-n"],
    directory: ["-C"],
  },
  {
    ...cargoLike,
    ...workspaces,
    program: "cargo",
    verbs: [["workspaces", "publish"], ["ws", "publish"]],
  },
  { ...cargoLike, ...workspaces, program: ["cargo-workspaces", "cargo-ws"], verbs: [["publish"]] },
  {
    ...cargoLike,
    program: ["cargo", "cargo-release"],
    client: "cargo-release",
    runs: ["cargo"],
    verbs: [["release"]],
    // All of its steps but `publish`; without one it takes them all.
    unless: /^(?:changes|version|replace|hook|commit|owner|tag|push|config)$/,
    // Up to 0.21 it had an option for the token.
    valued: ["-p", "--package", "--registry", "--manifest-path", "--exclude", "-c", "--config", "--token"],
    packages: ["-p", "--package"],
    executes: ["--execute", "-x"],
    dry: ["--no-publish"],
  },
  {
    ...cargoLike,
    ...smartRelease,
    program: "cargo",
    verbs: [["smart-release"]],
  },
  { ...cargoLike, ...smartRelease, program: "cargo-smart-release", verbs: [[]] },
  {
    ...cargoLike,
    program: "release-plz",
    client: "release-plz",
    oidc: "0.3.146",
    verbs: [["release"]],
    valued: ["--config", "--manifest-path", "--token", "--git-token", "--registry", "--forge", "--backend"],
    dry: DRY,
  },
];

/** Actions that publish to crates.io. */
export const CRATES_ACTIONS: readonly PublishAction[] = [
  {
    actions: ["release-plz/action", "marcoieni/release-plz-action"],
    client: "release-plz",
    kind: "crates",
    oidc: "0.3.146",
    unless: { command: "release-pr" },
    tokens: { ...CARGO_TOKENS, options: [] },
    otherwise: "unknown",
    dry: ["dry_run"],
  },
  {
    actions: ["katyo/publish-crates"],
    client: "katyo/publish-crates",
    kind: "crates",
    runs: ["cargo"],
    tokens: { env: CARGO_TOKENS.env, options: ["registry-token"] },
    otherwise: "unknown",
    dry: ["dry-run"],
    directory: ["path"],
  },
  {
    ...cargoLike,
    actions: ["actions-rs/cargo", "houseabsolute/actions-rust-cross"],
    client: "cargo",
    oidc: null,
    when: { command: ["publish"] },
  },
];

/** Actions that mint tokens of crates.io. */
export const CRATES_MINTS: Readonly<Record<string, MintAction>> = {
  "rust-lang/crates-io-auth-action": {
    client: "crates-io-auth-action",
    kind: "crates",
    gives: "output",
    output: "token",
    minutes: 30,
  },
};
