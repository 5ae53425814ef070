import { isMap, isScalar, isSeq } from "yaml";
import type { Node, Pair, YAMLMap } from "yaml";
import type { ValuePath } from "./values.ts";
import type { YamlFile } from "./yaml.ts";

/** An entry of a mapping: its key, and its value if it has one. */
export type KeyedPair = Pair<Node, Node | null>;

/** The node under `path`, written there and not behind an alias; `null` when there is none. */
export function nodeAt(file: YamlFile, path: ValuePath): Node | null {
  let node: Node | null = file.document.contents;
  for (const step of path) {
    if (isMap(node)) node = entryOf(node, step)?.value ?? null;
    else if (isSeq(node) && typeof step === "number") node = (node.items[step] ?? null) as Node | null;
    else return null;
  }
  return node;
}

/** The entries of a mapping. */
export function pairs(map: YAMLMap): readonly KeyedPair[] {
  return map.items as KeyedPair[];
}

/** The entry of `map` with this key; `null` when there is none. */
export function entryOf(map: YAMLMap, key: string | number): KeyedPair | null {
  return pairs(map).find((each) => isScalar(each.key) && String(each.key.value) === String(key)) ?? null;
}

/**
 * The path of what stands from `start` to `end` of the body: of the entry whose key it is, of the value that it is, else of the
 * outermost value that begins there. `null` when nothing does.
 */
export function pathOf(file: YamlFile, start: number, end: number): ValuePath | null {
  const exact: ValuePath[] = [];
  const beginning: ValuePath[] = [];
  for (const { path, key, node } of walk(file)) {
    const whole = (each: Node | null) => each?.range?.[0] === start && each.range[1] === end && end > start;
    if (whole(key) || whole(node)) exact.push(path);
    else if (node?.range?.[0] === start && node.range[1] > start) beginning.push(path);
  }
  return exact[0] ?? beginning[0] ?? null;
}

/** The scalar around what stands from `start` to `end` of the body. */
export function scalarAround(
  file: YamlFile,
  start: number,
  end: number,
): { path: ValuePath; value: unknown } | null {
  for (const { path, node } of walk(file)) {
    if (isScalar(node) && node.range![0] <= start && end <= node.range![1]) {
      return { path, value: node.value };
    }
  }
  return null;
}

interface Visited {
  readonly path: ValuePath;
  readonly key: Node | null;
  readonly node: Node | null;
}

/** Everything that is written in a file, from the outside in. */
function* walk(
  file: YamlFile,
  node = file.document.contents as Node | null,
  path: ValuePath = [],
  key: Node | null = null,
): Iterable<Visited> {
  yield { path, key, node };
  if (isMap(node)) {
    for (const pair of pairs(node)) {
      if (isScalar(pair.key)) yield* walk(file, pair.value, [...path, String(pair.key.value)], pair.key);
    }
  } else if (isSeq(node)) {
    for (const [index, item] of node.items.entries()) yield* walk(file, item as Node, [...path, index]);
  }
}

/** Where the text of a node ends: without the comments and blank lines behind it, which the range of a collection may have. */
export function endOf(node: Node): number {
  if (isMap(node) && !node.flow) return entryEnd(pairs(node).at(-1)!);
  return isSeq(node) && !node.flow ? endOf(node.items.at(-1) as Node) : node.range![1];
}

/** Where an entry's text ends; of one without a value, on the line of its key. */
export function entryEnd({ key, value }: KeyedPair): number {
  return value?.range && value.range[1] > value.range[0]
    ? endOf(value)
    : Math.max(key.range![1], value?.range?.[0] ?? 0);
}

/** The offset behind the colon of an entry's key; `null` where it is on another line. */
export function colonEnd(file: YamlFile, { key }: KeyedPair): number | null {
  const colon = / *:/y;
  colon.lastIndex = key.range![1];
  return colon.test(file.source.body) ? colon.lastIndex : null;
}

/** The entry that a path names; `null` when it names none. */
export function entryAt(file: YamlFile, path: ValuePath): KeyedPair | null {
  const map = path.length > 0 ? nodeAt(file, path.slice(0, -1)) : null;
  return isMap(map) ? entryOf(map, path.at(-1)!) : null;
}

/** Whether there is no value, as behind `key:`. */
export function isEmpty(node: Node | null): boolean {
  return node === null || (isScalar(node) && node.range![0] === node.range![1]);
}
