import { OnDemand } from "../formats/on_demand.ts";
import { type Asked, joined, type ShellCommand, shellCommands, type ShellOptions } from "../formats/shell.ts";
import { type Arguments, firstWord, sorted } from "./arguments.ts";
import { type ProjectScript, scriptOf, scriptsOfAll } from "./package_scripts.ts";
import { named, type Starter, STARTERS } from "./starters.ts";

/** A program with its arguments, as it runs once everything that only starts other programs is taken away. */
export interface Invocation {
  /** Without directory, version and file extension. */
  readonly program: string;
  /** The program as written, e.g. `./scripts/publish.sh`. */
  readonly written: string;
  readonly args: readonly string[];
  /** Variables that the command line sets for it. */
  readonly env: ReadonlyMap<string, string>;
  /** Variables that the script has set before, and those that it has removed (`null`). */
  readonly variables: ReadonlyMap<string, string | null>;
  /** Whether `keyless run` gives it a minted token. */
  readonly minted: boolean;
  /** Whether its failure is swallowed. */
  readonly tolerated: boolean;
  /** Where it runs, seen from where the script starts; `null` when nobody can know. */
  readonly directory: string | null;
  /** Whether it is a module that Python looks for by its name. */
  readonly module: boolean;
  /** The script of the project that this runs, or would run if there is one of that name. */
  readonly script: ProjectScript | null;
  /** Whether nobody can know that the function is called in which it stands. */
  readonly doubtful: boolean;
  /** What the environment must answer for it to be run. */
  readonly asked: readonly Asked[];
  /** Whether it is a script that the one around it takes in. */
  readonly sourced: boolean;
  /** Whether it is not known to start another program. */
  readonly last: boolean;
  /** Offsets in the script. */
  readonly start: number;
  readonly end: number;
}

/** Whose grammar a script is written in. */
export type Shell = "posix" | "powershell" | "cmd";

export { type Arguments, type ProjectScript, sorted };

const POWERSHELL = new OnDemand(() => import("../formats/powershell.ts"));
const CMD = new OnDemand(() => import("../formats/cmd.ts"));

/** Everything that a script runs, in order. Expressions of GitHub Actions in it are parts of words. */
export function invocations(
  script: string,
  shell: Shell = "posix",
  options: ShellOptions = {},
): readonly Invocation[] {
  const { stopsAtErrors = true, pipefail = false, args, calls } = options;
  const key = `${shell} ${stopsAtErrors} ${pipefail} ${JSON.stringify([args, calls])} ${script}`;
  const known = READ.get(key) ?? read(script, shell, options);
  if (READ.size > MOST_READ) READ.clear();
  READ.set(key, known);
  return known;
}

/** The model and several rules read the same scripts. */
const READ = new Map<string, readonly Invocation[]>();
const MOST_READ = 1000;

function read(script: string, shell: Shell, options: ShellOptions): readonly Invocation[] {
  const expressions: string[] = [];
  // The same length, so that offsets stay; no blank, quote or dollar, so that the shell's grammar stays.
  const known = script.replace(EXPRESSION, (expression) => {
    if (WORKSPACE.test(expression)) return ".".padEnd(expression.length, "/");
    const number = expressions.length < MOST_EXPRESSIONS ? expressions.push(expression) : 0;
    const mark = String.fromCharCode(UNKNOWN.charCodeAt(0) + number);
    return mark.repeat(expression.length);
  });
  const commands = shell === "posix"
    ? shellCommands(known, options)
    : shell === "powershell"
    ? POWERSHELL.get().powershellCommands(known, options)
    : CMD.get().cmdCommands(known);
  const restore = (text: string) =>
    expressions.length === 0
      ? text
      : text.replace(/([\ue001-\uf8ff])\1*/g, (_, mark: string) =>
        expressions[mark.charCodeAt(0) - UNKNOWN.charCodeAt(0) - 1] ?? UNKNOWN);
  return commands.flatMap((command) => started(command, restore));
}

/** Each has a character of its own. */
const MOST_EXPRESSIONS = 6000;

/** Stands for a character that nobody knows before the run. */
export const UNKNOWN = "\ue000";
/** An expression; one that is never closed ends where the next begins, so that no text takes long. */
export const EXPRESSION = /\$\{\{(?:(?!\$\{\{)[^])*?\}\}/g;
const WORKSPACE = /^\$\{\{\s*github\.workspace\s*\}\}$/;

function started(command: ShellCommand, restore: (text: string) => string): Invocation[] {
  const { tolerated, start, end, input } = command;
  const restored = <T extends string | null>(values: ReadonlyMap<string, T>): ReadonlyMap<string, T> =>
    values.size === 0
      ? values
      : new Map([...values].map(([name, value]) => [name, value && restore(value) as T]));
  const variables = restored(command.variables);
  const [first, ...args] = command.words.flatMap(({ text }) => expanded(restore(text), variables));
  if (first === undefined) return [];
  const own: Started = {
    program: named(first),
    written: first,
    args,
    env: restored(command.assignments),
    variables,
    minted: false,
    tolerated,
    directory: command.directory && restore(command.directory),
    module: false,
    script: null,
    doubtful: command.doubtful ?? false,
    asked: command.asked ?? [],
    sourced: command.sourced ?? false,
    start,
    end,
  };
  const found = unwrapped(own);
  if (!input || !SHELLS.includes(own.program) || args.some((word) => !word.startsWith("-"))) return found;
  const inside = within(own, invocations(restore(input.text)));
  return [
    ...found,
    ...inside.map((each) => ({ ...each, start: input.start + each.start, end: input.start + each.end })),
  ];
}

const VARIABLE = /^\$\{?([A-Za-z_]\w*)\}?$/;

/** `$NAME` that the script itself has set before; to another variable, that one. */
function expanded(word: string, variables: ReadonlyMap<string, string | null>): string[] {
  const name = VARIABLE.exec(word)?.[1];
  const value = name === undefined ? undefined : variables.get(name);
  const other = VARIABLE.exec(value ?? "")?.[1];
  if (other !== undefined) return variables.has(other) ? [word] : [value!];
  // What is added to it in some runs stays as it is written.
  const known = value?.endsWith(` ${UNKNOWN}`) ? value.slice(0, -2) : value;
  return typeof known === "string" && !/[$`\ue000]/.test(known)
    ? [...known.split(/\s+/).filter((part) => part !== ""), ...known === value ? [] : [word]]
    : [word];
}

type Started = Omit<Invocation, "last">;

const SHELLS = ["bash", "sh", "zsh", "dash", "ksh"];
const PYTHONS = /^(?:python|py)[\d.]*$/;

/** The invocation itself, and what it starts. */
function unwrapped(invocation: Started, depth = 0): Invocation[] {
  if (depth > 8) return [];
  const here = { ...invocation, directory: directoryOf(invocation, STARTERS[invocation.program]) };
  const inner = startedBy(here, depth);
  return [{ ...here, last: inner.length === 0 }, ...inner];
}

/** Commands of a line inside a command. */
function within(
  outer: Pick<Started, "tolerated" | "directory" | "minted" | "doubtful" | "asked">,
  found: readonly Invocation[],
): Invocation[] {
  return found.map((each) => ({
    ...each,
    minted: outer.minted || each.minted,
    tolerated: outer.tolerated || each.tolerated,
    doubtful: outer.doubtful || each.doubtful,
    asked: [...outer.asked, ...each.asked],
    directory: each.directory === null ? null : joined(outer.directory, each.directory),
  }));
}

function directoryOf({ args, directory }: Started, starter: Starter | undefined): string | null {
  if (!starter) return directory;
  if (starter.elsewhere?.some((word) => args.some((each) => each === word || each.startsWith(`${word}=`)))) {
    return null;
  }
  const { words, options } = sorted(ownArgs(args, starter), starter.valued ?? []);
  if (starter.stays?.includes(words[0] ?? "")) return directory;
  const named = starter.directory?.flatMap((name) => options.get(name) ?? []).at(-1);
  return named === undefined ? directory : joined(directory, named);
}

/** The words of a program that starts another one, without those that are the other one's. */
function ownArgs(args: readonly string[], { ends, verbs, valued = [] }: Starter): readonly string[] {
  if (!ends) return args;
  const first = firstWord(args, valued);
  if (!verbs) return args.slice(0, first);
  if (!verbs.includes(args[first] ?? "")) return args;
  const behind = args.slice(first + 1);
  return args.slice(0, first + 1 + firstWord(behind, valued));
}

function startedBy(invocation: Started, depth: number): Invocation[] {
  const { program, args, start, end } = invocation;
  const go = (words: readonly string[], changes: Partial<Started> = {}): Invocation[] =>
    words[0] === undefined ? [] : unwrapped({
      ...invocation,
      program: named(words[0]),
      written: words[0],
      args: words.slice(1),
      module: false,
      script: null,
      ...changes,
    }, depth + 1);
  const line = (text: string | undefined, shell: Shell = "posix"): Invocation[] =>
    text === undefined
      ? []
      : within(invocation, invocations(text, shell)).map((each) => ({ ...each, start, end }));

  if (SHELLS.includes(program)) {
    const at = args.findIndex((word) => /^-[a-z]*c$/.test(word));
    return at < 0 ? [] : line(args[at + 1]);
  }
  if (program === "pwsh" || program === "powershell") {
    const at = args.findIndex((word) => /^-c(?:ommand)?$/i.test(word));
    return at < 0 ? [] : line(args.slice(at + 1).join(" "), "powershell");
  }
  if (program === "cmd") {
    const at = args.findIndex((word) => /^\/[ck]$/i.test(word));
    return at < 0 ? [] : line(args.slice(at + 1).join(" "), "cmd");
  }
  if (program === "eval" || /^(?:iex|invoke-expression)$/i.test(program)) return line(args.join(" "));
  if (PYTHONS.test(program)) {
    const setup = args.findIndex((word) => /(?:^|\/)setup\.py$/.test(word));
    if (setup >= 0) return go(["setup.py", ...args.slice(setup + 1)]);
    const module = args.indexOf("-m");
    return module >= 0 ? go(args.slice(module + 1), { module: true }) : [];
  }
  if (program === "find") {
    const at = args.findIndex((word) => /^-(?:exec|execdir|ok|okdir)$/.test(word));
    const rest = args.slice(at + 1);
    const close = rest.findIndex((word) => word === ";" || word === "\\;" || word === "+");
    const elsewhere = /dir$/.test(args[at] ?? "");
    return at < 0
      ? []
      : go(rest.slice(0, close < 0 ? undefined : close), elsewhere ? { directory: null } : {});
  }
  if (program === "keyless" && args.includes("run")) {
    return go(args.slice(args.indexOf("--") + 1), { minted: true });
  }
  if (program === "node" && args[0] === "--run") {
    return go([args[1] ?? ""], {
      script: { name: args[1] ?? "", manager: "node --run", file: "package.json", orProgram: false },
    });
  }
  const starter = STARTERS[program];
  if (!starter) return scriptsOfAll(program, args).flatMap(({ words, script }) => go(words, { script }));
  const option = starter.line?.map((name) => args.indexOf(name)).find((at) => at >= 0);
  if (option !== undefined) {
    const [text, ...rest] = args.slice(option + 1);
    return line(text === undefined || text.includes(" ") ? text : [text, ...rest].join(" "));
  }
  return wrapped(invocation, starter, go);
}

function wrapped(
  { program, args, env, directory }: Started,
  starter: Starter,
  go: (words: readonly string[], changes?: Partial<Started>) => Invocation[],
): Invocation[] {
  const valued = starter.valued ?? [];
  const set = new Map(env);
  let index = firstWord(args, valued);
  for (; /^(?:env|cross-env|dotenv)$/.test(program) && /^\w+=/.test(args[index] ?? ""); index++) {
    const [, name, value] = /^(\w+)=(.*)$/s.exec(args[index]!)!;
    set.set(name!, value!);
  }
  if (program === "env" || program === "dotenv") {
    for (const name of sorted(args.slice(0, index), valued).options.get("-u") ?? []) set.set(name, "");
  }
  if (!starter.verbs) return go(args.slice(index + (starter.skip ?? 0)), { env: set });
  const script = scriptOf(program, starter, args.slice(index));
  if (script) {
    return go(script.words, { directory: script.elsewhere ? null : directory, script: script.script });
  }
  if (starter.verbs.includes(args[index] ?? "")) {
    const after = args.slice(index + 1);
    const dashes = starter.dashes ? after.indexOf("--") : -1;
    const first = firstWord(after, valued);
    const module = program === "uv" && /^(?:-m|--module)$/.test(after[first - 1] ?? "");
    return go(
      dashes >= 0 ? after.slice(dashes + 1) : after.slice(first + (starter.skip ?? 0)),
      { module },
    );
  }
  if (program === "uv" && args[index] === "tool" && args[index + 1] === "run") {
    return go(["uvx", ...args.slice(index + 2)]);
  }
  return [];
}
