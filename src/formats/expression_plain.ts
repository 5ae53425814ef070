import type { KnownRun, Truth } from "./expression.ts";
import { ExpressionTokens, otherwise, unlessOther } from "./expression_tokens.ts";

const TOKEN =
  /\s*(?:('(?:[^']|'')*')|([A-Za-z_][\w-]*)|(-?\d+(?:\.\d+)?)(?![\w.])|(&&|\|\||==|!=|[!(),.])|$)/y;

/** Functions of the run, of which only `always()` says something before it. */
const OF_THE_RUN = ["always", "success", "failure", "cancelled"];
/** Functions that are asked about the ref, with two arguments. */
const OF_TEXTS = ["startswith", "endswith", "contains"];

type Value = string | number | boolean | null;

/** What is known of a part: whether it is true and, of a constant, its value. */
interface Part {
  readonly truth: Truth;
  /** `undefined` where the run decides. */
  readonly value?: Value | undefined;
  /** What it comes to, where the run decides as well, and it is known all the same. */
  readonly result?: Value | undefined;
  /** `github.ref` and the like, in lower case. */
  readonly name?: string;
  /** Whether it is a value as written, not one that is computed. */
  readonly isLiteral?: true;
}

/**
 * Whether an expression is true, where it is made of names, texts, numbers, `==`, `!=`, `!`, `&&`, `||` and the functions that stand in
 * conditions; `null` where it has to be parsed as a whole. `contexts`: the names that may begin a path.
 */
export function plainTruth(
  expression: string,
  run: KnownRun | null,
  contexts: readonly string[],
): Truth | null {
  return unlessOther(() => new Reader(expression, run, contexts).whole());
}

/** The text that an expression comes to, of the grammar that {@link plainTruth} reads; `null` where nobody can know. */
export function plainText(
  expression: string,
  run: KnownRun | null,
  contexts: readonly string[],
): string | null {
  return unlessOther(() => new Reader(expression, run, contexts).text());
}

class Reader extends ExpressionTokens {
  constructor(expression: string, readonly run: KnownRun | null, readonly contexts: readonly string[]) {
    super(expression, TOKEN);
  }

  whole(): Truth {
    const { truth } = this.#or();
    return this.kind === "end" ? truth : otherwise();
  }

  text(): string | null {
    const { value, result = value } = this.#or();
    if (this.kind !== "end" || typeof result === "number") otherwise();
    return result === undefined ? null : String(result ?? "");
  }

  #or(): Part {
    let part = this.#and();
    while (this.takes("||")) part = either(part, this.#and(), "yes", "no");
    return part;
  }

  #and(): Part {
    let part = this.#equal();
    while (this.takes("&&")) part = either(part, this.#equal(), "no", "yes");
    return part;
  }

  #equal(): Part {
    const left = this.#not();
    const same = this.takes("==");
    if (!same && !this.takes("!=")) return left;
    const right = this.#not();
    if (["==", "!="].includes(this.token) && this.kind === "sign") otherwise();
    const answer = left.value === undefined || right.value === undefined
      ? this.#byRef(left, right, "==")
      : equals(left.value, right.value)
      ? "yes"
      : "no";
    const truth = same ? answer : opposite(answer);
    return { truth, value: otherValue(left, right, answer, same), result: asBoolean(truth) };
  }

  #not(): Part {
    return this.deeper(() => this.takes("!") ? this.#negated() : this.#primary());
  }

  #negated(): Part {
    const { truth, value } = this.#not();
    const result = asBoolean(opposite(truth));
    return { truth: opposite(truth), value: value === undefined ? undefined : result, result };
  }

  #primary(): Part {
    if (this.takes("(")) {
      const part = this.#or();
      if (!this.takes(")")) otherwise();
      // What stands in parentheses is no name and no literal.
      return { truth: part.truth, value: part.value, result: part.result };
    }
    const [kind, token] = [this.kind, this.token];
    this.next();
    if (kind === "text") return literal(token.slice(1, -1).replaceAll("''", "'"));
    if (kind === "number") return literal(Number(token));
    if (kind !== "name") otherwise();
    const word = token.toLowerCase();
    if (this.takes("(")) return this.#call(word);
    if (token === "true" || token === "false") return literal(token === "true");
    if (token === "null") return literal(null);
    return this.#path(word);
  }

  #path(context: string): Part {
    if (!this.contexts.includes(context)) otherwise();
    const names: string[] = [];
    while (this.takes(".")) {
      if (this.kind !== "name") otherwise();
      names.push(this.token.toLowerCase());
      this.next();
    }
    const name = names.join(".");
    const value = names.length === 0
      ? undefined
      : context === "github" && this.run && Object.hasOwn(this.run.github, name)
      ? this.run.github[name]!
      : context === "inputs" && this.run?.inputs?.has(name)
      ? this.run.inputs.get(name)
      : context === "needs" && this.run?.needs?.has(name)
      ? this.run.needs.get(name)
      : this.run?.nothing?.has(`${context}.${name}`)
      // Compared with anything it is what an empty text is.
      ? ""
      : undefined;
    const path = `${context}.${name}`;
    if (value !== undefined) return { ...constant(value), name: path };
    return { truth: this.run?.present?.has(path) ? "yes" : "unknown", name: path };
  }

  #call(name: string): Part {
    const args: Part[] = [];
    while (!this.takes(")")) {
      if (args.length > 0 && !this.takes(",")) otherwise();
      args.push(this.#or());
    }
    if (OF_THE_RUN.includes(name)) return { truth: name === "always" ? "yes" : "unknown" };
    if (!OF_TEXTS.includes(name) || args.length !== 2) otherwise();
    const [text, part] = args as [Part, Part];
    if (text.value !== undefined && part.value !== undefined) return answer(name, text.value, part.value);
    const truth = name === "endswith" ? "unknown" : this.#byRef(text, part, name as RefQuestion);
    return { truth, result: asBoolean(truth) };
  }

  /** What the kind of ref that a run is for says about `github.ref` beside a text. */
  #byRef(left: Part, right: Part, how: RefQuestion): Truth {
    if (!this.run?.refPrefix || !isRef(left.name, this.run) || !right.isLiteral) return "unknown";
    return typeof right.value === "string" ? aboutRef(this.run.refPrefix, right.value, how) : otherwise();
  }
}

/** Whether a path is the run's ref: the payloads of some events have it too. */
export function isRef(path: string | null | undefined, { github }: KnownRun): boolean {
  return path === "github.ref" ||
    path === "github.event.ref" && ["push", "workflow_dispatch"].includes(github.event_name ?? "");
}

/** How a text is held against the ref. */
export type RefQuestion = "==" | "startswith" | "contains";

/** What refs that begin with `prefix` (`refs/tags/`) say of a text, whose case does not matter. */
export function aboutRef(prefix: string, written: string, how: RefQuestion): Truth {
  const text = written.toLowerCase();
  if (how !== "==" && text !== "" && prefix.startsWith(text)) return "yes";
  // No pattern is one here, and git takes none of these signs in a ref.
  if (/[*?[^~:\\ ]/.test(text)) return "no";
  if (how === "contains" && !text.startsWith("refs/")) return "unknown";
  return text.startsWith(prefix) || prefix.startsWith(text) && how === "startswith" ? "unknown" : "no";
}

function constant(value: string | number | boolean | null): Part {
  return { truth: value === "" || !value ? "no" : "yes", value };
}

function literal(value: string | number | boolean | null): Part {
  return { ...constant(value), isLiteral: true };
}

function opposite(truth: Truth): Truth {
  return truth === "unknown" ? truth : truth === "yes" ? "no" : "yes";
}

const PLAIN = /^[\x20-\x7e]*$/;

/** GitHub compares texts without case; what it makes of other pairs is left to its library. */
function equals(left: NonNullable<Part["value"]> | null, right: NonNullable<Part["value"]> | null): boolean {
  if (typeof left === "string" && typeof right === "string") {
    return PLAIN.test(left + right) ? left.toLowerCase() === right.toLowerCase() : otherwise();
  }
  return typeof left === typeof right && left !== null && right !== null ? left === right : otherwise();
}

/** What a function of two texts says, without case as GitHub's do. */
function answer(name: string, text: NonNullable<Part["value"]> | null, part: typeof text): Part {
  if (typeof text !== "string" || typeof part !== "string" || !PLAIN.test(text + part)) otherwise();
  const [whole, wanted] = [text.toLowerCase(), part.toLowerCase()];
  return constant(
    name === "startswith"
      ? whole.startsWith(wanted)
      : name === "endswith"
      ? whole.endsWith(wanted)
      : whole.includes(wanted),
  );
}

/** What is no other value than `true` or `false`. */
function asBoolean(truth: Truth): boolean | undefined {
  return truth === "unknown" ? undefined : truth === "yes";
}

function otherValue(left: Part, right: Part, answer: Truth, same: boolean): boolean | undefined {
  return left.value === undefined || right.value === undefined ? undefined : (answer === "yes") === same;
}

/** `||` and `&&`: one part that is decisive is enough, and all have to be neutral. Of two constants the value is one of them. */
function either(left: Part, right: Part, decisive: Truth, neutral: Truth): Part {
  const truth = left.truth === decisive || right.truth === decisive
    ? decisive
    : left.truth === neutral && right.truth === neutral
    ? neutral
    : "unknown";
  const decides = left.truth === decisive ? left : left.truth === neutral ? right : null;
  const value = left.value === undefined || right.value === undefined ? undefined : decides?.value;
  return { truth, value, result: decides?.value === undefined ? decides?.result : decides.value };
}
