import type { PublishAction, PublishCommand, TokenSources } from "./publisher.ts";

const NPM_TOKENS: TokenSources = {
  env: ["NODE_AUTH_TOKEN", "NPM_TOKEN", "NPM_AUTH_TOKEN", "NPM_CONFIG_TOKEN", "npm_config__auth"],
  options: ["--token"],
  traces: /_authToken|_auth=|npm-auth-to-token|npm (?:login|adduser)\b/,
};
const NPM_OPTIONS = [
  "--tag",
  "--access",
  "--registry",
  "--otp",
  "--prefix",
  "-C",
  "--workspace",
  "-w",
  "--userconfig",
  "--loglevel",
];
const PNPM_OPTIONS = [...NPM_OPTIONS, "--filter", "-F", "--dir", "--publish-branch", "--filter-prod"];
const YARN_OPTIONS = [
  ...NPM_OPTIONS,
  "--cwd",
  "--new-version",
  "--include",
  "--exclude",
  "--from",
  "-j",
  "--jobs",
  "--since",
];
const DRY = ["--dry-run"];
const npmLike = {
  kind: "npm",
  tokens: NPM_TOKENS,
  otherwise: "unknown",
  oidcFirst: true,
  registry: ["--registry"],
  dry: DRY,
} as const;

/** Programs that publish to npm. */
export const NPM_COMMANDS: readonly PublishCommand[] = [
  {
    ...npmLike,
    program: "npm",
    client: "npm",
    verbs: [["publish"]],
    valued: NPM_OPTIONS,
    packages: ["-w", "--workspace"],
  },
  {
    ...npmLike,
    program: "pnpm",
    client: "pnpm",
    verbs: [["publish"], ["recursive", "publish"], ["m", "publish"]],
    valued: PNPM_OPTIONS,
    packages: ["--filter", "-F"],
  },
  {
    ...npmLike,
    program: "yarn",
    client: "yarn",
    verbs: [
      ["publish"],
      ["npm", "publish"],
      ["workspace", "*", "publish"],
      ["workspace", "*", "npm", "publish"],
      ["workspaces", "foreach", "npm", "publish"],
    ],
    valued: YARN_OPTIONS,
    tokens: { ...NPM_TOKENS, env: [...NPM_TOKENS.env, "YARN_NPM_AUTH_TOKEN"] },
    dry: [...DRY, "-n"],
  },
  {
    ...npmLike,
    program: "bun",
    client: "bun",
    verbs: [["publish"]],
    valued: [...NPM_OPTIONS, "--cwd", "--filter"],
  },
  {
    ...npmLike,
    program: "changeset",
    client: "changesets",
    verbs: [["publish"]],
    valued: ["--tag", "--otp"],
  },
  {
    ...npmLike,
    program: "lerna",
    client: "lerna",
    verbs: [["publish"]],
    valued: ["--dist-tag", "--preid", "--registry", "--loglevel", "--concurrency"],
  },
  {
    ...npmLike,
    program: "nx",
    client: "nx release",
    verbs: [["release", "publish"]],
    valued: ["--registry", "--tag", "--projects", "-p"],
  },
  {
    ...npmLike,
    program: "semantic-release",
    client: "semantic-release",
    verbs: [[]],
    valued: [
      "-b",
      "--branches",
      "-p",
      "--plugins",
      "-e",
      "--extends",
      "-r",
      "--repository-url",
      "-t",
      "--tag-format",
    ],
    dry: [...DRY, "-d", "--version", "--help"],
  },
];

/** Actions that publish to npm. */
export const NPM_ACTIONS: readonly PublishAction[] = [
  {
    actions: ["js-devtools/npm-publish"],
    client: "JS-DevTools/npm-publish",
    kind: "npm",
    tokens: { env: [], options: ["token"] },
    otherwise: "yes",
    registry: ["registry"],
    dry: ["dry-run"],
  },
  {
    actions: ["changesets/action"],
    client: "changesets/action",
    kind: "npm",
    when: { publish: "given" },
    tokens: NPM_TOKENS,
    otherwise: "unknown",
    oidcFirst: true,
  },
  {
    actions: ["cycjimmy/semantic-release-action", "codfish/semantic-release-action"],
    client: "semantic-release",
    kind: "npm",
    tokens: NPM_TOKENS,
    otherwise: "unknown",
    oidcFirst: true,
    dry: ["dry_run", "dry-run"],
  },
];
