import { joined } from "../formats/shell.ts";
import { SourceText } from "../formats/positions.ts";
import { UNKNOWN } from "./commands.ts";
import { LINE, type ProjectSource } from "./project_files.ts";
import type { Files } from "./repository.ts";

/** Nobody has more directories, and each is a file to read. */
const MOST_FILES = 100;

/** What the build of these targets runs by the `add_custom_target()` of the project's CMake, from its root; `null` where none of them is there. */
export async function cmakeSources(
  targets: readonly string[],
  files: Files,
): Promise<readonly ProjectSource[] | null> {
  const found: ProjectSource[] = [];
  const directories = new Set(["."]);
  for (const directory of directories) {
    const path = joined(directory, "CMakeLists.txt")!;
    const text = await files.peek(path);
    if (text === null) continue;
    // Comments may have parentheses.
    const body = text.replace(/#[^\n]*/g, (comment) => " ".repeat(comment.length));
    for (const target of targets) {
      if (body.includes(target)) found.push(...commandsOf(target, body, new SourceText(text, path)));
    }
    for (const [, inner] of body.matchAll(/\badd_subdirectory\s{0,9}\(\s{0,99}"?([\w./-]{1,200})/gi)) {
      const next = joined(directory, inner!.replace(/\/+$/, ""));
      if (next !== null && !/^(?:\/|\.\.)/.test(next) && directories.size < MOST_FILES) directories.add(next);
    }
  }
  return found.length > 0 ? found : null;
}

/** The commands of a target; where they run is decided by what CMake sets. */
function commandsOf(target: string, body: string, source: SourceText): ProjectSource[] {
  const sources: ProjectSource[] = [];
  for (
    const { 0: head, index, 1: name } of body.matchAll(
      /\badd_custom_target\s{0,9}\(\s{0,99}([\w.+-]{1,200})/gi,
    )
  ) {
    if (name !== target) continue;
    const start = index + head.length;
    const block = asShell(body.slice(start, closing(body, start)));
    for (const { 0: whole, 1: command, index: at } of block.matchAll(COMMAND)) {
      const from = start + at + whole.length - command!.length;
      const placeOf = (a: number, b: number) => source.span(from + a, from + b);
      sources.push({ ...LINE, directory: null, script: { text: command!.trimEnd(), placeOf } });
    }
  }
  return sources;
}

/** A command, up to the next keyword. */
const COMMAND =
  /(?<!\S)COMMAND +((?:(?!(?<= )(?:COMMAND|DEPENDS|BYPRODUCTS|WORKING_DIRECTORY|COMMENT|JOB_POOL|JOB_SERVER_AWARE|VERBATIM|USES_TERMINAL|COMMAND_EXPAND_LISTS|SOURCES)(?!\S)).)+)/g;

/** A call's arguments as a line of a shell of the same length. What CMake fills in is known of its own programs alone. */
function asShell(block: string): string {
  const program = (name: string, whole: string) => name.padEnd(whole.length);
  return block.replace(/\s/g, " ")
    .replace(/\$\{Python[23]?_EXECUTABLE\}/gi, (whole) => program("python3", whole))
    .replace(/\$\{CMAKE_COMMAND\}/g, (whole) => program("cmake", whole))
    .replace(/\$(?:\{[^{}]{0,200}\}|<[^<>]{0,200}>)/g, (whole) => UNKNOWN.repeat(whole.length));
}

/** Where the call ends whose arguments begin at `start`. */
function closing(body: string, start: number): number {
  let depth = 0;
  for (
    const { 0: mark, index } of body.slice(start, start + MOST_ARGUMENTS).matchAll(/"(?:[^"\\]|\\.)*"|[()]/gs)
  ) {
    if (mark === "(") depth++;
    if (mark === ")" && depth-- === 0) return start + index;
  }
  return start;
}

const MOST_ARGUMENTS = 10_000;
