import { meantForOidc, publicTarget, REFUSED_EVENTS } from "../oidc.ts";
import type { Report, Rule } from "../rule.ts";

/** Some registries refuse runs that an untrusted event can start, whatever the record says. */
export const eventRefused: Rule = {
  code: "event-refused",
  severity: "error",
  phase: "trust policy (local)",
  *check(subject) {
    for (const job of subject.publishing) {
      const registry = publicTarget(job.invocation);
      if (!registry || meantForOidc(subject, job) === "no") continue;
      const refused = REFUSED_EVENTS[registry.kind];
      const starts = job.starts.filter(({ publishes }) => publishes !== "no");
      for (const { trigger, publishes } of starts.filter(({ trigger }) => refused.includes(trigger.event))) {
        const others = starts.some((start) => !refused.includes(start.trigger.event));
        yield {
          // A condition that is not known may leave such runs out; where no other start it, none is left that is accepted.
          ...!others ? {} : { severity: publishes === "unknown" ? "unverified" : "warning" },
          message:
            `${registry.label} refuses runs of ${trigger.event}, and job "${job.job.id}" publishes in one`,
          at: trigger.at,
          label: "starts the workflow",
          related: [{ at: job.invocation.at, message: `publishes to ${registry.label}` }],
          why: [
            `${registry.label} exchanges no token of such a run: ${
              trigger.event === "workflow_run"
                ? "another workflow, also of a fork, starts it"
                : "a fork can start it"
            }.`,
          ],
          next: ["publish on a push of a tag, on a release, or by hand (workflow_dispatch)"],
        } satisfies Report;
      }
    }
  },
};
