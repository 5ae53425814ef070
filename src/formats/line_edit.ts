import type { Location } from "../problem.ts";
import type { Splice } from "./edit.ts";
import { entryLinesEnd, lineStart, type Span, withoutOne } from "./edit_lines.ts";
import { Editor, type Way } from "./editor.ts";
import { parseIni } from "./ini.ts";
import { isList, isTable, type Located, type Parsed, type Value } from "./located.ts";
import { parseToml } from "./toml.ts";
import { alter, put, take, type ValuePath, type WrittenScalar } from "./values.ts";

/** Reads a format in which every entry begins on a line of its own. */
export type ParseLines = (text: string, path: string) => Parsed;

/**
 * Changes a TOML file, step by step, and nothing in it but what a step is about. Each result is parsed and compared; a step that the
 * text does not allow leaves no edits at all, as does a target that is not there.
 *
 * ```ts
 * const edits = editToml(text, "keyless.toml").set(["package", 0, "trust_policy", "environment"], "release").edits();
 * ```
 */
export function editToml(text: string, path: string): LineEditor {
  return new LineEditor(text, path, parseToml, tomlTexts);
}

/**
 * Changes a file of `key = value` lines in the same way; all values are strings. `parse` is the reader of its dialect: `.pypirc` is
 * read as {@link parseIni} does, `.npmrc` has its own.
 */
export function editIni(text: string, path: string, parse: ParseLines = parseIni): LineEditor {
  return new LineEditor(text, path, parse, (value) => [String(value)]);
}

/** The ways to write a value where `old` stands. */
type Texts = (value: WrittenScalar, old: string) => readonly string[];

/** See {@link editToml} and {@link editIni}. */
export class LineEditor extends Editor<Parsed> {
  readonly #texts: Texts;

  constructor(text: string, path: string, parse: ParseLines, texts: Texts) {
    super(text, path, { parse, rootOf: (text, path) => parse(text, path).root });
    this.#texts = texts;
  }

  /** Removes an entry with its lines and the comment behind it, or one between braces or brackets on a line. Comments above stay. */
  remove(target: ValuePath | Location): this {
    return this.#step(target, (text, { path, holder, found }) => [{
      splices: removal(text, holder, found),
      change: (root) => alter(root, path, take),
    }]);
  }

  /** Writes another value for one on a line, in the quotes of the old one where they fit. */
  set(target: ValuePath | Location, value: WrittenScalar): this {
    return this.#step(target, (text, { path, found: { value: old, at } }) => {
      const [start, end] = spanOf(at);
      const raw = text.slice(start, end);
      if (isComposite(old) || raw.includes("\n")) return [];
      // `key =` has no place for its value yet.
      const space = raw === "" && / [=:]$/.test(text.slice(0, start)) ? " " : "";
      return this.#texts(value, raw).map((written) => ({
        splices: [{ start, end, text: space + written }],
        change: (root) => alter(root, path, (holder, key) => put(holder, key, value)),
      }));
    });
  }

  #step(target: ValuePath | Location, waysOf: (text: string, element: Element) => readonly Way[]): this {
    return this.attempt(({ source, root }, current) => {
      const wanted = "start" in target ? placed(current(target)) : named(target);
      for (const element of walk(root)) {
        if (wanted(element)) return waysOf(source.body, element);
      }
      return [];
    });
  }
}

/** Something in a table or list. */
interface Element {
  readonly path: ValuePath;
  readonly holder: Located;
  readonly found: Located;
}

function* walk(holder: Located, path: ValuePath = []): Iterable<Element> {
  const inside: Iterable<[string | number, Located]> = isTable(holder)
    ? holder.value
    : isList(holder)
    ? holder.value.entries()
    : [];
  for (const [key, found] of inside) {
    const element = { path: [...path, key], holder, found };
    yield element;
    yield* walk(found, element.path);
  }
}

function named(path: ValuePath): (element: Element) => boolean {
  return (element) =>
    element.path.length === path.length &&
    element.path.every((step, index) => String(step) === String(path[index]));
}

/** Whether an element or its key stands there. */
function placed([start, end]: Span): (element: Element) => boolean {
  const there = (at: Location | null) => at !== null && at.start.offset === start && at.end.offset === end;
  return ({ found }) => there(found.keyAt) || there(found.at);
}

function removal(text: string, holder: Located, found: Located): Splice[] | null {
  const [start, end] = entrySpan(found);
  // A table of its own lines begins with its header, which holds its key.
  if (found.at.start.offset < start) return null;
  const around = spanOf(holder.at);
  if (/[{[]/.test(text[around[0]]!) && around[0] < start && end < around[1]) {
    const entries = (isTable(holder) ? [...holder.value.values()] : holder.value as readonly Located[]).map(
      entrySpan,
    );
    const gone = withoutOne(text, around, entries, entries.findIndex(([from]) => from === start));
    return gone && [gone];
  }
  const from = lineStart(text, start);
  const to = entryLinesEnd(text, end, Infinity);
  // A dotted key has its other parts before its last one.
  return to === null || !/^[^[{=]*$/.test(text.slice(from, start))
    ? null
    : [{ start: from, end: to, text: "" }];
}

function entrySpan({ keyAt, at }: Located): Span {
  return [keyAt?.start.offset ?? at.start.offset, at.end.offset];
}

function spanOf({ start, end }: Location): Span {
  return [start.offset, end.offset];
}

function isComposite(value: Value): boolean {
  return value instanceof Map || Array.isArray(value);
}

/** A literal string where there was one, if it fits. */
function tomlTexts(value: WrittenScalar, old: string): string[] {
  if (typeof value !== "string") return [String(value)];
  // JSON leaves this one character as it is.
  const basic = JSON.stringify(value).replaceAll("\x7f", "\\u007f");
  return old.startsWith("'") ? [`'${value}'`, basic] : [basic];
}
