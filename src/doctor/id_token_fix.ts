import type { Job } from "../pipelines/model.ts";
import type { PublishingJob } from "../pipelines/publishing_jobs.ts";
import { startsOf } from "../pipelines/starts.ts";
import type { Fix } from "../report/finding.ts";

/**
 * The edit that lets a job on the way to one that publishes request an OIDC token; `null` where it may run for pull requests, whose code
 * would get the token as well.
 */
export async function idTokenFix(publishing: PublishingJob, to: Job): Promise<Fix | null> {
  const always = { ...publishing, step: { ...publishing.step, condition: null, live: "yes" as const } };
  const starts = await startsOf(always);
  return starts.some(({ trigger, publishes }) => /^pull_request/.test(trigger.event) && publishes !== "no")
    ? null
    : await to.permissions.granting("id-token", "write");
}
