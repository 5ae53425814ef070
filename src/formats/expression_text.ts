import { ExpressionTokens, otherwise, unlessOther } from "./expression_tokens.ts";

/** An expression of GitHub Actions in a text. */
export interface WrittenExpression {
  /** Without `${{` and `}}`. */
  readonly expression: string;
  /** Of the whole, from `${{` to behind `}}`. */
  readonly start: number;
  readonly end: number;
}

/** The expressions in a text, in order; one that nothing closes is none. */
export function expressionsIn(text: string): WrittenExpression[] {
  const found: WrittenExpression[] = [];
  for (let start = text.indexOf("${{"); start >= 0; start = text.indexOf("${{", start)) {
    const close = closing(text, start + 3);
    if (close < 0) break;
    found.push({ expression: text.slice(start + 3, close), start, end: close + 2 });
    start = close + 2;
  }
  return found;
}

/** Where the braces are that close an expression; in its texts they close nothing. */
function closing(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    if (text[at] === "'") {
      at = text.indexOf("'", at + 1);
      if (at < 0) return -1;
    } else if (text.startsWith("}}", at)) return at;
  }
  return -1;
}

/** A value from the outside that comes into an expression's result. */
export interface Flow {
  /** In lower case, with dots; `*` for an index: `github.event.commits.*.message`. */
  readonly path: string;
  /** Whether everything below it comes along, as with `toJSON(github.event)`. */
  readonly whole: boolean;
}

const TOKEN =
  /\s*(?:('(?:[^']|'')*')|([A-Za-z_][\w-]*)|([-+]?\.?\d[\w.+-]*)|(&&|\|\||[=!<>]=|[!<>()[\],.*])|$)/y;

/** Functions whose results hold nothing of what they are given. */
const SILENT = new Set("contains startswith endswith hashfiles always success failure cancelled".split(" "));
const COMPARES = new Set(["==", "!=", "<", ">", "<=", ">="]);

/**
 * The values from the outside of which an expression's result is made; those that are only compared or asked about are none.
 * Nothing for an expression that GitHub would not take.
 */
export function flowsOf(expression: string): readonly Flow[] {
  const known = FLOWS.get(expression);
  if (known) return known;
  const flows = unlessOther(() => new Reader(expression, TOKEN).whole()) ?? [];
  FLOWS.set(expression, flows);
  return flows;
}

/** Of the expressions that were read: many rules ask about each. */
const FLOWS = new Map<string, readonly Flow[]>();

class Reader extends ExpressionTokens {
  whole(): readonly Flow[] {
    const flows = this.#or();
    return this.kind === "end" ? flows : otherwise();
  }

  #or(): readonly Flow[] {
    const flows = [...this.#and()];
    while (this.takes("||")) flows.push(...this.#and());
    return flows;
  }

  /** What stands on the left comes through only where it is nothing. */
  #and(): readonly Flow[] {
    let flows = this.#compared();
    while (this.takes("&&")) flows = this.#compared();
    return flows;
  }

  #compared(): readonly Flow[] {
    let flows = this.#not();
    while (this.kind === "sign" && COMPARES.has(this.token)) {
      this.next();
      this.#not();
      flows = [];
    }
    return flows;
  }

  #not(): readonly Flow[] {
    return this.deeper(() => this.takes("!") ? (this.#not(), []) : this.#primary());
  }

  #primary(): readonly Flow[] {
    if (this.takes("(")) {
      const flows = this.#or();
      if (!this.takes(")")) otherwise();
      return this.#below(null, flows);
    }
    const [kind, token] = [this.kind, this.token.toLowerCase()];
    if (kind === "sign" || kind === "end") otherwise();
    this.next();
    if (kind !== "name") return [];
    if (!this.takes("(")) {
      return ["true", "false", "null", "nan", "infinity"].includes(token) ? [] : this.#below(token, []);
    }
    const flows: Flow[] = [];
    while (!this.takes(")")) {
      flows.push(...this.#or());
      if (!this.takes(",") && !(this.kind === "sign" && this.token === ")")) otherwise();
    }
    if (SILENT.has(token)) return this.#below(null, []);
    return this.#below(null, token === "tojson" ? flows.map((flow) => ({ ...flow, whole: true })) : flows);
  }

  /** The names behind a value; what stands in brackets only chooses. */
  #below(head: string | null, flows: readonly Flow[]): readonly Flow[] {
    let path = head;
    for (;;) {
      let name: string;
      if (this.takes(".")) {
        name = this.token.toLowerCase();
        if (this.kind !== "name" && name !== "*") otherwise();
        this.next();
      } else if (this.takes("[")) {
        name = this.kind === "text" ? this.token.slice(1, -1).replaceAll("''", "'").toLowerCase() : "*";
        if (!this.takes("*")) this.#or();
        if (!this.takes("]")) otherwise();
      } else break;
      if (path !== null) path = `${path}.${name}`;
    }
    return path === null ? flows : [{ path, whole: false }];
  }
}
