import type { Job, Pipeline } from "../pipelines/model.ts";
import type { PublishingJob } from "../pipelines/publishing_jobs.ts";
import { strangersIn } from "./stranger_texts.ts";

/** A step that publishes nothing, in a job that can request the token with which another one publishes. */
export interface Bystander extends PublishingJob {
  /** The one that publishes. */
  readonly beside: PublishingJob;
}

/**
 * Steps with texts of strangers in the jobs beside one that publishes: a registry that asks for no environment takes the OIDC token of
 * whichever job of the workflow.
 */
export function bystandersOf(publishing: readonly PublishingJob[]): Bystander[] {
  const jobs = new Set(publishing.map(({ job }) => job));
  const open = publishing.filter(({ pipeline, job, invocation }) =>
    pipeline.vendor === "github" && job.environment === null && invocation.keyless !== "no" &&
    job.permissions.allows("id-token", "write") === "yes"
  );
  // One for each registry; of several the one that is surest to use the token.
  const surestLast = [...open].sort((one, other) =>
    Number(one.invocation.keyless === "yes") - Number(other.invocation.keyless === "yes")
  );
  const each = new Map(surestLast.map((one) => [
    `${one.pipeline.path} ${one.called.path} ${one.invocation.kind}`,
    one,
  ]));
  return [...each.values()].flatMap((beside) =>
    within(beside.pipeline, beside.pipeline, []).filter(({ called, job }) =>
      called === beside.called && !jobs.has(job) && job.environment === null &&
      job.permissions.allows("id-token", "write") === "yes"
    ).flatMap((place) => stepsWithTexts({ ...place, beside }))
  );
}

/** Every job that a workflow runs, with the way to it. */
function within(
  pipeline: Pipeline,
  called: Pipeline,
  before: readonly Job[],
): Pick<PublishingJob, "pipeline" | "called" | "chain" | "job">[] {
  return called.jobs.filter(({ live }) => live !== "no").flatMap((job) => {
    const chain = [...before, job];
    const inner = job.calls?.pipeline ? within(pipeline, job.calls.pipeline, chain) : [];
    return [{ pipeline, called, chain, job }, ...inner];
  });
}

function stepsWithTexts(
  { pipeline, called, chain, job, beside }: Pick<
    Bystander,
    "pipeline" | "called" | "chain" | "job" | "beside"
  >,
): Bystander[] {
  const found = strangersIn({ called, chain, job });
  return job.steps.filter((step) => found.some((place) => place.outer === step)).map((step) => ({
    pipeline,
    called,
    chain,
    job,
    step,
    // What its script asks before is none of the texts' business: they are in it from its first line.
    invocation: { ...beside.invocation, at: step.run?.at ?? step.at, inScript: null },
    live: step.live,
    beside,
  }));
}
