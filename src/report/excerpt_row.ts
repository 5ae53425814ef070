import type { Display } from "../host/terminal.ts";
import { plain, redact } from "../host/redact.ts";
import type { ExcerptOptions, Mark } from "./excerpt.ts";
import { fold } from "./fold.ts";
import { paint } from "./style.ts";
import { symbols, worded } from "./symbols.ts";
import { characters, width } from "./width.ts";

/** Tab stops of a terminal. */
const TAB = 4;
/** A message with less room than this beside its underline goes below it. */
const ROOM = 24;
/** What stays visible before the first mark of a part of a line. */
const LEAD = 16;

/** A line of a file behind its number, and below it an underline and a message for each mark that ends there. */
export function drawRow(
  row: number,
  raw: string,
  marks: readonly Mark[],
  gutter: number,
  { display, role }: ExcerptOptions,
): string[] {
  const signs = symbols(display);
  const side = paint(signs.frame.side, "faint", display);
  const prefix = `${" ".repeat(gutter + 1)}${side} `;
  const here = marks.filter(({ at }) => at.end.line === row);
  const part = partOf(raw, here, row);
  const text = shown(part.text);
  const spans = here.map((mark) => ({ mark, ...span(mark, row, part, text) })).sort((a, b) =>
    a.from - b.from
  );
  const number = paint(String(row).padStart(gutter), "faint", display);
  return views(text, spans, display.width - width(prefix), signs.gap.text).flatMap(({ view, spans }) => [
    `${number} ${side} ${view.text}`.trimEnd(),
    ...spans.flatMap(({ mark, from, to }) => {
      const left = Math.min(Math.max(from - view.from, 0), view.columns - 1);
      const length = Math.max(1, Math.min(to - view.from, view.columns) - left);
      const sign = mark.primary ? signs.underline.primary : signs.underline.secondary;
      const line = `${prefix}${" ".repeat(left)}${
        paint(sign.repeat(length), mark.primary ? role : "unknown", display)
      }`;
      return explained(line, prefix, left, mark.message, display);
    }),
  ]);
}

/** Of an endless line only so much is measured, from a little before the first mark on. */
const MEASURED = 10_000;

interface Part {
  readonly text: string;
  /** How much of the line stands before it, in UTF-16 units. */
  readonly before: number;
}

function partOf(raw: string, marks: readonly Mark[], row: number): Part {
  if (raw.length <= MEASURED) return { text: raw, before: 0 };
  // A secret that is cut in two is recognised no more.
  if (redact(raw) !== raw) return { text: "…", before: raw.length };
  const columns = marks.map(({ at }) => at.start.line === row ? at.start.column : at.end.column);
  const first = columns.reduce((least, column) => Math.min(least, column), raw.length);
  const before = first < MEASURED / 2 ? 0 : first - 10 * LEAD;
  return { text: raw.slice(before, before + MEASURED), before };
}

/** A mark on a line as it is printed: its first column, and the one behind its last. */
interface Span {
  readonly mark: Mark;
  readonly from: number;
  readonly to: number;
}

/** What is shown of a line: all of it, or the part around its marks; where that is too long, a part for each mark that the others leave out. */
function views(
  text: string,
  spans: readonly Span[],
  limit: number,
  gap: string,
): { view: View; spans: readonly Span[] }[] {
  const first = spans[0]?.from ?? 0;
  const reach = spans.reduce((most, { to }) => Math.max(most, to), 0);
  const view = windowed(text, reach <= limit ? 0 : Math.max(0, first - LEAD), limit, gap);
  const end = view.from + view.columns - (view.cut ? gap.length : 0);
  const inside = spans.filter(({ from }) => from < end);
  const beyond = spans.filter(({ from }) => from >= end);
  return [
    { view, spans: inside },
    ...beyond.length > 0 && inside.length > 0 ? views(text, beyond, limit, gap) : [],
  ];
}

function explained(
  line: string,
  prefix: string,
  left: number,
  message: string | null,
  display: Display,
): string[] {
  if (!message) return [line];
  const text = worded(plain(message), display);
  const room = display.width - width(line) - 1;
  const wanted = Math.min(ROOM, width(text));
  if (room >= wanted) {
    return fold(text, {
      width: display.width,
      first: `${line} `,
      rest: prefix + " ".repeat(width(line) - width(prefix) + 1),
    });
  }
  const below = prefix + " ".repeat(Math.max(0, Math.min(left, display.width - width(prefix) - wanted)));
  return [line, ...fold(text, { width: display.width, first: below, rest: below })];
}

/** A line of a file as it can be printed: harmless, tabs as blanks. */
function shown(raw: string): string {
  let text = "";
  let columns = 0;
  for (const part of plain(raw).split(/(\t)/)) {
    const next = part === "\t" ? " ".repeat(TAB - columns % TAB) : part;
    text += next;
    columns += width(next);
  }
  return text;
}

/** The columns of a mark on the line where it ends; what stands before them is measured as it is printed. */
function span({ at }: Mark, row: number, part: Part, text: string): { from: number; to: number } {
  const columnsBefore = (column: number) =>
    width(shown(part.text.slice(0, Math.max(0, column - 1 - part.before))));
  const indent = width(text) - width(text.trimStart());
  const from = at.start.line === row ? columnsBefore(at.start.column) : indent;
  return { from, to: Math.max(columnsBefore(at.end.column), from + 1) };
}

/** A part of a line. */
interface View {
  readonly text: string;
  /** The column of the line that stands at the left edge. */
  readonly from: number;
  readonly columns: number;
  /** Whether something is left out behind it. */
  readonly cut: boolean;
}

/** The part of a line from a column on, as far as it fits. */
function windowed(text: string, start: number, limit: number, gap: string): View {
  if (width(text) <= limit) return { text, from: 0, columns: limit, cut: false };
  const lead = start > 0 ? gap : "";
  const size = limit - 2 * gap.length;
  let column = 0;
  let first = start;
  let part = "";
  for (const character of characters(text)) {
    const wide = width(character);
    if (column < start) first = column + wide;
    else if (column + wide <= start + size) part += character;
    else break;
    column += wide;
  }
  const cut = column < width(text);
  const rest = cut ? gap : "";
  return {
    text: lead + part + rest,
    from: first - lead.length,
    columns: lead.length + width(part) + rest.length,
    cut,
  };
}
