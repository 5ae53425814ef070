import { plainLine } from "../../host/redact.ts";
import { expressionsIn } from "../../formats/expression_text.ts";
import type { Job, Setting, Step } from "../../pipelines/model.ts";
import type { Location } from "../../problem.ts";
import { neededBy } from "../artifacts.ts";
import { placeOfPath } from "../expression_place.ts";
import type { Report, Rule, Subject } from "../rule.ts";

/** What an expression asks of a matrix that does not have it is empty in every leg, and nothing says so. */
export const matrixKeyMissing: Rule = {
  code: "matrix-key-missing",
  severity: "info",
  phase: "publishing jobs",
  *check(subject) {
    const seen = new Set<string>();
    for (const publishing of subject.publishing) {
      for (const job of [publishing.job, ...neededBy(publishing)]) {
        const place = `${job.at.path} ${job.at.start.offset}`;
        if (job.live === "no" || seen.has(place)) continue;
        seen.add(place);
        const asked = askedInVain(job, subject);
        if (!asked) continue;
        const { path, at } = asked;
        yield {
          message: `Job "${job.id}" asks for ${path}, which it does not have`,
          at,
          label: "empty in every run",
          related: [{ at: publishing.invocation.at, message: "publishes behind it" }],
          why: [
            "What is not there is empty, and no error: a comparison with it never holds, and what hangs on it is built like everything else.",
          ],
          next: ["name a key that the matrix has, or take it out"],
        } satisfies Report;
      }
    }
  },
};

/** The first thing that the job's own steps ask of its matrix in vain. Those of actions may be there for other jobs. */
function askedInVain(job: Job, { sources }: Subject): { path: string; at: Location } | null {
  const { absentFromMatrix } = job;
  if (!absentFromMatrix) return null;
  for (const step of job.steps.filter(({ live }) => live !== "no")) {
    for (const setting of settingsOf(step)) {
      // A condition is an expression without braces as well; elsewhere nothing else is one.
      const whole = setting === step.condition && !setting.value.includes("${{");
      const expressions = whole
        ? [setting.value]
        : expressionsIn(setting.value).map(({ expression }) => expression);
      const path = expressions.flatMap((each) => [...absentFromMatrix(each.replace(WITH_OTHER, ""))])[0];
      if (path !== undefined) return { path: plainLine(path, 60), at: placeOfPath(setting, path, sources) };
    }
  }
  return null;
}

/** What may be left out, as another value stands behind it. */
const WITH_OTHER = /\bmatrix(?:\.[\w-]{1,100}){1,9}\s{0,9}\|\|/gi;

/** What a cache is called by: with an empty part in it, it is one all the same. */
const OF_CACHE = /^(?:(?:restore-)?keys?|cache-key|prefix-key|shared-key)$/;

function settingsOf({ uses, run, condition, with: inputs, env }: Step): Setting[] {
  const given = [...inputs.values()].filter(({ name }) => !OF_CACHE.test(name));
  return [condition, uses, ...given, ...env.values(), run].filter((each) => each !== null);
}
