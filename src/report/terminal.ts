import type { Display } from "../host/terminal.ts";
import { plain } from "../host/redact.ts";
import type { Comparison, Location, Problem } from "../problem.ts";
import { excerpt, type Mark } from "./excerpt.ts";
import type { Finding, Severity } from "./finding.ts";
import { fold } from "./fold.ts";
import { paint, type Role } from "./style.ts";
import { type Symbols, symbols, worded } from "./symbols.ts";
import { table } from "./table.ts";
import { width } from "./width.ts";

/** More places of one finding than anybody reads. */
const MOST_RELATED = 50;

/** Everything below a heading starts here. */
const INDENT = "   ";

/**
 * A problem as people read it: what, where, in whose words, why, and what to do next. Ends with a line break. `severity` is not
 * `error` for what was noticed and stops nothing.
 */
export function renderProblem(problem: Problem, display: Display, severity: Severity = "error"): string {
  const { at, source } = problem;
  const where = at ? `${placeOf(at)}: ` : "";
  const marks: Mark[] = at && source !== undefined ? [{ at, message: null, primary: true }] : [];
  const sources = new Map(marks.map((mark) => [mark.at.path, source!]));
  return block([
    ...heading(severity, "", where + problem.message, display),
    ...(marks.length > 0 ? excerpt(marks, { sources, display, role: ROLES[severity], named: false }) : []),
    ...(problem.said ? quoted(problem.said, display) : []),
    ...compared(problem.comparison ?? [], display),
    ...paragraphs(problem.why ?? [], display),
    ...steps(problem.next, display),
  ]);
}

/** A problem whose last step is the way to its page. */
export function withPage(problem: Problem): Problem {
  return { ...problem, next: [...problem.next, `why: keyless explain ${problem.code}`] };
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

/** Where something is: `path:line:column`. */
export function placeOf({ path, start }: Location): string {
  return `${plain(path)}:${start.line}:${start.column}`;
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

const ROLES: Readonly<Record<Severity, Role>> = {
  error: "error",
  warning: "warning",
  info: "faint",
  unverified: "unknown",
};

/** The sign of a severity, in its colour. */
export function sign(severity: Severity, display: Display): string {
  const signs = symbols(display);
  const which: Readonly<Record<Severity, keyof Symbols>> = {
    error: "error",
    warning: "warning",
    info: "nothing",
    unverified: "unknown",
  };
  return paint(signs[which[severity]] as string, ROLES[severity], display);
}

function heading(severity: Severity, code: string, message: string, display: Display): string[] {
  const text = (code ? `${paint(code, "strong", display)}: ` : "") + worded(plain(message), display);
  return fold(text, { width: display.width, first: `${sign(severity, display)} `, rest: INDENT });
}

function paragraphs(texts: readonly string[], display: Display): string[] {
  return texts.flatMap((text) => fold(worded(plain(text), display), { width: display.width, first: INDENT }));
}

/** The other side's words, unchanged. */
function quoted(said: string, display: Display): string[] {
  return fold(`"${plain(said).trim()}"`, { width: display.width, first: INDENT, rest: `${INDENT} ` });
}

function steps(next: readonly string[], display: Display): string[] {
  const first = `${INDENT}${paint(symbols(display).next, "ok", display)} `;
  return next.flatMap((step) => fold(worded(plain(step), display), { width: display.width, first }));
}

function compared(comparison: readonly Comparison[], display: Display): string[] {
  if (comparison.length === 0) return [];
  const signs = symbols(display);
  const verdict = (matches: boolean | null) =>
    matches === null
      ? paint(signs.unknown, "unknown", display)
      : matches
      ? paint(signs.ok, "ok", display)
      : paint(signs.error, "error", display);
  return table({
    header: ["", "claimed", "registered", ""],
    rows: comparison.map(({ field, claimed, registered, matches }) => [
      plain(field),
      claimed === null ? signs.none : plain(claimed),
      registered === null ? signs.none : plain(registered),
      verdict(matches),
    ]),
    indent: INDENT.length + 2,
  }, display);
}

function block(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join("");
}
