/** What a GitHub Actions job is, as far as its OIDC token tells. */
export interface GithubJob {
  /** `owner/repo` */
  readonly repository: string;
  readonly ownerId: string;
  readonly repositoryId: string;
  /** File name of the workflow that was triggered, e.g. `release.yml`. */
  readonly workflow: string;
  /** The file that the job stands in, when that is another: `owner/repo/.github/workflows/FILE@REF`. */
  readonly calledWorkflow?: string;
  readonly environment?: string | null;
  /** e.g. `refs/tags/v1.0.0` */
  readonly ref: string;
  /** e.g. `push` */
  readonly event: string;
  readonly sha: string;
  readonly runId: string;
  /** Default: `public`. */
  readonly visibility?: "public" | "private" | "internal";
  /** Default: `github-hosted`. */
  readonly runner?: "github-hosted" | "self-hosted";
  /** Default: the owner. */
  readonly actor?: string;
}

/** All claims of such a job that GitHub sets, but for those of the single token (`iss`, `aud`, `jti`, times). */
export function githubClaims(job: GithubJob): Record<string, string> {
  const owner = job.repository.split("/")[0]!;
  const workflowRef = `${job.repository}/.github/workflows/${job.workflow}@${job.ref}`;
  return {
    sub: subject(job),
    ref: job.ref,
    ref_type: job.ref.startsWith("refs/tags/") ? "tag" : "branch",
    ref_protected: "false",
    sha: job.sha,
    repository: job.repository,
    repository_id: job.repositoryId,
    repository_owner: owner,
    repository_owner_id: job.ownerId,
    repository_visibility: job.visibility ?? "public",
    run_id: job.runId,
    run_number: "1",
    run_attempt: "1",
    actor: job.actor ?? owner,
    actor_id: job.ownerId,
    workflow: job.workflow.replace(/\.ya?ml$/, ""),
    workflow_ref: workflowRef,
    workflow_sha: job.sha,
    job_workflow_ref: job.calledWorkflow ?? workflowRef,
    job_workflow_sha: job.sha,
    head_ref: "",
    base_ref: "",
    event_name: job.event,
    runner_environment: job.runner ?? "github-hosted",
    ...(job.environment ? { environment: job.environment } : {}),
  };
}

function subject(job: GithubJob): string {
  if (job.environment) return `repo:${job.repository}:environment:${job.environment.replaceAll(":", "%3A")}`;
  if (job.event === "pull_request") return `repo:${job.repository}:pull_request`;
  return `repo:${job.repository}:ref:${job.ref}`;
}
