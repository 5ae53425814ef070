import { type Location, type Problem, UsageError } from "../problem.ts";
import type { Located, Parsed, Table } from "./located.ts";
import { SourceText } from "./positions.ts";
import { duplicateKey, syntaxProblem } from "./problems.ts";

/**
 * Parses the dialect of Python's configparser as `setup.cfg` uses it: `[section]`, `key = value` or `key: value`, indented lines
 * continue a value, `#` and `;` begin a comment where a line begins, keys are lower-cased. A table of tables of strings.
 *
 * @throws {UsageError} `ini-syntax`, `duplicate-key`
 */
export function parseIni(text: string, path: string): Parsed<Table> {
  const source = new SourceText(text, path);
  const reader = new Reader(source);
  for (const { 0: line, index } of source.body.matchAll(/[^\n]+/g)) reader.line(line.trimEnd(), index);
  if (reader.problems.length > 0) throw new UsageError(reader.problems.slice(0, 20));
  return { source, root: { value: reader.sections, at: source.span(0, source.body.length), keyAt: null } };
}

interface Entry {
  value: string;
  at: Location;
  keyAt: Location;
}

class Reader {
  readonly sections = new Map<string, Located<Table>>();
  readonly problems: Problem[] = [];
  #section: Map<string, Entry> | null = null;
  #entry: Entry | null = null;

  constructor(readonly source: SourceText) {}

  /** Takes one line without the blanks at its end; `start` is its offset. */
  line(line: string, start: number): void {
    const text = line.trimStart();
    if (text === "" || text.startsWith("#") || text.startsWith(";")) return;
    const indent = line.length - text.length;
    if (indent > 0 && this.#entry) return this.#continue(text, start + indent, start + line.length);
    const header = /^\[([^\]]+)\]/.exec(text);
    if (header) return this.#open(header[1]!, start + indent, header[0].length);
    this.#set(text, start + indent);
  }

  #continue(text: string, start: number, end: number): void {
    const entry = this.#entry!;
    const at = this.source.span(start, end);
    // A value that begins on the next line stands there.
    entry.at = entry.value === "" ? at : { ...entry.at, end: at.end };
    entry.value += `\n${text}`;
  }

  #open(name: string, start: number, length: number): void {
    this.#entry = null;
    if (this.sections.has(name)) {
      this.problems.push(duplicateKey(this.source, start + 1));
      return;
    }
    const at = this.source.span(start, start + length);
    this.#section = new Map();
    this.sections.set(name, {
      value: this.#section,
      at,
      keyAt: this.source.span(start + 1, start + 1 + name.length),
    });
  }

  #set(text: string, start: number): void {
    this.#entry = null;
    const [whole, written, value] = /^([^=:]+)[=:](.*)$/.exec(text)?.map((part) => part.trim()) ?? [];
    if (!this.#section || whole === undefined) {
      const what = this.#section ? "`key = value` is expected here" : "a [section] must come before this";
      this.problems.push(syntaxProblem("ini-syntax", this.source, start, what));
      return;
    }
    const key = written!.toLowerCase();
    if (this.#section.has(key)) this.problems.push(duplicateKey(this.source, start));
    const end = start + text.length;
    this.#entry = {
      value: value!,
      at: this.source.span(end - value!.length, end),
      keyAt: this.source.span(start, start + written!.length),
    };
    this.#section.set(key, this.#entry);
  }
}
