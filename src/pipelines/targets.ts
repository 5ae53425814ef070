import { joined } from "../formats/shell.ts";
import { cmakeSources } from "./cmake.ts";
import { type Invocation, sorted } from "./commands.ts";
import type { Surroundings } from "./credentials.ts";
import {
  fileTarget,
  inAction,
  isTest,
  mentions,
  namedIn,
  onlyChecks,
  type StartedFile,
} from "./file_target.ts";
import {
  handsUpload,
  publishingCommand,
  saysElsewhere,
  saysPublish,
  shownAs,
  taskSaysPublish,
  textPublishes,
} from "./hints.ts";
import { importsOf } from "./javascript_modules.ts";
import { JUSTFILES, justSources } from "./justfile.ts";
import type { NamedPublish } from "./model.ts";
import { MAKEFILES, makeSources } from "./makefile.ts";
import { namedProgram } from "./named_program.ts";
import { withPlaces } from "./own_place.ts";
import { inRepository } from "./places.ts";
import { INTERPRETERS } from "./programs.ts";
import { commandsOfProgram } from "./publishers.ts";
import { projectScript, type ProjectSource } from "./project_files.ts";
import { modulesOf } from "./python_modules.ts";
import type { Files } from "./repository.ts";
import { sessionsOf } from "./sessions.ts";

/** What a command starts that stands in another file. */
export interface Target {
  /** As people call it: the path, or the command that starts it. */
  readonly reference: string;
  /** What it runs; `null` where nobody can read it as a script. */
  readonly sources: readonly ProjectSource[] | null;
  /** Whether nothing else decides what of them runs, as make does by its variables and by what is up to date. */
  readonly whole?: boolean;
  /** Whether it may publish, as far as its name or its text tells. */
  readonly mayPublish: boolean;
  /** What says so in its text, of a program in another language than the shell's. */
  readonly names?: NamedPublish;
}

/** Where a command runs that starts something. */
export interface TargetContext {
  readonly files: Files;
  readonly around: Pick<Surroundings, "env" | "checkouts" | "oidc">;
  /** Where the action lies that the script is a part of. */
  readonly action?: string;
  /** Where the file lies that the script is. */
  readonly own?: string;
}

const SHELLS = /^(?:ba|z|da|k)?sh$/;

/** The file, script or target that a command starts; `null` for one that starts none. `directory` is where it runs, relative to the root. */
export async function targetOf(
  written: Invocation,
  directory: string | null,
  { files, around, action, own }: TargetContext,
): Promise<Target | null> {
  const invocation = withPlaces(written, own ?? null);
  const { script, program, args } = invocation;
  if (script) {
    const reference = `${script.manager} ${script.name}`;
    const sources = directory === null ? null : await projectScript(script, args, directory, files);
    if (sources) return { reference, sources, whole: true, mayPublish: sources.some(mentions) };
    if (!script.orProgram || saysPublish(script.name)) {
      return { reference, sources: null, mayPublish: saysPublish(script.name) };
    }
  }
  if (/^(?:make|gmake|just)$/.test(program)) {
    return await recipes(invocation, directory, files, around.checkouts);
  }
  const sources = /^[tn]ox$/.test(program) ? await sessionsOf(invocation, directory, files) : null;
  if (sources) return { reference: shownAs(invocation), sources, mayPublish: sources.some(mentions) };
  const module = invocation.module ? await moduleTarget(invocation, directory, files) : null;
  if (module) return module;
  const file = fileOf(invocation, around.checkouts);
  if (file) {
    const path = inAction(file.path, action);
    const target = await fileTarget({ ...file, path }, invocation, directory, { files, around });
    return target.sources || target.mayPublish || onlyChecks(args) || !mayUpload(around)
      ? target
      : await importedTarget(target, args.some(saysPublish), files) ?? target;
  }
  if (!invocation.last) return null;
  return namedProgram(invocation, around);
}

async function recipes(
  { program, args }: Invocation,
  directory: string | null,
  files: Files,
  checkouts: readonly string[],
): Promise<Target | null> {
  const make = program !== "just";
  const { words, options } = sorted(
    args,
    make
      ? ["-C", "--directory", "-f", "--file", "-j", "-I", "-o", "-W"]
      : ["-f", "--justfile", "-d", "--working-directory", "--set", "--shell"],
  );
  const option = (...names: readonly string[]) => names.flatMap((name) => options.get(name) ?? []).at(-1);
  const moved = make ? option("-C", "--directory") : option("-d", "--working-directory");
  const where = inRepository(moved === undefined ? directory : joined(directory, moved), checkouts);
  const targets = words.filter((word) => !word.includes("="));
  const reference = [program, ...targets].join(" ");
  const mayPublish = targets.some(taskSaysPublish);
  const given = option("-f", "--file", "--justfile");
  const candidates = given === undefined ? make ? MAKEFILES : JUSTFILES : [given];
  for (const name of where === null ? [] : candidates) {
    const path = joined(where, name);
    const text = path === null || path.startsWith("/") ? null : await files.peek(path);
    if (text === null) continue;
    const sources = (make ? makeSources : justSources)(text, path!, words, where);
    return sources
      ? { reference, sources, mayPublish: sources.some(mentions) }
      : { reference, sources: null, mayPublish };
  }
  // What CMake writes for make is not there before it has run.
  const sources = make && given === undefined && targets.length > 0
    ? await cmakeSources(targets, files)
    : null;
  return sources
    ? { reference, sources, mayPublish: sources.some(mentions) }
    : { reference, sources: null, mayPublish };
}

/** The file that a command runs, and the shell that it names for it. */
function fileOf(
  { program, written, args, last }: Invocation,
  checkouts: readonly string[],
): StartedFile | null {
  if (SHELLS.test(program)) {
    const at = firstWord(args, ["-o", "+o", "-O"]);
    return args[at] === undefined ? null : { path: args[at]!, shell: "bash" };
  }
  if (program === "source" || program === ".") {
    return args[0] === undefined ? null : { path: args[0], shell: "bash" };
  }
  if (/^(?:pwsh|powershell)$/i.test(program)) {
    const at = args.findIndex((word) => /\.ps1$/i.test(word));
    return at < 0 ? null : { path: args[at]!, shell: "pwsh" };
  }
  if (INTERPRETERS.test(program)) {
    // What holds more than a path is a program by itself.
    const words = args.filter((word) => /^(?!-|(?:run|exec)$)[^\s()'";]+$/.test(word));
    const path = words.find((word) => /\.(?:[cm]?[jt]sx?|py|rb|pl|php|lua|jl|R|groovy|scala)$|\//.test(word));
    return path === undefined || path.includes("://") || /^(?:npm|jsr):/.test(path)
      ? null
      : { path, shell: "" };
  }
  // A path, or a script by its extension.
  const isPath = /^(?:\.{0,2}[\w@.-]*|\$\{?GITHUB_WORKSPACE\}?)\//.test(written) &&
      !/node_modules\/|^\/(?:usr|bin|opt|home|root|etc)\//.test(written) ||
    inRepository(written, checkouts) !== written;
  return last && (isPath || /\.(?:sh|bash|ps1|py|rb)$/.test(written)) &&
      commandsOfProgram(program).length === 0
    ? { path: written, shell: null }
    : null;
}

/** The module of this repository that `python -m` runs, with those that it imports; `null` where it is none. */
async function moduleTarget(
  { program, written }: Invocation,
  directory: string | null,
  files: Files,
): Promise<Target | null> {
  if (directory === null || commandsOfProgram(program).length > 0) return null;
  let first: string | null = null;
  for await (const [path, text] of modulesOf(written, directory, files)) {
    first ??= path;
    const mayPublish = textPublishes(text);
    if (!mayPublish) continue;
    const names = namedIn(text, path);
    if (names) await files.text(path);
    return { reference: path, sources: null, mayPublish, ...names ? { names } : {} };
  }
  return first === null ? null : { reference: first, sources: null, mayPublish: false };
}

/** Whether a program could publish with what it sees. */
function mayUpload({ env, oidc }: TargetContext["around"]): boolean {
  return oidc === "yes" || [...env].some(([name, { value }]) => handsUpload(name, value));
}

/** What a program imports that names a command which publishes, or where it is `asked` to publish any other word for that; `null` where nothing does. */
async function importedTarget({ reference }: Target, asked: boolean, files: Files): Promise<Target | null> {
  const text = isTest(reference) || saysElsewhere(reference) ? null : await files.peek(reference);
  if (text === null) return null;
  for await (const [path, imported] of importsOf(reference, text, files)) {
    const names = isTest(path) ? null : namedOnce(imported, path, files);
    if (!names || !asked && publishingCommand(names.words) === null) continue;
    await files.text(path);
    return { reference: path, sources: null, mayPublish: true, names: { ...names, imported: true } };
  }
  return null;
}

/** What says in an imported file that it publishes; many programs import the same ones. */
function namedOnce(text: string, path: string, files: Files): NamedPublish | null {
  const known = NAMED.get(files) ?? new Map<string, NamedPublish | null>();
  NAMED.set(files, known);
  if (!known.has(path)) known.set(path, textPublishes(text) ? namedIn(text, path) : null);
  return known.get(path) ?? null;
}

const NAMED = new WeakMap<Files, Map<string, NamedPublish | null>>();

function firstWord(args: readonly string[], valued: readonly string[]): number {
  let at = 0;
  while (/^[-+]/.test(args[at] ?? "")) at += valued.includes(args[at]!) ? 2 : 1;
  return at;
}
