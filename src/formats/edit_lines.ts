import type { Splice } from "./edit.ts";

/** Where something begins, and where it ends. */
export type Span = readonly [start: number, end: number];

/** The offset at which the line of `offset` begins. */
export function lineStart(text: string, offset: number): number {
  return text.lastIndexOf("\n", offset - 1) + 1;
}

/** The offset behind the line break of the line of `offset`. */
function lineEnd(text: string, offset: number): number {
  const at = text.indexOf("\n", offset);
  return at < 0 ? text.length : at + 1;
}

/** The line break that the text uses. */
export function lineBreak(text: string): string {
  return text.includes("\r\n") ? "\r\n" : "\n";
}

/**
 * Where the lines of an entry end whose text ends at `end`: with the comment behind it, and the comment lines below it that are
 * indented deeper than `column`, where it begins. `null` when something else follows on its line.
 */
export function entryLinesEnd(text: string, end: number, column: number): number | null {
  // A block scalar ends with its last line break.
  const begun = text[end - 1] !== "\n";
  const next = begun ? lineEnd(text, end) : end;
  if (begun && !/^[ \t]*(?:#[^\n]*)?\r?\n?$/.test(text.slice(end, next))) return null;
  if (column === Infinity) return next;
  const deeper = new RegExp(`(?:(?:[ \\t]*\\r?\\n)* {${column + 1},}#[^\\n]*(?:\\n|$))*`, "y");
  deeper.lastIndex = next;
  return next + (deeper.exec(text)?.[0].length ?? 0);
}

/** Where the comment lines begin that stand directly above the line at `start` with the same indentation. */
export function commentsAbove(text: string, start: number, column: number): number {
  const comment = new RegExp(`^ {${column}}#`);
  let from = start;
  while (from > 0 && comment.test(text.slice(lineStart(text, from - 1), from))) {
    from = lineStart(text, from - 1);
  }
  return from;
}

/** Takes one of the entries between braces or brackets away, with one comma; `null` when they stand on several lines. */
export function withoutOne(
  text: string,
  [from, to]: Span,
  entries: readonly Span[],
  index: number,
): Splice | null {
  if (text.slice(from, to).includes("\n")) return null;
  const [[start, end], previous, next] = [entries[index]!, entries[index - 1], entries[index + 1]];
  if (next) return { start, end: next[0], text: "" };
  return previous
    ? { start: previous[1], end, text: "" }
    : { start: from, end: to, text: text[from] === "{" ? "{}" : "[]" };
}
