import type { Publishing, Report, Rule } from "../rule.ts";
import { tokenByVariable } from "../token_variables.ts";

/** Words of a script, or of a variable's name, that have to do with a registry's credentials. */
const CONCERNS =
  /_authToken|npmrc|pypirc|npm (?:config|set|login)|cargo login|PYPI|TWINE|NPM|NODE_AUTH|CARGO|CRATES|REGISTRY/i;

/** How the programs of a script that take a token find it in a variable. */
function withoutArgument(script: string, variable: string): string[] {
  const programs = new Set([...script.matchAll(GIVEN)].map(([, program]) => program!));
  return [...programs].flatMap((program) => tokenByVariable(program, variable) ?? []);
}

/** Programs to whose arguments people add a token. An `echo` is the shell's own, and shows none. */
const GIVEN =
  /\b(twine|uv|poetry|flit|hatch|pdm|maturin|cargo|npm|pnpm|yarn)\s{1,9}(?:upload|publish|login|config|set)\b[^\n;&|]{0,300}[$\ue000]/g;

/** In double quotes Groovy writes the secret itself into the command. */
export const jenkinsSecretInDoubleQuotes: Rule = {
  code: "jenkins-secret-in-double-quotes",
  severity: "warning",
  phase: "credentials",
  *check({ publishing }) {
    for (const pipeline of new Set(publishing.map((each: Publishing) => each.pipeline))) {
      if (pipeline.vendor !== "jenkins") continue;
      for (const { steps } of pipeline.jobs) {
        for (const { interpolations = [], publishes, run } of steps) {
          for (const { variable, at, boundAt, fix } of interpolations) {
            if (publishes.length === 0 && !CONCERNS.test(`${variable} ${run?.value}`)) continue;
            yield {
              message: `Groovy writes the secret ${variable} into the command`,
              at,
              label: "replaced before the shell sees it",
              related: [{ at: boundAt, message: "bound to the credential" }],
              why: [
                "The secret stands in the script that Jenkins writes to the agent's disk, and in the list of its processes.",
              ],
              next: [
                "write the script in single quotes: then the shell reads the variable",
                ...withoutArgument(run?.value ?? "", variable).map((how) =>
                  `and keep it out of the arguments: ${how}`
                ),
              ],
              fix,
            } satisfies Report;
          }
        }
      }
    }
  },
};
