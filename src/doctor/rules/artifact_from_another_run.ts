import { allSteps } from "../../pipelines/placed_commands.ts";
import { actionName } from "../../pipelines/publishing.ts";
import { followsPullRequests } from "../../pipelines/run_before.ts";
import type { Step } from "../../pipelines/model.ts";
import type { Report, Rule } from "../rule.ts";

/** What another run has left may come from a pull request of a stranger. */
export const artifactFromAnotherRun: Rule = {
  code: "artifact-from-another-run",
  severity: "warning",
  phase: "publishing jobs",
  *check({ publishing, pipelines }) {
    for (const { job, pipeline, invocation, starts } of publishing) {
      const run = starts.find(({ trigger, publishes }) =>
        trigger.event === "workflow_run" && publishes !== "no"
      );
      // A condition on the event or the repository of the first run keeps pull requests of strangers out.
      if (!run || /workflow_run\.(?:event|head_repository|pull_requests)\b/.test(pipeline.text)) continue;
      const follows = followsPullRequests(run.trigger, pipelines);
      // The branch of a pull request is called what its author likes: a fork's is usually `main`.
      const named = run.trigger.branches !== null || /workflow_run\.head_branch\b/.test(pipeline.text);
      if (follows === "no" || named && follows === "unknown") continue;
      const step = allSteps(job.steps).find((one) => one.live !== "no" && fetches(one));
      if (!step) continue;
      yield {
        message: `Job "${job.id}" publishes files of another run, which a pull request may have started`,
        at: step.uses!.at,
        label: "takes files of the run that came before",
        related: [
          {
            at: run.trigger.at,
            message: named ? "a fork can have a branch of that name" : "for any run of that workflow",
          },
          { at: invocation.at, message: "publishes them" },
        ],
        why: ["`workflow_run` follows runs of forks too, and this run has the rights that theirs has not."],
        next: [
          "limit it to runs that you trust: `if: github.event.workflow_run.event == 'push'`",
          "or build and publish in one workflow",
        ],
      } satisfies Report;
    }
  },
};

function fetches({ uses, with: inputs }: Step): boolean {
  const name = uses ? actionName(uses.value) : "";
  return (name === "actions/download-artifact" && inputs.has("run-id")) ||
    name === "dawidd6/action-download-artifact";
}
