import { publishers, standsAlone } from "../../pipelines/publishing_jobs.ts";
import type { Publishing, Report, Rule } from "../rule.ts";

/** A publishing step whose condition is false in every run publishes nothing, and says nothing. */
export const publishNeverRuns: Rule = {
  code: "publish-never-runs",
  severity: "warning",
  phase: "trust policy (local)",
  *check({ pipelines, publishing }) {
    for (const pipeline of pipelines.filter((each) => standsAlone(each, pipelines))) {
      for (const { live, invocation, chain, step } of publishers(pipeline)) {
        const dead = [...chain, step].find((each) => each.live === "no");
        const other = publishing.some((job) => job.invocation.kind === invocation.kind && reached(job));
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
    for (const job of publishing) {
      const { starts, invocation, pipeline, chain, step } = job;
      const guard = [...chain, step].find(({ condition }) => condition !== null)?.condition;
      const other = publishing.some((each) => each.invocation.kind === invocation.kind && reached(each));
      if (pipeline.vendor !== "github" || reached(job) || !guard || other) continue;
      yield {
        message:
          `The step that publishes with ${invocation.client} never runs, whatever starts ${pipeline.file}`,
        at: guard.at,
        label: "false in every run that these events start",
        related: [
          ...starts.slice(0, 2).map(({ trigger }) => ({
            at: trigger.at,
            message: `starts it: ${trigger.event}`,
          })),
          { at: invocation.at, message: "would publish" },
        ],
        why: ["A release would end without an error and without a package."],
        next: ["let the workflow start for what the condition asks for, e.g. `push: { tags: ['v*'] }`"],
      } satisfies Report;
    }
  },
};

/** Whether any way in which the workflow starts may come to the step. */
function reached({ starts }: Publishing): boolean {
  return starts.length === 0 || starts.some(({ publishes }) => publishes !== "no");
}
