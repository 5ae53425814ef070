/** What a word of an expression is. */
type Kind = "text" | "name" | "number" | "sign" | "end";

/** One for all: nobody looks at it. */
const NOT_THIS_GRAMMAR = new Error("not this grammar");

/** Nobody nests deeper. */
const MAX_DEPTH = 50;

/** The words of an expression of GitHub Actions, one after the other, for a reader of as much of its grammar as it needs. */
export class ExpressionTokens {
  protected kind: Kind = "end";
  /** As it is written; `""` at the end. */
  protected token = "";
  #at = 0;
  #depth = 0;

  /** `grammar` is sticky, and has a group each for texts, names, numbers and signs. */
  constructor(readonly expression: string, readonly grammar: RegExp) {
    this.next();
  }

  protected next(): void {
    this.grammar.lastIndex = this.#at;
    const [whole, text, name, number, sign] = this.grammar.exec(this.expression) ?? otherwise();
    this.#at += whole.length;
    this.token = text ?? name ?? number ?? sign ?? "";
    this.kind = text !== undefined
      ? "text"
      : name !== undefined
      ? "name"
      : number !== undefined
      ? "number"
      : sign !== undefined
      ? "sign"
      : "end";
  }

  protected takes(sign: string): boolean {
    if (this.kind !== "sign" || this.token !== sign) return false;
    this.next();
    return true;
  }

  /** What `read` reads, one level deeper. */
  protected deeper<Read>(read: () => Read): Read {
    if (++this.#depth > MAX_DEPTH) otherwise();
    const result = read();
    this.#depth--;
    return result;
  }
}

/** Gives up: {@link unlessOther} answers `null`. */
export function otherwise(): never {
  throw NOT_THIS_GRAMMAR;
}

/** What `read` reads; `null` where the expression is none of the reader's grammar. */
export function unlessOther<Read>(read: () => Read): Read | null {
  try {
    return read();
  } catch (error) {
    if (error === NOT_THIS_GRAMMAR) return null;
    throw error;
  }
}
