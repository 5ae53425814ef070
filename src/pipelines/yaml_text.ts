import type { SourceText } from "../formats/positions.ts";
import type { Location } from "../problem.ts";
import type { Setting } from "./model.ts";

/** Where a part of a YAML string stands in the file; exact for one-line and literal (`|`) strings, the likeliest place in others. */
export function placeIn(
  source: SourceText,
  scalar: Pick<Setting, "value" | "at">,
  start: number,
  end: number,
): Location {
  const from = scalar.at.start.offset;
  const raw = source.text.slice(from, scalar.at.end.offset);
  // Of a command that goes on after a line break the first line is enough.
  const words = scalar.value.slice(start, end).split("\n")[0]!.trimEnd();
  const exact = raw.startsWith("|")
    ? offsetInLiteral(raw, scalar.value, start)
    : raw.indexOf(scalar.value) + start;
  const offset = raw.startsWith(words, exact) ? exact : raw.indexOf(words);
  return offset < 0 ? lineOf(source, scalar.at) : source.span(from + offset, from + offset + words.length);
}

/** The indentation of a literal block is in the file and not in its value. */
function offsetInLiteral(raw: string, value: string, start: number): number {
  const row = value.slice(0, start).split("\n").length;
  const lines = raw.split("\n");
  const content = value.split("\n")[row - 1] ?? "";
  const indent = (lines[row] ?? "").replace(/\r$/, "").length - content.length;
  const column = start - (value.lastIndexOf("\n", start - 1) + 1);
  return lines.slice(0, row).reduce((sum, line) => sum + line.length + 1, 0) + indent + column;
}

/** The first line of a place. */
export function lineOf(source: SourceText, at: Location): Location {
  const start = at.start.offset;
  const line = source.text.slice(start, at.end.offset).split(/\r?\n/, 1)[0]!.trimEnd();
  return source.span(start, start + line.length);
}
