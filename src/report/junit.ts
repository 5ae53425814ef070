import { plain, plainLine } from "../host/redact.ts";
import type { Phase, ReportedFinding } from "./finding.ts";

/** What a JUnit report is made of. */
export interface JunitReport {
  readonly findings: readonly ReportedFinding[];
  readonly phases: readonly Phase[];
  /** Whether a finding makes the run fail. */
  fails(finding: ReportedFinding): boolean;
}

type Attributes = Readonly<Record<string, string | number>>;

/**
 * The report as JUnit's XML: a suite for each section; in it a case for each finding, or one for the section where there is none. What
 * makes the run fail is a failure, what could not be decided or is accepted is skipped, and the rest passes with its text as output.
 */
export function junit({ findings, phases, fails }: JunitReport): string {
  const suites = phases.map((phase) => {
    const these = findings.filter((finding) => finding.phase === phase.name);
    const cases = these.length > 0
      ? these.map((finding) => caseOf(finding, fails(finding)))
      : [caseOfPhase(phase)];
    const counts = {
      tests: cases.length,
      failures: cases.filter((text) => text.includes("<failure ")).length,
      errors: 0,
      skipped: cases.filter((text) => text.includes("<skipped ")).length,
    };
    const seen = these.length > 0 ? seenIn(phase) : [];
    return { counts, text: element("testsuite", { name: phase.name, ...counts }, [...cases, ...seen]) };
  });
  const total = (name: "tests" | "failures" | "errors" | "skipped") =>
    suites.reduce((sum, { counts }) => sum + counts[name], 0);
  const attributes = {
    name: "keyless doctor",
    tests: total("tests"),
    failures: total("failures"),
    errors: total("errors"),
    skipped: total("skipped"),
  };
  const whole = element("testsuites", attributes, suites.map(({ text }) => text));
  return `<?xml version="1.0" encoding="UTF-8"?>\n${whole}\n`;
}

function caseOf(finding: ReportedFinding, fails: boolean): string {
  const { code, severity, message, at, why, next, related, ignored } = finding;
  const text = [
    `${at.path}:${at.start.line}:${at.start.column}${finding.label ? ` ${finding.label}` : ""}`,
    ...related.map((label) =>
      `${label.at.path}:${label.at.start.line}:${label.at.start.column} ${label.message}`
    ),
    ...why,
    ...next.map((step) => `→ ${step}`),
  ].join("\n");
  const attributes = {
    name: `${code}: ${plainLine(message)}`,
    classname: plainLine(at.path),
    file: plainLine(at.path),
    line: at.start.line,
  };
  if (ignored !== null) {
    return element("testcase", attributes, [
      element("skipped", { message: `accepted: ${plainLine(ignored)}` }),
    ]);
  }
  if (fails) {
    return element("testcase", attributes, [
      element("failure", { type: severity, message: plainLine(message) }, [escape(plain(text))]),
    ]);
  }
  return element("testcase", attributes, [
    ...severity === "unverified" ? [element("skipped", { message: "not decidable" })] : [],
    element("system-out", {}, [escape(plain(`${severity}: ${message}\n${text}`))]),
  ]);
}

function caseOfPhase(phase: Phase): string {
  const { name, status, reason } = phase;
  const said = plainLine(reason ?? "");
  return element("testcase", { name, classname: "keyless doctor" }, [
    ...status === "skipped" ? [element("skipped", { message: said })] : [],
    ...seenIn(phase, status === "skipped" ? "" : said),
  ]);
}

/** What was looked at, and what is to be said besides. */
function seenIn({ seen = [] }: Phase, reason = ""): string[] {
  const lines = [...seen.map((line) => plainLine(line)), ...reason ? [reason] : []];
  return lines.length > 0 ? [element("system-out", {}, [escape(lines.join("\n"))])] : [];
}

/** Elements stand on lines of their own, text stands as it is. */
function element(name: string, attributes: Attributes, children: readonly string[] = []): string {
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${escape(String(value))}"`).join(
    "",
  );
  if (children.length === 0) return `<${name}${written}/>`;
  const inner = children.every((child) => child.startsWith("<"))
    ? `\n${children.join("\n").replace(/^(?= *<)/gm, "  ")}\n`
    : children.join("");
  return `<${name}${written}>${inner}</${name}>`;
}

/** What XML 1.0 cannot hold in any form, and half of a surrogate pair. */
const FORBIDDEN = /[^\t\n\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
};

function escape(text: string): string {
  return text.replace(FORBIDDEN, "").replace(/[&<>"']/g, (sign) => ENTITIES[sign]!);
}
