import type { PublishingJob } from "../pipelines/publishing_jobs.ts";
import type { Label } from "../report/finding.ts";

/** What steps publish with, each client once: `twine, npm and cargo`. */
export function clientsOf(jobs: readonly PublishingJob[]): string {
  const names = [...new Set(jobs.map(({ invocation }) => invocation.client))];
  return names.length > 1 ? `${names.slice(0, -1).join(", ")} and ${names.at(-1)}` : names[0]!;
}

/** The place of each step that publishes, with the same words. */
export function placesOf(jobs: readonly PublishingJob[], message: string): Label[] {
  return [...new Set(jobs.map(({ invocation }) => invocation.at))].map((at) => ({ at, message }));
}
