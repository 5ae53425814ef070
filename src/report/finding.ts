import type { Location } from "../problem.ts";

export type Severity = "error" | "warning" | "info" | "unverified";

export interface Label {
  readonly at: Location;
  readonly message: string;
}

/** An edit of a file: `text` replaces the characters from `start` to `end` (offsets in UTF-16 units). */
export interface Edit {
  readonly path: string;
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

export interface Fix {
  /** Safe: the meaning of the file stays, but for what the finding is about. */
  readonly safe: boolean;
  readonly description: string;
  readonly edits: readonly Edit[];
}

/** Something that doctor has to say, as data. */
export interface Finding {
  readonly code: string;
  readonly severity: Severity;
  readonly confidence: "certain" | "likely";
  readonly message: string;
  readonly package: string | null;
  readonly at: Location;
  /** What the primary place is about, e.g. `claimed as environment`. */
  readonly label: string | null;
  readonly related: readonly Label[];
  /** Why it matters. */
  readonly why: readonly string[];
  /** What to do. */
  readonly next: readonly string[];
  readonly fix: Fix | null;
  /** The reason, when a comment or the configuration says that this one is accepted. */
  readonly ignored: string | null;
}

/** A named section of doctor's report. */
export interface Phase {
  readonly name: string;
  readonly status: "passed" | "failed" | "skipped";
  /** One line: what was found right, or why it was not checked. */
  readonly reason: string | null;
}
