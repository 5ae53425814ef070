import type { Edit } from "../formats/edit.ts";
import type { Comparison, Location } from "../problem.ts";

export type Severity = "error" | "warning" | "info" | "unverified";

export interface Label {
  readonly at: Location;
  readonly message: string;
}

export type { Edit };

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
  /** What is claimed or declared, beside what is registered. */
  readonly comparison?: readonly Comparison[];
  /** Why it matters. */
  readonly why: readonly string[];
  /** What to do. */
  readonly next: readonly string[];
  readonly fix: Fix | null;
  /** The reason, when a comment or the configuration says that this one is accepted. */
  readonly ignored: string | null;
}

/** A finding as reports show it. */
export interface ReportedFinding extends Finding {
  /** Its section of the report. */
  readonly phase: string;
  /** Whether a rule found it; else it is a file that could not be read, or an answer of a registry. */
  readonly byRule: boolean;
  /** Names it across runs, wherever its line moves; `null` where nobody asks for that. */
  readonly fingerprint: string | null;
  /** Who accepts it, when `ignored` says why. */
  readonly ignoredBy: "comment" | "configuration" | "baseline" | null;
}

/** A named section of doctor's report. */
export interface Phase {
  readonly name: string;
  readonly status: "passed" | "failed" | "skipped";
  /** One line: what was found right, or why it was not checked. */
  readonly reason: string | null;
  /** What was looked at, a line each, whatever is wrong with it. */
  readonly seen?: readonly string[];
  /** What to put into keyless.toml, so that the section can be checked. */
  readonly paste?: string;
}

/** Whether a section was left out because something could not be known, and not because there is nothing to know. */
export function isOpen(phase: Phase): boolean {
  return phase.status === "skipped" && /^not (?:checked|compared)|not decidable$/.test(phase.reason ?? "");
}
