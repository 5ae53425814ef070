import type { GithubJob } from "./github_claims.ts";
import type { Issuer } from "./issuer.ts";

/**
 * The variables by which a job of GitHub Actions knows what it is and where its OIDC tokens come from.
 *
 * @param id Name of the job in its workflow.
 * @param issuer `null` for a job that may not ask for tokens.
 */
export function jobVariables(
  job: GithubJob,
  id: string,
  issuer: Pick<Issuer, "requestUrl" | "requestToken"> | null,
): Record<string, string> {
  return {
    CI: "true",
    GITHUB_ACTIONS: "true",
    GITHUB_EVENT_NAME: job.event,
    GITHUB_JOB: id,
    GITHUB_REF: job.ref,
    GITHUB_REPOSITORY: job.repository,
    GITHUB_RUN_ID: job.runId,
    GITHUB_SHA: job.sha,
    GITHUB_WORKFLOW_REF: `${job.repository}/.github/workflows/${job.workflow}@${job.ref}`,
    ...issuer
      ? {
        ACTIONS_ID_TOKEN_REQUEST_URL: issuer.requestUrl,
        ACTIONS_ID_TOKEN_REQUEST_TOKEN: issuer.requestToken,
      }
      : {},
  };
}
