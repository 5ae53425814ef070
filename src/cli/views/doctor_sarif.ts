import type { Diagnosis } from "../../doctor/engine.ts";
import { CREDENTIALS } from "../../doctor/phases.ts";
import { RULES } from "../../doctor/rules.ts";
import pages from "../../explain/pages.json" with { type: "json" };
import { summaryOf } from "../../explain/page.ts";
import type { ReportedFinding, Severity } from "../../report/finding.ts";
import { docsOf } from "../../report/json.ts";
import { sarif, type SarifRule } from "../../report/sarif.ts";

/** As CVSS grades it: a secret that others can read, one that more code than needed can read, what makes either more likely. */
const AT_RISK: Readonly<Record<Severity, number | null>> = {
  error: 8,
  warning: 5,
  info: 2,
  unverified: null,
};

/** The findings as a SARIF log, with the page of each code. */
export function diagnosisSarif(
  diagnosis: Diagnosis,
  findings: readonly ReportedFinding[],
  exitCode: number,
): object {
  return sarif({
    findings,
    rule: (code) => ruleOf(findings.find((finding) => finding.code === code)!),
    sources: diagnosis.sources,
    exitCode,
    compared: diagnosis.baseline !== null,
  });
}

function ruleOf(finding: ReportedFinding): SarifRule {
  const { code, phase } = finding;
  const rule = RULES.find((each) => each.code === code);
  const severity = rule?.severity ?? finding.severity;
  const page = (pages as Readonly<Record<string, string>>)[code] ?? finding.message;
  return {
    code,
    severity,
    confidence: rule?.confidence ?? "certain",
    tags: ["publishing", phase.replace(/[^a-z]+/g, "-").replace(/-$/, "")],
    securitySeverity: phase === CREDENTIALS ? AT_RISK[severity] : null,
    summary: summaryOf(page) || finding.message,
    page,
    url: docsOf(finding),
  };
}
