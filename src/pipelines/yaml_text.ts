import { SourceText } from "../formats/positions.ts";
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
  const written = writtenOf(source, scalar);
  const { raw, value, begin } = written;
  // Of a command that goes on after a line break the first line is enough.
  const words = value.text.slice(start, end).split("\n", 1)[0]!.trimEnd();
  const exact = raw.startsWith("|") ? offsetInLiteral(source, scalar.at, value, start) - from : begin + start;
  const offset = raw.startsWith(words, exact) ? exact : found(written, words);
  return offset < 0 ? lineOf(source, scalar.at) : source.span(from + offset, from + offset + words.length);
}

/** A YAML string, and how it stands in its file. */
interface Written {
  readonly value: SourceText;
  readonly raw: string;
  /** Where the value stands in `raw` as it is; -1 where it is written in another way. */
  readonly begin: number;
  /** How many characters of it may still be searched: looking for each of the commands of an endless line would take hours. */
  left: number;
}

const WRITTEN = new WeakMap<Location, Written>();

function writtenOf(source: SourceText, { value, at }: Pick<Setting, "value" | "at">): Written {
  const known = WRITTEN.get(at);
  if (known?.value.text === value) return known;
  const raw = source.textAt(at);
  const written = { value: new SourceText(value, at.path), raw, begin: raw.indexOf(value), left: 10_000_000 };
  WRITTEN.set(at, written);
  return written;
}

function found(written: Written, words: string): number {
  if (written.left < 0) return -1;
  const offset = written.raw.indexOf(words);
  written.left -= offset < 0 ? written.raw.length : offset;
  return offset;
}

/** The indentation of a literal block is in the file and not in its value. */
function offsetInLiteral(source: SourceText, at: Location, value: SourceText, start: number): number {
  const { line, column } = value.position(start);
  const [, end] = extentOf(source, at.start.line + line);
  const [first, last] = extentOf(value, line);
  return end - (last - first) + column - 1;
}

/** Where a line begins, and where it ends without its line end. */
function extentOf(source: SourceText, line: number): readonly [start: number, end: number] {
  const start = source.offsetOf(line, 1);
  let end = source.offsetOf(line + 1, 1);
  if (end > start && source.body[end - 1] === "\n") end--;
  if (end > start && source.body[end - 1] === "\r") end--;
  return [start, end];
}

/** The first line of a place. */
export function lineOf(source: SourceText, at: Location): Location {
  const start = at.start.offset;
  const line = source.text.slice(start, at.end.offset).split(/\r?\n/, 1)[0]!.trimEnd();
  return source.span(start, start + line.length);
}
