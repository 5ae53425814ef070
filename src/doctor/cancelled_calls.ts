import { plainLine } from "../host/redact.ts";
import { isOfAll } from "../pipelines/groups.ts";
import type { Job, Pipeline, Trigger } from "../pipelines/model.ts";
import { needsOf } from "../pipelines/needed_jobs.ts";
import { startsByItself } from "../pipelines/publishing_jobs.ts";
import type { Start } from "../pipelines/starts.ts";
import type { Publishing, Report } from "./rule.ts";

/** Jobs that run although one that they need was cancelled. */
const ANYWAY = /\b(?:always|failure|cancelled)\s*\(/;

/**
 * Cancellations of a job that a publishing one needs: it calls a workflow whose group is the same whoever calls it, and another run of
 * that workflow starts with the same push.
 */
export function* cancelledCalls(each: Publishing, pipelines: readonly Pipeline[]): Iterable<Report> {
  const { pipeline, chain: [first], invocation } = each;
  if (pipeline.vendor !== "github" || !first) return;
  for (const job of withNeeded(first, pipeline)) {
    const called = job.calls?.pipeline;
    const group = called?.concurrency;
    if (!called || !group?.cancelsAt || group.cancels !== "yes" || !isOfAll(group)) continue;
    for (const other of pipelines) {
      if (other.path === pipeline.path || !startsByItself(other)) continue;
      const call = other.jobs.find(({ calls, condition, live }) =>
        calls?.pipeline?.path === called.path && condition === null && live === "yes"
      );
      const itself = other.path === called.path;
      const start = call || itself ? startTogether(each, other) : null;
      if (!start) continue;
      const what = start.trigger.event === "release" ? "release" : start.ref === "tag" ? "tag" : "push";
      yield {
        confidence: "likely",
        message:
          `A run of ${other.file} may cancel job "${job.id}", which ${pipeline.file} needs to publish with ${invocation.client}`,
        at: group.cancelsAt.at,
        label: `ends the other run in the group "${plainLine(group.group!, 60)}"`,
        related: [
          { at: job.calls!.at, message: `${pipeline.file} calls it here` },
          {
            at: call ? call.calls!.at : start.other.at,
            message: call ? `${other.file} too, for the same ${what}` : `starts for the same ${what}`,
          },
        ],
        why: [
          `Groups are of the whole repository, and this one has the same name in both: whichever comes later ends the other, and where "${job.id}" was ended nothing is published.`,
        ],
        next: [
          "put the workflow that calls into its name: `group: ci-${{ github.workflow }}-${{ github.ref }}`",
          "or cancel for pull requests alone: `cancel-in-progress: ${{ github.event_name == 'pull_request' }}`",
        ],
      };
    }
  }
}

/** A job and those without which it does not run. */
function withNeeded(first: Job, { jobs }: Pipeline): ReadonlySet<Job> {
  const all = new Set([first]);
  for (const job of all) {
    if (ANYWAY.test(job.condition?.value ?? "")) continue;
    for (const other of needsOf(job, jobs)) all.add(other);
  }
  return all;
}

/** How a publishing step starts together with another workflow for sure; `null` where that cannot be told. */
export function startTogether(
  { starts }: Publishing,
  { triggers }: Pipeline,
): Start & { readonly other: Trigger } | null {
  for (const start of starts) {
    if (start.publishes === "no") continue;
    const other = triggers.find((trigger) => isTogether(start, trigger));
    if (other) return { ...start, other };
  }
  return null;
}

function isTogether({ trigger, ref, only }: Start, other: Trigger): boolean {
  if (trigger.event !== other.event) return false;
  if (trigger.event === "release") {
    const { types } = trigger;
    return types === null || other.types === null || types.some((type) => other.types!.includes(type));
  }
  if (trigger.event !== "push" || ref === null || other.tagsIgnored || other.branchesIgnored) return false;
  const [listed, theirs] = ref === "tag" ? [trigger.tags, other.tags] : [trigger.branches, other.branches];
  const own = only?.names ?? listed;
  // Without filters it starts for every ref; with those of the other kind alone for none of this.
  if (!other.tags && !other.branches) return true;
  return theirs !== null && own !== null &&
    own.some((pattern) => !pattern.startsWith("!") && theirs.includes(pattern));
}
