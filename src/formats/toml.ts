import { parse, TomlError } from "smol-toml";
import { type AST, parseTOML } from "toml-eslint-parser";
import { type Location, UsageError } from "../problem.ts";
import { DateTime, type Located, MAX_DEPTH, type Parsed, type Table, type Value } from "./located.ts";
import { SourceText } from "./positions.ts";
import { duplicateKey, nestedTooDeeply, syntaxProblem } from "./problems.ts";

/**
 * Parses TOML 1.1. `path` is relative to the project's root.
 *
 * @throws {UsageError} `toml-syntax`, `duplicate-key`, `nested-too-deeply`
 */
export function parseToml(text: string, path: string): Parsed<Table> {
  const source = new SourceText(text, path);
  check(source);
  const builder = new Builder(source);
  return { source, root: builder.build(treeOf(source)) };
}

/** The syntax tree of a file that is known to be valid. */
function treeOf(source: SourceText): AST.TOMLTopLevelTable {
  try {
    return parseTOML(source.body).body[0];
  } catch (error) {
    // Each character of a string becomes an argument of a function, and there may be only so many.
    if (!(error instanceof RangeError)) throw error;
    const line = Math.max(0, source.body.search(/^.{50000}/m));
    throw new UsageError(syntaxProblem("toml-syntax", source, line, "a text in it is too long"));
  }
}

/** One parser has the right errors, the other the places of a valid file. */
function check(source: SourceText): void {
  try {
    parse(source.body, { integersAsBigInt: "asNeeded", maxDepth: MAX_DEPTH });
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const offset = source.offsetOf(error.line, error.column);
    if (/nested/.test(error.message)) throw new UsageError(nestedTooDeeply(source, offset));
    if (/redefine/.test(error.message)) throw new UsageError(duplicateKey(source, offset));
    const what = error.message.split("\n")[0]!.replace("Invalid TOML document: ", "");
    throw new UsageError(
      syntaxProblem("toml-syntax", source, offset, clearer(what, source.body.slice(offset))),
    );
  }
}

/** What the parser says, except for the two mistakes that everybody makes: a quotation mark that is missing at the end, or at both. */
function clearer(said: string, rest: string): string {
  if (/^control character/.test(said) && /^\r?\n/.test(rest)) return "a string is not closed on its line";
  if (said === "invalid value" && /^(?!true|false|inf|nan)[a-z]/i.test(rest)) {
    return "a text needs quotation marks";
  }
  return said;
}

/** A {@link Located} whose table can still grow, and whose place a later header may set. */
interface Draft {
  value: Value;
  at: Location;
  keyAt: Location | null;
}

type Key = AST.TOMLBare | AST.TOMLQuoted;

/** Puts the entries of a file that is known to be valid into nested tables. */
class Builder {
  constructor(readonly source: SourceText) {}

  build(top: AST.TOMLTopLevelTable): Located<Table> {
    const root = this.#table(this.source.span(0, this.source.body.length), null);
    for (const entry of top.body) {
      if (entry.type === "TOMLKeyValue") this.#set(root, entry);
      else this.#section(root, entry);
    }
    return root as Located<Table>;
  }

  #section(root: Draft, section: AST.TOMLTable): void {
    const { keys } = section.key;
    const header = this.#header(section);
    const last = keys.at(-1)!;
    const parent = this.#descend(root, keys.slice(0, -1), header);
    const entries = parent.value as Map<string, Draft>;
    const there = entries.get(nameOf(last));
    let table: Draft;
    if (section.kind === "array") {
      table = this.#table(header, this.#span(last));
      if (there) (there.value as Draft[]).push(table);
      else entries.set(nameOf(last), { value: [table] as Value, at: header, keyAt: this.#span(last) });
    } else {
      table = there ?? this.#table(header, this.#span(last));
      // Until now it was known only through a table inside it.
      [table.at, table.keyAt] = [header, this.#span(last)];
      entries.set(nameOf(last), table);
    }
    for (const entry of section.body) this.#set(table, entry);
  }

  #set(table: Draft, entry: AST.TOMLKeyValue): void {
    const last = entry.key.keys.at(-1)!;
    const parent = this.#descend(table, entry.key.keys.slice(0, -1), this.#span(entry));
    (parent.value as Map<string, Draft>).set(nameOf(last), this.#value(entry.value, this.#span(last)));
  }

  /** The table under `keys`, made where it is missing; of a list of tables the last one. */
  #descend(from: Draft, keys: readonly Key[], at: Location): Draft {
    if (keys.length > MAX_DEPTH) throw new UsageError(nestedTooDeeply(this.source, keys[0]!.range[0]));
    for (const key of keys) {
      const entries = from.value as Map<string, Draft>;
      let next = entries.get(nameOf(key));
      if (!next) entries.set(nameOf(key), next = this.#table(at, this.#span(key)));
      from = Array.isArray(next.value) ? (next.value as Draft[]).at(-1)! : next;
    }
    return from;
  }

  #value(node: AST.TOMLContentNode, keyAt: Location | null): Draft {
    const at = this.#span(node);
    if (node.type === "TOMLArray") {
      return { value: node.elements.map((element) => this.#value(element, null)) as Value, at, keyAt };
    }
    if (node.type === "TOMLInlineTable") {
      const table = this.#table(at, keyAt);
      for (const entry of node.body) this.#set(table, entry);
      return table;
    }
    return { value: scalar(node), at, keyAt };
  }

  #table(at: Location, keyAt: Location | null): Draft {
    return { value: new Map<string, Located>(), at, keyAt };
  }

  /** `[a.b]` or `[[a.b]]`, with its brackets. */
  #header(section: AST.TOMLTable): Location {
    const close = this.source.body.indexOf("]", section.key.range[1]);
    return this.source.span(section.range[0], close + (section.kind === "array" ? 2 : 1));
  }

  #span(node: { range: [number, number] }): Location {
    return this.source.span(...node.range);
  }
}

function scalar(node: AST.TOMLValue): Value {
  if (node.kind === "integer") return Number.isSafeInteger(node.value) ? node.value : node.bigint;
  return "datetime" in node ? new DateTime(node.datetime) : node.value;
}

function nameOf(key: Key): string {
  return key.type === "TOMLBare" ? key.name : key.value;
}
