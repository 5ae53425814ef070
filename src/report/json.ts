import { plain } from "../host/redact.ts";
import type { KeylessError, Problem } from "../problem.ts";
import { HOMEPAGE } from "../version.ts";
import type { ReportedFinding } from "./finding.ts";

/** `keyless/error/1`, see docs/schema/error.json. */
export interface ErrorJson {
  readonly schema: "keyless/error/1";
  readonly code: string;
  readonly message: string;
  /** What to do next. */
  readonly hint: string;
  /** The other side's words, or why it is so; `null` when neither is known. */
  readonly cause: string | null;
  /** Every problem, without the texts of files. */
  readonly problems: readonly Omit<Problem, "source">[];
}

/** An error as `--json` prints it. */
export function errorJson(error: KeylessError): ErrorJson {
  const { code, message, next, said, why } = error.problem;
  return {
    schema: "keyless/error/1",
    code,
    message: plain(message),
    hint: plain(next.join("\n")),
    cause: said !== undefined ? plain(said) : why && why.length > 0 ? plain(why.join("\n")) : null,
    problems: error.problems.map(({ source: _source, ...problem }) => problem),
  };
}

/** A finding as `keyless/doctor/1` has it, see docs/schema/doctor.json. */
export function findingJson(finding: ReportedFinding): Record<string, unknown> {
  const { code, severity, confidence, message, at, related, fix, ignored } = finding;
  return {
    code,
    severity,
    confidence,
    message: plain(message),
    package: finding.package,
    section: finding.phase,
    location: at,
    label: finding.label === null ? null : plain(finding.label),
    related: related.map((label) => ({ message: plain(label.message), location: label.at })),
    comparison: finding.comparison ?? [],
    why: finding.why.map(plain),
    next: finding.next.map(plain),
    fix,
    fingerprint: finding.fingerprint,
    ignored,
    ignoredBy: finding.ignoredBy,
    docs: docsOf(finding),
  };
}

/** Where the page of a finding is. */
export function docsOf({ code, byRule }: Pick<ReportedFinding, "code" | "byRule">): string {
  return `${HOMEPAGE}/blob/main/docs/${byRule ? "rules" : "codes"}/${code}.md`;
}
