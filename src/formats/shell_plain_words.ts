/** A word, or where the output of a command goes. */
export interface PlainToken {
  readonly kind: "word" | "redirection";
  /** As the command gets it: quotes removed, variables as written. */
  readonly text: string;
  readonly written: string;
  readonly start: number;
  readonly end: number;
}

const BLANKS = /(?:[ \t]|\\\n)+/y;
const COMMENT = /#[^\n]*/y;
/** What ends a command. */
const SIGN = /&&|\|\|(?!\|)|\|(?![|&])|;(?![;&])|\n/y;
const LINE_END = /\n/y;
/** `>`, `>>`, `2>`, `<`, to a file or to another stream. */
const REDIRECTION = /\d*(?:>>?|<)(?![<>(&|])[ \t]*(?!#)|\d*>&(?=\d)/y;
const UNQUOTED =
  /(?:[\w./@:,%*?+=^~\][!#\ue000-\uf8ff\u00a1-\u1680\u4e00-\u9fff-]|\$(?:\{\w+\}|[A-Za-z_]\w*|[\d?#@*!$-]))+/y;
const SINGLE = /'([^']*)'/y;
const DOUBLE = /"((?:[^"\\$`]|\\[^]|\$(?:\{\w+\}|[A-Za-z_]\w*|[\d?#@*!-])|\$(?=[ "]))*)"/y;
const ESCAPED = /\\([^\n])/y;

/** Cuts a plain script into words and what stands between commands. */
export class PlainLexer {
  #at = 0;
  /** What ended the last command: a sign, `""` for the end of the script, `null` for something that is not plain. */
  sign: string | null = null;

  constructor(readonly script: string) {}

  /** The next part of the command; `null` at its end. */
  next(): PlainToken | null {
    this.#match(BLANKS);
    this.#match(COMMENT);
    this.sign = this.#at === this.script.length ? "" : this.#match(SIGN)?.[0] ?? null;
    if (this.sign !== null) return null;
    const start = this.#at;
    const kind = this.#match(REDIRECTION) ? "redirection" : "word";
    const first = this.#at;
    const text = this.#word();
    return text === null
      ? null
      : { kind, text, written: this.script.slice(first, this.#at), start, end: this.#at };
  }

  /** Goes on behind blank lines and comments. */
  skipLines(): void {
    while (this.#match(BLANKS) || this.#match(COMMENT) || this.#match(LINE_END));
  }

  #word(): string | null {
    let text: string | null = null;
    for (let part = this.#part(); part !== null; part = this.#part()) text = (text ?? "") + part;
    const behind = this.script[this.#at];
    // Only what parts words may stand behind one.
    return behind === undefined || /[ \t\n;&|<>]/.test(behind) ? text : null;
  }

  #part(): string | null {
    const unquoted = this.#match(UNQUOTED);
    if (unquoted) return unquoted[0];
    const double = this.#match(DOUBLE);
    if (double) {
      const [, text = ""] = double;
      return text.includes("\\") ? text.replace(/\\(?:\n|([\\$`"]))/g, (_, sign = "") => sign) : text;
    }
    return (this.#match(SINGLE) ?? this.#match(ESCAPED))?.[1] ?? null;
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.script);
    if (match) this.#at = pattern.lastIndex;
    return match;
  }
}
