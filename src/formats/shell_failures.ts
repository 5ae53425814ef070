import { asksForStatus, fails, remembers, type ShellState } from "./shell_state.ts";
import type { If, ShellNode } from "./shell_tree.ts";

/** What a script makes of the failures of its commands. */
export class ShellFailures {
  /** Where the script asks for the status of a command for the last time. */
  readonly #asks: number;
  /** For how many more parts of the script it is asked what is made of them. */
  #patience = 200;

  constructor(readonly script: string) {
    this.#asks = asksForStatus(script);
  }

  /** Whether the script goes on behind a command that fails, and does not ask later. */
  ignores(end: number, { stopsAtErrors }: ShellState): boolean {
    return !stopsAtErrors && end > this.#asks;
  }

  /** Whether a failed command in a condition counts: one of the branches ends the script, or is asked for later. */
  counts({ then, elif, else: otherwise, end }: If): boolean {
    const branches = [then, ...elif.map((each) => each.then), otherwise].filter((each) => each !== undefined);
    return branches.some((each) =>
      /\b(?:exit|return|false)\b/.test(this.#text(each)) || this.remembers(each)
    ) || this.#leavesToTheRest(then, end);
  }

  /** Whether success leaves a loop behind, so that what stands behind the condition is for failures, and ends the script. */
  #leavesToTheRest(then: ShellNode, end: number): boolean {
    return /\b(?:break|continue)\b/.test(this.#text(then)) && this.#patience-- > 0 &&
      fails(this.script.slice(end));
  }

  /** Whether a part of the script keeps in mind what happened, and something around it asks. */
  remembers(part: ShellNode): boolean {
    return this.#patience-- <= 0 ||
      remembers(this.#text(part), `${this.script.slice(0, part.pos)}\n${this.script.slice(part.end)}`);
  }

  #text(node: ShellNode): string {
    return this.script.slice(node.pos, node.end);
  }
}
