import type { Location } from "../problem.ts";
import type { Located, Parsed, Value } from "./located.ts";
import { SourceText } from "./positions.ts";
import { OTHER_BREAK } from "./yaml_breaks.ts";
import { PlainLines } from "./yaml_plain_lines.ts";
import { folded, NotPlain, otherwise, scalarOf, unescaped } from "./yaml_plain_scalars.ts";

/**
 * Reads a YAML file that is written as most are: block mappings and lists, plain and quoted scalars of one line, `|` and `>` blocks,
 * `[a, b]` and `{ a: b }` on one line. `null` for every other file, right or wrong, which `parseYaml` then reads: of the same file both make the
 * same, place by place, and this takes a fraction of the time.
 */
export function plainYaml(text: string, path: string): Parsed | null {
  const source = new SourceText(text, path);
  if (OTHER_BREAK.test(text)) return null;
  // Where each line ends as on Windows, offsets count one character more for each line before.
  const lines = /\r\n/.test(text) && !/(?<!\r)\n/.test(text) ? text.replaceAll("\r\n", "\n") : text;
  try {
    return { source, root: new Reader(new SourceText(lines, path), lines === text ? 0 : 1).document() };
  } catch (error) {
    if (error instanceof NotPlain) return null;
    throw error;
  }
}

/** The values of a YAML file with their places. @throws {UsageError} what `parseYaml` does */
export async function readYaml(text: string, path: string): Promise<Parsed> {
  const plain = plainYaml(text, path);
  if (plain) return plain;
  const { locatedYaml, parseYaml } = await import("./yaml.ts");
  return locatedYaml(parseYaml(text, path));
}

/** A value, and where the parser of the other module says that it ends with all that belongs to it: comments, line ends. */
interface Read {
  readonly located: Located;
  readonly end: number;
}

const MAX_DEPTH = 50;

/** A key of a block mapping, up to its colon. */
const KEY = /(?:[\w.$/(][\w .$/@+()*-]*|"[^"\\\n]+"|'[^'\n]+')(?=:(?:[ \n]|$))/y;
/** A plain scalar outside of brackets, with the blanks behind it. */
const PLAIN = /(?:[^\s\-?:,[\]{}#&*!|>'"%@`]|[-?:](?=\S))(?:[^\n:#]|:(?=\S)|(?<=\S)#)*/y;
/** The part of one in another line. */
const MORE = /[^\s:#](?:[^\n:#]|:(?=\S)|(?<=\S)#)*/y;
/** A plain scalar in brackets. */
const INNER = /[^\s\-?:,[\]{}#&*!|>'"%@`](?:[^\n,[\]{}:#]|:(?=[^\s,[\]{}]))*/y;
const QUOTED = /"((?:[^"\\\n]|\\[^\n])*)"|'((?:[^'\n]|'')*)'/y;
/** What may stand between brackets and what is in them. */
const GAP = /(?: *(?:(?<=[ \n])#[^\n]*)?\n)* */y;
/** What may stand behind a value. */
const REST = / *(?:(?<= )#[^\n]*)?(?:\n|$)/y;

/** Reads the values of a file, from the outside in. */
class Reader extends PlainLines {
  document(): Located {
    if (/[\r\0\u0085\u2028\u2029]/.test(this.body)) otherwise();
    this.skip(0, Infinity);
    if (this.indent === 0 && this.body.startsWith("---\n", this.at)) this.skip(this.at + 4, Infinity);
    this.comments = [];
    if (this.indent !== 0) otherwise();
    const { located } = this.isItem() ? this.#list(null, 0) : this.#table(0, null, 0);
    return this.at === this.body.length ? located : otherwise();
  }

  #table(indent: number, keyAt: Location | null, depth: number): Read {
    if (depth > MAX_DEPTH) otherwise();
    const start = this.at;
    const table = new Map<string, Located>();
    let end = start;
    while (this.indent === indent && !this.isItem()) {
      this.comments = [];
      const written = this.match(KEY) ?? otherwise();
      const keyEnd = this.at + written.length;
      if (written.endsWith(" ")) otherwise();
      const place = this.span(this.at, keyEnd);
      const name = /^["']/.test(written) ? written.slice(1, -1) : String(scalarOf(written));
      if (table.has(name) || name === "<<") otherwise();
      const read = this.#value(keyEnd + 1, indent, place, depth);
      table.set(name, read.located);
      end = read.end;
    }
    return this.#closed({ value: table, at: this.span(start, end), keyAt }, end, indent);
  }

  #list(keyAt: Location | null, depth: number): Read {
    if (depth > MAX_DEPTH) otherwise();
    const start = this.at;
    const indent = this.indent;
    const items: Located[] = [];
    let end = start;
    while (this.indent === indent && this.isItem()) {
      this.comments = [];
      const at = this.blanksEnd(this.at + 1);
      const sign = this.body[at];
      if (sign === undefined || sign === "\n" || sign === "#") otherwise();
      KEY.lastIndex = at;
      let read: Read;
      if (KEY.test(this.body)) {
        const column = indent + at - this.at;
        this.at = at;
        this.indent = column;
        read = this.#table(column, null, depth + 1);
      } else read = this.#inline(at, indent, null);
      items.push(read.located);
      end = read.end;
    }
    return this.#closed({ value: items, at: this.span(start, end), keyAt }, end, indent);
  }

  /** Comments that stand below a table or list, as far to the right as it does, belong to it. */
  #closed(located: Located, end: number, indent: number): Read {
    if (this.indent > indent) otherwise();
    if (indent === 0 || !this.comments.some((column) => column >= indent)) return { located, end };
    this.comments = [];
    return { located, end: this.at };
  }

  /** What stands behind a colon, or below it. */
  #value(colon: number, indent: number, keyAt: Location, depth: number): Read {
    const sign = this.blanksEnd(colon);
    // A tag with nothing behind it makes a text of nothing.
    const isTag = this.body.startsWith("!\n", sign);
    const at = isTag ? sign + 1 : sign;
    const behind = this.body[at];
    if (behind !== undefined && behind !== "\n" && !(behind === "#" && at > colon)) {
      return this.#inline(at, indent, keyAt);
    }
    this.skip(this.lineEnd(at), Infinity);
    const commented = behind === "#" || this.comments.length > 0;
    this.comments = [];
    if (isTag && (this.indent > indent || this.isItem())) otherwise();
    if (this.isItem() && this.indent >= indent) return this.#list(keyAt, depth + 1);
    if (this.indent > indent) {
      KEY.lastIndex = this.at;
      if (KEY.test(this.body)) return this.#table(this.indent, keyAt, depth + 1);
      return commented ? otherwise() : this.#inline(this.at, indent, keyAt);
    }
    const value = isTag ? { value: "", tag: "!" } : { value: null };
    return { located: { ...value, at: this.span(at, at), keyAt }, end: commented ? this.at : at };
  }

  /** A value that begins in the line of its key or of its `-`. */
  #inline(at: number, indent: number, keyAt: Location | null): Read {
    const sign = this.body[at]!;
    if (sign === "|" || sign === ">") return this.#block(at, indent, keyAt);
    if (sign === "[") return this.#brackets(at, indent, keyAt);
    if (sign === "{") return this.#braces(at, indent, keyAt);
    if (sign === '"' || sign === "'") {
      const [value, end] = this.#quoted(at);
      return this.#ended(value, at, end, indent, keyAt);
    }
    const [value, end] = this.#plain(at, indent);
    return this.#ended(value, at, end, indent, keyAt);
  }

  /** A scalar without quotes, which goes on in the lines below that are indented deeper than `indent`, and what is behind it. */
  #plain(start: number, indent: number): readonly [Value, number] {
    PLAIN.lastIndex = start;
    const first = (PLAIN.exec(this.body)?.[0] ?? otherwise()).trimEnd();
    let end = start + first.length;
    const lines = [first];
    for (;;) {
      let blanks = 0;
      let line = this.blanksEnd(end);
      // Behind a comment nothing goes on.
      if (this.body[line] !== "\n") break;
      let content = this.blanksEnd(++line);
      for (; this.body[content] === "\n"; content = this.blanksEnd(line)) {
        blanks++;
        line = content + 1;
      }
      MORE.lastIndex = content;
      const more = content - line > indent ? MORE.exec(this.body)?.[0].trimEnd() : undefined;
      if (more === undefined) break;
      for (; blanks > 0; blanks--) lines.push("");
      lines.push(more);
      end = content + more.length;
    }
    return [lines.length === 1 ? scalarOf(first) : folded(lines), end];
  }

  #ended(value: Value, start: number, end: number, indent: number, keyAt: Location | null): Read {
    REST.lastIndex = end;
    if (!REST.test(this.body)) otherwise();
    const behind = this.skip(REST.lastIndex, indent);
    // A line that is indented deeper goes on with the value.
    if (this.indent > indent) otherwise();
    return { located: { value, at: this.span(start, end), keyAt }, end: behind };
  }

  #brackets(start: number, indent: number, keyAt: Location | null): Read {
    const items: Located[] = [];
    const end = this.#entries(start, indent, "]", (at) => {
      const [item, next] = this.#inner(at, null);
      items.push(item);
      return next;
    });
    return this.#ended(items, start, end, indent, keyAt);
  }

  #braces(start: number, indent: number, keyAt: Location | null): Read {
    const table = new Map<string, Located>();
    const end = this.#entries(start, indent, "}", (at) => {
      const [key, colon] = this.#inner(at, null);
      const name = String(key.value);
      if (this.body[colon] !== ":" || this.body[colon + 1] !== " " || table.has(name) || name === "<<") {
        otherwise();
      }
      const [value, next] = this.#inner(this.blanksEnd(colon + 1), key.at);
      table.set(name, value);
      return next;
    });
    return this.#ended(table, start, end, indent, keyAt);
  }

  /** Goes through what commas part between brackets, and says what is behind these; `read` takes an entry and says what is behind it. */
  #entries(start: number, indent: number, close: string, read: (at: number) => number): number {
    let at = this.#gapEnd(start + 1, indent, close);
    while (this.body[at] !== close) {
      at = this.#gapEnd(read(at), indent, close);
      if (this.body[at] === ",") at = this.#gapEnd(at + 1, indent, close);
      else if (this.body[at] !== close) otherwise();
    }
    return at + 1;
  }

  /** Behind blanks, line ends and comments between brackets; what follows stands deeper than `indent`, but for the last bracket. */
  #gapEnd(from: number, indent: number, close: string): number {
    GAP.lastIndex = from;
    const gap = GAP.exec(this.body)![0];
    const line = gap.lastIndexOf("\n");
    const column = gap.length - line - 1;
    const at = from + gap.length;
    if (line >= 0 && column <= indent && !(column === indent && this.body[at] === close)) otherwise();
    return at;
  }

  /** A text in quotes of one line, and what is behind it. */
  #quoted(start: number): readonly [string, number] {
    QUOTED.lastIndex = start;
    const [whole, double, single] = QUOTED.exec(this.body) ?? otherwise();
    return [double === undefined ? single!.replaceAll("''", "'") : unescaped(double), start + whole.length];
  }

  /** A scalar between brackets, and what is behind it. */
  #inner(start: number, keyAt: Location | null): readonly [Located, number] {
    const sign = this.body[start];
    if (sign === '"' || sign === "'") {
      const [value, end] = this.#quoted(start);
      return [{ value, at: this.span(start, end), keyAt }, end];
    }
    INNER.lastIndex = start;
    const written = (INNER.exec(this.body)?.[0] ?? otherwise()).trimEnd();
    const end = start + written.length;
    return [{ value: scalarOf(written), at: this.span(start, end), keyAt }, end];
  }

  /** A block whose lines stay lines (`|`), or become one (`>`). */
  #block(start: number, indent: number, keyAt: Location | null): Read {
    const body = this.body;
    const first = this.lineEnd(start);
    const header = /^([|>])(-?) *\n$/.exec(body.slice(start, first)) ?? otherwise();
    const lines: string[] = [];
    let inner = -1;
    let end = first;
    let blanks = 0;
    for (let line = first; line < body.length;) {
      const content = this.blanksEnd(line);
      const next = this.lineEnd(content);
      const column = content - line;
      if (body[content] === "\n" || content === body.length) {
        if (inner < 0 ? column > 0 : column > inner) otherwise();
        blanks++;
      } else {
        if (inner < 0) inner = column;
        if (inner <= indent) otherwise();
        if (column < inner) break;
        for (; blanks > 0; blanks--) lines.push("");
        lines.push(body.slice(line + inner, body[next - 1] === "\n" ? next - 1 : next));
        end = next;
      }
      line = next;
    }
    if (lines.length === 0 || lines[0] === "" || lines[0]!.startsWith("\t")) otherwise();
    const value = header[1] === "|" ? lines.join("\n") : folded(lines);
    if (this.skip(end, indent) > end || this.indent > indent) otherwise();
    return {
      located: { value: header[2] ? value : `${value}\n`, at: this.span(start, end), keyAt },
      end,
    };
  }
}
