import { assert } from "@std/assert";

/** In milliseconds. What looks at every pair of things, or at every way through them, takes hours; nothing else takes as long on any machine. */
const HANGS = 120_000;

/** Does something of which it only matters that it comes to an end. */
export async function ends<T>(act: () => T | Promise<T>, what = "it"): Promise<T> {
  const started = performance.now();
  const done = await act();
  assert(performance.now() - started < HANGS, `${what} hangs`);
  return done;
}
