import { isSign, type Range } from "./calls.ts";
import type { Groovy } from "./groovy.ts";

/** A function that the file defines, outside of everything else. */
export interface OwnFunction {
  readonly name: string;
  /** Where its name stands. */
  readonly index: number;
  /** The name of its last parameter, to which a call hands the block behind it. */
  readonly last: string | null;
  readonly body: Range;
  /** Where what comes behind it begins. */
  readonly next: number;
}

/** What no function is defined behind. */
const KEYWORDS = /^(?:else|return|new|in|case|throw|assert|class|interface|enum|extends|implements|do)$/;

/** So many calls are followed: each function may call others twice. */
const MOST_CALLS = 300;

/** The functions of a file, and which of their calls were followed. */
export class Functions {
  readonly #all: ReadonlyMap<string, OwnFunction>;
  readonly #called = new Map<OwnFunction, Set<string>>();
  #wanted: ReadonlySet<OwnFunction> | null = null;
  #left = MOST_CALLS;

  constructor(readonly file: Groovy) {
    this.#all = functionsOf(file);
  }

  /** The function that is defined at an index. */
  definedAt(index: number): OwnFunction | null {
    const own = this.#all.get(this.file.tokens[index]!.text);
    return own?.index === index ? own : null;
  }

  /** The function that is called at an index. */
  calledAt(index: number): OwnFunction | null {
    const own = this.#all.get(this.file.tokens[index]!.text);
    return own && isCalled(this.file, index) ? own : null;
  }

  /** Whether a call is to be followed: once where the surroundings are the same. */
  follows(own: OwnFunction, surroundings: string): boolean {
    const known = this.#called.get(own) ?? new Set();
    this.#called.set(own, known);
    return !known.has(surroundings) && this.#left-- > 0 && known.add(surroundings).size > 0;
  }

  /** Whether anything in the file calls a function. */
  isCalled(own: OwnFunction): boolean {
    this.#wanted ??= new Set(
      this.file.tokens.flatMap((_, index) => this.definedAt(index) ? [] : this.calledAt(index) ?? []),
    );
    return this.#wanted.has(own);
  }
}

/** The functions of a file, by name; of several with one name the last. */
function functionsOf(file: Groovy): ReadonlyMap<string, OwnFunction> {
  const { tokens, partners } = file;
  const found = new Map<string, OwnFunction>();
  for (let index = 0; index < tokens.length; index++) {
    const own = definedAt(file, index);
    if (own) found.set(own.name, own);
    // What stands in brackets is not outside of everything.
    index = own ? own.next - 1 : isOpening(file, index) ? partners[index]! : index;
  }
  return found;
}

function isOpening({ tokens }: Groovy, index: number): boolean {
  return ["(", "[", "{"].some((sign) => isSign(tokens[index], sign));
}

/** `def name(parameters) {`, `void name() {` … */
function definedAt(file: Groovy, index: number): OwnFunction | null {
  const { tokens, partners } = file;
  const [before, name] = [tokens[index - 1], tokens[index]!];
  const isTyped = before?.kind === "name" && !KEYWORDS.test(before.text) || isSign(before, ">") ||
    isSign(before, "]");
  if (name.kind !== "name" || !isTyped || !isSign(tokens[index + 1], "(")) return null;
  const close = partners[index + 1]!;
  let open = close + 1;
  while (tokens[open]?.kind === "line") open++;
  if (!isSign(tokens[open], "{")) return null;
  const end = partners[open]!;
  const last = tokens.slice(Math.max(index + 2, close - 1), close)[0];
  return {
    name: name.text,
    index,
    last: last?.kind === "name" ? last.text : null,
    body: { from: open + 1, to: end },
    next: Math.min(end + 1, tokens.length),
  };
}

/** Whether the name at an index is called there: with arguments, or with a block. */
function isCalled(file: Groovy, index: number): boolean {
  const { tokens } = file;
  const before = tokens[index - 1];
  if (
    isSign(before, ".") && tokens[index - 2]?.text !== "this" || /^(?:def|void)$/.test(before?.text ?? "")
  ) {
    return false;
  }
  const next = tokens[index + 1];
  return isSign(next, "(") || isSign(next, "{") || next?.kind === "text" || next?.kind === "name";
}

/** Whether a block that was handed over runs at an index: `body()`, `body.call()`. */
export function runsBlock(file: Groovy, index: number): boolean {
  const { tokens } = file;
  return isSign(tokens[index + 1], "(") ||
    isSign(tokens[index + 1], ".") && tokens[index + 2]?.text === "call";
}
