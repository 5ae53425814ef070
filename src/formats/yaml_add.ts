import { isMap } from "yaml";
import type { YAMLMap } from "yaml";
import type { Splice } from "./edit.ts";
import { commentsAbove, entryLinesEnd, lineBreak, lineStart } from "./edit_lines.ts";
import type { ValuePath, Written } from "./values.ts";
import type { YamlFile } from "./yaml.ts";
import { entryAt, entryEnd, entryOf, isEmpty, type KeyedPair, nodeAt, pairs } from "./yaml_paths.ts";
import { blockLines, flowEntry, indentationOf } from "./yaml_write.ts";

/** Where in a mapping an entry is to stand. */
export type Position = "start" | "end" | { readonly before: string } | { readonly after: string };

/** The splice that adds `key: value` to the mapping under `path`, which may still be empty. */
export function addition(
  file: YamlFile,
  path: ValuePath,
  key: string,
  value: Written,
  position: Position,
): Splice | null {
  const map = nodeAt(file, path);
  if (isMap(map)) {
    const place = entryOf(map, key) ? null : placeIn(map, position);
    return map.flow ? inFlow(file, map, flowEntry(key, value), place) : place && inBlock(
      file,
      place,
      blockLines(key, value, indentationOf(file)),
      path.length === 0 && place.pair === pairs(map)[0],
    );
  }
  const empty = entryAt(file, path);
  return empty && isEmpty(map) ? below(file, empty, blockLines(key, value, indentationOf(file))) : null;
}

/** Before or behind an entry that is there. */
interface Place {
  readonly pair: KeyedPair;
  readonly before: boolean;
}

function placeIn(map: YAMLMap, position: Position): Place | null {
  const all = pairs(map);
  const before = position === "start" || (position !== "end" && "before" in position);
  const pair = position === "start"
    ? all[0]
    : position === "end"
    ? all.at(-1)
    : entryOf(map, "before" in position ? position.before : position.after);
  return pair ? { pair, before } : null;
}

function inFlow({ source }: YamlFile, map: YAMLMap, entry: string, place: Place | null): Splice | null {
  const [from, to] = map.range!;
  if (source.body.slice(from, to).includes("\n")) return null;
  if (map.items.length === 0) return { start: from, end: to, text: `{ ${entry} }` };
  if (!place) return null;
  const at = place.before ? place.pair.key.range![0] : entryEnd(place.pair);
  return { start: at, end: at, text: place.before ? `${entry}, ` : `, ${entry}` };
}

function inBlock(
  { source }: YamlFile,
  { pair, before }: Place,
  lines: readonly string[],
  heads: boolean,
): Splice | null {
  const text = source.body;
  const start = pair.key.range![0];
  const line = lineStart(text, start);
  const prefix = text.slice(line, start);
  if (!/^ *(?:- +)*$/.test(prefix)) return null;
  const indent = " ".repeat(prefix.length);
  const indented = lines.map((each) => indent + each);
  if (!before) return after(text, entryEnd(pair), prefix.length, indented);
  const added = indented.map((each) => each + lineBreak(text)).join("");
  // In a list item the first entry stands behind the dash.
  if (prefix.includes("-")) return { start, end: start, text: added.slice(indent.length) + indent };
  // A comment above the first entry of a file is rather about the file.
  const at = heads ? line : commentsAbove(text, line, prefix.length);
  return { start: at, end: at, text: added };
}

/** Below a key that has no value yet. */
function below(file: YamlFile, pair: KeyedPair, lines: readonly string[]): Splice | null {
  const { body } = file.source;
  const start = pair.key.range![0];
  const column = start - lineStart(body, start);
  const indent = " ".repeat(column + indentationOf(file).step);
  // Comments below the key are indented as its entries are.
  return after(body, entryEnd(pair), Infinity, lines.map((each) => indent + each));
}

function after(text: string, end: number, column: number, lines: readonly string[]): Splice | null {
  const at = entryLinesEnd(text, end, column);
  if (at === null) return null;
  const written = lines.join(lineBreak(text));
  const closed = at === 0 || text[at - 1] === "\n";
  return { start: at, end: at, text: closed ? written + lineBreak(text) : lineBreak(text) + written };
}
