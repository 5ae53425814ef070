import type { Display } from "../host/terminal.ts";
import { plain } from "../host/redact.ts";
import type { Comparison, Location, Problem } from "../problem.ts";
import type { Severity } from "./finding.ts";
import { fold } from "./fold.ts";
import { paint, type Role } from "./style.ts";
import { type Symbols, symbols, worded } from "./symbols.ts";
import { table } from "./table.ts";

/** Everything below a heading starts here. */
export const INDENT = "   ";

/**
 * A problem as people read it: what, where, in whose words, why, and what to do next, with an excerpt of the file that it is about, where
 * there is one. Ends with a line break.
 */
export function problemText(
  problem: Problem,
  display: Display,
  severity: Severity = "error",
  excerpt: readonly string[] = [],
): string {
  const { at } = problem;
  return block([
    ...heading(severity, "", (at ? `${placeOf(at)}: ` : "") + problem.message, display),
    ...excerpt,
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

/** Where something is: `path:line:column`. */
export function placeOf({ path, start }: Location): string {
  return `${plain(path)}:${start.line}:${start.column}`;
}

/** How the words of a severity are painted. */
export const ROLES: Readonly<Record<Severity, Role>> = {
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

/** What is the matter, and how bad it is. */
export function heading(severity: Severity, code: string, message: string, display: Display): string[] {
  const text = (code ? `${paint(code, "strong", display)}: ` : "") + worded(plain(message), display);
  return fold(text, { width: display.width, first: `${sign(severity, display)} `, rest: INDENT });
}

/** Texts, each from a line of its own. */
export function paragraphs(texts: readonly string[], display: Display): string[] {
  return texts.flatMap((text) => fold(worded(plain(text), display), { width: display.width, first: INDENT }));
}

/** The other side's words, unchanged. */
function quoted(said: string, display: Display): string[] {
  return fold(`"${plain(said).trim()}"`, { width: display.width, first: INDENT, rest: `${INDENT} ` });
}

/** What to do next. */
export function steps(next: readonly string[], display: Display): string[] {
  const first = `${INDENT}${paint(symbols(display).next, "ok", display)} `;
  return next.flatMap((step) => fold(worded(plain(step), display), { width: display.width, first }));
}

/** Two sides, field by field. */
export function compared(comparison: readonly Comparison[], display: Display): string[] {
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

/** Lines as one text. */
export function block(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join("");
}
