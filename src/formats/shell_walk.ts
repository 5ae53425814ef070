import type { ShellCommand } from "./shell.ts";
import {
  type Asked,
  knownItem,
  opposite,
  ShellConditions,
  UNDECIDED,
  type Verdict,
} from "./shell_conditions.ts";
import { ShellDoubts } from "./shell_doubts.ts";
import { ShellFailures } from "./shell_failures.ts";
import { eachOnce, ShellFunctions } from "./shell_functions.ts";
import { ShellRounds } from "./shell_rounds.ts";
import { leaves, type ShellState, succeeds } from "./shell_state.ts";
import type { AndOr, Case, Children, Command, CompoundList, If, ShellNode, Statement } from "./shell_tree.ts";
import { wordsOf } from "./shell_words.ts";

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
  readonly #doubts = new ShellDoubts();
  readonly #rounds = new ShellRounds();
  /** Whether nobody can know that it comes to this. */
  #doubtful = false;
  /** The command around a script in backquotes, whose offsets count in a text of its own. */
  #outer: ShellCommand | null = null;
  /** In how many commands around it one stands. */
  #depth = 0;

  readonly #failures: ShellFailures;
  readonly #conditions: ShellConditions;

  constructor(readonly script: string, readonly children: Children) {
    this.#failures = new ShellFailures(script);
    this.#conditions = new ShellConditions(script, this.#doubts.guesses);
  }

  /** All commands, once everything is walked; `open`: others may call what this script does not. */
  finished(open: boolean): ShellCommand[] {
    if (this.#functions.isEmpty && !this.#rounds.areKnown) return this.#commands;
    if (open || this.#functions.isUndecided) {
      this.#doubtful = !open;
      this.#conditions.isAdrift = true;
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
      if (state.ended) return;
      const { command, end, background } = statement;
      // The status of the last command is that of the list; one that the script asks for is not ignored either.
      const ignored = statement !== statements.at(-1) && this.#failures.ignores(end, state) &&
        !leaves(command, this.script);
      this.#node(command, background ? state.inner() : state, tolerated || ignored);
    }
  }

  #node(node: ShellNode, state: ShellState, tolerated: boolean): void {
    switch (node.type) {
      case "Command":
        return this.#command(node, state, tolerated);
      case "AndOr": {
        // A failure is caught by whatever succeeds behind any later `||`.
        const last = node.commands.findLastIndex((each, index) =>
          index > 0 && node.operators[index - 1] === "||" && succeeds(this.#text(each)) &&
          !this.#failures.remembers(each)
        );
        const go = (each: ShellNode, index: number) => this.#node(each, state, tolerated || index < last);
        return this.#chain(node, state, go);
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
          const ignored = tolerated || this.#failures.ignores(node.end, state);
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
          (inside) => this.#children(node, inside, tolerated || this.#failures.ignores(node.end, state)),
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

  /** Commands between `&&` and `||`: those that are not run are left out, as far as conditions tell. */
  #chain(
    { commands, operators }: AndOr,
    state: ShellState,
    go: (each: ShellNode, index: number) => void,
  ): void {
    go(commands[0]!, 0);
    let verdict = this.#verdict([commands[0]!], state);
    for (let index = 1; index < commands.length; index++) {
      const wanted = operators[index - 1] === "&&";
      if (verdict.holds === null) {
        const answers = commands.length > 2 ? UNDECIDED : wanted ? verdict : opposite(verdict);
        const rest = () => commands.slice(index).forEach((each, at) => go(each, index + at));
        return void this.#doubts.guess(state, rest, answers);
      }
      if (verdict.holds !== wanted) continue;
      go(commands[index]!, index);
      verdict = this.#verdict([commands[index]!], state);
    }
  }

  /** The branches of a condition, without those that are not taken. */
  #if(node: If, state: ShellState, tolerated: boolean): void {
    this.list(node.clause.commands, state, tolerated || !this.#failures.counts(node));
    let doubts: Pick<Verdict, "asked" | "denied"> | null = null;
    const go = (list: CompoundList) => {
      const walk = () => this.list(list.commands, state, tolerated);
      return doubts ? this.#doubts.unsure(state, walk, doubts) : walk();
    };
    // What stands behind branches that all end the script is for those who take none of them.
    let end = true;
    for (const branch of [node, ...node.elif]) {
      if (branch.type === "Elif") go(branch.clause);
      const verdict = this.#verdict(branch.clause.commands.map(({ command }) => command), state);
      if (verdict.holds) return void go(branch.then);
      if (verdict.holds === false) continue;
      const before: readonly Asked[] = doubts?.asked ?? [];
      doubts = { asked: [...before, ...verdict.asked], denied: end ? verdict.denied : [] };
      end = go(branch.then) === true && end;
      doubts = { asked: [...before, ...verdict.denied], denied: [] };
    }
    if (node.else) go(node.else);
  }

  /** What a condition comes to that is one command. */
  #verdict(commands: readonly ShellNode[], state: ShellState): Verdict {
    const [only, ...others] = commands;
    return !only || others.length > 0 || this.#outer
      ? UNDECIDED
      : this.#conditions.verdict(this.#text(only), state);
  }

  /** Of a word that is known, only what belongs to the first pattern that fits happens. */
  #case(node: Case, state: ShellState, tolerated: boolean): void {
    const known = knownItem(node, state);
    if (known) return known.forEach(({ body }) => this.list(body.commands, state, tolerated));
    for (const { body } of node.items) {
      this.#doubts.unsure(state, () => this.list(body.commands, state, tolerated));
    }
  }

  /** A loop: which arguments are left in a round nobody knows where some are taken. */
  #loop(node: ShellNode, state: ShellState, go: (state: ShellState) => void): void {
    if (this.#conditions.hasNoRound(node, state)) return;
    if (/\bshift\b/.test(this.#text(node))) state.args = null;
    this.#conditions.rounds++;
    for (const value of this.#rounds.of(node, this.script, state)) {
      this.#doubts.unsure(state, (inside) => {
        if (node.type !== "For") return go(inside);
        inside.inRound(node.name.value, value, () => go(inside));
      });
    }
    this.#conditions.rounds--;
  }

  #children(node: ShellNode, state: ShellState, tolerated: boolean): void {
    this.children(node, (child) => this.#node(child, state, tolerated));
  }

  #command(node: Command, state: ShellState, tolerated: boolean): void {
    const assignments = new Map<string, string>();
    for (const part of node.prefix) {
      if (part.type !== "Assignment") continue;
      if (part.value.type === "Word") {
        const before = part.append ? `\${${part.name}}` : "";
        assignments.set(part.name, before + state.handedOn(part.value.value));
      } else state.setArray(part);
    }
    if (!node.name) {
      for (const [name, value] of assignments) state.set(name, value);
      return this.#substitutions(node, state, tolerated, null);
    }
    const outer = this.#outer;
    const words = wordsOf(node, state, outer?.start);
    if (words.length === 0) return this.#substitutions(node, state, tolerated, null);
    const body = node.suffix.find((part) => part.type === "HereDoc")?.body;
    const asked = state.asksFor(this.#text(node));
    const { start, end } = outer ?? { start: node.name.pos, end: words.at(-1)!.end };
    const command: ShellCommand = {
      words,
      assignments,
      variables: state.variables,
      start,
      end,
      tolerated: tolerated && !this.#failures.asksForOutput(end, state),
      directory: state.directory,
      input: body ? { text: body.text, start: outer?.start ?? body.pos } : null,
      ...this.#doubtful ? { doubtful: true } : {},
      ...asked.length > 0 ? { asked } : {},
    };
    this.#commands.push(command);
    this.#substitutions(node, state, tolerated, command);
    const call = (body: ShellNode) => this.#node(body, state, tolerated);
    state.having(assignments, () => {
      this.#functions.call(words.map(({ text }) => text), state, this.#doubts.guesses, call);
    });
    for (const part of node.suffix) {
      if (part.type !== "Assignment") continue;
      if (part.value.type === "Word") state.set(part.name, state.handedOn(part.value.value));
      else state.setArray(part);
    }
    state.apply(words.map(({ text }) => text));
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
