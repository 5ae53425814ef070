import { plainLine } from "../../host/redact.ts";
import type { Job, Setting, Step } from "../../pipelines/model.ts";
import { placeKey } from "../../problem.ts";
import { suggest } from "../../suggest.ts";
import { neededBy } from "../artifacts.ts";
import { placeOfPath } from "../expression_place.ts";
import type { Report, Rule } from "../rule.ts";
import { askingSettings, expressionsOf } from "../step_expressions.ts";

/** What an action of the project asks of inputs that it does not have is empty, and nothing says so. */
export const inputNotDeclared: Rule = {
  code: "input-not-declared",
  severity: "warning",
  phase: "publishing jobs",
  *check({ publishing, sources }) {
    const jobs = new Set<Job>();
    for (const each of publishing.filter(({ pipeline }) => pipeline.vendor === "github")) {
      for (const job of [each.job, ...neededBy(each)]) jobs.add(job);
    }
    const said = new Set<string>();
    for (const job of jobs) {
      for (const { name, meant, isAlike, setting, uses } of emptyInputs(job.steps)) {
        const at = placeOfPath(setting, `inputs.${name.toLowerCase()}`, sources);
        const key = placeKey(at);
        if (said.has(key)) continue;
        said.add(key);
        yield {
          message: `${plainLine(uses.value, 100)} reads the input "${name}", which it does not have`,
          at,
          label: `empty where job "${job.id}" uses it`,
          related: [{ at: uses.at, message: "used here" }],
          why: [
            "An action sees its own inputs, and none of the workflow's. What it neither declares nor is given is an empty text, and no error.",
          ],
          next: [
            meant === null
              ? `declare "${name}" in the action, and give it here`
              : `${isAlike ? "write" : "did you mean"} \`inputs.${plainLine(meant, 100)}\`${
                isAlike ? "" : "?"
              }`,
          ],
        } satisfies Report;
      }
    }
  },
};

interface EmptyInput {
  readonly name: string;
  /** An input that the action has and that may be meant. */
  readonly meant: string | null;
  /** Whether that is the same word, but for letter case and what stands between its parts. */
  readonly isAlike: boolean;
  readonly setting: Setting;
  readonly uses: Setting;
}

/** What steps of actions read in vain: by a name that is misspelt for certain, and where they publish, by any. */
function* emptyInputs(
  steps: readonly Step[],
  uses?: Setting,
  has: readonly string[] = [],
): Iterable<EmptyInput> {
  for (const step of steps.filter(({ live }) => live !== "no")) {
    for (const { name, setting } of uses ? inputsReadBy(step) : []) {
      if (has.some((each) => each.toLowerCase() === name.toLowerCase())) continue;
      const alike = has.find((each) => folded(each) === folded(name));
      // A variable may be left over, and nothing reads it.
      const decides = step.publishes.length > 0 && step.env.get(setting.name) !== setting;
      if (alike === undefined && !decides) continue;
      yield { name, meant: alike ?? suggest(name, has), isAlike: alike !== undefined, setting, uses: uses! };
    }
    if (step.uses && step.inputNames) yield* emptyInputs(step.inner, step.uses, step.inputNames);
  }
}

function folded(name: string): string {
  return name.replace(/[-_]/g, "").toLowerCase();
}

/** Where another value stands behind it, it may be left out. */
const INPUT = /(?<![\w.-])inputs\.([\w-]{1,100})(?![\w-]|\s{0,9}\|\|)/gi;

function inputsReadBy(step: Step): readonly { readonly name: string; readonly setting: Setting }[] {
  return askingSettings(step).filter(({ value }) => /\binputs\./i.test(value)).flatMap((setting) =>
    expressionsOf(setting, step).flatMap((each) => [...each.replace(/'[^']*'/g, "''").matchAll(INPUT)])
      .map(([, name]) => ({ name: name!, setting }))
  );
}
