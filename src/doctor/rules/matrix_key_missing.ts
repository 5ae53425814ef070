import { plainLine } from "../../host/redact.ts";
import type { Job } from "../../pipelines/model.ts";
import type { Location } from "../../problem.ts";
import { neededBy } from "../artifacts.ts";
import { placeOfPath } from "../expression_place.ts";
import type { Report, Rule, Subject } from "../rule.ts";
import { askingSettings, expressionsOf } from "../step_expressions.ts";

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
            "What is not there is empty, and GitHub says nothing: a comparison with it never holds, what hangs on it is built like everything else, and a command gets nothing in its place.",
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
    for (const setting of askingSettings(step)) {
      const path = expressionsOf(setting, step).flatMap((
        each,
      ) => [...absentFromMatrix(each.replace(WITH_OTHER, ""))])[0];
      if (path !== undefined) return { path: plainLine(path, 60), at: placeOfPath(setting, path, sources) };
    }
  }
  return null;
}

/** What may be left out, as another value stands behind it. */
const WITH_OTHER = /\bmatrix(?:\.[\w-]{1,100}){1,9}\s{0,9}\|\|/gi;
