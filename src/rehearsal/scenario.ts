import type { Package, Project } from "../config/project.ts";
import type { Job, Pipeline, PublishInvocation } from "../pipelines/model.ts";
import { startsByItself } from "../pipelines/publishing_jobs.ts";
import { UsageError } from "../problem.ts";
import { type GithubJob } from "./github_claims.ts";
import { type Refs, startOf } from "./trigger.ts";

/** A workflow job as it would run. */
export interface Place {
  readonly pipeline: Pipeline;
  /** The job whose steps publish; in a called workflow when `called` is set. */
  readonly job: Job;
  /** The local reusable workflow that the job stands in. */
  readonly called: Pipeline | null;
}

/** A job that publishes. */
export interface Scenario extends Place {
  /** `null` where no step is seen to publish, and keyless does it in the job's place. */
  readonly invocation: PublishInvocation | null;
}

/** What people say about the run on the command line. */
export interface Wishes {
  readonly workflow: string | null;
  readonly job: string | null;
  readonly environment: string | null;
  readonly ref: string | null;
  readonly event: string | null;
}

/** Every job that can run, callers with the workflows that they call. */
export function placesIn(pipelines: readonly Pipeline[]): Place[] {
  // A workflow that only others call never runs by itself.
  return pipelines.filter(startsByItself).flatMap((pipeline) => within(pipeline, pipeline));
}

function within(top: Pipeline, current: Pipeline): Place[] {
  return current.jobs.filter((job) => job.live !== "no").flatMap((job) => [
    { pipeline: top, job, called: current === top ? null : current },
    ...job.calls?.pipeline ? within(top, job.calls.pipeline) : [],
  ]);
}

/** What the steps of a job are seen to publish. */
export function scenariosAt(place: Place): Scenario[] {
  return place.job.steps.filter((step) => step.live !== "no").flatMap((step) => step.publishes)
    .map((invocation) => ({ ...place, invocation }));
}

/** A job as its OIDC token would describe it, and what of it is only assumed. */
export function runOf(
  scenario: Place,
  wishes: Wishes,
  about: {
    readonly repository: string;
    readonly version: string | null;
    readonly sha: string;
    readonly refs: Refs;
  },
): { readonly job: GithubJob; readonly notCovered: readonly string[] } {
  const { pipeline, called, job } = scenario;
  const { event, ref, madeUp } = startOf(pipeline, wishes, about.refs, about.version);
  const remote = job.calls && !job.calls.pipeline && /^[^/.]+\/[^/]+\/.+@/.test(job.calls.reference)
    ? job.calls.reference
    : null;
  const calledWorkflow = called ? `${about.repository}/${called.path}@${ref}` : remote;
  return {
    job: {
      repository: about.repository,
      // Made up, and the same on both sides: an id cannot be looked up from here.
      ownerId: "1000",
      repositoryId: "2000",
      workflow: pipeline.file,
      ...(calledWorkflow === null ? {} : { calledWorkflow }),
      environment: wishes.environment ?? environmentOf(scenario),
      ref,
      event,
      sha: about.sha,
      runId: "1",
    },
    notCovered: madeUp
      ? [
        `the tag ${
          ref.replace("refs/tags/", "")
        }: it is made up, because no tag of this repository starts ${pipeline.file}`,
      ]
      : [],
  };
}

function environmentOf({ job }: Place): string | null {
  if (!job.environment) return null;
  if (job.environment.name !== null) return job.environment.name;
  throw new UsageError({
    code: "environment-unknown",
    message: `The environment of job "${job.id}" is an expression, so nobody knows it before the run`,
    at: job.environment.at,
    next: ["say which one to rehearse: --environment NAME"],
  });
}

/** `release.yml › publish` */
export function nameOf({ pipeline, job, called }: Place): string {
  return `${pipeline.file} › ${called ? `${called.file} › ` : ""}${job.id}`;
}

/** `owner/repo` for the claims: the git remote, else what a package declares. */
export function repositoryOf(project: Project, remote: string | null): string | null {
  if (remote) return remote;
  for (const pkg of project.packages) {
    if (pkg.trustPolicy?.repository) return pkg.trustPolicy.repository;
    const named = pkg.repositoryUrl && /^https:\/\/[^/]+\/([^/]+\/[^/]+)$/.exec(pkg.repositoryUrl)?.[1];
    if (named) return named;
  }
  return null;
}

/** Whether a step is made for a package: for its kind, and for it by name or for whatever there is. */
export function isFor({ invocation }: Scenario, pkg: Package): boolean {
  return invocation !== null && (invocation.kind === null || invocation.kind === pkg.kind) &&
    (invocation.packages.length === 0 || invocation.packages.includes(pkg.name));
}
