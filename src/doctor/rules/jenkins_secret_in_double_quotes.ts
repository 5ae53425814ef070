import type { Publishing, Report, Rule } from "../rule.ts";

/** Words of a script, or of a variable's name, that have to do with a registry's credentials. */
const CONCERNS =
  /_authToken|npmrc|pypirc|npm (?:config|set|login)|cargo login|PYPI|TWINE|NPM|NODE_AUTH|CARGO|CRATES|REGISTRY/i;

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
              next: ["write the script in single quotes: then the shell reads the variable"],
              fix,
            } satisfies Report;
          }
        }
      }
    }
  },
};
