import type { Location } from "../problem.ts";
import type { Kind } from "../registries/registry.ts";
import type { Fix } from "../report/finding.ts";

/** An answer that may honestly be "unknown" (an expression, a remote file). */
export type Answer = "yes" | "no" | "unknown";

/** A CI file of any vendor. */
export interface Pipeline {
  readonly vendor: "github";
  /** Relative to the root, with `/`. */
  readonly path: string;
  /** The file's name: what registries call the workflow. */
  readonly file: string;
  readonly name: string | null;
  readonly text: string;
  readonly triggers: readonly Trigger[];
  readonly jobs: readonly Job[];
  /** Steps, or lines of one, that would publish and are commented out. */
  readonly commentedOut: readonly PublishInvocation[];
}

export interface Trigger {
  /** `push`, `release`, `workflow_dispatch`, `workflow_call`, … */
  readonly event: string;
  /** Tag patterns of a push, `null` when it is not limited to tags. */
  readonly tags: readonly string[] | null;
  readonly branches: readonly string[] | null;
  /** `tags-ignore` of a push. */
  readonly tagsIgnored: readonly string[] | null;
  /** `branches-ignore` */
  readonly branchesIgnored: readonly string[] | null;
  readonly at: Location;
}

export interface Job {
  readonly id: string;
  readonly at: Location;
  readonly environment: EnvironmentSetting | null;
  readonly permissions: Permissions;
  readonly steps: readonly Step[];
  /** `runs-on`, where it is a plain string. */
  readonly runsOn: string | null;
  /** `false` for a job whose `if:` can never be true. */
  readonly live: Answer;
  /** The local reusable workflow that the job calls, resolved; its jobs' publishers count as this pipeline's. */
  readonly calls: CalledWorkflow | null;
}

export interface CalledWorkflow {
  /** As written, e.g. `./.github/workflows/publish.yml` or `owner/repo/.github/workflows/x.yml@ref`. */
  readonly reference: string;
  readonly at: Location;
  /** `null` for a remote one, which nobody can read from here. */
  readonly pipeline: Pipeline | null;
}

export interface EnvironmentSetting {
  /** `null` when it is an expression. */
  readonly name: string | null;
  /** Every name that it can have, where the job's matrix tells; `null` when nobody can know. */
  readonly names: readonly string[] | null;
  readonly at: Location;
}

/** What the job's GITHUB_TOKEN and OIDC may do, by the platform's rules. */
export interface Permissions {
  allows(scope: string, level: "read" | "write"): Answer;
  /** The block that decides, `null` when none is written anywhere. */
  readonly at: Location | null;
  /** Whether the job's own block replaces one of the workflow. */
  readonly from: "job" | "workflow" | "default";
  /** The workflow's block when a job's block replaces it. */
  readonly replaced: Location | null;
  /** The key of the deciding block that was probably meant to be `scope` and is none, e.g. `id_token`. */
  misspelt(scope: string): { readonly name: string; readonly at: Location } | null;
  /** The edit that lets this job, and no other, do it; `null` where the text does not allow one. */
  granting(scope: string, level: "read" | "write"): Fix | null;
}

export interface Step {
  readonly name: string | null;
  readonly uses: string | null;
  readonly run: string | null;
  readonly with: ReadonlyMap<string, string>;
  readonly env: ReadonlyMap<string, string>;
  readonly live: Answer;
  readonly at: Location;
  readonly publishes: readonly PublishInvocation[];
}

/** A step (or a line of it) that publishes something. */
export interface PublishInvocation {
  /** `keyless`, `cargo`, `npm`, `twine`, `uv`, an action's name, … */
  readonly client: string;
  /** `null`: several kinds, decided by configuration (keyless itself). */
  readonly kind: Kind | null;
  /** Whether it publishes with OIDC: `no` where it is given a token. */
  readonly keyless: Answer;
  /** Package names given on the command line; empty: whatever the project has. */
  readonly packages: readonly string[];
  /** The registry given on the command line or as an input, by name or URL; `null`: the client's default. */
  readonly registry: string | null;
  readonly at: Location;
}
