import { joined } from "../formats/shell.ts";
import { sorted } from "./arguments.ts";
import type { Invocation } from "./commands.ts";
import type { ProjectSource } from "./project_files.ts";
import type { Files } from "./repository.ts";

/** Options that take a value in the next word. */
const VALUED = {
  tox: ["-e", "-c", "--conf", "--root", "--workdir", "-m", "-f", "-x", "--override", "--runner", "-p", "-o"],
  nox: ["-f", "--noxfile", "-p", "--python", "--force-python", "-db", "--default-venv-backend", "-k", "-t"],
} as const;

/** What `tox -e NAME` or `nox -s NAME` runs, by their own files; `null` where no name is given, or where one of them cannot be read. */
export async function sessionsOf(
  { program, args }: Invocation,
  directory: string | null,
  files: Files,
): Promise<readonly ProjectSource[] | null> {
  const dashes = args.indexOf("--");
  const own = dashes < 0 ? args : args.slice(0, dashes);
  const posargs = dashes < 0 ? [] : args.slice(dashes + 1);
  const names = program === "tox" ? environments(own) : sessions(own);
  if (directory === null || names.length === 0 || names.some((name) => !/^[\w.(),='" -]+$/.test(name))) {
    return null;
  }
  const { options } = sorted(own, program === "tox" ? VALUED.tox : VALUED.nox);
  const given = (program === "tox" ? ["-c", "--conf"] : ["-f", "--noxfile"])
    .flatMap((name) => options.get(name) ?? []).at(-1);
  const { TOX_FILES, toxSources } = await import("./tox.ts");
  const read = program === "tox" ? toxSources : (await import("./nox.ts")).noxSources;
  for (const file of given === undefined ? program === "tox" ? TOX_FILES : ["noxfile.py"] : [given]) {
    const path = joined(directory, file);
    const text = path === null || /^(?:\/|\.\.)/.test(path) ? null : await files.peek(path);
    if (text === null) continue;
    const base = path!.includes("/") ? path!.replace(/\/[^/]*$/, "") : ".";
    const found = names.map((name) => read(text, path!, { name, posargs, directory: base }));
    if (found.every((each) => each !== null)) return found.flat();
  }
  return null;
}

/** Of tox: `-e a,b`, `-ea`, `-e=a`. */
function environments(args: readonly string[]): string[] {
  return args.flatMap((word, index) => {
    const [, stuck] = /^-[a-zA-Z]*?e=?(.*)$/s.exec(word) ?? [];
    if (stuck === undefined || word.startsWith("--")) return [];
    return (stuck || (args[index + 1] ?? "")).split(",").map((name) => name.trim()).filter(Boolean);
  });
}

/** Of nox: every word behind `-s`. */
function sessions(args: readonly string[]): string[] {
  const at = args.findIndex((word) => /^(?:-[se]|--sessions?)(?:=|$)/.test(word));
  if (at < 0) return [];
  const stuck = /=(.*)$/s.exec(args[at]!)?.[1];
  const rest = args.slice(at + 1);
  const end = rest.findIndex((word) => word.startsWith("-"));
  return stuck !== undefined ? [stuck] : rest.slice(0, end < 0 ? undefined : end);
}

/** The file in which tox or nox looks, by its name in a directory: whether a text that names the program means it. */
export function isSessionFile(name: string, text: string): boolean {
  return name === "noxfile.py"
    ? /\bnox\b/.test(text)
    : /^(?:tox\.(?:ini|toml)|setup\.cfg|pyproject\.toml)$/.test(name) && /\btox\b/.test(text);
}
