import type { MintAction, PublishCommand, TokenSources } from "./publisher.ts";

const NUGET_TOKENS: TokenSources = {
  env: ["NUGET_API_KEY", "NUGET_AUTH_TOKEN"],
  options: ["-k", "--api-key", "-ApiKey", "-apikey", "-apiKey"],
  traces: [{
    file: "nuget.config",
    text: /\bnuget(?:\.exe)? (?:setapikey|sources? (?:add|update)|(?:add|update) source)\b/i,
  }],
};
const nugetLike = {
  kind: "nuget",
  oidc: null,
  tokens: NUGET_TOKENS,
  otherwise: "unknown",
  registry: ["-s", "--source", "-Source", "-source"],
} as const;
const VALUED = [
  "-k",
  "--api-key",
  "-ApiKey",
  "-apikey",
  "-apiKey",
  "-s",
  "--source",
  "-Source",
  "-source",
  "-ss",
  "--symbol-source",
  "-sk",
  "--symbol-api-key",
  "-t",
  "--timeout",
  "-Timeout",
  "-Verbosity",
  "-ConfigFile",
];

/** Programs that publish to NuGet. */
export const NUGET_COMMANDS: readonly PublishCommand[] = [
  { ...nugetLike, program: "dotnet", client: "dotnet nuget", verbs: [["nuget", "push"]], valued: VALUED },
  { ...nugetLike, program: "nuget", client: "nuget", verbs: [[/^push$/i]], valued: VALUED },
];

/** Actions that mint keys of NuGet. */
export const NUGET_MINTS: Readonly<Record<string, MintAction>> = {
  "nuget/login": {
    client: "NuGet/login",
    kind: "nuget",
    gives: "output",
    output: "NUGET_API_KEY",
    minutes: 15,
  },
};
