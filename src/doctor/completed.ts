import { plainLine } from "../host/redact.ts";
import type { Finding, Severity } from "../report/finding.ts";
import type { Report } from "./rule.ts";

/** A report as a finding that nobody has accepted; what it does not say itself is as its rule says. */
export function completed(report: Report, code: string, severity: Severity): Finding {
  return {
    severity,
    confidence: "certain",
    package: null,
    label: null,
    related: [],
    why: [],
    next: [],
    fix: null,
    ...report,
    code,
    message: plainLine(report.message),
    ignored: null,
  };
}
