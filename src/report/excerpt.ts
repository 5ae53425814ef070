import type { Display } from "../host/terminal.ts";
import { maskedAt } from "../host/masked.ts";
import { plain } from "../host/redact.ts";
import type { Location } from "../problem.ts";
import { fold } from "./fold.ts";
import { paint, type Role } from "./style.ts";
import { symbols, worded } from "./symbols.ts";
import { drawRow } from "./excerpt_row.ts";

/** A place to underline, and what to say about it. */
export interface Mark {
  readonly at: Location;
  readonly message: string | null;
  /** The place that the message is about; the others explain it. */
  readonly primary: boolean;
}

export interface ExcerptOptions {
  /** Texts of the files, by path; a mark in any other file gets its place only. */
  readonly sources: ReadonlyMap<string, string>;
  readonly display: Display;
  /** The colour of the primary marks. */
  readonly role: Role;
  /** Whether the first file's frame names the place; not where the line above has done so. */
  readonly named: boolean;
}

/** A span of more lines than this shows its first two and its last one. */
const SHOWN = 4;

/** The lines of one frame: every file that is marked, with line numbers, underlines and messages. */
export function excerpt(marks: readonly Mark[], options: ExcerptOptions): string[] {
  const { sources, display, named } = options;
  const signs = symbols(display);
  const files = [...new Set(marks.map((mark) => mark.at.path))].map((path) => {
    const here = marks.filter((mark) => mark.at.path === path).map(settled);
    return { path, marks: here, rows: sources.has(path) ? rowsOf(here) : [] };
  });
  const gutter = files.flatMap(({ rows }) => rows).reduce(
    (most, row) => Math.max(most, String(row).length),
    2,
  );
  const margin = " ".repeat(gutter + 1);
  const frame = (corner: string, text: string) =>
    margin + paint(corner, "faint", display) + (text ? ` ${text}` : "");

  const lines: string[] = [];
  for (const [index, file] of files.entries()) {
    const corner = index === 0 ? signs.frame.top : signs.frame.next;
    lines.push(frame(corner, index > 0 || named ? place(file.marks, display) : ""));
    const source = sources.get(file.path);
    if (source === undefined) {
      for (const { message } of file.marks) {
        for (const line of message ? said(message, frame(signs.frame.side, ""), display) : []) {
          lines.push(line);
        }
      }
      continue;
    }
    const texts = linesOf(source);
    let previous: number | undefined;
    for (const row of file.rows) {
      if (previous !== undefined && row > previous + 1 && within(file.marks, previous, row)) {
        lines.push(
          `${" ".repeat(gutter - 1)}${paint(signs.gap.lines, "faint", display)} ${
            paint(signs.frame.side, "faint", display)
          }`,
        );
      }
      for (const line of drawRow(row, maskedAt(texts, row - 1), file.marks, gutter, options)) {
        lines.push(line);
      }
      previous = row;
    }
  }
  return [...lines, frame(signs.frame.bottom, "")];
}

let last: { readonly source: string; readonly lines: readonly string[] } = { source: "", lines: [""] };

/** The lines of a text; many findings in a row are about the same one. */
function linesOf(source: string): readonly string[] {
  if (last.source !== source) last = { source, lines: source.split("\n") };
  return last.lines;
}

function place(marks: readonly Mark[], { above = "" }: Display): string {
  const { path, start } = (marks.find((mark) => mark.primary) ?? marks[0]!).at;
  return `${above}${plain(path)}:${start.line}:${start.column}`;
}

function said(message: string, prefix: string, display: Display): string[] {
  return fold(worded(plain(message), display), {
    width: display.width,
    first: `${prefix} `,
    rest: `${prefix} `,
  });
}

/** A span that ends before the first character of a line ends on the line before. */
function settled(mark: Mark): Mark {
  const { start, end } = mark.at;
  if (end.column > 1 || end.line <= start.line) return mark;
  const last = { line: end.line - 1, column: Number.MAX_SAFE_INTEGER, offset: end.offset };
  return { ...mark, at: { ...mark.at, end: last } };
}

/** The lines to show: each line of a short span, the two first and the last of a long one. */
function rowsOf(marks: readonly Mark[]): number[] {
  const rows = new Set<number>();
  for (const { at: { start, end } } of marks) {
    const long = end.line - start.line + 1 > SHOWN;
    for (let row = start.line; row <= end.line; row = long && row === start.line + 1 ? end.line : row + 1) {
      rows.add(row);
    }
  }
  return [...rows].sort((a, b) => a - b);
}

function within(marks: readonly Mark[], before: number, after: number): boolean {
  return marks.some(({ at }) => at.start.line <= before && at.end.line >= after);
}
