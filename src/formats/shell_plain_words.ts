import type { ShellNode, Word } from "./shell_tree.ts";

const BLANKS = /(?:[ \t]|\\\n)+/y;
const COMMENT = /#[^\n]*/y;
const LINE_END = /\n/y;
/** A variable, with whatever plain text may change it. */
const VARIABLE = String
  .raw`\$(?:\{[#!]?\w+(?:(?::?[-=?+]|##?|%%?|\/\/?|:)[\w./@:,%*?+=^~#\-]*)?\}|[A-Za-z_]\w*|[\d?#@*!-])`;
const UNQUOTED = new RegExp(
  String
    .raw`(?:[\w./@:,%*?+=^~\][!#\ue000-\uf8ff\u00a1-\u1680\u4e00-\u9fff-]|\$\$|\{\}|${VARIABLE}|\$(?=[ \t\n;|&)]|$))+`,
  "y",
);
const SINGLE = /'([^']*)'/y;
const QUOTED = new RegExp(
  String.raw`(?:[^"\\$` + "`" + String.raw`]|\\[^]|${VARIABLE}|\$(?=[^\w{(#?@*!$-]))+`,
  "y",
);
const ESCAPED = /\\([^\n])/y;
/** What parts words may stand behind one. */
const BEHIND = /[ \t\n;&|<>)]/;

/** Thrown where a script is written in another way. One for all: nobody looks at it. */
const NOT_PLAIN_SCRIPT = new Error("not plain");

/** Goes through the words of a plain script. */
export abstract class PlainWords {
  protected at = 0;
  /** Behind the last word. */
  protected end = 0;
  /** What the word runs. */
  #inner: ShellNode[] = [];

  constructor(protected readonly text: string) {}

  /** What is read; `null` where the script is written in another way. */
  static unlessOther<Read>(read: () => Read): Read | null {
    try {
      return read();
    } catch (error) {
      if (error === NOT_PLAIN_SCRIPT) return null;
      throw error;
    }
  }

  /** Gives up: the script has to be parsed as a whole. */
  protected otherwise(): never {
    throw NOT_PLAIN_SCRIPT;
  }

  /** What stands behind `$(`, up to behind its bracket. */
  protected abstract substituted(): ShellNode;

  /** Goes behind blanks and a comment. */
  protected blanks(): void {
    this.match(BLANKS);
    this.match(COMMENT);
  }

  /** Goes to the next word, in whichever line. */
  protected gap(): void {
    while (this.match(BLANKS) || this.match(COMMENT) || this.match(LINE_END));
  }

  protected isWord(): boolean {
    const sign = this.text[this.at];
    return sign !== undefined && !BEHIND.test(sign);
  }

  /** The word that has to stand here, and what may stand `behind` it. */
  protected word(behind = BEHIND): Word {
    const outer = this.#inner;
    this.#inner = [];
    const pos = this.at;
    let value: string | null = null;
    for (let part = this.#part(); part !== null; part = this.#part()) value = (value ?? "") + part;
    const next = this.text[this.at];
    if (value === null || next !== undefined && !behind.test(next)) this.otherwise();
    const parts = this.#inner.length > 0 ? this.#inner : undefined;
    this.#inner = outer;
    return { type: "Word", pos, end: this.end = this.at, value, parts };
  }

  #part(): string | null {
    const unquoted = this.match(UNQUOTED);
    if (unquoted) return unquoted[0];
    if (this.text[this.at] === '"') return this.#quoted();
    if (this.text.startsWith("$(", this.at)) return this.#substitution();
    return (this.match(SINGLE) ?? this.match(ESCAPED))?.[1] ?? null;
  }

  #quoted(): string {
    let text = "";
    for (this.at++; this.text[this.at] !== '"';) {
      const [part] = this.match(QUOTED) ?? [];
      if (part === undefined) {
        text += this.text.startsWith("$(", this.at) ? this.#substitution() : this.otherwise();
      } else {
        text += part.includes("\\") ? part.replace(/\\(?:\n|([\\$`"]))/g, (_, sign = "") => sign) : part;
      }
    }
    this.at++;
    return text;
  }

  /** `$(…)` as it is written; what it runs is kept. */
  #substitution(): string {
    const start = this.at;
    if (this.text[start + 2] === "(") this.otherwise();
    this.at += 2;
    this.#inner.push(this.substituted());
    return this.text.slice(start, this.at);
  }

  protected looksAt(pattern: RegExp): boolean {
    pattern.lastIndex = this.at;
    return pattern.test(this.text);
  }

  protected match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.at;
    const match = pattern.exec(this.text);
    if (match) this.at = pattern.lastIndex;
    return match;
  }
}
