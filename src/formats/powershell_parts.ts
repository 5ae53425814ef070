import type { ShellCommand } from "./shell.ts";

/** What stands in front of a block. */
export interface Head {
  readonly kind: "function" | "loop" | "other";
  /** Of a function, in lower case. */
  readonly name?: string;
}

/** Where something stands: in which function, and in which loops of it. */
export interface Place {
  readonly owner: Block | null;
  readonly loops: readonly Block[];
}

/** Nobody nests more loops. */
export const MOST_LOOPS = 20;

/** What stands between two braces. */
export class Block {
  readonly kind: Head["kind"];
  readonly name: string | null;
  /** Where everything in it stands. */
  readonly inside: Place;

  constructor({ kind, name }: Head, public parameters: readonly Parameter[], { owner, loops }: Place) {
    this.kind = kind;
    this.name = name ?? null;
    this.inside = kind === "function"
      ? { owner: this, loops: [] }
      : { owner, loops: kind === "loop" ? [...loops, this].slice(0, MOST_LOOPS) : loops };
  }
}

/** What a function or a script can be given. */
export interface Parameter {
  /** In lower case. */
  readonly name: string;
  /** The variable of the environment that it is without; `null` where nobody can know. */
  readonly otherwise: string | null;
}

/** What a script is made of, in the order in which it stands. */
export type Part =
  | Place & {
    readonly kind: "command";
    readonly command: ShellCommand;
    /** Whether it ends the script as if all had gone well: `true`, or the variable whose text it takes for that. */
    readonly ends: true | string | null;
  }
  /** A look at the exit code of the program before; `answer`: the variable of the environment that keeps it. */
  | Place & { readonly kind: "asks"; readonly answer?: string }
  | { readonly kind: "parameters"; readonly parameters: readonly Parameter[] };

/** Nobody writes longer ones. */
const LONGEST = 2000;
/** Types and attributes. */
const ATTRIBUTE = /\[(?:[^[\]]|\[[^[\]]*\])*\]/g;

/** The parameters between brackets, from behind the first one on. */
export function parametersIn(script: string, start: number): readonly Parameter[] {
  const text = script.slice(start, start + LONGEST).replace(ATTRIBUTE, "").replace(/#[^\n]*/g, "");
  const found: Parameter[] = [];
  let depth = 0;
  let from = 0;
  for (let at = 0; at < text.length && depth >= 0; at++) {
    const sign = text[at]!;
    if (sign === "(" || sign === "{") depth++;
    if (sign === ")" || sign === "}") depth--;
    if (depth > 0 || depth === 0 && sign !== ",") continue;
    const [, name, value] = /^\s*\$(\w+)\s*(?:=([^]*))?/.exec(text.slice(from, at)) ?? [];
    from = at + 1;
    if (name === undefined) continue;
    const variable = /^\s*\$env:(\w+)\s*$/i.exec(value ?? "")?.[1];
    found.push({ name: name.toLowerCase(), otherwise: variable ? `\${${variable}}` : null });
  }
  return found;
}

/** What parameters are in a call with some words; those that nobody knows are left out. */
export function bindings(
  parameters: readonly Parameter[],
  words: readonly string[],
): ReadonlyMap<string, string> {
  const bound = new Map<string, string>();
  const others: string[] = [];
  let isKnown = true;
  for (let at = 0; at < words.length; at++) {
    const word = words[at]!;
    if (word.startsWith("@")) isKnown = false;
    const [, option, , inside] = /^-([A-Za-z]\w*)(:(.*))?$/s.exec(word) ?? [];
    if (option === undefined) {
      others.push(word);
      continue;
    }
    const fits = parameters.filter(({ name }) => name.startsWith(option.toLowerCase()));
    const named = fits.find(({ name }) => name === option.toLowerCase()) ??
      (fits.length === 1 ? fits[0] : null);
    const next = inside || words[at + 1];
    // A switch, or what every function takes: which word is its value nobody knows.
    if (!named || next === undefined || /^-[A-Za-z]/.test(next)) {
      isKnown &&= named !== null || next === undefined || /^-[A-Za-z]/.test(next);
      continue;
    }
    bound.set(named.name, next);
    if (!inside) at++;
  }
  const rest = parameters.filter(({ name }) => !bound.has(name));
  for (const [index, { name, otherwise }] of rest.entries()) {
    const value = isKnown ? others[index] ?? otherwise : null;
    if (value !== null && value !== undefined) bound.set(name, value);
  }
  return bound;
}
