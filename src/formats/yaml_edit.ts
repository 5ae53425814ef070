import { isScalar } from "yaml";
import type { Location } from "../problem.ts";
import { Editor, type Way } from "./editor.ts";
import {
  alter,
  put,
  take,
  type ValuePath,
  type Written,
  type WrittenScalar,
  writtenValue,
} from "./values.ts";
import { locatedYaml, parseYaml, type YamlFile } from "./yaml.ts";
import { addition, type Position } from "./yaml_add.ts";
import { colonEnd, entryAt, isEmpty, nodeAt, pathOf, scalarAround } from "./yaml_paths.ts";
import { plainYaml } from "./yaml_plain.ts";
import { type Emptied, removal, removedPath } from "./yaml_remove.ts";
import { scalarTexts } from "./yaml_write.ts";

/** What to change: a path, or the place of a key or of a value as the file was at first (`Located.keyAt`, `Located.at`, `Step.at`, …). */
export type YamlTarget = ValuePath | Location;

/**
 * Changes a YAML file, step by step, and nothing in it but what a step is about: other values, comments, quoting, indentation and
 * line ends stay. Each result is parsed and compared. A step that the text does not allow (an alias or a merge key in the way, tabs,
 * entries between braces on several lines, …) leaves no edits at all, as does a target that is not there.
 *
 * ```ts
 * const edits = editYaml(pipeline.text, pipeline.path)
 *   .remove(["jobs", job.id, "env", "NPM_TOKEN"])
 *   .add(["jobs", job.id], "concurrency", { group: "release", "cancel-in-progress": false }, { before: "steps" })
 *   .edits();
 * return edits && { safe: true, description: "let releases wait for each other", edits };
 * ```
 */
export function editYaml(text: string, path: string): YamlEditor {
  return new YamlEditor(text, path, {
    parse: parseYaml,
    rootOf: (text, path) => (plainYaml(text, path) ?? locatedYaml(parseYaml(text, path))).root,
  });
}

/** See {@link editYaml}. */
export class YamlEditor extends Editor<YamlFile> {
  /**
   * Removes an entry of a mapping or an item of a list: its lines, the comment behind it and the comments below it that are indented
   * deeper. Comments above it stay, for they may be about more. The last one in a mapping or list takes the key of that one with it;
   * with `"keep"` it leaves `{}` or `[]`.
   */
  remove(target: YamlTarget, emptied: Emptied = "remove"): this {
    return this.#step(target, (file, path) => {
      const gone = removedPath(file, path, emptied);
      return gone ? [{ splices: removal(file, gone), change: (root) => alter(root, gone, take) }] : [];
    });
  }

  /** Writes another value for a scalar of one line, or where there is none yet; in the old one's quotes where they fit. */
  set(target: YamlTarget, value: WrittenScalar): this {
    return this.#step(target, (file, path) => {
      const splice = scalarPlace(file, path);
      const change = (root: unknown) => alter(root, path, (holder, key) => put(holder, key, value));
      return splice
        ? scalarTexts(value, splice.style).map((text) => ({
          splices: [{ ...splice, text: splice.text + text }],
          change,
        }))
        : [];
    });
  }

  /** Gives an entry of a mapping another key. */
  rename(target: YamlTarget, name: string): this {
    return this.#step(target, (file, path) => {
      const key = entryAt(file, path)?.key;
      if (!isScalar(key)) return [];
      const [start, end] = key.range!;
      const change = (root: unknown) =>
        alter(root, path, (holder, old) => put(holder, name, take(holder, old)));
      return scalarTexts(name, key.type).map((text) => ({ splices: [{ start, end, text }], change }));
    });
  }

  /**
   * Adds an entry to a mapping, which may be empty, in the file's own indentation; nested values become lines of their own, or braces
   * inside braces. At the start it stands above the comments of the entry that was first.
   */
  add(target: YamlTarget, key: string, value: Written, position: Position = "end"): this {
    return this.#step(target, (file, path) => {
      const splice = addition(file, path, key, value, position);
      const written = writtenValue(value);
      const change = (root: unknown) => alter(root, [...path, key], (holder) => put(holder, key, written));
      return [{ splices: splice && [splice], change }];
    });
  }

  /**
   * Writes `text` for what stands at a place inside a string, e.g. a word of a script. What both begin with stays as it is: edits are
   * shown as they are, and secrets may stand there.
   */
  reword(at: Location, text: string): this {
    return this.attempt((file, current) => {
      const [start, end] = current(at);
      const around = scalarAround(file, start, end);
      const old = file.source.body.slice(start, end);
      if (typeof around?.value !== "string" || old === "") return [];
      const { path, value } = around;
      const reworded = (from: number) => value.slice(0, from) + text + value.slice(from + old.length);
      let kept = 0;
      while (kept < old.length && old[kept] === text[kept]) kept++;
      return offsetsOf(old, value).map((from) => ({
        splices: [{ start: start + kept, end, text: text.slice(kept) }],
        change: (root) => alter(root, path, (holder, key) => put(holder, key, reworded(from))),
      }));
    });
  }

  #step(target: YamlTarget, waysOf: (file: YamlFile, path: ValuePath) => readonly Way[]): this {
    return this.attempt((file, current) => {
      const path = "start" in target ? pathOf(file, ...current(target)) : target;
      return path ? waysOf(file, path) : [];
    });
  }
}

/** Where a scalar is to be written, and in which style; `text` is what must come before it. */
function scalarPlace(file: YamlFile, path: ValuePath) {
  const node = nodeAt(file, path);
  if (isEmpty(node)) {
    const entry = entryAt(file, path);
    const colon = entry && colonEnd(file, entry);
    return colon === null ? null : { start: colon, end: colon, text: " ", style: undefined };
  }
  if (!isScalar(node) || node.type?.startsWith("BLOCK")) return null;
  const [start, end] = node.range!;
  return file.source.body.slice(start, end).includes("\n")
    ? null
    : { start, end, text: "", style: node.type };
}

function offsetsOf(part: string, whole: string): number[] {
  const offsets: number[] = [];
  for (let at = whole.indexOf(part); at >= 0; at = whole.indexOf(part, at + 1)) offsets.push(at);
  return offsets;
}
