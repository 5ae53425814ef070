import type { Setting } from "../../pipelines/model.ts";
import type { Start } from "../../pipelines/starts.ts";
import { neededBy } from "../artifacts.ts";
import { publishesAt } from "../clients.ts";
import type { Publishing, Report, Rule, Subject } from "../rule.ts";
import { runBefore, takesCommit } from "../run_before.ts";

/** A run that has the rights of the repository, and works with the commit of whoever opened a pull request, is theirs. */
export const commitOfStrangers: Rule = {
  code: "commit-of-strangers",
  severity: "error",
  phase: "publishing jobs",
  *check(subject) {
    const seen = new Set<Setting>();
    for (const each of subject.publishing) {
      const found = each.pipeline.vendor === "github" ? find(each, subject) : null;
      if (!found || seen.has(found.taken)) continue;
      seen.add(found.taken);
      const { job, chain } = each;
      const environment = [...chain, ...neededBy(each)].map((one) => one.environment).find((one) =>
        one !== null
      );
      yield {
        // People may have to approve what goes into it.
        severity: environment ? "warning" : "error",
        message: `Job "${job.id}" publishes, and takes the commit of a pull request of anybody`,
        at: found.taken.at,
        label: "whoever opens a pull request writes it",
        related: [
          { at: found.trigger.at, message: "starts the workflow, with the rights of the repository" },
          ...environment ? [{ at: environment.at, message: "unless people have to approve it" }] : [],
          publishesAt(each),
        ],
        why: ["What they have written is published, and every script of it can use the job's credentials."],
        next: [
          found.trigger.event === "workflow_run"
            ? "limit it to runs that you trust: `if: github.event.workflow_run.event == 'push'`"
            : "publish on a push of a tag or on a release, and look at pull requests in a workflow on pull_request",
          "and use the newest actions/checkout without `allow-unsafe-pr-checkout`, which refuses such commits",
        ],
      } satisfies Report;
    }
  },
};

function find(
  publishing: Publishing,
  subject: Subject,
): { readonly trigger: Start["trigger"]; readonly taken: Setting } | null {
  const run = runBefore(publishing, subject.pipelines);
  const triggers = [
    ...run?.certain ? [run.trigger] : [],
    ...publishing.starts.filter(({ trigger, publishes, openToAll }) =>
      trigger.event === "pull_request_target" && publishes === "yes" && !isClosed(trigger) || openToAll
    ).map(({ trigger }) => trigger),
  ];
  for (const trigger of triggers) {
    const taken = takesCommit(publishing, trigger.event, subject);
    if (taken && !taken.refused) return { trigger, taken: taken.by };
  }
  return null;
}

/** A pull request that is closed may have been merged. */
function isClosed({ types }: Start["trigger"]): boolean {
  return types?.every((type) => type === "closed") === true;
}
