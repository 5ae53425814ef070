import type fc from "fast-check";

/** Longer, or from another start: KEYLESS_FUZZ_SECONDS for each property, KEYLESS_FUZZ_SEED as a failure prints it. */
const SECONDS = Number(Deno.env.get("KEYLESS_FUZZ_SECONDS") ?? 0);
const SEED = Number(Deno.env.get("KEYLESS_FUZZ_SEED") ?? 1);

/** How long a property is tried: `runs` times, or as long as was asked for. The same everywhere, so that a failure is one of the change. */
export function bounds(runs: number): fc.Parameters<unknown> & { numRuns: number } {
  return SECONDS > 0
    ? { seed: SEED, numRuns: Number.MAX_SAFE_INTEGER, interruptAfterTimeLimit: SECONDS * 1000 }
    : { seed: SEED, numRuns: runs };
}
