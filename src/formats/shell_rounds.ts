import { filledIn } from "./shell_arguments.ts";
import { elementsOf } from "./shell_arrays.ts";
import type { ShellState } from "./shell_state.ts";
import type { For, ShellNode } from "./shell_tree.ts";

/** Rounds that are gone through one by one in a script, and how long what they repeat may be; nobody lists more by hand. */
const MOST_ROUNDS = 100;
const LONGEST_BODY = 2000;

/** What loops of a script go through: `for crate in core macros cli`. */
export class ShellRounds {
  #left = MOST_ROUNDS;

  /** Whether any loop is gone through round by round. */
  get areKnown(): boolean {
    return this.#left < MOST_ROUNDS;
  }

  /** What the variable of a loop is in each round; one round for all of them, `null`, where nobody knows or nothing depends on it. */
  of(loop: ShellNode, script: string, state: ShellState): readonly (string | null)[] {
    const words = loop.type === "For" && loop.wordlist && asked(loop, script)
      ? listed(loop, script, state)
      : [];
    if (words.length === 0 || words.length > this.#left) return [null];
    this.#left -= words.length;
    return words;
  }
}

/** Whether a short loop may ask for its variable, itself or in a function. */
function asked({ name, body }: For, script: string): boolean {
  // Some write a loop that is none, and anything may be its name.
  return /^[A-Za-z_]\w*$/.test(name.value) && body.end - body.pos <= LONGEST_BODY &&
    new RegExp(`\\$(?:${name.value}\\b|\\{${name.value}\\b)`).test(script);
}

/** The words of its list, `a/*` for all that it stands for; none where one is not known. */
function listed({ wordlist }: For, script: string, state: ShellState): readonly string[] {
  const words: string[] = [];
  for (const { value, pos, end } of wordlist!) {
    const isQuoted = /["'\\]/.test(script.slice(pos, end));
    for (const text of elementsOf(value, state.arrays).flatMap((each) => filledIn(each, state))) {
      if (text === null || /[?[{~]/.test(text)) return [];
      words.push(...isQuoted ? [text] : text.split(/\s+/).filter((each) => each !== ""));
    }
  }
  return words;
}
