import type { MintAction, PublishAction, PublishCommand, TokenSources } from "./publisher.ts";

const GEM_TOKENS: TokenSources = {
  env: ["GEM_HOST_API_KEY", "RUBYGEMS_API_KEY"],
  options: ["-k", "--key"],
  traces: [
    {
      file: ".gem/credentials",
      text: /:rubygems_api_key:[ \t]*(?<value>\$\{\{.*?\}\}|\\?\$[^\s"'`;|&)>]+)/,
    },
    {
      file: ".gem/credentials",
      text: /\.gem\/credentials|\.local\/share\/gem\/credentials|\bgem signin\b/,
    },
  ],
};
const gemLike = {
  kind: "rubygems",
  oidc: null,
  tokens: GEM_TOKENS,
  otherwise: "unknown",
  registryEnv: ["RUBYGEMS_HOST", "GEM_HOST"],
} as const;

/** Programs that publish to RubyGems. */
export const RUBYGEMS_COMMANDS: readonly PublishCommand[] = [
  {
    ...gemLike,
    program: "gem",
    client: "gem",
    verbs: [["push"]],
    valued: ["-k", "--key", "--host", "--otp", "--attestation", "-p", "--http-proxy"],
    registry: ["--host"],
  },
  {
    ...gemLike,
    program: "gem",
    // Of gem-release, which builds and pushes; its own --push is for the tag.
    client: "gem release",
    runs: ["gem"],
    verbs: [["release"]],
    valued: ["-k", "--key", "-h", "--host", "--recurse"],
    registry: ["-h", "--host"],
  },
  {
    ...gemLike,
    program: "rake",
    client: "rake release",
    verbs: [[/^release(?:\[.*\]|:rubygem_push)?$/]],
    anywhere: true,
    valued: ["-f", "-C"],
    dry: ["-n", "--dry-run", "-T", "--tasks"],
    directory: ["-C"],
  },
];

/** Actions that publish to RubyGems. */
export const RUBYGEMS_ACTIONS: readonly PublishAction[] = [
  {
    actions: ["rubygems/release-gem"],
    client: "rubygems/release-gem",
    kind: "rubygems",
    decides: { option: "setup-trusted-publisher", oidc: "true", token: "false" },
    tokens: { env: [], options: [] },
    otherwise: "yes",
    directory: ["working-directory"],
  },
];

/** Actions that mint tokens of RubyGems. */
export const RUBYGEMS_MINTS: Readonly<Record<string, MintAction>> = {
  "rubygems/configure-rubygems-credentials": {
    client: "configure-rubygems-credentials",
    kind: "rubygems",
    gives: "ambient",
    minutes: 15,
    tokens: ["api-token"],
  },
};
