import { publishers, standsAlone } from "../../pipelines/publishing_jobs.ts";
import type { Report, Rule } from "../rule.ts";

/** A publishing step whose condition is false in every run publishes nothing, and says nothing. */
export const publishNeverRuns: Rule = {
  code: "publish-never-runs",
  severity: "warning",
  phase: "trust policy (local)",
  *check({ pipelines, publishing }) {
    for (const pipeline of pipelines.filter((each) => standsAlone(each, pipelines))) {
      for (const { live, invocation, chain, step } of publishers(pipeline)) {
        const dead = [...chain, step].find((each) => each.live === "no");
        const other = publishing.some((job) => job.invocation.kind === invocation.kind);
        if (live !== "no" || !dead?.condition || other) continue;
        yield {
          message: `The step that publishes with ${invocation.client} never runs`,
          at: dead.condition.at,
          label: "false in every run",
          related: [{ at: invocation.at, message: "would publish" }],
          why: ["A release would end without an error and without a package."],
          next: ["make the condition true for a release, or remove the step"],
        } satisfies Report;
      }
    }
  },
};
