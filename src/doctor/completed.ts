import { plainLine } from "../host/redact.ts";
import type { Finding, Severity } from "../report/finding.ts";
import type { Report, SettledReport } from "./rule.ts";

/** A report as a finding that nobody has accepted; what it does not say itself is as its rule says. */
export function completed(report: SettledReport, code: string, severity: Severity): Finding {
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

/** A report with its fix, once that is made; one that is not safe only where it is wanted. */
export async function settled({ fix, ...report }: Report, wantsUnsafe: boolean): Promise<SettledReport> {
  const made = typeof fix !== "function" ? await fix : wantsUnsafe ? await fix() : null;
  return { ...report, fix: made ?? null };
}
