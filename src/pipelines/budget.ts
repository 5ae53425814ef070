import type { Files } from "./repository.ts";

/** What of a repository is looked at, and how much of it: beyond that it is as good as not seen. */
const MOST = {
  /** Commands and actions that publish. Real repositories come to a few dozen; every rule compares them. */
  publishes: 500,
  /** Steps of local actions, jobs of called workflows, commands of scripts in files: each counted where it is used, because files that use each other ten times multiply. */
  followed: 5000,
} as const;

/** So many scripts are followed one behind the other: those that the pipeline starts, those that they start, and so on. */
export const DEEPEST_SCRIPT = 4;

const counted = new WeakMap<Files, Record<keyof typeof MOST, number>>();

/** Whether no more of it is looked at. A file made to hold a million of them would keep doctor busy for hours. */
export function isSpent(files: Files, what: keyof typeof MOST): boolean {
  return (counted.get(files)?.[what] ?? 0) >= MOST[what];
}

/** More steps than any real job has. */
const CROWD = 100;

/** Counts the steps of a job: each of very many is compared with each that publishes, so of these fewer are looked at. */
export function spendCrowd(files: Files, steps: number): void {
  if (steps > CROWD) spend(files, "publishes", (steps - CROWD) / 20);
}

/** Counts what was looked at. */
export function spend(files: Files, what: keyof typeof MOST, count: number): void {
  const counts = counted.get(files) ?? { publishes: 0, followed: 0 };
  counts[what] += count;
  counted.set(files, counts);
}

const told = new WeakSet<Files>();

/** How to name the first thing that is not followed because too much was; `null` once that is said. */
export function tooMuch(files: Files, reference: string): string | null {
  if (told.has(files)) return null;
  told.add(files);
  return `${reference}, and whatever else is started (too much to follow),`;
}
