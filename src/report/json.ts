import { plain } from "../host/redact.ts";
import type { KeylessError, Problem } from "../problem.ts";
import { HOMEPAGE } from "../version.ts";
import type { Finding } from "./finding.ts";

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

/** A finding as `keyless/doctor/1` has it, see docs/schema/doctor.json; `page` is where its page is kept. */
export function findingJson(finding: Finding, page: "rules" | "codes" = "rules"): Record<string, unknown> {
  const { code, severity, confidence, message, at, related, fix, ignored } = finding;
  return {
    code,
    severity,
    confidence,
    message: plain(message),
    package: finding.package,
    location: at,
    related: related.map((label) => ({ message: plain(label.message), location: label.at })),
    fix,
    ignored,
    docs: `${HOMEPAGE}/blob/main/docs/${page}/${code}.md`,
  };
}
