import type { Project } from "../config/project.ts";
import type { Pipeline } from "../pipelines/model.ts";
import type { Finding, Severity } from "../report/finding.ts";

/** What rules look at. */
export interface Subject {
  readonly project: Project;
  readonly pipelines: readonly Pipeline[];
  /** `owner/repo` of the git remote, `null` when there is none. */
  readonly remote: string | null;
}

/** What a rule reports; the engine adds what all findings of a rule share. */
export type Report =
  & Pick<Finding, "message" | "at">
  & Partial<Pick<Finding, "package" | "label" | "related" | "why" | "next" | "fix" | "confidence" | "severity">>;

/** One rule, one file, one page in docs/rules, one folder of fixtures. */
export interface Rule {
  readonly code: string;
  readonly severity: Severity;
  /** The section of the report that it belongs to. */
  readonly phase: "trust policy (local)" | "trust policy (declared)";
  check(subject: Subject): Iterable<Report>;
}
