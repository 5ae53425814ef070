import type { Package, Project } from "../config/project.ts";
import { type Problem, UsageError } from "../problem.ts";
import type { Job, Pipeline, PublishInvocation } from "../pipelines/model.ts";
import { type GithubJob } from "./github_claims.ts";

/** A workflow job that publishes, as it would run. */
export interface Scenario {
  readonly pipeline: Pipeline;
  /** The job whose steps publish; in a called workflow when `calledWorkflow` is set. */
  readonly job: Job;
  /** `owner/repo/.github/workflows/FILE@REF` of the reusable workflow that the job stands in. */
  readonly called: Pipeline | null;
  readonly invocation: PublishInvocation;
}

/** What people say about the run on the command line. */
export interface Wishes {
  readonly workflow: string | null;
  readonly job: string | null;
  readonly environment: string | null;
  readonly ref: string | null;
  readonly event: string | null;
}

/** Every live job that publishes, callers with the workflows that they call. */
export function scenarios(pipelines: readonly Pipeline[]): Scenario[] {
  return pipelines
    // A workflow that only others call never runs by itself.
    .filter((pipeline) => pipeline.triggers.some((trigger) => trigger.event !== "workflow_call"))
    .flatMap((pipeline) => pipeline.jobs.flatMap((job) => scenariosOf(pipeline, job)));
}

function scenariosOf(pipeline: Pipeline, job: Job): Scenario[] {
  if (job.live === "no") return [];
  const called = job.calls?.pipeline ?? null;
  const inner =
    called?.jobs.flatMap((other) =>
      other.live === "no"
        ? []
        : publishing(other).map((invocation) => ({ pipeline, job: other, called, invocation }))
    ) ?? [];
  return [...publishing(job).map((invocation) => ({ pipeline, job, called: null, invocation })), ...inner];
}

function publishing(job: Job): PublishInvocation[] {
  return job.steps.filter((step) => step.live !== "no").flatMap((step) => step.publishes);
}

/** Which job publishes each package. Packages without one, and ambiguous ones, are problems. */
export function assign(
  packages: readonly Package[],
  found: readonly Scenario[],
  wishes: Wishes,
): { scenarios: Map<Scenario, Package[]>; problems: Problem[] } {
  const chosen = found.filter((scenario) =>
    (!wishes.workflow || scenario.pipeline.file === wishes.workflow) &&
    (!wishes.job || scenario.job.id === wishes.job)
  );
  if (found.length > 0 && chosen.length === 0) throw noSuchJob(found, wishes);
  const groups = new Map<Scenario, Package[]>();
  const problems: Problem[] = [];
  for (const pkg of packages) {
    const candidates = jobsFor(pkg, chosen);
    const [best, ...others] = candidates;
    if (!best) problems.push(noJob(pkg));
    else if (others.length > 0) problems.push(ambiguous(pkg, candidates));
    else {
      const key = [...groups.keys()].find((other) =>
        other.job === best.job && other.pipeline === best.pipeline
      ) ?? best;
      groups.set(key, [...groups.get(key) ?? [], pkg]);
    }
  }
  return { scenarios: groups, problems };
}

/** One scenario a job; a job that names the package, or keyless itself, is meant before one that merely uses the kind's client. */
function jobsFor(pkg: Package, found: readonly Scenario[]): Scenario[] {
  const fits = found.filter(({ invocation }) =>
    (invocation.kind === null || invocation.kind === pkg.kind) &&
    (invocation.packages.length === 0 || invocation.packages.includes(pkg.name))
  );
  const named = fits.filter(({ invocation }) => invocation.packages.includes(pkg.name));
  const own = fits.filter(({ invocation }) => invocation.kind === null);
  const declared = fits.filter(({ pipeline }) => pipeline.file === pkg.trustPolicy?.workflow);
  const preferred = [named, own, declared, fits].find((list) => list.length > 0) ?? [];
  return preferred.filter((one, index) =>
    preferred.findIndex((other) => other.job === one.job && other.pipeline === one.pipeline) === index
  );
}

/** The job as its OIDC token would describe it. */
export function jobOf(
  scenario: Scenario,
  wishes: Wishes,
  about: { readonly repository: string; readonly version: string | null; readonly sha: string },
): GithubJob {
  const { event, ref } = triggerOf(scenario.pipeline, wishes, about.version);
  const environment = wishes.environment ?? environmentOf(scenario);
  return {
    repository: about.repository,
    // Made up, and the same on both sides: an id cannot be looked up from here.
    ownerId: "1000",
    repositoryId: "2000",
    workflow: scenario.pipeline.file,
    ...(scenario.called ? { calledWorkflow: `${about.repository}/${scenario.called.path}@${ref}` } : {}),
    environment,
    ref,
    event,
    sha: about.sha,
    runId: "1",
  };
}

function environmentOf({ job }: Scenario): string | null {
  if (!job.environment) return null;
  if (job.environment.name !== null) return job.environment.name;
  throw new UsageError({
    code: "environment-unknown",
    message: `The environment of job "${job.id}" is an expression, so nobody knows it before the run`,
    at: job.environment.at,
    next: ["say which one to rehearse: --environment NAME"],
  });
}

function triggerOf(
  pipeline: Pipeline,
  wishes: Wishes,
  version: string | null,
): { event: string; ref: string } {
  const tag = `refs/tags/v${version ?? "1.0.0"}`;
  const byEvent = (name: string) => pipeline.triggers.find((trigger) => trigger.event === name);
  const push = byEvent("push");
  const event = wishes.event ??
    (push
      ? "push"
      : byEvent("release")
      ? "release"
      : pipeline.triggers.find((one) => one.event !== "workflow_call")?.event) ??
    "push";
  if (wishes.ref) {
    return { event, ref: wishes.ref.startsWith("refs/") ? wishes.ref : `refs/heads/${wishes.ref}` };
  }
  if (event === "release") return { event, ref: tag };
  if (event === "push" && push?.tags) {
    const pattern = push.tags.find((one) => !one.startsWith("!"));
    return { event, ref: pattern ? `refs/tags/${example(pattern, version ?? "1.0.0")}` : tag };
  }
  const branch = event === "push" ? push?.branches?.find((one) => !/[*!?[\]]/.test(one)) : undefined;
  return { event, ref: `refs/heads/${branch ?? "main"}` };
}

/** A tag that the pattern matches: the version stands where the pattern leaves room. */
function example(pattern: string, version: string): string {
  const open = /[*?[+].*$/.exec(pattern);
  if (!open) return pattern;
  const prefix = pattern.slice(0, open.index);
  return prefix + version;
}

function noSuchJob(found: readonly Scenario[], wishes: Wishes): UsageError {
  return new UsageError({
    code: "no-such-job",
    message: `No publishing job is called ${[wishes.workflow, wishes.job].filter(Boolean).join(" › ")}`,
    next: [`the publishing jobs are: ${[...new Set(found.map(nameOf))].join(", ")}`],
  });
}

function noJob(pkg: Package): Problem {
  return {
    code: "no-publishing-job",
    message: `No workflow job publishes ${pkg.name} to ${pkg.registry.label}`,
    why: [
      "Looked at the steps of every job in .github/workflows, and at the local workflows and actions that they use.",
    ],
    next: ["add a job that runs keyless publish", "or say which job it is: --workflow FILE --job ID"],
    package: pkg.name,
    registry: pkg.registry.name,
    at: pkg.at,
  };
}

function ambiguous(pkg: Package, candidates: readonly Scenario[]): Problem {
  return {
    code: "several-publishing-jobs",
    message: `Several jobs publish ${pkg.name} to ${pkg.registry.label}: ${
      candidates.map(nameOf).join(", ")
    }`,
    next: candidates.map(({ pipeline, job }) => `--workflow ${pipeline.file} --job ${job.id}`),
    package: pkg.name,
    registry: pkg.registry.name,
  };
}

/** `release.yml › publish` */
export function nameOf({ pipeline, job, called }: Scenario): string {
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
