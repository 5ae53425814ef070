import { isCollection, isMap, isSeq } from "yaml";
import type { Node, YAMLMap, YAMLSeq } from "yaml";
import type { Splice } from "./edit.ts";
import { entryLinesEnd, lineStart, type Span, withoutOne } from "./edit_lines.ts";
import type { ValuePath } from "./values.ts";
import type { YamlFile } from "./yaml.ts";
import { colonEnd, endOf, entryAt, entryEnd, entryOf, nodeAt, pairs } from "./yaml_paths.ts";

/** What to do with a mapping or a list that loses its last entry: remove its key too, or leave `{}` or `[]`. */
export type Emptied = "remove" | "keep";

/** What has to go so that `path` is gone: the path, or the outermost one above it that would be empty; `null` for a whole list item or file. */
export function removedPath(file: YamlFile, path: ValuePath, emptied: Emptied): ValuePath | null {
  const parent = path.length > 0 ? nodeAt(file, path.slice(0, -1)) : null;
  if (!isCollection(parent)) return null;
  if (emptied === "keep" || parent.items.length > 1) return path;
  return path.length > 1 && isMap(nodeAt(file, path.slice(0, -2)))
    ? removedPath(file, path.slice(0, -1), emptied)
    : null;
}

/** The splices that remove what stands under `path`, which leaves `{}` or `[]` where nothing else is in there. */
export function removal(file: YamlFile, path: ValuePath): Splice[] | null {
  const parent = nodeAt(file, path.slice(0, -1));
  const step = path.at(-1)!;
  const only = isCollection(parent) && parent.items.length === 1;
  if (isMap(parent)) {
    if (entryOf(parent, "<<")) return null;
    const index = pairs(parent).indexOf(entryOf(parent, step)!);
    if (index < 0) return null;
    const spans = pairs(parent).map((pair): Span => [pair.key.range![0], entryEnd(pair)]);
    if (parent.flow) return inFlow(file, parent, spans, index);
    const gone = blockEntry(file.source.body, spans[index]!, spans[index + 1]);
    return only ? emptyBlock(file, path.slice(0, -1), "{}", gone) : gone;
  }
  if (!isSeq(parent) || typeof step !== "number" || step >= parent.items.length) return null;
  const spans = (parent.items as Node[]).map((item): Span => [item.range![0], endOf(item)]);
  if (parent.flow) return inFlow(file, parent, spans, step);
  const gone = blockItem(file.source.body, spans[step]!);
  return only ? emptyBlock(file, path.slice(0, -1), "[]", gone) : gone;
}

/** Between braces or brackets. */
function inFlow(
  { source }: YamlFile,
  { range }: YAMLMap | YAMLSeq,
  entries: readonly Span[],
  index: number,
): Splice[] | null {
  const [from, to] = range!;
  // An anchor or tag before an entry is not in its span.
  if (/[&!]/.test(source.body.slice(from, to))) return null;
  const gone = withoutOne(source.body, [from, to], entries, index);
  return gone && [gone];
}

function blockEntry(text: string, [start, end]: Span, next: Span | undefined): Splice[] | null {
  const from = lineStart(text, start);
  const before = text.slice(from, start);
  const to = entryLinesEnd(text, end, start - from);
  if (to === null) return null;
  if (/^ *$/.test(before)) return [wholeLines(text, from, to)];
  // The first entry of a list item: what comes next moves up to the dash.
  if (!next || !/^ *(?:- +)+$/.test(before)) return null;
  const rest = /[ \r\n]*/y;
  rest.lastIndex = to;
  return [{ start, end: to + rest.exec(text)![0].length, text: "" }];
}

function blockItem(text: string, [start, end]: Span): Splice[] | null {
  const from = lineStart(text, start);
  const dash = /^( *)-[ ]*$/.exec(text.slice(from, start));
  const to = dash && entryLinesEnd(text, end, dash[1]!.length);
  return to === null ? null : [wholeLines(text, from, to)];
}

/** Of the blank lines above and below, one goes too. */
function wholeLines(text: string, from: number, to: number): Splice {
  const blankAbove = /(?:^|\n)[ \t]*\r?\n$/.test(text.slice(0, from));
  const blankBelow = /^[ \t]*\r?\n/.exec(text.slice(to));
  return { start: from, end: blankAbove && blankBelow ? to + blankBelow[0].length : to, text: "" };
}

/** `key:` with lines below it becomes `key: {}`. */
function emptyBlock(file: YamlFile, path: ValuePath, text: string, gone: Splice[] | null): Splice[] | null {
  const entry = entryAt(file, path);
  const colon = entry && colonEnd(file, entry);
  return gone && colon !== null ? [{ start: colon, end: colon, text: ` ${text}` }, ...gone] : null;
}
