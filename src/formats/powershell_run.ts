import { bindings, type Block, MOST_LOOPS, type Part } from "./powershell_parts.ts";
import type { ShellCommand } from "./shell.ts";
import { eachOnce } from "./shell_functions.ts";

/** Built-in commands are called so; everything else is a program, whose failure PowerShell does not stop at. */
const BUILT_IN =
  /^(?:\$|[A-Z]\w*-\w+$|(?:if|else|elseif|foreach|for|while|do|try|catch|finally|function|filter|param|return|throw|exit|switch|break|continue|cd|echo|rm|cp|mv|ls|cat|mkdir|pushd|popd)$)/i;
const INVOKES = /^(?:iex|invoke-expression)$/i;
/** What leaves a loop before its next round. */
const LEAVES = /^(?:break|exit|return|throw)$/i;
/** Calls that are followed; more than anybody writes are as good as not known. */
const MOST_CALLS = 300;
const DEEPEST = 20;
/** Commands of functions that are met in calls; no call is followed behind so many. */
const MOST_MET = 5000;

type Bound = ReadonlyMap<string, string>;
/** `isCall`: what it does follows. */
type Moment = Exclude<Part, { readonly kind: "parameters" }> & { readonly isCall?: true };

/** The commands of a script with what its functions are given, and whether their failure counts. `calls`: what others call in it. */
export function executed(
  script: string,
  parts: readonly Part[],
  calls: readonly (readonly string[])[],
): readonly ShellCommand[] {
  const run = new Run(parts);
  const stops = /PSNativeCommandUseErrorActionPreference\s*=\s*\$true/i.test(script);
  const goesOn = (end: number) => /^\s*(?:&&|\|\|)/.test(script.slice(end, end + 80));
  const found = run.traces(calls).flatMap((moments) => judged(moments))
    .map((command) => ({ ...command, tolerated: command.tolerated && !stops && !goesOn(command.end) }));
  return (run.isPlain ? found : eachOnce(found)).sort((one, other) => one.start - other.start);
}

/** What a script does, one after the other: the bodies of its functions where they are called. */
class Run {
  readonly #functions = new Map<string, Block[]>();
  readonly #bodies = new Map<Block | null, Moment[]>();
  readonly #called = new Set<string>();
  readonly #open = new Set<string>();
  #calls = 0;
  #met = 0;

  constructor(readonly parts: readonly Part[]) {
    for (const part of parts) {
      if (part.kind === "parameters") continue;
      const body = this.#bodies.get(part.owner) ?? [];
      this.#bodies.set(part.owner, body);
      body.push(part);
      const { owner } = part;
      const name = owner?.name ?? null;
      if (owner === null || name === null || body.length > 1) continue;
      this.#functions.set(name, [...this.#functions.get(name) ?? [], owner]);
    }
  }

  /** Whether it has no functions. */
  get isPlain(): boolean {
    return this.#functions.size === 0;
  }

  /** What the script does by itself, and what it does where others call its functions, or where nobody is seen to. */
  traces(calls: readonly (readonly string[])[]): Moment[][] {
    const given = calls.find(([name]) => name === "");
    const parameters = this.parts.flatMap((part) => part.kind === "parameters" ? part.parameters : []);
    const traces = [this.#body(null, bindings(parameters, given?.slice(1) ?? []), [])];
    for (const [name = "", ...args] of calls) {
      const trace = this.#call(name.toLowerCase(), args, []);
      if (trace) traces.push(trace);
    }
    for (const [name, blocks] of this.#functions) {
      if (!this.#called.has(name)) traces.push(...blocks.map((block) => this.#body(block, new Map(), [])));
    }
    return traces;
  }

  #body(owner: Block | null, bound: Bound, loops: readonly Block[]): Moment[] {
    return (this.#bodies.get(owner) ?? []).flatMap((part): Moment[] => {
      const around = loops.length > 0 ? [...loops, ...part.loops].slice(0, MOST_LOOPS) : part.loops;
      if (part.kind === "asks") return [{ ...part, loops: around }];
      if (owner) this.#met++;
      const command = bound.size > 0 ? filled(part.command, bound) : part.command;
      const [name = "", ...args] = command.words.map(({ text }) => text);
      const inner = this.#call(name.toLowerCase(), args, around);
      const moment = { ...part, command, loops: around };
      return inner ? [{ ...moment, isCall: true }, ...inner] : [moment];
    });
  }

  /** What a call does; `null` where it is of no function of the script. */
  #call(name: string, args: readonly string[], loops: readonly Block[]): Moment[] | null {
    const blocks = this.#functions.get(name);
    if (!blocks) return null;
    if (
      this.#open.has(name) || this.#open.size >= DEEPEST || this.#met > MOST_MET || ++this.#calls > MOST_CALLS
    ) return [];
    this.#called.add(name);
    this.#open.add(name);
    const moments = blocks.flatMap((block) => this.#body(block, bindings(block.parameters, args), loops));
    this.#open.delete(name);
    return moments;
  }
}

/**
 * The commands of a run. The exit code of a program counts only when no other program comes behind it, in the next round of a loop or
 * later, and nothing ends the script well, or when the script looks at it.
 */
function judged(moments: readonly Moment[]): ShellCommand[] {
  const answers = new Set(moments.flatMap((each) => each.kind === "asks" ? each.answer ?? [] : []));
  const endsWell = (each: Moment) =>
    each.kind === "command" && (each.ends === true || each.ends !== null && answers.has(each.ends));
  const taken = new Set(moments.flatMap((each) => each.kind === "command" ? each.ends ?? [] : []));
  const asks = (each: Moment) =>
    each.kind === "asks" && (each.answer === undefined || !taken.has(each.answer));
  const decided = new Set(
    moments.flatMap((each) =>
      asks(each) || each.kind === "command" && LEAVES.test(each.command.words[0]!.text) ? each.loops : []
    ),
  );
  let isAsked = false;
  let isHidden = false;
  const commands: ShellCommand[] = [];
  for (const moment of moments.toReversed()) {
    if (moment.kind === "asks") {
      isAsked ||= asks(moment);
      continue;
    }
    const { command, loops, isCall } = moment;
    const goesRound = loops.length > 0 && !loops.some((each) => decided.has(each));
    commands.push({ ...command, tolerated: !isAsked && (isHidden || goesRound) });
    isHidden ||= endsWell(moment) || isCall === undefined && isProgram(command);
  }
  return commands.reverse();
}

function isProgram({ words: [first] }: ShellCommand): boolean {
  return INVOKES.test(first!.text) || !BUILT_IN.test(first!.text);
}

/** A command with what the parameters around it are. */
function filled(command: ShellCommand, bound: Bound): ShellCommand {
  const fill = (text: string) => {
    const name = /^\$\{?(\w+)\}?$/.exec(text)?.[1]?.toLowerCase();
    return (name === undefined ? undefined : bound.get(name)) ?? text;
  };
  return {
    ...command,
    words: command.words.map((word) => ({ ...word, text: fill(word.text) })),
    variables: new Map([...command.variables].map(([name, value]) => [name, value && fill(value)])),
  };
}
