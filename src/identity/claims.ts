/** A workflow file as a claim names it. */
export interface WorkflowRef {
  /** `owner/repo` that holds the file. */
  readonly repository: string;
  /** `.github/workflows/release.yml` */
  readonly path: string;
  /** `release.yml` */
  readonly file: string;
  /** `refs/tags/v1.0.0`; `null` where the claim has none. */
  readonly ref: string | null;
}

/** What a CI job can prove about itself; decoded, not verified: the registry does that. */
export interface Claims {
  readonly issuer: string;
  readonly subject: string | null;
  /** One string or, from some vendors, a list. */
  readonly audience: string | readonly string[];
  /** Seconds since the epoch. */
  readonly expiresAt: number | null;
  readonly issuedAt: number | null;
  /** `owner/repo`, as claimed. */
  readonly repository: string | null;
  readonly repositoryId: string | null;
  readonly owner: string | null;
  readonly ownerId: string | null;
  /** The workflow that was triggered: `workflow_ref`; read by crates.io and npm. */
  readonly workflow: WorkflowRef | null;
  /** The workflow file that the job stands in: `job_workflow_ref`; read by PyPI. */
  readonly calledWorkflow: WorkflowRef | null;
  readonly environment: string | null;
  readonly ref: string | null;
  readonly event: string | null;
  readonly sha: string | null;
  readonly runId: string | null;
  readonly runner: string | null;
  readonly visibility: string | null;
}
