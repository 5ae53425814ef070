import type { PublishAction, PublishCommand, TokenSources } from "./publisher.ts";

/** Where npm, and whatever runs it, finds a token. */
export const NPM_TOKENS: TokenSources = {
  env: ["NODE_AUTH_TOKEN", "NPM_TOKEN", "NPM_AUTH_TOKEN", "NPM_CONFIG_TOKEN", "npm_config__auth"],
  options: ["--token", "--_authToken", "--//registry.npmjs.org/:_authToken"],
  traces: [
    {
      file: ".npmrc",
      text:
        /(?:\/\/(?<host>[\w.-]+(?::\d+)?)[^\s"'=]{0,300})?:?_auth(?:Token)?["']?(?:\s*=\s*|[ \t]+)\\?["']?(?<value>\$\{\{.*?\}\}|\\?\$\([^)]*\)|[^\s"';|&>]*)/,
    },
    { file: ".npmrc", text: /\bnpm-auth-to-token\b|\bnpm-cli-login\b|\bnpm (?:login|adduser)\b/ },
  ],
};
const YARN_TOKENS: TokenSources = {
  env: ["YARN_NPM_AUTH_TOKEN", "YARN_NPM_AUTH_IDENT", ...NPM_TOKENS.env],
  options: [],
  traces: [
    {
      file: ".yarnrc.yml",
      text: /\bnpmAuth(?:Token|Ident)["']?(?:\s*[:=]\s*|[ \t]+)\\?["']?(?<value>\$\{\{.*?\}\}|[^\s"';|&>]*)/,
    },
    ...NPM_TOKENS.traces!,
  ],
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
  "--globalconfig",
  "--cache",
  "--loglevel",
  "--provenance-file",
  "--token",
];
const PNPM_OPTIONS = [
  ...NPM_OPTIONS,
  "--filter",
  "-F",
  "--filter-prod",
  "--dir",
  "--publish-branch",
  "--workspace-concurrency",
  "--reporter",
];
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
/** What programs have in common that publish as npm does. */
export const npmLike = {
  kind: "npm",
  tokens: NPM_TOKENS,
  otherwise: "unknown",
  oidcFirst: true,
  registry: ["--registry"],
  registryEnv: ["npm_config_registry", "NPM_CONFIG_REGISTRY"],
  dry: DRY,
} as const;
/** What programs run that decide what to publish, and leave it to another one. */
export const PACKAGE_MANAGERS = ["npm", "pnpm", "yarn"];

/** Package managers that publish to npm. */
export const NPM_COMMANDS: readonly PublishCommand[] = [
  {
    ...npmLike,
    program: "npm",
    client: "npm",
    oidc: "11.5.1",
    verbs: [["publish"], ["stage", "publish"]],
    valued: NPM_OPTIONS,
    packages: ["-w", "--workspace"],
  },
  {
    ...npmLike,
    program: "pnpm",
    client: "pnpm",
    // Before, pnpm runs npm.
    oidc: "11.0.0",
    runs: ["npm"],
    verbs: [["publish"], ["stage", "publish"], ["recursive", "publish"], ["multi", "publish"], [
      "m",
      "publish",
    ]],
    valued: PNPM_OPTIONS,
    packages: ["--filter", "-F"],
    directory: ["--dir", "-C"],
  },
  {
    ...npmLike,
    program: "yarn",
    client: "yarn",
    oidc: "4.10.0",
    // A token that is there keeps yarn from trying OIDC.
    oidcFirst: false,
    verbs: [
      ["npm", "publish"],
      ["workspace", "*", "npm", "publish"],
      ["workspaces", "foreach", "npm", "publish"],
    ],
    valued: YARN_OPTIONS,
    tokens: YARN_TOKENS,
    registryEnv: ["YARN_NPM_REGISTRY_SERVER", "YARN_NPM_PUBLISH_REGISTRY"],
    dry: [...DRY, "-n"],
    directory: ["--cwd"],
  },
  {
    ...npmLike,
    program: "yarn",
    client: "yarn 1",
    oidc: null,
    oidcFirst: false,
    verbs: [["publish"], ["workspace", "*", "publish"]],
    valued: YARN_OPTIONS,
    directory: ["--cwd"],
  },
  {
    ...npmLike,
    program: "bun",
    client: "bun",
    oidc: null,
    oidcFirst: false,
    verbs: [["publish"]],
    valued: [...NPM_OPTIONS, "--cwd", "--filter", "--auth-type"],
    directory: ["--cwd"],
  },
  {
    ...npmLike,
    // Of Vite+, which hands it to the package manager of the workspace.
    program: "vp",
    client: "vp pm",
    runs: [...PACKAGE_MANAGERS, "bun"],
    verbs: [["pm", "publish"], ["pm", "stage", "publish"]],
    valued: PNPM_OPTIONS,
    packages: ["--filter", "-F"],
  },
];

/** Any command but one that is there to do nothing, so that the action makes its pull request alone. */
const DOES_SOMETHING = /^(?!\s*["']?(?:(?:echo|printf)\b[^&|;\n]*|true|:|exit 0)["'\s}]*$)/;

const CHANGESETS: Omit<PublishAction, "actions"> = {
  client: "changesets/action",
  kind: "npm",
  runs: PACKAGE_MANAGERS,
  tokens: { ...NPM_TOKENS, options: [] },
  otherwise: "unknown",
  oidcFirst: true,
  directory: ["cwd"],
};

/** Actions that publish to npm. */
export const NPM_ACTIONS: readonly PublishAction[] = [
  {
    actions: ["js-devtools/npm-publish"],
    client: "JS-DevTools/npm-publish",
    kind: "npm",
    oidc: "4.1.0",
    tokens: { env: [], options: ["token"] },
    otherwise: "yes",
    registry: ["registry"],
    dry: ["dry-run"],
  },
  {
    actions: ["changesets/action"],
    when: { publish: "given" },
    arguments: { input: "publish", publishing: DOES_SOMETHING },
    ...CHANGESETS,
  },
  // Version 2 has other names, and an action for each of its parts.
  {
    actions: ["changesets/action"],
    when: { "publish-script": "given" },
    arguments: { input: "publish-script", publishing: DOES_SOMETHING },
    ...CHANGESETS,
  },
  { actions: ["changesets/action/publish"], ...CHANGESETS },
  {
    actions: ["cycjimmy/semantic-release-action", "codfish/semantic-release-action"],
    client: "semantic-release",
    kind: "npm",
    oidc: "25.0.0",
    runs: ["npm"],
    tokens: { ...NPM_TOKENS, options: [] },
    otherwise: "unknown",
    oidcFirst: true,
    dry: ["dry_run", "dry-run"],
    directory: ["working_directory"],
  },
];
