import type { Report, Rule } from "../rule.ts";
import { runBefore, takesArtifacts } from "../run_before.ts";

/** What another run has left may come from a pull request of a stranger. */
export const artifactFromAnotherRun: Rule = {
  code: "artifact-from-another-run",
  severity: "warning",
  phase: "publishing jobs",
  *check({ publishing, pipelines }) {
    for (const each of publishing) {
      const taken = takesArtifacts(each);
      const run = taken && runBefore(each, pipelines);
      if (!run) continue;
      yield {
        message: `Job "${each.job.id}" publishes files of another run, which a pull request may have started`,
        at: taken.at,
        label: "takes files of the run that came before",
        related: [
          {
            at: run.trigger.at,
            message: run.named ? "a fork can have a branch of that name" : "for any run of that workflow",
          },
          { at: each.invocation.at, message: "publishes them" },
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
