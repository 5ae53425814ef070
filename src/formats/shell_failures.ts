import { literally } from "./literally.ts";
import { asksForStatus, fails, remembers, type ShellState } from "./shell_state.ts";
import type { If, ShellNode } from "./shell_tree.ts";

/** What a script makes of the failures of its commands. */
export class ShellFailures {
  /** Where the script asks for the status of a command for the last time. */
  readonly #asks: number;
  /** Where it ends as if all were well. */
  #success: RegExp | null = null;
  /** For how many more parts of the script it is asked what is made of them. */
  #patience = 200;

  constructor(readonly script: string) {
    this.#asks = asksForStatus(script);
  }

  /** Whether the script goes on behind a command that fails, and does not ask later. */
  ignores(end: number, { stopsAtErrors }: ShellState): boolean {
    return !stopsAtErrors && end > this.#asks;
  }

  /** Whether a failed command in a condition counts: one of the branches ends the script with a failure, or is asked for later. */
  counts({ pos, then, elif, else: otherwise, end }: If): boolean {
    const others = [...elif.map((each) => each.then), otherwise].filter((each) => each !== undefined);
    const isNegated = NEGATED.test(this.script.slice(pos, pos + 50));
    const first = this.#text(then);
    const texts = [isNegated ? first.replace(/\b(?:exit|return)\s+["']?\$\?/g, "") : first]
      .concat(others.map((each) => this.#text(each)));
    return texts.some((text) => /\b(?:exit|return|false)\b/.test(this.#withoutSuccess(text))) ||
      [then, ...others].some((each) => this.remembers(each)) || this.#leavesToTheRest(then, end);
  }

  /** Whether success leaves the script, or a loop, so that what stands behind the condition is for failures, and ends the script. */
  #leavesToTheRest(then: ShellNode, end: number): boolean {
    return /\b(?:break|continue|exit|return)\b/.test(this.#text(then)) && this.#patience-- > 0 &&
      fails(this.script.slice(end));
  }

  /** Whether a part of the script keeps in mind what happened, and something around it asks. */
  remembers(part: ShellNode): boolean {
    return this.#patience-- <= 0 ||
      remembers(this.#text(part), `${this.script.slice(0, part.pos)}\n${this.script.slice(part.end)}`);
  }

  /** Whether the script looks into the file that takes what a command says, and may end with a failure for what is there. */
  asksForOutput(end: number, { stopsAtErrors }: ShellState): boolean {
    const file = TAKEN_BY.exec(this.script.slice(end, end + 500))?.[1];
    if (file === undefined || this.#patience-- <= 0) return false;
    const named = new RegExp(`(?<![\\w.-])${literally(file)}(?![\\w-])`);
    const lines = this.#withoutSuccess(this.script.slice(end)).split("\n");
    const asks = lines.findIndex((line, index) => index > 0 && LOOKS_INTO.test(line) && named.test(line));
    if (asks < 0) return false;
    const rest = lines.slice(asks + 1).join("\n");
    const alone = /^\s*grep\b[^|&;]*$/.test(lines[asks]!);
    return fails(`${lines[asks]}\n${rest}`) || alone && (stopsAtErrors || !/^\s*[^\s#]/m.test(rest));
  }

  #withoutSuccess(text: string): string {
    return text.replace(this.#success ??= success(this.script), ":");
  }

  #text(node: ShellNode): string {
    return this.script.slice(node.pos, node.end);
  }
}

const NEGATED = /^(?:el)?if\s+!\s/;
/** Behind `if ! …` the status is 0, whatever has failed. */
const KEPT = /\bif\s+!\s[^\n;]{1,300};?\s{1,99}then(?:\s{1,99}#[^\n]{0,300})?\s{1,99}(\w{1,60})=["']?\$\?/g;

/** What matches where a script ends as if all were well. */
function success(script: string): RegExp {
  const names = [...script.matchAll(KEPT)].map(([, name]) => name!)
    .filter((name) => script.split(`${name}=`).length === 2).slice(0, 5);
  const kept = names.map((name) => `|["']?\\$\\{?${name}\\b`).join("");
  return new RegExp(`\\b(?:exit|return)\\s+(?:0(?!\\d)${kept})`, "g");
}

/** The file that a pipe or a redirection behind a command writes what it says to. */
const TAKEN_BY =
  /^(?:\\\n|(?!&&)[^;|\n]){0,200}(?:\|&?\s{0,20}tee\s(?:\s{0,20}-[\w-]{1,20}\s){0,3}\s{0,20}|>{1,2}[ \t]{0,20})["']?([\w./${}@-]{1,100})/;
/** Lines that decide by what is in a file. */
const LOOKS_INTO = /\b(?:[ef]?grep|rg|awk|jq)\b|\$\(\s{0,9}(?:cat|tail|head|<)|\[\s{1,9}(?:!\s{1,9})?-s\b/;
