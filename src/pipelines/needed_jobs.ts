import type { Job } from "./model.ts";

const BY_NAME = new WeakMap<readonly Job[], ReadonlyMap<string, readonly Job[]>>();

/** The jobs of a pipeline that one of them names as needed. */
export function needsOf({ needs }: Job, jobs: readonly Job[]): readonly Job[] {
  if (needs.length === 0) return [];
  const byName = BY_NAME.get(jobs) ?? Map.groupBy(jobs, ({ id }) => id);
  BY_NAME.set(jobs, byName);
  return needs.flatMap((name) => byName.get(name) ?? []);
}

/** Those, and the ones that they need. */
export function allNeeded(job: Job, jobs: readonly Job[]): ReadonlySet<Job> {
  const found = new Set(needsOf(job, jobs));
  for (const each of found) for (const other of needsOf(each, jobs)) found.add(other);
  return found;
}
