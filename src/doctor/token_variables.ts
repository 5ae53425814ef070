import { commandsOfProgram } from "../pipelines/publishers.ts";

/** What to do so that a program finds its token in a variable, which npm calls as one likes; `null` for one that takes it from its arguments alone. */
export function tokenByVariable(program: string, secret = "NPM_TOKEN"): string | null {
  if (program === "npm" || program === "pnpm") {
    // pnpm 11.5.3 and newer fill in no variable in the file of a project.
    const file = program === "npm" ? ".npmrc" : "~/.npmrc";
    return `write "//registry.npmjs.org/:_authToken=\${${secret}}" into ${file} as it stands here: ${program} fills in the variable itself`;
  }
  if (program === "curl") return "let curl read it from a file: --netrc-file, or --config";
  if (program === "dotnet" || program === "nuget") {
    const option = program === "nuget" ? "-ApiKey" : "--api-key";
    // Older ones push without a key then: learn.microsoft.com/nuget/release-notes/nuget-7.6.
    return `give ${program} the key in NUGET_API_KEY, and fill in the variable behind ${option}: NuGet 7.6 (.NET SDK 10.0.300) and newer read it without the option`;
  }
  const variable = commandsOfProgram(program).flatMap(({ tokens }) => tokens.env)[0];
  return variable === undefined ? null : `give ${program} the token in ${variable}, which it reads by itself`;
}
