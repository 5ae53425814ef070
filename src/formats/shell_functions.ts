import type { ShellCommand } from "./shell.ts";
import { filledIn, type Filling, isOfArguments } from "./shell_arguments.ts";
import type { ShellState } from "./shell_state.ts";

/** What a function does, and the shell where it is defined. */
export interface ShellFunction<Body> {
  readonly body: Body;
  readonly state: ShellState;
}

/** Calls that are followed; more than anybody writes are as good as not known. */
const MOST_CALLS = 300;
/** Programs that run nothing of what they are given. */
const IDLE = /^(?:echo|printf|\[|test|set|grep|unset|type)$/;

/** Programs whose words are their own: what else they start are programs, which know no function of a script. */
const OUTSIDE = new Set(
  `npm npx pnpm pnpx yarn bun bunx deno node lerna nx turbo rush changeset tsc tsx jest vitest
  cargo rustup cross wasm-pack python python3 pip pip3 pipx uv uvx poetry pdm hatch flit twine maturin tox nox pytest
  gem bundle rake ruby mvn mvnw gradle gradlew sbt java dotnet nuget msbuild mix rebar3 dart flutter pub go swift pod
  make gmake cmake ninja just docker podman helm kubectl git gh glab hub hg svn aws az gcloud brew apt apt-get apk
  cat ls cd cp mv rm mkdir rmdir ln touch chmod chown tar zip unzip gzip curl wget rsync scp jq yq sed awk grep find
  diff sort head tail tee basename dirname realpath readlink`.split(/\s+/),
);
const SHELL = /^(?:ba|z|da|k)?sh$/;

/** Whether a program may run a function of the script that starts it, whose name is among its words. */
function mayRun(program: string, words: readonly (string | null)[]): boolean {
  if (IDLE.test(program) || OUTSIDE.has(program) || program.includes("/")) return false;
  return !SHELL.test(program) || words.some((word) => word === null || /^-[a-z]*c$/.test(word));
}

/** The functions of a script, and which of them are called. */
export class ShellFunctions<Body> {
  readonly #defined = new Map<string, ShellFunction<Body>[]>();
  readonly #called = new Set<string>();
  /** Those whose call is being followed. */
  readonly #open = new Set<string>();
  #calls = 0;
  /** Whether something is called whose name nobody knows. */
  isUndecided = false;

  define(name: string, one: ShellFunction<Body>): void {
    this.#defined.set(name, [...this.#defined.get(name) ?? [], one]);
  }

  get isEmpty(): boolean {
    return this.#defined.size === 0;
  }

  /** Goes through the functions that a command calls; `guesses`: what variables may be. */
  call(
    words: readonly string[],
    state: ShellState,
    guesses: Filling["variables"],
    go: (body: Body) => void,
  ): void {
    if (this.#defined.size === 0) return;
    const possible = new Map([...guesses, ...state.variables]);
    for (const { name, args, given, isSure } of this.#calledBy(words, state, possible)) {
      const before = { args: state.args, given: state.given, asked: state.asked };
      let ended: ShellState["ended"] = null;
      this.#follow(name, (body) => {
        state.args = args;
        state.given = given ? { args, words: given } : null;
        go(body);
        ended = state.ended;
        state.ended = null;
      });
      Object.assign(state, before, { ended: isSure && ended === "exit" ? ended : null });
    }
  }

  /** The functions that a command calls, each with the words behind its name; `known`: what is sure to be in its words; `possible`: what may be. */
  #calledBy(
    words: readonly string[],
    known: Filling,
    possible: Filling["variables"],
  ): {
    readonly name: string;
    readonly args: readonly (string | null)[];
    readonly given?: readonly string[];
    readonly isSure: boolean;
  }[] {
    const each = words.map((word) => filledIn(word, known));
    const filled = each.flat();
    const [named] = filled;
    if (named === undefined) return [];
    if (named === null) {
      this.isUndecided ||= this.#mayBeOne(words, possible);
      return [];
    }
    if (this.#defined.has(named)) {
      const isPlain = each.every(({ length }) => length === 1) &&
        !words.some((word) => /^\$\{?[@*]/.test(word));
      return [{
        name: named,
        args: filled.slice(1),
        isSure: true,
        ...isPlain ? { given: words.slice(1) } : {},
      }];
    }
    if (!mayRun(named, filled)) return [];
    this.isUndecided ||= named === "eval" && filled.includes(null) &&
      words.some((word) => isOfArguments(word, possible));
    // What a program of whatever kind is given to run: `trap`, `retry`, `bash -c`.
    return filled.slice(1).flatMap((word) => word?.split(/[\s;&|]+/) ?? [])
      .filter((word) => this.#defined.has(word)).map((name) => ({ name, args: [null], isSure: false }));
  }

  /** Whether a program that nobody knows may be one of the functions: an argument, or all that its line says. */
  #mayBeOne([first = "", ...others]: readonly string[], possible: Filling["variables"]): boolean {
    if (isOfArguments(first, possible)) return true;
    const name = /^\$\{?(\w+)\}?$/.exec(first)?.[1];
    return name !== undefined &&
      (this.#defined.has(possible.get(name) ?? "") || others.every((word) => /^\$\{?[@*]/.test(word)));
  }

  /** Follows the call of a function, unless that is what is being done. */
  #follow(name: string, go: (body: Body) => void): void {
    if (this.#open.has(name)) return;
    if (++this.#calls > MOST_CALLS) {
      this.isUndecided = true;
      return;
    }
    this.#called.add(name);
    this.#open.add(name);
    for (const { body } of this.#defined.get(name) ?? []) go(body);
    this.#open.delete(name);
  }

  /** The next of the functions that nothing calls; `null` when there is none left. */
  takeUncalled(): readonly ShellFunction<Body>[] | null {
    const name = [...this.#defined.keys()].find((each) => !this.#called.has(each));
    if (name === undefined) return null;
    this.#called.add(name);
    return this.#defined.get(name)!;
  }
}

/** Commands that are met in several calls or rounds, once for each place: it is sure of them what is of every one. */
export function eachOnce(commands: readonly ShellCommand[]): ShellCommand[] {
  const found = new Map<string, ShellCommand>();
  for (const command of commands) {
    const words = command.words.map(({ text }) => text).join(" ");
    const key = `${command.start} ${command.directory} ${words}`;
    const known = found.get(key);
    found.set(key, known ? both(known, command) : command);
  }
  return [...found.values()];
}

function both(one: ShellCommand, other: ShellCommand): ShellCommand {
  const { doubtful, asked, ...rest } = one;
  const same = JSON.stringify(asked) === JSON.stringify(other.asked);
  return {
    ...rest,
    ...asked && same ? { asked } : {},
    tolerated: one.tolerated && other.tolerated,
    ...doubtful && other.doubtful ? { doubtful } : {},
  };
}
