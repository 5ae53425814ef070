import type { PublishingJob } from "../pipelines/publishing_jobs.ts";
import type { Label } from "../report/finding.ts";

/** What steps publish with, each client once: `twine, npm and cargo`. */
export function clientsOf(jobs: readonly PublishingJob[]): string {
  return listed([...new Set(jobs.map(({ invocation }) => invocation.client))]);
}

/** `one`, `one and two`, `one, two and three`. */
export function listed(names: readonly string[]): string {
  return names.length > 1 ? `${names.slice(0, -1).join(", ")} and ${names.at(-1)}` : names.join("");
}

/** Where a step publishes; or where it fetches the token, when what uses that is not seen. */
export function publishesAt({ invocation: { at, onlyMints } }: Pick<PublishingJob, "invocation">): Label {
  return { at, message: onlyMints ? "gets the token here" : "publishes here" };
}

/** The place of each step that publishes. */
export function publishPlaces(jobs: readonly PublishingJob[]): Label[] {
  return [...new Map(jobs.map((job) => [job.invocation.at, publishesAt(job)])).values()];
}

/** The place of each step that publishes, with the same words. */
export function placesOf(jobs: readonly PublishingJob[], message: string): Label[] {
  return [...new Set(jobs.map(({ invocation }) => invocation.at))].map((at) => ({ at, message }));
}
