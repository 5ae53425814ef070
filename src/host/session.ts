import type { Clock } from "./clock.ts";
import type { Env } from "./env.ts";
import type { Http } from "./http.ts";

/** Someone who wants to hear how a long command goes: on a terminal, in a log, or nobody. */
export interface Progress {
  /** A complete line about what happened. */
  say(line: string): void;
  /** What is happening now, for the live line of a terminal; `null` when it is over. */
  live(line: string | null): void;
}

/** Nobody listens. */
export const silent: Progress = { say() {}, live() {} };

/** What a command works with. Everything that a rehearsal or a test replaces is in here; nothing else is. */
export interface Session {
  readonly env: Env;
  readonly http: Http;
  readonly clock: Clock;
  readonly progress: Progress;
}
