/** Tries in all, the first one included. */
export const TRIES = 4;

/** Longest wait that a server's `Retry-After` is followed for, in milliseconds. */
const PATIENCE = 120_000;

/**
 * Milliseconds to wait after try number `attempt`, or `null` when it was the last. What the server asks for (milliseconds) is kept
 * to; otherwise full jitter, at most 1 s, 2 s, 4 s.
 */
export function pauseAfter(attempt: number, asked: number | null): number | null {
  if (attempt >= TRIES) return null;
  if (asked !== null) return asked <= PATIENCE ? asked : null;
  return Math.random() * 500 * 2 ** attempt;
}
