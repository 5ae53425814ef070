import type { PublishAction, PublishCommand, TokenSources } from "./publisher.ts";

const CARGO_TOKENS: TokenSources = {
  env: ["CARGO_REGISTRY_TOKEN", "CARGO_TOKEN", "CRATES_IO_TOKEN"],
  options: ["--token"],
  traces: /\bcargo login\b/,
};
const DRY = ["--dry-run"];

/** Programs that publish to crates.io. */
export const CRATES_COMMANDS: readonly PublishCommand[] = [
  {
    program: "cargo",
    client: "cargo",
    kind: "crates",
    verbs: [["publish"], ["workspaces", "publish"], ["ws", "publish"]],
    valued: [
      "-p",
      "--package",
      "--registry",
      "--index",
      "--manifest-path",
      "--token",
      "--target-dir",
      "-F",
      "--features",
      "-Z",
      "--config",
      "-C",
    ],
    packages: ["-p", "--package"],
    tokens: CARGO_TOKENS,
    otherwise: "unknown",
    registry: ["--registry", "--index"],
    dry: [...DRY, "-n"],
  },
  {
    program: "cargo",
    client: "cargo-release",
    kind: "crates",
    verbs: [["release"]],
    valued: ["-p", "--package", "--registry", "--manifest-path"],
    packages: ["-p", "--package"],
    needs: ["--execute", "-x"],
    tokens: CARGO_TOKENS,
    otherwise: "unknown",
    registry: ["--registry"],
    dry: ["--no-publish"],
  },
  {
    program: "release-plz",
    client: "release-plz",
    kind: "crates",
    verbs: [["release"]],
    valued: ["--config", "--manifest-path", "--token", "--git-token", "--registry"],
    tokens: CARGO_TOKENS,
    otherwise: "unknown",
    registry: ["--registry"],
    dry: DRY,
  },
];

/** Actions that publish to crates.io. */
export const CRATES_ACTIONS: readonly PublishAction[] = [
  {
    actions: ["release-plz/action", "marcoieni/release-plz-action"],
    client: "release-plz",
    kind: "crates",
    unless: { command: "release-pr" },
    tokens: CARGO_TOKENS,
    otherwise: "unknown",
    dry: ["dry_run"],
  },
  {
    actions: ["katyo/publish-crates"],
    client: "katyo/publish-crates",
    kind: "crates",
    tokens: { env: CARGO_TOKENS.env, options: ["registry-token"] },
    otherwise: "unknown",
    dry: ["dry-run"],
  },
  {
    actions: ["actions-rs/cargo"],
    client: "cargo",
    kind: "crates",
    when: { command: ["publish"] },
    tokens: CARGO_TOKENS,
    otherwise: "unknown",
  },
];
