import type { ShellWord } from "./shell.ts";

/** One command of a pipeline as it is written. */
export interface PlainCommand {
  readonly words: readonly (ShellWord & { readonly end: number })[];
  readonly assignments: ReadonlyMap<string, string>;
  /** What `$(…)` in its words runs. */
  readonly inner: readonly (readonly PlainStatement[])[];
  readonly start: number;
  readonly end: number;
}

/** Pipelines with `&&` and `||` between them; `or` where it is `||` that stands before one. */
export type PlainStatement = readonly { readonly or: boolean; readonly pipeline: readonly PlainCommand[] }[];

/** Words that begin more than a command, and built-in commands that read their words in another way. */
const NOT_PLAIN =
  /^(?:if|then|else|elif|fi|for|while|until|do|done|case|esac|in|select|function|time|coproc|export|declare|local|readonly|typeset|alias|let|eval|exec|[!{}]|\[\[)$/;
const BLANKS = /(?:[ \t]|\\\n)+/y;
const COMMENT = /#[^\n]*/y;
/** What ends a command. */
const SIGN = /&&|\|\|(?!\|)|\|(?![|&])|;(?![;&])|\n/y;
const LINE_END = /\n/y;
/** `>`, `>>`, `2>`, `<`, to a file or to another stream. */
const REDIRECTION = /\d*(?:>>?|<)(?![<>(&|])[ \t]*(?!#)|\d*>&(?=\d)/y;
/** A variable, with whatever plain text may change it. */
const VARIABLE = String
  .raw`\$(?:\{[#!]?\w+(?:(?::?[-=?+]|##?|%%?|\/\/?|:)[\w./@:,%*?+=^~#\-]*)?\}|[A-Za-z_]\w*|[\d?#@*!-])`;
const UNQUOTED = new RegExp(
  String.raw`(?:[\w./@:,%*?+=^~\][!#\ue000-\uf8ff\u00a1-\u1680\u4e00-\u9fff-]|\$\$|${VARIABLE})+`,
  "y",
);
const SINGLE = /'([^']*)'/y;
const QUOTED = new RegExp(String.raw`(?:[^"\\$` + "`" + String.raw`]|\\[^]|${VARIABLE}|\$(?=[ "]))+`, "y");
const ESCAPED = /\\([^\n])/y;
/** Nobody nests deeper. */
const MAX_DEPTH = 10;

/** Thrown where a script is written in another way. One for all: nobody looks at it. */
const NOT_PLAIN_SCRIPT = new Error("not plain");

function otherwise(): never {
  throw NOT_PLAIN_SCRIPT;
}

/** The statements of a plain script; `null` where it has to be parsed as a whole. */
export function plainStatements(script: string): readonly PlainStatement[] | null {
  try {
    return new Parser(script).statements();
  } catch (error) {
    if (error === NOT_PLAIN_SCRIPT) return null;
    throw error;
  }
}

class Parser {
  #at = 0;
  /** How many `$(` are open. */
  #depth = 0;
  /** What the words of the command have run so far. */
  #inner: (readonly PlainStatement[])[] = [];

  constructor(readonly script: string) {}

  /** Up to the end of the script, or to the bracket that closes what is open. */
  statements(): readonly PlainStatement[] {
    const statements: PlainStatement[] = [];
    let statement: { or: boolean; pipeline: PlainCommand[] }[] = [];
    let pipeline: PlainCommand[] = [];
    let or = false;
    for (;;) {
      const command = this.#command();
      const sign = this.#sign();
      if (command === null) {
        // Nothing may stand alone before a line end and the end.
        if (pipeline.length > 0 || statement.length > 0 || !["\n", ""].includes(sign)) otherwise();
      } else {
        pipeline.push(command);
        if (sign !== "|") {
          statement.push({ or, pipeline });
          pipeline = [];
          or = sign === "||";
        }
        if (sign === ";" || sign === "\n" || sign === "") {
          statements.push(statement);
          statement = [];
          or = false;
        }
      }
      if (sign === "") return statements;
      // The other half of a pipeline or condition may stand in the next line.
      if (sign === "|" || sign === "&&" || sign === "||") {
        while (this.#match(BLANKS) || this.#match(COMMENT) || this.#match(LINE_END));
      }
    }
  }

  /** The next command; `null` for none. */
  #command(): PlainCommand | null {
    const outer = this.#inner;
    this.#inner = [];
    const words: (ShellWord & { readonly end: number })[] = [];
    const assignments = new Map<string, string>();
    let start = -1;
    let end = -1;
    while (!this.#isEnd()) {
      const from = this.#at;
      if (start < 0) start = from;
      const known = this.#inner.length;
      const redirects = this.#match(REDIRECTION) !== null;
      const first = this.#at;
      const text = this.#word();
      end = this.#at;
      if (redirects) {
        if (this.#inner.length > known) otherwise();
        continue;
      }
      const written = this.script.slice(first, end);
      const equals = words.length === 0 ? /^([A-Za-z_]\w*)=/.exec(written) : null;
      if (equals) assignments.set(equals[1]!, text.slice(equals[0].length));
      else if (words.length === 0 && (NOT_PLAIN.test(written) || /^\w+(?:\+?=|\[)/.test(written))) {
        otherwise();
      } else words.push({ text, start: first, end });
    }
    const inner = this.#inner;
    this.#inner = outer;
    return start < 0 ? null : { words, assignments, inner, start, end };
  }

  /** Whether the command ends here, behind blanks and a comment. */
  #isEnd(): boolean {
    this.#match(BLANKS);
    this.#match(COMMENT);
    const sign = this.script[this.#at];
    return sign === undefined || (sign === ")" && this.#depth > 0) || this.#looksAt(SIGN);
  }

  /** What ends the command; `""` for the end of the script, or of what is open. */
  #sign(): string {
    const sign = this.#match(SIGN);
    if (sign) return sign[0];
    const isOpen = this.#depth > 0;
    if (isOpen !== (this.#at < this.script.length)) otherwise();
    if (isOpen) this.#at++;
    return "";
  }

  #word(): string {
    let text: string | null = null;
    for (let part = this.#part(); part !== null; part = this.#part()) text = (text ?? "") + part;
    const behind = this.script[this.#at];
    // Only what parts words may stand behind one.
    const isOver = behind === undefined || /[ \t\n;&|<>]/.test(behind) || (behind === ")" && this.#depth > 0);
    return text !== null && isOver ? text : otherwise();
  }

  #part(): string | null {
    const unquoted = this.#match(UNQUOTED);
    if (unquoted) return unquoted[0];
    if (this.script[this.#at] === '"') return this.#quoted();
    if (this.script.startsWith("$(", this.#at)) return this.#substitution();
    return (this.#match(SINGLE) ?? this.#match(ESCAPED))?.[1] ?? null;
  }

  #quoted(): string {
    let text = "";
    for (this.#at++; this.script[this.#at] !== '"';) {
      const [part] = this.#match(QUOTED) ?? [];
      if (part === undefined) {
        text += this.script.startsWith("$(", this.#at) ? this.#substitution() : otherwise();
      } else {
        text += part.includes("\\") ? part.replace(/\\(?:\n|([\\$`"]))/g, (_, sign = "") => sign) : part;
      }
    }
    this.#at++;
    return text;
  }

  /** `$(…)` as it is written; what it runs is kept. */
  #substitution(): string {
    const start = this.#at;
    if (this.script[start + 2] === "(" || ++this.#depth > MAX_DEPTH) otherwise();
    this.#at += 2;
    const statements = this.statements();
    this.#depth--;
    this.#inner.push(statements);
    return this.script.slice(start, this.#at);
  }

  #looksAt(pattern: RegExp): boolean {
    pattern.lastIndex = this.#at;
    return pattern.test(this.script);
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.script);
    if (match) this.#at = pattern.lastIndex;
    return match;
  }
}
