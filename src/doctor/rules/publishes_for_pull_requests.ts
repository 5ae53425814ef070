import { neededBy } from "../artifacts.ts";
import type { Publishing, Report, Rule, Subject } from "../rule.ts";
import { runBefore, takesArtifacts, takesCommit } from "../run_before.ts";

/** Events that people without write access can start. */
const OPEN = new Map([
  [
    "pull_request",
    "Whoever can push a branch publishes with its pull request, before anybody has looked at it; one from a fork gets neither secrets nor an OIDC token, and fails.",
  ],
  ["pull_request_target", "It runs with the rights of the repository, for pull requests of anybody."],
  ["issue_comment", "Anybody can write a comment."],
  ["issues", "Anybody can open an issue."],
  ["discussion", "Anybody can open a discussion."],
  ["discussion_comment", "Anybody can write a comment."],
]);

const OF_OWN_BRANCHES =
  "Whoever can push a branch publishes with its pull request, before anybody has looked at it; only runs for forks lack the secret.";

/** A release that a pull request or a comment starts is one that a stranger may start. */
export const publishesForPullRequests: Rule = {
  code: "publishes-for-pull-requests",
  severity: "warning",
  phase: "publishing jobs",
  *check(subject) {
    for (const each of subject.publishing) {
      const behind = behindPullRequests(each, subject);
      if (behind) yield behind;
      const { starts, job, invocation } = each;
      // What a condition leaves out cannot always be known; then nothing is said.
      const sure = new Map(
        starts.filter(({ publishes, openToAll, withSecrets, trigger }) =>
          (publishes === "yes" || openToAll || withSecrets) && !isCanary(each, trigger.event)
        )
          .map((start) => [start.trigger, start]),
      );
      for (const [trigger, { openToAll: onCondition, withSecrets }] of sure) {
        const why = withSecrets ? OF_OWN_BRANCHES : OPEN.get(trigger.event);
        if (!why) continue;
        const closed = trigger.types?.length === 1 && trigger.types[0] === "closed";
        // Another job that is in an environment, and that this one waits for, is there to be approved.
        const gate = job.environment === null &&
          [...neededBy(each)].find(({ environment }) => environment)?.environment;
        yield {
          ...gate ? { severity: "info" as const } : {},
          message: closed
            ? `Job "${job.id}" publishes when a pull request is closed, merged or not`
            : `Job "${job.id}" publishes in runs of ${trigger.event}${
              withSecrets ? ", from branches of this repository" : ""
            }`,
          at: trigger.at,
          label: "starts the workflow",
          related: [...gate ? [{ at: gate.at, message: "unless people have to approve it" }] : [], {
            at: invocation.at,
            message: `publishes with ${invocation.client}, on ${
              onCondition
                ? "a condition that anybody can meet"
                : withSecrets
                ? "no condition but that there is a secret"
                : "no condition"
            }`,
          }],
          why: [why],
          next: onCondition
            ? [
              "ask who it is, e.g. `github.event.comment.author_association == 'OWNER'`, or publish by hand (workflow_dispatch)",
            ]
            : closed
            ? ["add `if: github.event.pull_request.merged == true` to the job, or publish on a push of a tag"]
            : ["publish on a push of a tag or on a release, and test in pull requests without publishing"],
        } satisfies Report;
      }
    }
  },
};

/** Whether a run is there to publish what a pull request would: `auto` makes a version of its own for each, and takes nobody's by it. */
function isCanary({ invocation }: Publishing, event: string): boolean {
  return invocation.client === "auto" && event === "pull_request";
}

/** A question that every `workflow_run` answers alike: its event has no pull request of its own. */
const NO_PULL_REQUEST = /!\s*github\.event\.pull_request\b(?!\.)/;

/** A job that publishes behind runs for pull requests; what it takes from strangers is worse, and another rule's. */
function behindPullRequests(publishing: Publishing, subject: Subject): Report | null {
  const run = runBefore(publishing, subject.pipelines);
  const commit = takesCommit(publishing, "workflow_run", subject);
  if (!run?.certain || takesArtifacts(publishing) || commit && (!commit.refused || run.named)) return null;
  const { job, invocation, chain, step } = publishing;
  const empty = [...chain, step].map(({ condition }) => condition)
    .find((condition) => condition && NO_PULL_REQUEST.test(condition.value));
  return {
    severity: run.named ? "info" : "warning",
    message: `Job "${job.id}" publishes behind runs for pull requests`,
    at: run.trigger.at,
    label: run.named ? "a fork can have a branch of that name" : "follows any run of that workflow",
    related: [{
      at: invocation.at,
      message: `publishes with ${invocation.client}, whatever started the run before`,
    }, ...empty ? [{ at: empty.at, message: "`!github.event.pull_request` is always true here" }] : []],
    why: [
      commit
        ? "It publishes the commit of every pull request from a branch of the repository, before anybody has looked at it; actions/checkout refuses those of forks."
        : "Whoever opens a pull request decides when it publishes; and that their run went well says nothing of the commit that is published.",
    ],
    next: ["limit it to pushes: `if: github.event.workflow_run.event == 'push'`"],
  };
}
