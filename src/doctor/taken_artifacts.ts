import type { Job, Pipeline, Setting } from "../pipelines/model.ts";
import { allNeeded } from "../pipelines/needed_jobs.ts";
import { actionName } from "../pipelines/publishing.ts";
import type { PublishingJob } from "../pipelines/publishing_jobs.ts";
import { type Artifacts, inside, mayBeCalled, nameOf } from "./artifacts.ts";
import { stepsUntil } from "./before_publishing.ts";
import { isRetired } from "./retired_actions.ts";
import type { Publishing, Report } from "./rule.ts";

/** The names of the artifacts of its own run that a job is sure to download before it publishes. */
export function namesTaken(publishing: PublishingJob, sources: ReadonlyMap<string, string>): Setting[] {
  return stepsUntil(publishing).flatMap(({ step, condition }) => {
    const { uses, with: inputs, continueOnError, live } = step;
    if (!uses || actionName(uses.value) !== "actions/download-artifact" || isRetired(uses, sources)) {
      return [];
    }
    const name = inputs.get("name");
    const ofAnother = ["run-id", "github-token", "repository"].some((input) => inputs.has(input));
    if (!name || ofAnother || condition || live !== "yes" || continueOnError) return [];
    return name.value === "" || name.value.includes("${{") ? [] : [name];
  });
}

/** The report on a job that takes the artifact of one for which it does not wait; `null` where it takes none. */
export function takenTooEarly(
  publishing: Publishing,
  { uploads, complete }: Artifacts,
  sources: ReadonlyMap<string, string>,
): Report | null {
  const { job, invocation } = publishing;
  const before = waitsFor(publishing);
  for (const name of namesTaken(publishing, sources)) {
    const called = uploads.filter((upload) => mayBeCalled(upload, name.value));
    if (called.some((upload) => upload.job === job || before.has(upload.job))) continue;
    // A name is taken once in a run: where it is written out, there is no other of the same.
    const upload = called.find((each) => complete || each.name === name.value);
    const parted = upload && whereParted(publishing, upload.job);
    if (!upload || !parted) continue;
    const { waiting, other, siblings } = parted;
    const after = needed(other, siblings);
    // Somebody may have to let it into its environment first.
    const inTime = [...before].some((each) => !after.has(each)) || waiting.environment !== null ||
      job.environment !== null || worksBefore(publishing, name);
    return {
      severity: inTime ? "warning" : "error",
      confidence: "likely",
      message:
        `Job "${job.id}" publishes from the artifact "${name.value}", and does not wait for job "${upload.job.id}", which uploads it`,
      at: name.at,
      label: inTime ? "may not be there yet" : "is not there yet",
      related: [
        { at: nameOf(upload), message: "uploaded here" },
        { at: invocation.at, message: "would publish" },
      ],
      why: [
        "Jobs that do not need each other run at the same time. The download of what is not there yet fails, and the job publishes nothing.",
      ],
      next: [
        after.has(waiting)
          ? `upload it in a job that does not wait for "${waiting.id}"`
          : `give job "${waiting.id}" \`needs: [${[...waiting.needs, other.id].join(", ")}]\``,
      ],
    };
  }
  return null;
}

/** Whether the job does something that takes time before it downloads. */
function worksBefore(publishing: PublishingJob, name: Setting): boolean {
  return stepsUntil(publishing).some(({ step: { run, at } }) =>
    run !== null && at.path === name.at.path && at.start.offset < name.at.start.offset
  );
}

/** The job on the way to the publishing one, and the one beside it that another job is, or is called by. */
export function whereParted(
  { chain, pipeline }: PublishingJob,
  other: Job,
): { waiting: Job; other: Job; siblings: readonly Job[] } | null {
  for (const [level, waiting] of chain.entries()) {
    const siblings = siblingsAt(level, chain, pipeline);
    const holder = siblings.find((each) => each === other || inside(each).includes(other));
    if (holder && holder !== waiting) return { waiting, other: holder, siblings };
  }
  return null;
}

function siblingsAt(level: number, chain: readonly Job[], { jobs }: Pipeline): readonly Job[] {
  return level === 0 ? jobs : chain[level - 1]!.calls!.pipeline!.jobs;
}

/** The jobs that end before a publishing one begins, with those of the workflows that they call. */
export function waitsFor({ chain, pipeline }: PublishingJob): ReadonlySet<Job> {
  return new Set(chain.flatMap((job, level) => [...needed(job, siblingsAt(level, chain, pipeline))]));
}

/** The jobs that one needs, directly or not, with those of the workflows that they call. */
export function needed(job: Job, siblings: readonly Job[]): ReadonlySet<Job> {
  return new Set([...allNeeded(job, siblings)].flatMap((one) => [...inside(one), one]));
}
