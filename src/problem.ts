/** A place in a text; lines and columns start at 1 and count UTF-16 units, offsets start at 0. */
export interface Position {
  readonly line: number;
  readonly column: number;
  readonly offset: number;
}

/** A stretch of a file; `path` is relative to the project's root, with `/`. */
export interface Location {
  readonly path: string;
  readonly start: Position;
  readonly end: Position;
}

/** What two locations have in common that begin at one place; a workflow that several others call is read again for each. */
export function placeKey({ path, start }: Location): string {
  return `${path}:${start.offset}`;
}

/** One line of "what was claimed and what is registered". */
export interface Comparison {
  readonly field: string;
  readonly claimed: string | null;
  readonly registered: string | null;
  /** `null` where nobody can know, e.g. what PyPI has on file. */
  readonly matches: boolean | null;
}

/** Something wrong, as data: what happened, why, what the other side said, what to do next. */
export interface Problem {
  /** kebab-case; `keyless explain CODE` prints its page. */
  readonly code: string;
  /** One line with the names that the user wrote; no final period. */
  readonly message: string;
  /** Why it is so, a sentence a line. */
  readonly why?: readonly string[];
  /** The registry's (or client's) own words, verbatim. */
  readonly said?: string;
  readonly comparison?: readonly Comparison[];
  /** What to do next, a step a line; never empty. */
  readonly next: readonly string[];
  readonly at?: Location;
  /** The text of the file of `at`, so that the line can be shown. */
  readonly source?: string;
  /** The package it is about, as the user wrote it. */
  readonly package?: string;
  readonly registry?: string;
}

/** 1: problems found or a publish failed; 2: usage or configuration; 3: nothing to do; 70: a bug in keyless. */
export type ExitCode = 0 | 1 | 2 | 3 | 70;

/** A command cannot go on. Carries one or more problems and the exit code. */
export class KeylessError extends Error {
  readonly problems: readonly Problem[];
  readonly exit: ExitCode;

  constructor(problem: Problem | readonly Problem[], options: { exit?: ExitCode; cause?: unknown } = {}) {
    const problems = Array.isArray(problem) ? problem as readonly Problem[] : [problem as Problem];
    super(problems[0]?.message ?? "Unknown problem", { cause: options.cause });
    this.name = "KeylessError";
    this.problems = problems;
    this.exit = options.exit ?? 1;
  }

  get problem(): Problem {
    return this.problems[0]!;
  }
}

/** The user asked for something that does not exist or does not fit together (exit 2). */
export class UsageError extends KeylessError {
  constructor(problem: Problem | readonly Problem[], options: { cause?: unknown } = {}) {
    super(problem, { ...options, exit: 2 });
    this.name = "UsageError";
  }
}
