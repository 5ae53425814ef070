import type { Pipeline } from "../../pipelines/model.ts";
import type { Publishing, Report, Rule } from "../rule.ts";

/** `secrets: inherit` hands every secret of the repository to a workflow that publishes, or may. */
export const secretsInherited: Rule = {
  code: "secrets-inherited",
  severity: "warning",
  phase: "credentials",
  *check({ pipelines, publishing }) {
    for (const pipeline of pipelines.filter(({ vendor }) => vendor === "github")) {
      for (const { id, calls, live } of pipeline.jobs) {
        if (!calls || calls.secrets !== "inherit" || live === "no") continue;
        const local = calls.pipeline;
        const own = local && publishing.find(({ called }) => called.path === local.path);
        const remote = !local && /publish|release|pypi|crates|npm/i.test(calls.reference);
        if ((!own && !remote) || publishing.some((each) => needsAll(each, local))) continue;
        yield {
          ...local ? { severity: "info" } : {},
          message: `Job "${id}" hands every secret of the repository to ${
            local ? local.file : calls.reference
          }`,
          at: calls.secretsAt!,
          label: "all of them",
          related: [{ at: calls.at, message: local ? "called here" : "of another repository" }],
          why: [
            "What that workflow does not need it can still read, and so can every action and dependency in it.",
          ],
          next: [
            "name what it needs: `secrets: { NPM_TOKEN: ${{ secrets.NPM_TOKEN }} }`",
            "with OIDC it needs none",
          ],
        } satisfies Report;
      }
    }
  },
};

/** A called job gets the secrets of its environment only where its caller hands everything over. */
function needsAll({ called, job, invocation }: Publishing, local: Pipeline | null): boolean {
  return local !== null && called.path === local.path && job.environment !== null &&
    invocation.credentials.some(({ secret }) => secret !== null);
}
