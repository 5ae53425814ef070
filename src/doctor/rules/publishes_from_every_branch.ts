import type { Report, Rule } from "../rule.ts";

/** Clients that decide by themselves from which branch they release. */
const CHOOSY = [
  "semantic-release",
  "changeset",
  "changesets/action",
  "release-plz",
  "auto",
  "lerna",
  "putitoutthere",
];

/** `on: push` without a filter starts a release with every push to any branch. */
export const publishesFromEveryBranch: Rule = {
  code: "publishes-from-every-branch",
  severity: "warning",
  phase: "publishing jobs",
  *check({ publishing }) {
    for (const { starts, job, invocation, pipeline } of publishing) {
      if (CHOOSY.includes(invocation.client)) continue;
      for (const { trigger, ref, publishes } of starts) {
        const filtered = trigger.branches ?? trigger.branchesIgnored ?? trigger.tags ?? trigger.tagsIgnored;
        if (trigger.event !== "push" || ref !== "branch" || filtered || publishes !== "yes") continue;
        yield {
          message: `Job "${job.id}" publishes with every push to any branch`,
          at: trigger.at,
          label: `starts ${pipeline.file} for every branch`,
          related: [{ at: invocation.at, message: `publishes with ${invocation.client}, on no condition` }],
          why: ["A push to a topic branch would release it, or fail because the version is already there."],
          next: ["limit it: `push: { tags: ['v*'] }`, or add a condition to the job"],
        } satisfies Report;
      }
    }
  },
};
