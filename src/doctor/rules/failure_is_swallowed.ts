import type { Report, Rule } from "../rule.ts";

/** A publish command whose failure does not count makes every release look like a success. */
export const failureIsSwallowed: Rule = {
  code: "failure-is-swallowed",
  severity: "warning",
  phase: "publishing jobs",
  *check({ publishing }) {
    for (const { invocation, step, job } of publishing) {
      const lenient = [step.continueOnError, job.continueOnError].find((each) => each?.value === "true");
      if (!invocation.tolerated && !lenient) continue;
      yield {
        message: `Job "${job.id}" succeeds although publishing with ${invocation.client} fails`,
        at: lenient?.at ?? invocation.at,
        label: lenient ? "its failure does not count" : "what follows hides its failure",
        related: lenient ? [{ at: invocation.at, message: "publishes here" }] : [],
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
