import type { CalledWorkflow, Job, Pipeline } from "../../pipelines/model.ts";
import type { Label } from "../../report/finding.ts";
import type { Publishing, Report, Rule } from "../rule.ts";

/** `secrets: inherit` hands every secret of the repository to a workflow that publishes, or may. */
export const secretsInherited: Rule = {
  code: "secrets-inherited",
  severity: "warning",
  phase: "credentials",
  *check({ pipelines, publishing }) {
    for (const pipeline of pipelines.filter(({ vendor }) => vendor === "github")) {
      for (const job of pipeline.jobs) {
        const { calls, live } = job;
        if (!calls || calls.secrets !== "inherit" || live === "no") continue;
        const local = calls.pipeline;
        const own = local && publishing.find(({ called }) => called.path === local.path);
        const meant = own || isPublisher(calls);
        const beside = meant || local ? null : publisherBeside(job, pipeline, publishing);
        if ((!meant && !beside) || publishing.some((each) => needsAll(each, local))) continue;
        yield {
          ...local || beside ? { severity: "info" } : {},
          message: `Job "${job.id}" hands every secret of the repository to ${
            local ? local.file : calls.reference
          }`,
          at: calls.secretsAt!,
          label: "all of them",
          related: [
            { at: calls.at, message: local ? "called here" : "of another repository" },
            ...beside ? [beside] : [],
          ],
          why: [
            "What that workflow does not need it can still read, and so can every action and dependency in it.",
          ],
          next: beside ? ["name what it needs under `secrets:`, or delete the line where it needs none"] : [
            "name what it needs: `secrets: { NPM_TOKEN: ${{ secrets.NPM_TOKEN }} }`",
            "with OIDC it needs none",
          ],
        } satisfies Report;
      }
    }
  },
};

/** Whether a workflow of another repository is called like one that publishes. */
function isPublisher({ pipeline, reference }: CalledWorkflow): boolean {
  return !pipeline && /publish|release|pypi|crates|npm/i.test(reference);
}

/** The job beside another one that publishes with a secret which the other one is handed too, or may. */
function publisherBeside(job: Job, pipeline: Pipeline, publishing: readonly Publishing[]): Label | null {
  for (const other of pipeline.jobs) {
    if (other === job || other.live === "no") continue;
    if (other.calls?.secrets === "inherit" && isPublisher(other.calls)) {
      return { at: other.calls.at, message: "may publish with one of them" };
    }
    const token = publishing.filter(({ chain, job: last }) => chain[0] === other && last.environment === null)
      .flatMap(({ invocation }) => invocation.credentials).find(({ holds, secret }) =>
        holds === "token" && secret !== null && !/^github_token$/i.test(secret)
      );
    if (token) return { at: other.at, message: `publishes with ${token.secret}` };
  }
  return null;
}

/** A called job gets the secrets of its environment only where its caller hands everything over. */
function needsAll({ called, job, invocation }: Publishing, local: Pipeline | null): boolean {
  return local !== null && called.path === local.path && job.environment !== null &&
    invocation.credentials.some(({ secret }) => secret !== null);
}
