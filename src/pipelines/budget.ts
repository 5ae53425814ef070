import type { Files } from "./repository.ts";

/** Real repositories come to a few dozen. Every rule compares them, so a file made to hold a million would keep it busy for hours. */
const MOST = 1000;

const counted = new WeakMap<Files, number>();

/** Whether so many publishing commands and actions of a repository were looked at that all others are as good as not seen. */
export function isSpent(files: Files): boolean {
  return (counted.get(files) ?? 0) >= MOST;
}

/** Counts publishing commands and actions that were looked at. */
export function spend(files: Files, count: number): void {
  counted.set(files, (counted.get(files) ?? 0) + count);
}
