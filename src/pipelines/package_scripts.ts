import { firstWord } from "./arguments.ts";
import type { Starter } from "./starters.ts";

/** A script of `package.json`, or a task of `deno.json`. */
export interface ProjectScript {
  readonly name: string;
  /** What runs it: `npm run`, `deno task`. */
  readonly manager: string;
  readonly file: "package.json" | "deno.json";
  /** Whether a program of the same name runs when there is no such script. */
  readonly orProgram: boolean;
}

/** A script that a package manager is asked for. */
export interface ScriptCall {
  readonly words: readonly string[];
  readonly script: ProjectScript | null;
  /** Whether it is one of another package of the workspace. */
  readonly elsewhere: boolean;
}

/** The script that `npm run X`, `yarn X`, `yarn workspace A X` and the like run; `null` where they run none. */
export function scriptOf(
  program: string,
  starter: Starter,
  words: readonly string[],
  elsewhere = false,
): ScriptCall | null {
  const [verb = "", ...rest] = words;
  const manager = program === "deno" ? "deno task" : `${program} run`;
  const call = (
    given: readonly string[],
    orProgram: boolean,
    file: ProjectScript["file"] = "package.json",
  ) => {
    const [name, ...args] = given.slice(firstWord(given, starter.valued ?? []));
    return name === undefined
      ? null
      : { words: [name, ...args], script: { name, manager, file, orProgram }, elsewhere };
  };
  switch (program) {
    case "npm":
      if (/^(?:run|run-script|rum|urn)$/.test(verb)) return call(rest, false);
      return /^(?:test|t|tst|start|stop|restart)$/.test(verb)
        ? call([verb.startsWith("t") ? "test" : verb], false)
        : null;
    case "vp":
      return verb === "run" ? call(rest, false) : null;
    case "deno":
      return verb === "task" ? call(rest, false, "deno.json") : null;
    case "lerna": {
      const script = verb === "run" ? call(rest, false) : null;
      return script && { ...script, elsewhere: true };
    }
    case "pnpm":
      if (/^(?:recursive|multi|m)$/.test(verb)) return scriptOf(program, starter, rest, true);
      break;
    case "yarn": {
      if (verb === "workspace") {
        return rest[1] === "exec"
          ? { words: rest.slice(2), script: null, elsewhere: true }
          : scriptOf(program, starter, rest.slice(1), true);
      }
      if (verb !== "workspaces") break;
      const at = rest.findIndex((word) => /^(?:run|exec)$/.test(word));
      if (at < 0) return null;
      const given = rest.slice(at + 1);
      return rest[at] === "run"
        ? scriptOf(program, starter, ["run", ...given], true)
        : { words: given, script: null, elsewhere: true };
    }
  }
  if (!starter.own || verb === "") return null;
  if (/^(?:run|run-script)$/.test(verb)) return call(rest, program !== "pnpm");
  return starter.own.includes(verb) || starter.verbs!.includes(verb) ? null : call(words, true);
}

/** Programs that run several scripts of `package.json`: those of npm-run-all, and of npm-run-all2. */
const RUN_ALL = /^(?:run-[sp]|npm-run-all2?)$/;

/** The scripts that `run-s build "publish:* -- --tag next"` and the like run; none where it is another program. */
export function scriptsOfAll(program: string, args: readonly string[]): readonly ScriptCall[] {
  if (!RUN_ALL.test(program)) return [];
  // Words behind `--` stand where scripts have `{1}`.
  const own = args.slice(0, args.includes("--") ? args.indexOf("--") : undefined);
  return own.flatMap((word, index) => {
    if (word.startsWith("-") || /^--(?:npm-path|max-parallel)$/.test(own[index - 1] ?? "")) return [];
    const words = word.trim().split(/\s{1,20}/);
    const script = { name: words[0]!, manager: "npm run", file: "package.json", orProgram: false } as const;
    return [{ words, script, elsewhere: false }];
  });
}
