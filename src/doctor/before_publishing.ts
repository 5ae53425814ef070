import type { Job, PublishInvocation, Setting, Step } from "../pipelines/model.ts";
import { allNeeded } from "../pipelines/needed_jobs.ts";
import { commandsOf, type PlacedCommand } from "../pipelines/placed_commands.ts";
import type { PublishingJob } from "../pipelines/publishing_jobs.ts";

/** A step on the way to the one that publishes. */
export interface StepBefore {
  readonly step: Step;
  /** The condition that may leave it out although the publishing step runs; `null` where both run, or neither. */
  readonly condition: Setting | null;
}

/** The steps of a job until one publishes, with those of local actions, in the order in which they run; the publishing one is the last. */
export function stepsUntil({ job, step, invocation }: PublishingJob): readonly StepBefore[] {
  const known = UNTIL.get(job) ?? new Map<PublishInvocation, readonly StepBefore[]>();
  UNTIL.set(job, known);
  const found = known.get(invocation);
  if (found) return found;
  const steps = flattened(job.steps, null, step.condition?.value ?? null);
  const last = steps.findLastIndex(({ step: each }) => each.publishes.includes(invocation));
  const until = steps.slice(0, last + 1).filter(({ step: each }) => each.live !== "no");
  known.set(invocation, until);
  return until;
}

/** Many rules ask for the same. */
const UNTIL = new WeakMap<Job, Map<PublishInvocation, readonly StepBefore[]>>();

function flattened(steps: readonly Step[], outer: Setting | null, same: string | null): StepBefore[] {
  return steps.flatMap((step) => {
    const own = step.live === "yes" || step.condition?.value === same ? null : step.condition;
    const condition = own ?? outer;
    return [{ step, condition }, ...flattened(step.inner, condition, same)];
  });
}

/** The jobs whose files a job may be handed: those that it needs, and outside of GitHub all others of its pipeline. */
export function jobsBefore({ called: { vendor, jobs }, job }: PublishingJob): readonly Job[] {
  return vendor === "github" ? [...allNeeded(job, jobs)] : jobs.filter((each) => each !== job);
}

/** The commands of a step that run before one that publishes; all of them in steps before. */
export function commandsBefore(
  step: Step,
  { invocation }: PublishingJob,
  sources: ReadonlyMap<string, string>,
): readonly PlacedCommand[] {
  const commands = commandsOf(step, sources);
  return step.publishes.includes(invocation)
    ? commands.filter(({ at }) => at.start.offset < invocation.at.start.offset)
    : commands;
}
