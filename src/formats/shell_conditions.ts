import { filledIn } from "./shell_arguments.ts";
import type { ShellState } from "./shell_state.ts";
import type { Case, ShellNode } from "./shell_tree.ts";

/** A question to a variable of the environment. */
export interface Asked {
  readonly name: string;
  /** What stands for it where it is not set. */
  readonly otherwise: string;
  readonly equals: string;
  /** Whether the answer has to be yes. */
  readonly wanted: boolean;
}

/** What a condition comes to. */
export interface Verdict {
  /** `null` where nobody knows. */
  readonly holds: boolean | null;
  /** What is asked of the environment where it holds, and where it does not. */
  readonly asked: readonly Asked[];
  readonly denied: readonly Asked[];
}

/** Of a condition of which nothing is known. */
export const UNDECIDED: Verdict = { holds: null, asked: [], denied: [] };

/** Longer ones nobody writes, nor asks for more variables. */
const LONGEST = 500;
const MOST = 100;
const BEGINS = /^(?:\[\[?|test)\s/;
const WORD = String.raw`("[^"\\${"`"}]*"|'[^']*'|[^\s"'\\${"`"}|&;()<>]+)`;
const UNARY = new RegExp(`^-([nz])\\s+${WORD}$`);
const BINARY = new RegExp(`^${WORD}\\s+(==?|!=|-eq|-ne|-gt|-lt|-ge|-le)\\s+${WORD}$`);
const VARIABLE = /^\$(?:(\w+|#)|\{(\w+)(?:(:?-)([^$`{}]*))?\})$/;

/** A word of a condition: a text, or a variable of the environment. */
type Operand = string | { readonly name: string; readonly otherwise: string };

/** Decides conditions of a script, as far as its own variables and arguments do. */
export class ShellConditions {
  /** How many loops are around. */
  rounds = 0;
  /** Whether others may have changed what is known. */
  isAdrift = false;
  readonly #bound = new Map<string, "never" | "again" | "elsewhere">();

  /** `guesses`: what variables may be. */
  constructor(readonly script: string, readonly guesses: ReadonlyMap<string, string | null>) {}

  /** What `[ … ]`, `[[ … ]]` or `test …` comes to, and several of them behind `&&` or `||`. */
  verdict(written: string, state: ShellState): Verdict {
    if (this.isAdrift || written.length > LONGEST) return UNDECIDED;
    const [, not, text] = /^(!\s+)?([^]*)$/.exec(written.trim())!;
    if (!BEGINS.test(text!)) return UNDECIDED;
    const found = this.#joined(text!, state);
    return not === undefined ? found : opposite(found);
  }

  /** Whether a loop ends before its first round: over nothing, or as long as what does not hold. */
  hasNoRound(loop: ShellNode, state: ShellState): boolean {
    if (this.isAdrift) return false;
    if (loop.type === "For") {
      const words = loop.wordlist?.map(({ value }) => value) ?? ["$@"];
      return words.every((word) => filledIn(word, state).length === 0);
    }
    if (loop.type !== "While" || !this.script.startsWith("while", loop.pos)) return false;
    const [only, ...others] = loop.clause.commands;
    return others.length === 0 &&
      this.verdict(this.script.slice(only!.command.pos, only!.command.end), state).holds === false;
  }

  #joined(text: string, state: ShellState): Verdict {
    const signs = new Set(text.match(/&&|\|\|/g));
    if (signs.size > 1) return UNDECIDED;
    const isOne = text.startsWith("[[") && text.endsWith("]]") && text.indexOf("[[", 2) < 0;
    const parts = (isOne ? text.slice(2, -2) : text).split(/&&|\|\|/).map((part) => {
      const test = isOne ? part.trim() : inside(part.trim());
      const splits = !isOne && !part.trim().startsWith("[[");
      return test === null ? UNDECIDED : this.#test(test, state, splits);
    });
    if (parts.length === 1) return parts[0]!;
    const any = signs.has("||");
    const holds = parts.some((part) => part.holds === any)
      ? any
      : parts.every((part) => part.holds === !any)
      ? !any
      : null;
    return {
      holds,
      asked: any ? [] : parts.flatMap(({ asked }) => asked),
      denied: any ? parts.flatMap(({ denied }) => denied) : [],
    };
  }

  /** `splits`: whether an empty word is none, unless it stands in quotes. */
  #test(text: string, state: ShellState, splits: boolean): Verdict {
    const [, sign, word] = UNARY.exec(text) ?? [];
    const [, left, operator, right] = BINARY.exec(text) ?? [];
    if (word !== undefined) {
      const one = this.#operand(word, state);
      return sign === "z" ? compared(one, "=", "") : compared(splits ? filled(word, one) : one, "!=", "");
    }
    if (left === undefined) return UNDECIDED;
    // Without quotes it may be a pattern.
    const other = /^[^"'].*[*?[\]{}~]/.test(right!) || /^[*?[{~]/.test(right!)
      ? null
      : this.#operand(right!, state);
    const one = this.#operand(left, state);
    const isEqual = /^==?$/.test(operator!);
    return typeof other === "string"
      ? compared(splits && !isEqual ? filled(left, one) : one, operator!, other)
      : UNDECIDED;
  }

  #operand(word: string, state: ShellState, of: string | null = null): Operand | null {
    if (word.startsWith("'")) return word.slice(1, -1);
    const text = word.startsWith('"') ? word.slice(1, -1) : word;
    if (!/[$\ue000-\uf8ff]/.test(text)) return text;
    const [, plain, braced, sign, otherwise = ""] = VARIABLE.exec(text) ?? [];
    const name = plain ?? braced;
    if (name === undefined) return null;
    const orElse = (value: string) => value === "" && sign === ":-" ? otherwise : value;
    if (/^(?:\d|#)/.test(name)) {
      if (!state.args || name === "0") return null;
      if (name === "#") return state.args.includes(null) ? null : `${state.args.length}`;
      const value = state.args[Number(name) - 1];
      return value === undefined ? otherwise : value === null || /[$`]/.test(value) ? null : orElse(value);
    }
    const inRound = state.loopValue(name);
    if (inRound !== null && !inRound.includes("*")) return orElse(inRound);
    if (this.#isBound(name)) return null;
    if (name === of || !state.variables.has(name)) return this.guesses.has(name) ? null : { name, otherwise };
    const value = state.variables.get(name);
    if (value === null || value === undefined) return otherwise;
    if (value.includes("$") && of === null) {
      const inner = this.#operand(`"${value}"`, state, name);
      return typeof inner === "string" ? orElse(inner) : inner && otherwise === "" ? inner : null;
    }
    return /[$`\ue000-\uf8ff]/.test(value) ? null : orElse(value);
  }

  /** Whether a variable may have another value than the one that it was last given in the text. */
  #isBound(name: string): boolean {
    const known = this.#bound.get(name) ?? (this.#bound.size < MOST ? bound(name, this.script) : "elsewhere");
    this.#bound.set(name, known);
    return known === "elsewhere" || known === "again" && this.rounds > 0;
  }
}

/** How a script gives a variable its values: by no more than one assignment, by several, or in another way. */
function bound(name: string, script: string): "never" | "again" | "elsewhere" {
  const ways = [
    String
      .raw`\b(?:read|for|select|getopts|mapfile|readarray|printf[ \t]+-v|let|declare|local|typeset)[ \t][^\n;|&]{0,200}\b${name}\b`,
    String.raw`\b${name}\+=`,
    String.raw`\(\([^)]{0,200}\b${name}\b`,
    String.raw`\$\{${name}:?=`,
  ];
  if (ways.some((way) => new RegExp(way).test(script))) return "elsewhere";
  const [first, ...others] = [...script.matchAll(new RegExp(`\\b${name}=`, "g"))];
  // What is taken in behind it may set it anew.
  if (first && TAKES_IN.test(script.slice(first.index))) return "elsewhere";
  return others.length > 0 ? "again" : "never";
}

const TAKES_IN = /(?:^|[;&|]|\b(?:then|do|else)\b)[ \t]{0,99}(?:source|\.|eval)[ \t]/m;

/** What stands in the brackets of a test; `null` for another command. */
function inside(test: string): string | null {
  return (/^\[\[\s+([^]*)\s\]\]$/.exec(test) ?? /^\[\s+([^]*)\s\]$/.exec(test) ??
    /^test\s+([^]*)$/.exec(test))?.[1]
    ?.trim() ?? null;
}

/** An operand of `[`, which fails where a word is missing: `null` for one that may be. */
function filled(word: string, one: Operand | null): Operand | null {
  if (one === null || /^["']/.test(word)) return one;
  return (typeof one === "string" ? one : one.otherwise) === "" ? null : one;
}

function compared(one: Operand | null, operator: string, other: string): Verdict {
  if (one === null) return UNDECIDED;
  const isEqual = /^(?:==?|!=)$/.test(operator);
  if (typeof one === "string") {
    const holds = isEqual ? (one === other) === (operator !== "!=") : ordered(one, operator, other);
    return { ...UNDECIDED, holds };
  }
  if (!isEqual) return UNDECIDED;
  const asked = { ...one, equals: other, wanted: operator !== "!=" };
  return { holds: null, asked: [asked], denied: [{ ...asked, wanted: !asked.wanted }] };
}

function ordered(one: string, operator: string, other: string): boolean | null {
  if (!/^\d{1,9}$/.test(one) || !/^\d{1,9}$/.test(other)) return null;
  const by = Number(one) - Number(other);
  switch (operator) {
    case "-eq":
      return by === 0;
    case "-ne":
      return by !== 0;
    case "-gt":
      return by > 0;
    case "-lt":
      return by < 0;
    case "-ge":
      return by >= 0;
    default:
      return by <= 0;
  }
}

/** What the contrary of a condition comes to. */
export function opposite({ holds, asked, denied }: Verdict): Verdict {
  return { holds: holds === null ? null : !holds, asked: denied, denied: asked };
}

/** What of `case` happens to a word that is known: what belongs to the first pattern that fits; `null` where nobody knows. */
export function knownItem({ word, items }: Case, state: ShellState): Case["items"] | null {
  const [asked = "", ...others] = filledIn(word.value, state);
  const isKnown = asked !== null && others.length === 0 &&
    items.every(({ pattern, terminator }) =>
      (terminator ?? ";;") === ";;" && pattern.every(({ value }) => /^(?:[^*?[\]$`\\]*|\*)$/.test(value))
    );
  return isKnown
    ? items.filter(({ pattern }) => pattern.some(({ value }) => value === asked || value === "*")).slice(0, 1)
    : null;
}
