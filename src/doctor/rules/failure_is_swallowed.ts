import { clientsOf, placesOf } from "../clients.ts";
import type { Report, Rule } from "../rule.ts";

/** A publish command whose failure does not count makes every release look like a success. */
export const failureIsSwallowed: Rule = {
  code: "failure-is-swallowed",
  severity: "warning",
  phase: "publishing jobs",
  *check({ publishing }) {
    const places = Map.groupBy(publishing, ({ invocation, step, job }) => {
      const lenient = [step.continueOnError, job.continueOnError].find((each) => each?.value === "true");
      return lenient?.at ?? (invocation.tolerated ? invocation.at : null);
    });
    for (const [at, jobs] of places) {
      if (!at) continue;
      const related = [
        ...placesOf(jobs, "publishes here").filter((label) => label.at !== at),
        ...jobs.flatMap(({ invocation: { inScript } }) =>
          inScript ? [{ at: inScript, message: "publishes here" }] : []
        ),
      ];
      yield {
        message: `Job "${jobs[0]!.job.id}" succeeds although publishing with ${clientsOf(jobs)} fails`,
        at,
        label: related.length > 0 ? "its failure does not count" : "what follows hides its failure",
        related,
        why: [
          "A refused exchange, a lost permission or a rejected file would go unnoticed until somebody misses the version.",
        ],
        next: [
          "let it fail; where it fails because the version is there already, ask for that first (or use keyless publish, which does)",
        ],
      } satisfies Report;
    }
  },
};
