import { type Diagnosis } from "../../doctor/engine.ts";
import { isOpen } from "../../doctor/phases.ts";
import { TOKEN } from "../../doctor/crates_records.ts";
import type { Display } from "../../host/terminal.ts";
import { plain } from "../../host/redact.ts";
import type { Finding, Phase } from "../../report/finding.ts";
import { fold } from "../../report/fold.ts";
import { markdownCell } from "../../report/github.ts";
import { findingJson } from "../../report/json.ts";
import { paint } from "../../report/style.ts";
import { symbols, worded } from "../../report/symbols.ts";
import { renderFinding } from "../../report/terminal.ts";
import { padded, width } from "../../report/width.ts";
import { counted, duration } from "./words.ts";

/** What doctor found, for people: a section for each phase, the verdict last. `all` shows accepted findings too. */
export function renderDiagnosis(
  diagnosis: Diagnosis,
  elapsed: number,
  display: Display,
  all: boolean,
): string {
  const shown = diagnosis.findings.filter((finding) => all || finding.ignored === null);
  let text = "";
  let apart = false;
  for (const phase of diagnosis.phases) {
    const findings = shown.filter((finding) => finding.phase === phase.name);
    if (text && (apart || findings.length > 0)) text += "\n";
    text += findings.length === 0
      ? section(phase, diagnosis.phases, shown.length > 0, display)
      : `${paint(phase.name, "strong", display)}\n` +
        findings.map((finding) => renderFinding(finding, diagnosis.sources, display)).join("\n");
    apart = findings.length > 0;
  }
  return `${text}\n${verdict(diagnosis, elapsed, display)}`;
}

/** Below so many columns the reasons stand below the names. */
const NARROWEST = 80;

/** The sign, the name, and what is right or why it was not looked at. */
function section(phase: Phase, phases: readonly Phase[], hints: boolean, display: Display): string {
  const name = padded(phase.name, Math.max(...phases.map((each) => width(each.name))));
  const head = `${padded(signOf(phase, display), width(symbols(display).ok))} ${name}`;
  const hint = hints && phase.reason?.includes(`${TOKEN} is not set`)
    ? "\n→ a token with the scope trusted-publishing lets doctor compare the real records"
    : "";
  const reason = worded(plain(phase.reason ?? "").replaceAll("; ", "\n") + hint, display);
  const lines = display.width < NARROWEST
    ? [head.trimEnd(), ...fold(reason, { width: display.width, first: "   " })]
    : fold(reason, { width: display.width, first: `${head} ` });
  return lines.map((line) => `${line}\n`).join("");
}

function signOf(phase: Phase, display: Display): string {
  const signs = symbols(display);
  if (phase.status === "passed") return paint(signs.ok, "ok", display);
  if (phase.status === "failed") return paint(signs.error, "error", display);
  return isOpen(phase) ? paint(signs.unknown, "unknown", display) : signs.nothing;
}

function verdict(
  { summary, checked, phases, publishes }: Diagnosis,
  elapsed: number,
  display: Display,
): string {
  const open =
    phases.filter(({ status, reason }) => status === "skipped" && reason?.startsWith("not checked")).length;
  const counts = [
    ...summary.error ? [counted(summary.error, "error")] : [],
    ...summary.warning ? [counted(summary.warning, "warning")] : [],
    ...summary.info ? [`${summary.info} to know`] : [],
    ...summary.unverified ? [`${summary.unverified} not decidable`] : [],
    ...summary.ignored ? [`${summary.ignored} ignored`] : [],
    ...open ? [`${open} not checked`] : [],
  ];
  const found = summary.error + summary.warning + summary.info + summary.unverified > 0;
  if (!found && !publishes) {
    const { next } = symbols(display);
    return "No job is seen to publish, so there was nothing to check.\n" +
      `   ${next} let a job run keyless publish; what a script does cannot be seen\n`;
  }
  if (!found) return "No problems. Rehearse the release before you tag it: keyless rehearse\n";
  const looked = [
    counted(checked.files, "workflow"),
    counted(checked.jobs, "job"),
    counted(checked.packages, "package"),
  ].join(", ");
  return worded(`${counts.join(", ")} · ${looked} · ${duration(elapsed)}\n`, display);
}

/** The body of `keyless/doctor/1`. */
export function diagnosisRecord(diagnosis: Diagnosis): object {
  return {
    root: ".",
    checked: diagnosis.checked,
    findings: diagnosis.findings.map((finding) => findingJson(finding, finding.byRule ? "rules" : "codes")),
    phases: diagnosis.phases,
    summary: diagnosis.summary,
  };
}

const SIGNS: Readonly<Record<Finding["severity"], string>> = {
  error: "✗",
  warning: "!",
  info: "·",
  unverified: "?",
};

/** The step summary, in Markdown. */
export function diagnosisSummary({ findings, phases }: Diagnosis): string {
  const open = findings.filter((finding) => finding.ignored === null);
  const rows = open.map(({ severity, code, message, at }) =>
    `| ${SIGNS[severity]} ${severity} | ${code} | ${markdownCell(message)} | ${
      markdownCell(at.path)
    }:${at.start.line} |`
  );
  const table = open.length > 0
    ? ["| | rule | what | where |", "| --- | --- | --- | --- |", ...rows, ""]
    : [];
  const sections = phases.map(({ name, status, reason }) =>
    `- ${name}: ${status}${reason ? `, ${markdownCell(reason)}` : ""}`
  );
  return ["### keyless doctor", "", ...table, ...sections].join("\n") + "\n";
}
