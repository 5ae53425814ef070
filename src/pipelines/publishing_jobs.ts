import type { Kind } from "../registries/registry.ts";
import type { Answer, Job, Pipeline, PublishInvocation, Step } from "./model.ts";

/** A step that publishes, with the way to it from the workflow that starts. */
export interface PublishingJob {
  /** The workflow that starts: `workflow_ref` names it. */
  readonly pipeline: Pipeline;
  /** The workflow that the job stands in: `job_workflow_ref` names it. The same as `pipeline` when nothing is called. */
  readonly called: Pipeline;
  /** From the job of `pipeline` to the one whose step publishes. */
  readonly chain: readonly Job[];
  readonly job: Job;
  readonly step: Step;
  readonly invocation: PublishInvocation;
  /** `no` when something on the way can never run. */
  readonly live: Answer;
}

/** What is looked for; everything when empty. */
export interface Wanted {
  readonly kind?: Kind;
  readonly package?: string;
}

/** Every step of a pipeline, and of the workflows that it calls, that publishes what is wanted; also those that can never run. */
export function publishers(pipeline: Pipeline, wanted: Wanted = {}): PublishingJob[] {
  return within(pipeline, pipeline, []).filter((job) => isWanted(job, wanted));
}

/** Whether a step publishes what is wanted, as far as the file tells. */
export function isWanted({ invocation }: PublishingJob, wanted: Wanted): boolean {
  return (wanted.kind === undefined || invocation.kind === null || invocation.kind === wanted.kind) &&
    (wanted.package === undefined || invocation.packages.length === 0 ||
      invocation.packages.includes(wanted.package));
}

/** Whether a pipeline ever starts by itself, and not only because another one calls it. */
export function startsByItself(pipeline: Pipeline): boolean {
  return pipeline.triggers.some((trigger) => trigger.event !== "workflow_call");
}

/** Whether a pipeline is looked at for itself: one that others here call is looked at as their part, unless it starts by itself too. */
export function standsAlone(pipeline: Pipeline, all: readonly Pipeline[]): boolean {
  return startsByItself(pipeline) || !isCalledIn(all, pipeline);
}

/** Whether any pipeline of a list calls this one. */
export function isCalledIn(all: readonly Pipeline[], { path }: Pipeline): boolean {
  return calledIn(all).has(path);
}

/** The paths of the workflows that any pipeline of a list calls. Many ask for the same list. */
function calledIn(all: readonly Pipeline[]): ReadonlySet<string> {
  const known = CALLED.get(all);
  if (known) return known;
  const paths = new Set(all.flatMap(calledFrom));
  CALLED.set(all, paths);
  return paths;
}

const CALLED = new WeakMap<readonly Pipeline[], ReadonlySet<string>>();

function calledFrom({ jobs }: Pipeline): string[] {
  return jobs.flatMap(({ calls }) =>
    calls?.pipeline ? [calls.pipeline.path, ...calledFrom(calls.pipeline)] : []
  );
}

function within(top: Pipeline, called: Pipeline, before: readonly Job[]): PublishingJob[] {
  return called.jobs.flatMap((job) => {
    const chain = [...before, job];
    const own = job.steps.flatMap((step) =>
      step.publishes.map((invocation) => {
        const answers = [...chain, step, ...invocation.login ? [invocation.login] : []].map(({ live }) =>
          live
        );
        const live: Answer = answers.includes("no") ? "no" : answers.includes("unknown") ? "unknown" : "yes";
        return { pipeline: top, called, chain, job, step, invocation, live };
      })
    );
    return [...own, ...job.calls?.pipeline ? within(top, job.calls.pipeline, chain) : []];
  });
}
