import type { Concurrency } from "../../pipelines/model.ts";
import { asksForRun } from "../../pipelines/starts.ts";
import { clientsOf, placesOf } from "../clients.ts";
import { publicTarget } from "../oidc.ts";
import type { Publishing, Report, Rule } from "../rule.ts";

/** What makes a group of every run its own, so that none cancels another. */
const UNIQUE = /github\.(?:run_id|run_number|sha)\b/;
const BY_REF = /github\.(?:ref|ref_name|event\.release)\b/;

/** A release that a newer run ends half-way leaves some packages out. */
export const releaseCanBeCancelled: Rule = {
  code: "release-can-be-cancelled",
  severity: "warning",
  phase: "publishing jobs",
  *check({ publishing }) {
    const cancelled = Map.groupBy(publishing, (each) => {
      const { pipeline, chain, invocation } = each;
      // What is half there at TestPyPI does no harm.
      if (publicTarget(invocation)?.name === "testpypi") return null;
      const groups = [pipeline.concurrency, ...chain.map((job) => job.concurrency)];
      const concurrency = groups.find((group) => group && group.cancels === "yes" && isShared(group, each));
      return concurrency?.cancelsAt ?? null;
    });
    for (const [cancelsAt, jobs] of cancelled) {
      if (!cancelsAt) continue;
      yield {
        message: `A newer run cancels the one that publishes with ${clientsOf(jobs)}`,
        at: cancelsAt.at,
        label: "ends the run of the same group that is under way",
        related: placesOf(jobs, "may be cut off here"),
        why: [
          "A release of several packages, or files, that is cut off half-way has published some of them, for good.",
        ],
        next: ["write `cancel-in-progress: false` for the workflow or job that publishes"],
        fix: {
          safe: false,
          description: "let a release that has begun finish: cancel-in-progress: false",
          edits: [{
            path: cancelsAt.at.path,
            start: cancelsAt.at.start.offset,
            end: cancelsAt.at.end.offset,
            text: "false",
          }],
        },
      } satisfies Report;
    }
  },
};

/** Whether two different releases can be in the same group. */
function isShared({ group }: Concurrency, job: Publishing): boolean {
  if (group === null || UNIQUE.test(group)) return false;
  const publishing = job.starts.filter(({ publishes }) => publishes !== "no");
  const byTag = publishing.filter(({ ref }) => ref === "tag");
  // A script that asks for the ref makes a dry run of the others.
  const all = byTag.length === publishing.length || asksForRun(job);
  return !(BY_REF.test(group) && byTag.length > 0 && all);
}
