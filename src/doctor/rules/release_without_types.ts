import { failsAgain } from "../fails_again.ts";
import type { Report, Rule } from "../rule.ts";

/** One release is many events: without `types:` each of them starts the workflow, and with `edited` every change of the notes. */
export const releaseWithoutTypes: Rule = {
  code: "release-without-types",
  severity: "warning",
  confidence: "likely",
  phase: "publishing jobs",
  *check({ publishing }) {
    for (const [pipeline, jobs] of Map.groupBy(publishing, ({ pipeline }) => pipeline)) {
      const job = jobs.find(failsAgain);
      const start = job?.starts.find(({ trigger: { event, types }, publishes }) =>
        event === "release" && (types === null || types.length > 1 && types.includes("edited")) &&
        publishes === "yes"
      );
      if (!job || !start || pipeline.vendor !== "github") continue;
      if (start.trigger.types !== null) {
        yield {
          severity: "info",
          message: `${pipeline.file} publishes again whenever a release is edited`,
          at: start.trigger.at,
          label: "`edited`: every correction of the notes starts a run",
          related: [{
            at: job.invocation.at,
            message: `${job.invocation.client} refuses a version that is there`,
          }],
          why: [
            "The version is there by then, and the run fails; side by side with the first one, each may upload some of the files.",
          ],
          next: ["leave `edited` out: `types: [published]`"],
        } satisfies Report;
        continue;
      }
      yield {
        message: `${pipeline.file} publishes whenever anything is done to a release, not once for each`,
        at: start.trigger.at,
        label: "without `types:`",
        related: [{
          at: job.invocation.at,
          message: `${job.invocation.client} refuses a version that is there`,
        }],
        why: [
          "A release that is made and published at once starts three runs (created, published, released), and each later change or removal of it another one. They upload side by side; those that come second fail.",
        ],
        next: ["name what is meant: on: release: types: [published]"],
      } satisfies Report;
    }
  },
};
