import { filledIn, isAll, OF_ARGUMENTS, type ShellArguments } from "./shell_arguments.ts";
import { type ShellArrays, withArray } from "./shell_arrays.ts";
import type { Asked } from "./shell_conditions.ts";
import type { Assignment, ShellNode } from "./shell_tree.ts";

/** Every command keeps the variables that were set before it; more than anybody sets are as good as not known. */
const MOST_VARIABLES = 300;

/** Every command has its own; more and longer ones stay as they are written. */
const MOST_ARGUMENTS = 50;
const LONGEST_ARGUMENT = 200;

/** A longer value stays as it is written. */
const LONGEST_VALUE = 2000;
/** Behind what a variable is known to begin with: more words, which nobody knows. */
const MORE = " \ue000";

const LOOP = /\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)\})/g;

/** A variable, or an expression of GitHub Actions. */
const REFERENCE = /^(?:\$\{?[A-Za-z_]\w*\}?|([\ue001-\uf8ff])\1*)$/;

/** What commands change for those behind them, in one shell. */
export class ShellState {
  directory: string | null = ".";
  readonly #stack: (string | null)[] = [];
  variables: ReadonlyMap<string, string | null> = new Map();
  arrays: ShellArrays = new Map();
  /** Variables of the loops around whose round is gone through by itself; their values stand in place of them. */
  #loops: ReadonlySet<string> = new Set();
  /** The words of the call for which the arguments are, as they are written there; they say nothing of other arguments. */
  given: { readonly args: ShellArguments; readonly words: readonly string[] } | null = null;
  /** What the environment must answer for the script to come here. */
  asked: readonly Asked[] = [];
  /** What it must answer for a variable, or an array, not to hold an option that makes a command rehearse. */
  rehearsing: ReadonlyMap<string, readonly Asked[]> = new Map();
  /** Whether the script, or the function, ends here for sure. */
  ended: "exit" | "return" | null = null;

  constructor(
    public stopsAtErrors: boolean,
    public pipefail: boolean,
    public args: ShellArguments = null,
  ) {}

  /** That of a subshell: what happens there stays there. */
  inner(): ShellState {
    const copy = new ShellState(this.stopsAtErrors, this.pipefail, this.args);
    copy.directory = this.directory;
    copy.variables = this.variables;
    copy.arrays = this.arrays;
    copy.#loops = this.#loops;
    copy.given = this.given;
    copy.asked = this.asked;
    copy.rehearsing = this.rehearsing;
    return copy;
  }

  /** The words that a word comes to, as far as arguments say: those that are known, and a variable or an expression that one is given. */
  wordsOf(written: string): readonly string[] {
    const word = this.#ofRound(written);
    if (!OF_ARGUMENTS.test(word) || !this.args) return [word];
    const isShort = this.args.length <= MOST_ARGUMENTS && word.length <= LONGEST_ARGUMENT &&
      this.args.every((each) => each === null || each.length <= LONGEST_ARGUMENT);
    const filled = isShort ? filledIn(word, this) : [null];
    const known = filled.filter((each) => each !== null);
    return known.length === filled.length && (known.length > 0 || isAll(word))
      ? known
      : [this.handedOn(word)];
  }

  /** A word; where it is nothing but an argument that is given a variable or an expression, that. */
  handedOn(written: string): string {
    const word = this.#ofRound(written);
    const place = /^\$\{?([1-9])\}?$/.exec(word)?.[1];
    if (place === undefined || !this.given || this.args === null || this.given.args !== this.args) {
      return word;
    }
    const given = this.given.words[Number(place) - 1] ?? "";
    return REFERENCE.test(given) ? given : word;
  }

  /** Does one round of a loop; `null`: nobody knows what its variable is. */
  inRound(name: string, value: string | null, go: () => void): void {
    const before = this.#loops;
    if (value !== null) this.set(name, value);
    else if (this.variables.has(name)) {
      this.variables = new Map([...this.variables].filter(([each]) => each !== name));
    }
    if (value !== null) this.#loops = new Set(before).add(name);
    go();
    this.#loops = before;
  }

  /** What the variable of a loop is in the round that is gone through; `null` for any other one. */
  loopValue(name: string): string | null {
    return this.#loops.has(name) ? this.variables.get(name) ?? null : null;
  }

  #ofRound(word: string): string {
    if (this.#loops.size === 0 || !word.includes("$")) return word;
    return word.replace(
      LOOP,
      (all, plain?: string, braced?: string) => this.loopValue(plain ?? braced!) ?? all,
    );
  }

  /** Takes in an assignment of an array. */
  setArray(assignment: Assignment): void {
    this.arrays = withArray(this.arrays, assignment);
    if (!assignment.append) this.#forget(assignment.name);
  }

  #forget(name: string): void {
    if (!this.rehearsing.has(name)) return;
    this.rehearsing = new Map([...this.rehearsing].filter(([each]) => each !== name));
  }

  /** What the environment must answer for a command that is written like this to be run, and to be no rehearsal. */
  asksFor(command: string): readonly Asked[] {
    if (this.rehearsing.size === 0 || !command.includes("$")) return this.asked;
    const own = [...this.rehearsing].filter(([name]) =>
      new RegExp(`\\$(?:${name}\\b|\\{${name}\\b)`).test(command)
    );
    return [...this.asked, ...own.flatMap(([, asked]) => asked)];
  }

  set(name: string, value: string | null): void {
    this.#forget(name);
    if (this.#loops.has(name)) this.#loops = new Set([...this.#loops].filter((each) => each !== name));
    if (this.variables.size >= MOST_VARIABLES && !this.variables.has(name)) return;
    value = value && this.#grown(name, value);
    // The arguments may be others where the variable is asked for.
    const known = value !== null && this.args && /\$\{?[1-9@*]/.test(value) ? filledIn(value, this) : [value];
    this.variables = new Map(this.variables).set(name, known.length === 1 ? known[0] ?? value : value);
  }

  /** A value with what the variable has been in place of its own name: `ARGS="$ARGS --dry-run"`. */
  #grown(name: string, value: string): string {
    const before = this.variables.get(name);
    if (typeof before !== "string" || !value.includes("$") || /[$`]/.test(before) || !/^\w+$/.test(name)) {
      return value;
    }
    const own = new RegExp(String.raw`\$(?:${name}(?!\w)|\{${name}\})`, "g");
    const grown = value.replace(own, () => before);
    return grown.length > LONGEST_VALUE ? value : grown;
  }

  /** Does what variables are set for, and nothing behind it. */
  having(assignments: ReadonlyMap<string, string>, go: () => void): void {
    const before = [...assignments.keys()].map((name) => [name, this.variables.get(name)] as const);
    for (const [name, value] of assignments) this.set(name, value);
    go();
    if (before.length === 0) return;
    const after = new Map(this.variables);
    for (const [name, value] of before) {
      if (value === undefined) after.delete(name);
      else after.set(name, value);
    }
    this.variables = after;
  }

  /** Takes in what a built-in command does to the shell. */
  apply(words: readonly string[]): void {
    const [name, ...args] = words.map((word) => {
      const variable = /^\$\{?(\w+)\}?$/.exec(word)?.[1];
      return variable === undefined ? word : this.variables.get(variable) ?? word;
    });
    if (name === "set") this.#options(args);
    else if (name === "unset") { for (const each of args) if (/^\w+$/.test(each)) this.set(each, null); }
    // What is taken in may set `-e`, and mostly does.
    if ((name === "." || name === "source") && !SPARING.test(args[0] ?? "")) this.stopsAtErrors = true;
    if (name === "exit" || name === "return") this.ended = name;
    if (name === "shift") this.args = shifted(this.args, args);
    if (name === "pushd") this.#stack.push(this.directory);
    if (name === "cd" || name === "pushd") this.directory = moved(this.directory, args);
    if (name === "popd") this.directory = this.#stack.pop() ?? null;
  }

  #options(args: readonly string[]): void {
    const dashes = args.indexOf("--");
    if (dashes >= 0) this.args = args.slice(dashes + 1).flatMap((word) => filledIn(word, this));
    for (const [index, word] of args.entries()) {
      const on = word.startsWith("-");
      if (!on && !word.startsWith("+")) continue;
      if (word.includes("e")) this.stopsAtErrors = on;
      if (word.endsWith("o") && args[index + 1] === "errexit") this.stopsAtErrors = on;
      if (word.endsWith("o") && args[index + 1] === "pipefail") this.pipefail = on;
    }
  }
}

/** Files that are taken in for their variables. */
const SPARING = /(?:activate|\benv|nvm\.sh|rc|profile|os-release)$/;

/** What a variable is for sure that may have got more words: the first ones. `null` where nobody knows. */
export function beginning(before: string | null | undefined, after: string | null): string | null {
  const known = before?.endsWith(MORE) ? before.slice(0, -MORE.length) : before;
  return known && !/[$`\ue000]/.test(known) && after?.startsWith(`${known} `) ? `${known}${MORE}` : null;
}

function shifted(args: ShellArguments, [by = "1"]: readonly string[]): ShellArguments {
  return /^\d+$/.test(by) ? args?.slice(Number(by)) ?? null : null;
}

/** Where `cd` goes. */
function moved(from: string | null, args: readonly string[]): string | null {
  const to = args.find((word) => !/^-[LPe@]$|^--$/.test(word));
  return to === undefined || to === "-" ? null : joined(from, to);
}

/** No system takes a longer path. */
const LONGEST = 4096;

/** A path seen from a directory; `null` when something in it is not known before the run. */
export function joined(from: string | null, to: string): string | null {
  if (/[$`*?~\ue000]/.test(to) || to.length + (from?.length ?? 0) > LONGEST) return null;
  if (to.startsWith("/")) return to.replace(/(?<=^\/|[^/])\/+$/, "");
  if (from === null) return null;
  const absolute = from.startsWith("/");
  const parts: string[] = [];
  for (const part of `${from}/${to}`.split("/")) {
    if (part === "" || part === ".") continue;
    if (part === ".." && parts.length > 0 && parts.at(-1) !== "..") parts.pop();
    else parts.push(part);
  }
  return (absolute ? "/" : "") + parts.join("/") || ".";
}

/** Where a script asks for the status of a command for the last time; -1 where it never does. */
export function asksForStatus(script: string): number {
  return Math.max(...["$?", "${?", "PIPESTATUS"].map((word) => script.lastIndexOf(word)));
}

/** Where a step hands on what later ones ask for. */
const HANDS_ON = /\bGITHUB_(?:OUTPUT|ENV)\b/;

/** Whether what stands behind `||` hides the failure: it only says something, and that to people. */
export function succeeds(command: string): boolean {
  const text = command.replace(/^[({]\s*|(?<![;\s])[;\s]*[)}]$/g, "");
  if (fails(text) || HANDS_ON.test(text)) return false;
  return /^(?:true|:|echo|printf|exit 0|return 0|continue)(?![\w-])/.test(text);
}

/** Whether a part of a script may end it with a failure by itself. */
export function fails(text: string): boolean {
  return /\b(?:exit|return)\s+(?:[1-9]|\$)|\bfalse\b/.test(text);
}

/** Whether a command that fails is followed by one that ends the script: `… || exit 1`, `if ! …; then exit 1; fi`. */
export function leaves(node: ShellNode, script: string): boolean {
  const ends = (part: ShellNode | undefined) =>
    part !== undefined && ENDS.test(script.slice(part.pos, part.end));
  if (node.type === "If") return [node.then, ...node.elif.map(({ then }) => then), node.else].some(ends);
  const last = node.type === "AndOr" && node.operators.at(-1) === "||" ? node.commands.at(-1) : undefined;
  return last?.type !== "Subshell" && ends(last);
}

/** What ends a script with a failure, or is called as if it did. */
const ENDS =
  /(?:^|[;{(&|\n]|\b(?:then|else|do)\b)\s{0,99}(?:(?:exit|return)(?!\s+0(?!\d))|die|abort|fatal|fail(?:ed|ure)?|panic|bail)(?![\w-])/;

const SET = /(?:^|[\s;&|({])(\w+)\+?=|\(\(\s*(\w+)\s*(?:\+\+|[-+]?=(?!=))/g;
/** Lines that ask for a value, or hand it on to whoever may. */
const ASKS = /\[|\btest\b|\bexit\b|\breturn\b|\bcase\b|\(\(|GITHUB_(?:OUTPUT|ENV)\b/;

/** Whether a part of a script sets a variable that a line around it asks for, or hands something on to the steps behind. */
export function remembers(part: string, around: string): boolean {
  if (HANDS_ON.test(part)) return true;
  const names = [...part.matchAll(SET)].map(([, set, counted]) => set ?? counted!).slice(0, 20);
  const lines = names.length > 0 ? around.split("\n").filter((line) => ASKS.test(line)) : [];
  return names.some((name) => {
    const read = new RegExp(`\\$\\{?[#!]?${name}\\b|\\(\\([^)]{0,200}\\b${name}\\b`);
    return lines.some((line) => read.test(line));
  });
}
