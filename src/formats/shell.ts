import { forEachChild, parse } from "unbash";

/** A word as the command gets it: quotes removed, expansions as written. */
export interface ShellWord {
  readonly text: string;
  /** Offset in the script. */
  readonly start: number;
}

/** One simple command of a script, wherever it stands: in a condition, a loop, a function, a substitution. */
export interface ShellCommand {
  /** The program and its arguments, at least one. */
  readonly words: readonly ShellWord[];
  /** Variables that are set for this command alone. */
  readonly assignments: ReadonlyMap<string, string>;
  /** Variables that the script has set before, and those that it has removed (`null`). */
  readonly variables: ReadonlyMap<string, string | null>;
  /** From the first word to behind the last one, offsets in the script. */
  readonly start: number;
  readonly end: number;
  /** Whether the script goes on when it fails, as if nothing had happened. */
  readonly tolerated: boolean;
  /** Where it runs, seen from where the script starts; `null` when nobody can know. Absolute when it begins with `/`. */
  readonly directory: string | null;
  /** What a here-document gives it to read; `null` without one. */
  readonly input: { readonly text: string; readonly start: number } | null;
}

/** How a shell treats failures before a script says anything else. */
export interface ShellOptions {
  /** `-e`: the script ends at the first command that fails. */
  readonly stopsAtErrors?: boolean;
  /** `-o pipefail`: a pipeline fails when any of its commands does. */
  readonly pipefail?: boolean;
}

/** The commands of a script in Bash, in the order in which they stand. Comments, strings and here-documents are no commands. */
export function shellCommands(
  script: string,
  { stopsAtErrors = true, pipefail = false }: ShellOptions = {},
): readonly ShellCommand[] {
  const plain = plainCommands(script, new State(stopsAtErrors, pipefail));
  if (plain) return plain;
  const walk = new Walk(script);
  walk.list(parse(script).commands, new State(stopsAtErrors, pipefail), false);
  return walk.commands.sort((a, b) => a.start - b.start);
}

/** A line of words in which nothing means anything to the shell. */
const PLAIN_LINE = /^[\w ./@:+,%*=\ue000-\uf8ff-]*$/;
/** A word that begins more than a command, and a variable that is set. */
const NOT_PLAIN =
  /^(?:if|then|else|elif|fi|for|while|until|do|done|case|esac|select|function|time|coproc|export|declare|local|readonly|typeset|alias|let|eval|exec)$|^\w+\+?=/;

/** The commands of a script that is as simple as most; `null` where it has to be parsed. */
function plainCommands(script: string, state: State): ShellCommand[] | null {
  const commands: ShellCommand[] = [];
  for (const { 0: line, index } of script.matchAll(/[^\n]+/g)) {
    if (/^ *#/.test(line)) continue;
    if (!PLAIN_LINE.test(line)) return null;
    const words = Array.from(line.matchAll(/[^ ]+/g), ({ 0: text, index: at }) => ({
      text,
      start: index + at,
      end: index + at + text.length,
    }));
    const [first, last] = [words[0], words.at(-1)];
    if (!first || !last) continue;
    if (words.some(({ text }) => NOT_PLAIN.test(text))) return null;
    const { end } = last;
    commands.push({
      words,
      assignments: new Map(),
      variables: state.variables,
      start: first.start,
      end,
      tolerated: !state.stopsAtErrors && /\S/.test(script.slice(end)),
      directory: state.directory,
      input: null,
    });
    state.apply(words.map(({ text }) => text));
  }
  return commands;
}

type Node = Parameters<typeof forEachChild>[0];
type Of<Type extends Node["type"]> = Extract<Node, { type: Type }>;
type Statement = Of<"Statement">;
type Word = Of<"Word">;

/** What commands change for those behind them, in one shell. */
class State {
  directory: string | null = ".";
  readonly #stack: (string | null)[] = [];
  variables: ReadonlyMap<string, string | null> = new Map();

  constructor(public stopsAtErrors: boolean, public pipefail: boolean) {}

  /** That of a subshell: what happens there stays there. */
  inner(): State {
    const copy = new State(this.stopsAtErrors, this.pipefail);
    copy.directory = this.directory;
    copy.variables = this.variables;
    return copy;
  }

  set(name: string, value: string | null): void {
    this.variables = new Map(this.variables).set(name, value);
  }

  /** Takes in what a built-in command does to the shell. */
  apply(words: readonly string[]): void {
    const [name, ...args] = words.map((word) => {
      const variable = /^\$\{?(\w+)\}?$/.exec(word)?.[1];
      return variable === undefined ? word : this.variables.get(variable) ?? word;
    });
    if (name === "set") this.#options(args);
    else if (name === "unset") { for (const each of args) if (/^\w+$/.test(each)) this.set(each, null); }
    if (name === "pushd") this.#stack.push(this.directory);
    if (name === "cd" || name === "pushd") this.directory = moved(this.directory, args);
    if (name === "popd") this.directory = this.#stack.pop() ?? null;
  }

  #options(args: readonly string[]): void {
    for (const [index, word] of args.entries()) {
      const on = word.startsWith("-");
      if (!on && !word.startsWith("+")) continue;
      if (word.includes("e")) this.stopsAtErrors = on;
      if (word.endsWith("o") && args[index + 1] === "errexit") this.stopsAtErrors = on;
      if (word.endsWith("o") && args[index + 1] === "pipefail") this.pipefail = on;
    }
  }
}

/** Where `cd` goes. */
function moved(from: string | null, args: readonly string[]): string | null {
  const to = args.find((word) => !/^-[LPe@]$|^--$/.test(word));
  return to === undefined || to === "-" ? null : joined(from, to);
}

/** A path seen from a directory; `null` when something in it is not known before the run. */
export function joined(from: string | null, to: string): string | null {
  if (/[$`*?~\ue000]/.test(to)) return null;
  if (to.startsWith("/")) return to.replace(/(?<=.)\/+$/, "");
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

class Walk {
  readonly commands: ShellCommand[] = [];
  /** The command around a script in backquotes, whose offsets count in a text of its own. */
  #outer: ShellCommand | null = null;

  /** Where the last command ends, and where the script asks for the status of one for the last time. */
  readonly #end: number;
  readonly #asks: number;

  constructor(readonly script: string) {
    this.#end = script.replace(/[;&\s]+$/, "").length;
    this.#asks = Math.max(...["$?", "${?", "PIPESTATUS"].map((word) => script.lastIndexOf(word)));
  }

  list(statements: readonly Statement[], state: State, tolerated: boolean): void {
    for (const { command, end, background } of statements) {
      // The status of the last command is that of the script; one that the script asks for is not ignored either.
      const ignored = !state.stopsAtErrors && end < this.#end && end > this.#asks;
      this.#node(command, background ? state.inner() : state, tolerated || ignored);
    }
  }

  #node(node: Node, state: State, tolerated: boolean): void {
    switch (node.type) {
      case "Command":
        return this.#command(node, state, tolerated);
      case "AndOr":
        return node.commands.forEach((each, index) => {
          const rest = node.commands.slice(index + 1);
          const caught = rest.some((other, at) =>
            node.operators[index + at] === "||" && succeeds(other, this.script)
          );
          this.#node(each, state, tolerated || caught);
        });
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
        return this.#unsure(state, (inside) => {
          this.list(node.clause.commands, inside, tolerated);
          this.list(node.body.commands, inside, tolerated);
        });
      case "Subshell":
        return this.list(node.body.commands, state.inner(), tolerated);
      case "BraceGroup":
        return this.list(node.body.commands, state, tolerated);
      case "Redirected":
        return this.#node(node.command, state, tolerated);
      case "Function": {
        const inside = state.inner();
        inside.directory = null;
        return this.#children(node, inside, tolerated);
      }
      case "For":
      case "ArithmeticFor":
      case "Select":
      case "Case":
        return this.#unsure(state, (inside) => this.#children(node, inside, tolerated));
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

  #if(node: Of<"If">, state: State, tolerated: boolean): void {
    const ends = (part: Node | undefined) =>
      part !== undefined && /\b(?:exit|return|false)\b/.test(this.#text(part));
    // A failed command in a condition only chooses a branch, and is ignored unless one of them ends the script.
    const caught = !ends(node.then) && !ends(node.else) && node.elif.every(({ then }) => !ends(then));
    this.list(node.clause.commands, state, tolerated || caught);
    for (const part of [node.then, ...node.elif, node.else]) {
      if (part) this.#unsure(state, (inside) => this.#node(part, inside, tolerated));
    }
  }

  /** What may happen, once or often: where it leaves the shell is known only if nothing changes. */
  #unsure(state: State, go: (state: State) => void): void {
    const { directory } = state;
    go(state);
    if (state.directory !== directory) state.directory = null;
  }

  #children(node: Node, state: State, tolerated: boolean): void {
    forEachChild(node, (child) => this.#node(child, state, tolerated));
  }

  #command(node: Of<"Command">, state: State, tolerated: boolean): void {
    const assignments = new Map<string, string>();
    for (const part of node.prefix) {
      if (part.type === "Assignment" && part.value.type === "Word") {
        assignments.set(part.name, part.value.value);
      }
    }
    if (!node.name) {
      for (const [name, value] of assignments) state.set(name, value);
      return this.#substitutions(node, state, tolerated, null);
    }
    const outer = this.#outer;
    const suffix = node.suffix.filter((part): part is Word => part.type === "Word");
    const words = [node.name, ...suffix]
      .map((word) => ({ text: word.value, start: outer?.start ?? word.pos, end: word.end }));
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
    };
    this.commands.push(command);
    this.#substitutions(node, state, tolerated, command);
    for (const part of node.suffix) {
      if (part.type === "Assignment" && part.value.type === "Word") state.set(part.name, part.value.value);
    }
    state.apply(words.map(({ text }) => text));
  }

  /** Commands in the words of another one. */
  #substitutions(node: Of<"Command">, state: State, tolerated: boolean, command: ShellCommand | null): void {
    const visit = (child: Node): void => {
      if (child.type !== "Script") return forEachChild(child, visit);
      const before = this.#outer;
      if (child.source !== undefined) this.#outer ??= command;
      this.list(child.commands, state.inner(), tolerated);
      this.#outer = before;
    };
    forEachChild(node, visit);
  }

  #text(node: Node): string {
    return this.script.slice(node.pos, node.end);
  }
}

/** Whether what stands behind `||` hides the failure: it only says something. */
function succeeds(node: Node, script: string): boolean {
  const text = script.slice(node.pos, node.end).replace(/^[({]\s*|[;\s]*[)}]$/g, "");
  if (/\b(?:exit|return)\s+(?:[1-9]|\$)|\bfalse\b/.test(text)) return false;
  return /^(?:true|:|echo|printf|exit 0|return 0|continue)(?![\w-])/.test(text);
}
