import { get, isTable, type Located, type Parsed, textOf } from "../formats/located.ts";
import { SourceText } from "../formats/positions.ts";
import { KeylessError } from "../problem.ts";
import type { ProjectScript } from "./commands.ts";
import type { Files } from "./repository.ts";
import { type Interpreter, interpreterOf, type Script, scriptOf } from "./script.ts";

/** A script in a file of the project, and how it runs. */
export interface ProjectSource extends Interpreter {
  readonly script: Script;
  /** Where it runs, relative to the root. */
  readonly directory: string | null;
  /** The file that is the script; absent where it is only a part of one. */
  readonly file?: string;
}

/** A shell that was not told to stop at errors. */
const SH: Interpreter = { shell: "posix", options: { stopsAtErrors: false } };
/** What make and just run each line with: its status is that of its last command. */
export const LINE: Interpreter = { shell: "posix", options: {} };

/** The path of a file in a directory. */
export function inDirectory(directory: string, file: string): string {
  return directory === "." ? file : `${directory}/${file}`;
}

/**
 * What a script of `package.json` (with those that npm runs before and after it) or a task of `deno.json` runs; `null` where there is
 * none, or where the file cannot be read.
 */
export async function projectScript(
  { name, file }: ProjectScript,
  args: readonly string[],
  directory: string,
  files: Files,
): Promise<readonly ProjectSource[] | null> {
  const candidates = file === "package.json" ? [file] : ["deno.json", "deno.jsonc"];
  for (const each of candidates) {
    const path = inDirectory(directory, each);
    const text = await files.peek(path);
    const parsed = text === null ? null : await parsedJson(text, path);
    if (!parsed) continue;
    const table = get(parsed.root, file === "package.json" ? "scripts" : "tasks");
    const found = namesIn(table, name).flatMap((key) => {
      const before = file === "package.json" ? textOf(table, `pre${key}`) : null;
      const after = file === "package.json" ? textOf(table, `post${key}`) : null;
      const own = textOf(table, key) ?? textOf(table, key, "command");
      return own ? [{ scalar: before }, { scalar: own, args }, { scalar: after }] : [];
    });
    if (found.length === 0) return null;
    return found.flatMap(({ scalar, args = [] }) => {
      if (!scalar) return [];
      const script = scriptOf(parsed.source, scalar);
      // What stands behind the script's name is added to its end.
      const text = [script.text, ...args.filter((word) => word !== "--")].join(" ");
      return [{ ...SH, script: { ...script, text }, directory }];
    });
  }
  return null;
}

/** The names that a pattern as `publish:*` stands for, where `*` is a part between colons; of any other name, that. */
function namesIn(table: Located | undefined, name: string): readonly string[] {
  const parts = name.split(":");
  if (!isTable(table) || !parts.some((part) => /^\*{1,2}$/.test(part))) return [name];
  const rest = parts.at(-1) === "**";
  const fixed = rest ? parts.slice(0, -1) : parts;
  return [...table.value.keys()].filter((key) => {
    const own = key.split(":");
    return (rest ? own.length > fixed.length : own.length === fixed.length) &&
      fixed.every((part, index) => part === "*" || part === own[index]);
  });
}

/** A file as JSON; `null` where it is none. */
export async function parsedJson(text: string, path: string): Promise<Parsed | null> {
  try {
    return (await import("../formats/json.ts")).parseJson(text, path);
  } catch (error) {
    // Whoever needs the file will say what is wrong with it; here it has no scripts.
    if (error instanceof KeylessError) return null;
    throw error;
  }
}

const SHELLS = /^(?:ba|z|da|k)?sh$/;

/** A file that something starts: as a script, where a shell reads it; its text alone, where another language does. */
export function fileSource(
  text: string,
  path: string,
  directory: string | null,
  shell: string | null,
  args: readonly (string | null)[] | null = null,
): ProjectSource | { readonly text: string } {
  const source = new SourceText(text, path);
  const script = { text: source.body, placeOf: (start: number, end: number) => source.span(start, end) };
  const [, program, flags] = /^#!\s*(?:\S*\/env\s+(?:-S\s+)?)?(\S+)(.*)/.exec(source.body) ?? [];
  const named = shell ?? program?.split("/").at(-1) ?? byExtension(path);
  if (named === null || named === undefined) return { text };
  if (SHELLS.test(named)) {
    const options = { stopsAtErrors: /-\w*e/.test(flags ?? ""), ...args ? { args } : {} };
    return { shell: "posix", options, script, directory, file: path };
  }
  const interpreter = interpreterOf(named);
  return interpreter.shell === null ? { text } : { ...interpreter, script, directory };
}

function byExtension(path: string): string | null {
  const extension = /\.(\w+)$/.exec(path.split("/").at(-1)!)?.[1];
  switch (extension) {
    case "ps1":
      return "pwsh";
    case "cmd":
    case "bat":
      return "cmd";
    case undefined:
    case "sh":
    case "bash":
    case "zsh":
      return "bash";
    default:
      return null;
  }
}
