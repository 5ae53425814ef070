import type { Display } from "../host/terminal.ts";
import { plain } from "../host/redact.ts";
import type { Problem } from "../problem.ts";
import { excerpt, type Mark } from "./excerpt.ts";
import type { Finding, Severity } from "./finding.ts";
import { fold } from "./fold.ts";
import {
  block,
  compared,
  heading,
  INDENT,
  paragraphs,
  placeOf,
  problemText,
  ROLES,
  sign,
  steps,
} from "./problem_text.ts";
import { paint } from "./style.ts";
import { worded } from "./symbols.ts";
import { width } from "./width.ts";

/** More places of one finding than anybody reads. */
const MOST_RELATED = 50;

/** A problem as people read it. `severity` is not `error` for what was noticed and stops nothing. Ends with a line break. */
export function renderProblem(problem: Problem, display: Display, severity: Severity = "error"): string {
  const { at, source } = problem;
  if (!at || source === undefined) return problemText(problem, display, severity);
  const sources = new Map([[at.path, source]]);
  const options = { sources, display, role: ROLES[severity], named: false };
  return problemText(problem, display, severity, excerpt([{ at, message: null, primary: true }], options));
}

/** A finding with every place that it is about; `sources` has the texts of the files by path. Ends with a line break. */
export function renderFinding(
  finding: Finding,
  sources: ReadonlyMap<string, string>,
  display: Display,
): string {
  const marks: Mark[] = [
    { at: finding.at, message: finding.label, primary: true },
    ...finding.related.slice(0, MOST_RELATED).map(({ at, message }) => ({ at, message, primary: false })),
  ];
  const left = finding.related.length - MOST_RELATED;
  const advice = finding.next.length > 0 ? finding.next : finding.fix ? [finding.fix.description] : [];
  const message = finding.message + (finding.confidence === "likely" ? " (likely)" : "");
  return block([
    ...heading(finding.severity, finding.code, message, display),
    ...excerpt(marks, { sources, display, role: ROLES[finding.severity], named: true }),
    ...(left > 0 ? paragraphs([`… and ${left} more places`], display) : []),
    ...compared(finding.comparison ?? [], display),
    ...paragraphs(finding.why, display),
    ...(finding.ignored === null ? [] : paragraphs([`ignored: ${finding.ignored}`], display)),
    ...steps([...advice, `why: keyless explain ${finding.code}`], display),
  ]);
}

/** The place of a finding and what is wrong there, for a list of many. */
export function renderPlace({ severity, at, message }: Finding, display: Display): string[] {
  const first = `${INDENT}${sign(severity, display)} `;
  return fold(`${paint(placeOf(at), "strong", display)} ${worded(plain(message), display)}`, {
    width: display.width,
    first,
    rest: `${" ".repeat(width(first))}  `,
  });
}
