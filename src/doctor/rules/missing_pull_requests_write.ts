import { firstOpener } from "../repository_writers.ts";
import type { Report, Rule } from "../rule.ts";

/** A release that begins with a pull request needs `pull-requests: write` for it, which a block for `contents` alone takes away. */
export const missingPullRequestsWrite: Rule = {
  code: "missing-pull-requests-write",
  severity: "warning",
  confidence: "likely",
  phase: "publishing jobs",
  *check(subject) {
    const pipelines = new Set(subject.publishing.flatMap(({ pipeline, called }) => [pipeline, called]));
    for (const called of pipelines) {
      if (called.vendor !== "github") continue;
      for (const job of called.jobs) {
        const { permissions } = job;
        // Without `contents: write` it gets no further than that.
        const stops = permissions.allows("contents", "write") === "no";
        if (job.live === "no" || stops || permissions.allows("pull-requests", "write") !== "no") continue;
        const written = permissions.written("pull-requests")?.value ?? permissions.all;
        // A called workflow that asks for more than its caller has is refused as a whole.
        const opener = written === "write" ? null : firstOpener({ called, job }, subject);
        if (!opener) continue;
        yield {
          message: `Job "${job.id}" ${opener.does} and has no \`pull-requests: write\``,
          at: permissions.at ?? job.at,
          label: written === "read"
            ? "the token may read pull requests, and no more"
            : permissions.replaced
            ? "a job's block replaces the workflow's; scopes that it does not name become none"
            : "scopes that are not named here are none",
          related: [{ at: opener.at, message: opener.does }],
          why: [opener.why],
          next: [`add \`pull-requests: write\` to the permissions of job "${job.id}"`],
          fix: permissions.granting("pull-requests", "write"),
        } satisfies Report;
      }
    }
  },
};
