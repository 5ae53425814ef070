import { firstWriter } from "../repository_writers.ts";
import type { Report, Rule } from "../rule.ts";

/** A job that also tags or makes a release needs `contents: write`, which a block for `id-token` alone takes away. */
export const missingContentsWrite: Rule = {
  code: "missing-contents-write",
  severity: "error",
  confidence: "likely",
  phase: "publishing jobs",
  *check(subject) {
    const pipelines = new Set(subject.publishing.flatMap(({ pipeline, called }) => [pipeline, called]));
    for (const called of pipelines) {
      if (called.vendor !== "github") continue;
      for (const job of called.jobs) {
        const { permissions } = job;
        if (job.live === "no" || permissions.allows("contents", "write") !== "no") continue;
        const written = permissions.written("contents")?.value ?? permissions.all;
        // A called workflow that asks for more than its caller has is refused as a whole.
        if (written === "write") continue;
        const writer = firstWriter({ called, job }, subject);
        if (!writer) continue;
        yield {
          message: `Job "${job.id}" ${writer.does} and has no \`contents: write\``,
          at: permissions.at ?? job.at,
          label: written === "read"
            ? "the token may read the repository, and no more"
            : permissions.replaced
            ? "a job's block replaces the workflow's; scopes that it does not name become none"
            : "scopes that are not named here are none",
          related: [
            { at: writer.at, message: writer.does },
            ...writer.startedAt ? [{ at: writer.startedAt, message: "starts that" }] : [],
          ],
          why: [writer.why],
          next: [`add \`contents: write\` to the permissions of job "${job.id}"`],
          fix: permissions.granting("contents", "write"),
        } satisfies Report;
      }
    }
  },
};
