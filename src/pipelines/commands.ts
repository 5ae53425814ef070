import { type ShellCommand, shellCommands } from "../formats/shell.ts";

/** A program with its arguments, as it runs once everything that only starts other programs is taken away. */
export interface Invocation {
  /** Without directory, version and file extension. */
  readonly program: string;
  readonly args: readonly string[];
  /** Variables that the command line sets for it. */
  readonly env: ReadonlyMap<string, string>;
  /** Whether `keyless run` gives it a minted token. */
  readonly minted: boolean;
  /** Offsets in the script. */
  readonly start: number;
  readonly end: number;
}

/** Arguments sorted into what is a word, and what is an option and its value. */
export interface Arguments {
  readonly words: readonly string[];
  readonly options: ReadonlyMap<string, readonly string[]>;
}

/** Everything that a script runs, in order. Expressions of GitHub Actions in it are words that nobody knows. */
export function invocations(script: string): readonly Invocation[] {
  // The same length, so that offsets stay; no blank, quote or dollar, so that the shell's grammar stays.
  const known = script.replace(/\$\{\{.*?\}\}/gs, (expression) => UNKNOWN.repeat(expression.length));
  return shellCommands(known).flatMap((command) =>
    started(command).map((each) => ({ ...each, start: command.start, end: command.end }))
  );
}

/** Stands for each character of an expression. */
export const UNKNOWN = "\ue000";

/** Sorts arguments; options of `valued` take the next word when they have no `=`. */
export function sorted(args: readonly string[], valued: readonly string[]): Arguments {
  const words: string[] = [];
  const options = new Map<string, readonly string[]>();
  const add = (name: string, value: string) => options.set(name, [...options.get(name) ?? [], value]);
  for (let index = 0; index < args.length; index++) {
    const word = args[index]!;
    if (word === "--") {
      words.push(...args.slice(index + 1));
      break;
    }
    const [, name, value] = /^(--?[^=]+)(?:=(.*))?$/s.exec(word) ?? [];
    if (name === undefined) words.push(word);
    else if (value !== undefined || !valued.includes(name)) add(name, value ?? "");
    else add(name, args[++index] ?? "");
  }
  return { words, options };
}

type Started = Pick<Invocation, "program" | "args" | "env" | "minted">;

function started(command: ShellCommand): Started[] {
  const [first, ...rest] = command.words.map((word) => word.text);
  return unwrapped({ program: named(first!), args: rest, env: command.assignments, minted: false });
}

/** What a program that starts another one expects before that one's name. */
interface Starter {
  /** Its own words that mean "start"; none when it always does. */
  readonly verbs?: readonly string[];
  /** Its options that take a value. */
  readonly valued?: readonly string[];
  /** How many of its own words stand before the program. */
  readonly skip?: number;
  /** Whether every other word is a program too, but for these. */
  readonly but?: readonly string[];
}

const PACKAGE_RUNNER: Starter = {
  valued: ["-p", "--package", "--from", "--with", "--python", "--spec", "--index-url", "-C", "--dir"],
};
const PYTHON_RUNNER: Starter = {
  verbs: ["run"],
  valued: [
    "--with",
    "--from",
    "--python",
    "-p",
    "--group",
    "--extra",
    "--directory",
    "--project",
    "--env",
    "-e",
    "--spec",
    "-C",
    "--index",
  ],
};

/** Programs that start the program which their arguments name. */
const STARTERS: Readonly<Record<string, Starter>> = {
  sudo: { valued: ["-u", "-g", "--user", "--group"] },
  env: { valued: ["-u", "--unset", "-C", "--chdir"] },
  command: {},
  exec: {},
  nohup: {},
  time: {},
  nice: { valued: ["-n"] },
  timeout: { valued: ["-s", "-k", "--signal", "--kill-after"], skip: 1 },
  "xvfb-run": { valued: ["-s", "--server-args", "-n"] },
  corepack: {},
  npx: PACKAGE_RUNNER,
  pnpx: PACKAGE_RUNNER,
  bunx: PACKAGE_RUNNER,
  uvx: PACKAGE_RUNNER,
  npm: {
    verbs: ["exec", "x", "run", "run-script"],
    valued: ["-p", "--package", "-w", "--workspace", "--prefix"],
  },
  pnpm: { verbs: ["exec", "dlx", "run"], valued: ["--filter", "-F", "-C", "--dir", "--package"], but: [] },
  yarn: { verbs: ["exec", "dlx", "run"], valued: ["--cwd", "-p", "--package"], but: ["npm"] },
  bun: { verbs: ["x", "run"], valued: ["--cwd", "--filter"], but: [] },
  uv: PYTHON_RUNNER,
  pipx: PYTHON_RUNNER,
  poetry: PYTHON_RUNNER,
  pdm: PYTHON_RUNNER,
  hatch: PYTHON_RUNNER,
  rye: PYTHON_RUNNER,
  deno: { verbs: ["run"], valued: ["-c", "--config"] },
};

const SHELLS = ["bash", "sh", "zsh"];
const PYTHONS = /^(?:python|py)[\d.]*$/;

/** The invocation itself, and what it starts. */
function unwrapped(invocation: Started, depth = 0): Started[] {
  if (depth > 8) return [];
  return [invocation, ...startedBy(invocation, depth)];
}

function startedBy({ program, args, env, minted }: Started, depth: number): Started[] {
  const go = (words: readonly string[], changes: Partial<Started> = {}) =>
    words[0] === undefined
      ? []
      : unwrapped({ program: named(words[0]), args: words.slice(1), env, minted, ...changes }, depth + 1);

  if (SHELLS.includes(program)) {
    const script = args[args.findIndex((word) => /^-[a-z]*c$/.test(word)) + 1];
    return args.some((word) => /^-[a-z]*c$/.test(word)) && script !== undefined
      ? invocations(script).map((each) => ({ ...each, minted: minted || each.minted }))
      : [];
  }
  if (PYTHONS.test(program)) {
    const module = args.indexOf("-m");
    return module >= 0 ? go(args.slice(module + 1)) : [];
  }
  if (program === "keyless" && args.includes("run")) {
    return go(args.slice(args.indexOf("--") + 1), { minted: true });
  }
  const starter = STARTERS[program];
  if (!starter) return [];
  const valued = starter.valued ?? [];
  const set = new Map(env);
  let index = firstWord(args, valued);
  for (; program === "env" && /^\w+=/.test(args[index] ?? ""); index++) {
    const [, name, value] = /^(\w+)=(.*)$/s.exec(args[index]!)!;
    set.set(name!, value!);
  }
  if (!starter.verbs) return go(args.slice(index + (starter.skip ?? 0)), { env: set });
  if (starter.verbs.includes(args[index] ?? "")) {
    const after = args.slice(index + 1);
    return go(after.slice(firstWord(after, valued)));
  }
  if (program === "uv" && args[index] === "tool" && args[index + 1] === "run") {
    return go(["uvx", ...args.slice(index + 2)]);
  }
  return starter.but?.includes(args[index] ?? "") === false ? go(args.slice(index)) : [];
}

/** Where the first word stands that is no option. */
function firstWord(args: readonly string[], valued: readonly string[]): number {
  let at = 0;
  while (args[at]?.startsWith("-")) {
    if (args[at] === "--") return at + 1;
    at += valued.includes(args[at]!) ? 2 : 1;
  }
  return at;
}

/** `./node_modules/.bin/twine`, `twine@5`, `twine==5.0`, `@changesets/cli`, `npm:keyless`, `https://…/keyless.js` by their short names. */
function named(word: string): string {
  const scoped = /^(?:npm:|jsr:)?(@[\w.-]+\/[\w.-]+)/.exec(word)?.[1];
  if (scoped !== undefined) return BY_PACKAGE[scoped] ?? scoped.split("/")[1]!;
  const base = word.replace(/^(?:npm:|jsr:)/, "").split("/").at(-1)!;
  return base.replace(/(?:@|==|\[).*$/s, "").replace(/\.(?:exe|cmd|js|mjs|ts)$/, "");
}

/** Packages whose program has another name. */
const BY_PACKAGE: Readonly<Record<string, string>> = {
  "@changesets/cli": "changeset",
  "@lerna/cli": "lerna",
};
