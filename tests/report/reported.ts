import type { ReportedFinding } from "../../src/report/finding.ts";
import { finding } from "./samples.ts";

/** A finding as reports get it. */
export function reported(changes: Partial<ReportedFinding> & Pick<ReportedFinding, "at">): ReportedFinding {
  return {
    ...finding(changes),
    phase: "publishing jobs",
    byRule: true,
    fingerprint: "0123456789abcdef0123456789abcdef:1",
    ignoredBy: null,
    ...changes,
  };
}
