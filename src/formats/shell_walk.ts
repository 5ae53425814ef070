import type { ShellCommand } from "./shell.ts";
import { filledIn } from "./shell_arguments.ts";
import { eitherOf, elementsOf, withArray } from "./shell_arrays.ts";
import { eachOnce, ShellFunctions } from "./shell_functions.ts";
import { asksForStatus, fails, leaves, remembers, type ShellState, succeeds } from "./shell_state.ts";
import type { Case, Children, Command, If, ShellNode, Statement, Word } from "./shell_tree.ts";

/** The commands of a parsed script, in the order in which they stand; `open`: others may call its functions. */
export function walked(
  script: string,
  statements: readonly Statement[],
  children: Children,
  state: ShellState,
  open = true,
): ShellCommand[] {
  const walk = new Walk(script, children);
  walk.list(statements, state, false);
  return walk.finished(open).sort((a, b) => a.start - b.start);
}

/** Substitutions in substitutions: each of them has all that is in it among its words. */
const DEEPEST = 20;

class Walk {
  readonly #commands: ShellCommand[] = [];
  readonly #functions = new ShellFunctions<ShellNode>();
  /** What variables may be. */
  readonly #guesses = new Map<string, string | null>();
  /** Whether nobody can know that it comes to this. */
  #doubtful = false;
  /** The command around a script in backquotes, whose offsets count in a text of its own. */
  #outer: ShellCommand | null = null;
  /** In how many commands around it one stands. */
  #depth = 0;

  /** Where the script asks for the status of a command for the last time. */
  readonly #asks: number;
  /** For how many more parts of the script it is asked what is made of them. */
  #patience = 200;

  constructor(readonly script: string, readonly children: Children) {
    this.#asks = asksForStatus(script);
  }

  /** All commands, once everything is walked; `open`: others may call what this script does not. */
  finished(open: boolean): ShellCommand[] {
    if (this.#functions.isEmpty) return this.#commands;
    if (open || this.#functions.isUndecided) {
      this.#doubtful = !open;
      for (let next = this.#functions.takeUncalled(); next; next = this.#functions.takeUncalled()) {
        for (const { body, state } of next) {
          const inside = state.inner();
          inside.directory = null;
          inside.args = null;
          this.#node(body, inside, false);
        }
      }
    }
    return eachOnce(this.#commands);
  }

  list(statements: readonly Statement[], state: ShellState, tolerated: boolean): void {
    for (const statement of statements) {
      const { command, end, background } = statement;
      // The status of the last command is that of the list; one that the script asks for is not ignored either.
      const ignored = statement !== statements.at(-1) && this.#ignores(end, state) &&
        !leaves(command, this.script);
      this.#node(command, background ? state.inner() : state, tolerated || ignored);
    }
  }

  /** Whether the script goes on behind a command that fails, and does not ask later. */
  #ignores(end: number, { stopsAtErrors }: ShellState): boolean {
    return !stopsAtErrors && end > this.#asks;
  }

  #node(node: ShellNode, state: ShellState, tolerated: boolean): void {
    switch (node.type) {
      case "Command":
        return this.#command(node, state, tolerated);
      case "AndOr": {
        // A failure is caught by whatever succeeds behind any later `||`.
        const last = node.commands.findLastIndex((each, index) =>
          index > 0 && node.operators[index - 1] === "||" && succeeds(this.#text(each)) &&
          !this.#remembers(each)
        );
        const go = (each: ShellNode, index: number) => this.#node(each, state, tolerated || index < last);
        go(node.commands[0]!, 0);
        return this.#guess(state, () => node.commands.slice(1).forEach((each, index) => go(each, index + 1)));
      }
      case "Pipeline":
        return node.commands.forEach((each, index) => {
          const last = index === node.commands.length - 1;
          this.#node(
            each,
            last && index === 0 ? state : state.inner(),
            tolerated || (!last && !state.pipefail),
          );
        });
      case "If":
        return this.#if(node, state, tolerated);
      case "While":
        return this.#loop(node, state, (inside) => {
          // Only the last round counts.
          const ignored = tolerated || this.#ignores(node.end, state);
          this.list(node.clause.commands, inside, ignored);
          this.list(node.body.commands, inside, ignored);
        });
      case "Subshell":
        return this.list(node.body.commands, state.inner(), tolerated);
      case "BraceGroup":
        return this.list(node.body.commands, state, tolerated);
      case "Redirected":
        return this.#node(node.command, state, tolerated);
      case "Function":
        return this.#functions.define(node.name.value, { body: node.body, state: state.inner() });
      case "For":
      case "ArithmeticFor":
      case "Select":
        return this.#loop(
          node,
          state,
          (inside) => this.#children(node, inside, tolerated || this.#ignores(node.end, state)),
        );
      case "Case":
        return this.#case(node, state, tolerated);
      case "CompoundList":
        return this.list(node.commands, state, tolerated);
      case "Statement":
        return this.list([node], state, tolerated);
      case "Script":
        return this.list(node.commands, state.inner(), tolerated);
      default:
        return this.#children(node, state, tolerated);
    }
  }

  #if(node: If, state: ShellState, tolerated: boolean): void {
    const ends = (part: ShellNode | undefined) =>
      part !== undefined && /\b(?:exit|return|false)\b/.test(this.#text(part));
    // A failed command in a condition only chooses a branch, and is ignored unless one of them ends the script or is asked for later.
    const branches = [node.then, ...node.elif.map(({ then }) => then), node.else].filter((each) =>
      each !== undefined
    );
    const counts = branches.some((each) => ends(each) || this.#remembers(each)) ||
      this.#leavesToTheRest(node);
    this.list(node.clause.commands, state, tolerated || !counts);
    for (const part of [node.then, ...node.elif, node.else]) {
      if (part) this.#unsure(state, (inside) => this.#node(part, inside, tolerated));
    }
  }

  /** Whether success leaves a loop behind, so that what stands behind the condition is for failures, and ends the script. */
  #leavesToTheRest({ then, end }: If): boolean {
    return /\b(?:break|continue)\b/.test(this.#text(then)) && this.#patience-- > 0 &&
      fails(this.script.slice(end));
  }

  /** Whether a part of the script keeps in mind what happened, and something around it asks. */
  #remembers(part: ShellNode): boolean {
    return this.#patience-- <= 0 ||
      remembers(this.#text(part), `${this.script.slice(0, part.pos)}\n${this.script.slice(part.end)}`);
  }

  /** Of a word that is known, only what belongs to the first pattern that fits happens. */
  #case(node: Case, state: ShellState, tolerated: boolean): void {
    const [word = "", ...others] = filledIn(node.word.value, state);
    const isKnown = word !== null && others.length === 0 &&
      node.items.every(({ pattern, terminator }) =>
        (terminator ?? ";;") === ";;" && pattern.every(({ value }) => /^(?:[^*?[\]$`\\]*|\*)$/.test(value))
      );
    const chosen = isKnown
      ? node.items.filter(({ pattern }) => pattern.some(({ value }) => value === word || value === "*"))
        .slice(0, 1)
      : node.items;
    for (const { body } of chosen) {
      this.#unsure(state, (inside) => this.list(body.commands, inside, tolerated));
    }
  }

  /** A loop: which arguments are left in a round nobody knows where some are taken. */
  #loop(node: ShellNode, state: ShellState, go: (state: ShellState) => void): void {
    if (/\bshift\b/.test(this.#text(node))) state.args = null;
    this.#unsure(state, go);
  }

  /** What may happen, once or often: where it leaves the shell is known only if nothing changes. */
  #unsure(state: ShellState, go: (state: ShellState) => void): void {
    const { directory, args } = state;
    this.#guess(state, () => go(state));
    if (state.directory !== directory) state.directory = null;
    if (state.args !== args) state.args = null;
  }

  /** Does what it may not come to: what it sets nobody knows then, and may be. */
  #guess(state: ShellState, go: () => void): void {
    const { variables: before, arrays } = state;
    go();
    state.arrays = eitherOf(arrays, state.arrays);
    if (state.variables === before) return;
    const sure = new Map(state.variables);
    for (const [name, value] of state.variables) {
      if (before.get(name) === value) continue;
      sure.delete(name);
      this.#guesses.set(name, value);
    }
    state.variables = sure;
  }

  #children(node: ShellNode, state: ShellState, tolerated: boolean): void {
    this.children(node, (child) => this.#node(child, state, tolerated));
  }

  #command(node: Command, state: ShellState, tolerated: boolean): void {
    const assignments = new Map<string, string>();
    for (const part of node.prefix) {
      if (part.type !== "Assignment") continue;
      if (part.value.type === "Word") assignments.set(part.name, state.handedOn(part.value.value));
      else state.arrays = withArray(state.arrays, part);
    }
    if (!node.name) {
      for (const [name, value] of assignments) state.set(name, value);
      return this.#substitutions(node, state, tolerated, null);
    }
    const outer = this.#outer;
    const suffix = node.suffix.filter((part): part is Word => part.type === "Word");
    const words = [node.name, ...suffix].flatMap(({ value, pos, end }) =>
      elementsOf(value, state.arrays).map((text) => ({
        text: state.handedOn(text),
        start: outer?.start ?? pos,
        end,
      }))
    );
    if (words.length === 0) return this.#substitutions(node, state, tolerated, null);
    const body = node.suffix.find((part) => part.type === "HereDoc")?.body;
    const { start, end } = outer ?? { start: node.name.pos, end: words.at(-1)!.end };
    const command: ShellCommand = {
      words,
      assignments,
      variables: state.variables,
      start,
      end,
      tolerated,
      directory: state.directory,
      input: body ? { text: body.text, start: outer?.start ?? body.pos } : null,
      ...this.#doubtful ? { doubtful: true } : {},
    };
    this.#commands.push(command);
    this.#substitutions(node, state, tolerated, command);
    this.#call(words.map(({ text }) => text), state, tolerated);
    for (const part of node.suffix) {
      if (part.type !== "Assignment") continue;
      if (part.value.type === "Word") state.set(part.name, state.handedOn(part.value.value));
      else state.arrays = withArray(state.arrays, part);
    }
    state.apply(words.map(({ text }) => text));
  }

  /** What the functions do that a command calls. */
  #call(words: readonly string[], state: ShellState, tolerated: boolean): void {
    if (this.#functions.isEmpty) return;
    const possible = new Map([...this.#guesses, ...state.variables]);
    for (const { name, args, given } of this.#functions.calledBy(words, state, possible)) {
      const before = { args: state.args, given: state.given };
      this.#functions.follow(name, (body) => {
        state.args = args;
        state.given = given ? { args, words: given } : null;
        this.#node(body, state, tolerated);
      });
      Object.assign(state, before);
    }
  }

  /** Commands in the words of another one. */
  #substitutions(
    node: Command,
    state: ShellState,
    tolerated: boolean,
    command: ShellCommand | null,
  ): void {
    if (this.#depth >= DEEPEST) return;
    const visit = (child: ShellNode): void => {
      if (child.type !== "Script") return this.children(child, visit);
      const before = this.#outer;
      if (child.source !== undefined) this.#outer ??= command;
      this.list(child.commands, state.inner(), tolerated);
      this.#outer = before;
    };
    this.#depth++;
    this.children(node, visit);
    this.#depth--;
  }

  #text(node: ShellNode): string {
    return this.script.slice(node.pos, node.end);
  }
}
