import { joined } from "../formats/shell.ts";
import { type Invocation, sorted } from "./commands.ts";
import type { Surroundings } from "./credentials.ts";
import { SourceText } from "../formats/positions.ts";
import {
  asCommand,
  handsUpload,
  publishingCommand,
  publishingWords,
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
import { mentionsPublishing } from "./mentions.ts";
import { namedProgram } from "./named_program.ts";
import { withPlaces } from "./own_place.ts";
import { inRepository } from "./places.ts";
import { INTERPRETERS } from "./programs.ts";
import { commandsOfProgram } from "./publishers.ts";
import { fileSource, inDirectory, projectScript, type ProjectSource } from "./project_files.ts";
import { modulesOf } from "./python_modules.ts";
import type { Files } from "./repository.ts";
import { sessionsOf } from "./sessions.ts";

/** A secret that is called like a registry, or what publishes to one. */
const REGISTRY_SECRET = /\bsecrets\.\w*(?:npm|pypi|maven|sonatype|ossrh|cargo|crates|nuget|rubygems)/i;

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
  const file = fileOf(invocation);
  if (file) {
    const target = await fileTarget(inAction(file.path, action), file.shell, invocation, directory, files);
    return target.sources || target.mayPublish || onlyChecks(args) || !mayUpload(around)
      ? target
      : await importedTarget(target, args.some(saysPublish), files) ?? target;
  }
  if (!invocation.last) return null;
  return namedProgram(invocation, around);
}

/** Whether a source says that it publishes, or starts what does. */
function mentions({ script }: ProjectSource): boolean {
  return mentionsPublishing(script.text);
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
    const sources = (make ? makeSources : justSources)(text, path!, targets, where);
    return sources
      ? { reference, sources, mayPublish: sources.some(mentions) }
      : { reference, sources: null, mayPublish };
  }
  return { reference, sources: null, mayPublish };
}

/** The file that a command runs, and the shell that it names for it. */
function fileOf({ program, written, args, last }: Invocation): { path: string; shell: string | null } | null {
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
    !/node_modules\/|^\/(?:usr|bin|opt|home|root|etc)\//.test(written);
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

/** A path beside the action that is being run. */
function inAction(path: string, action: string | undefined): string {
  const rest = /^(?:\$\{?GITHUB_ACTION_PATH\}?|\$\{\{\s*github\.action_path\s*\}\})\/(.*)$/.exec(path)?.[1];
  return rest === undefined || action === undefined ? path : `$GITHUB_WORKSPACE/${inDirectory(action, rest)}`;
}

async function fileTarget(
  written: string,
  shell: string | null,
  invocation: Invocation,
  directory: string | null,
  files: Files,
): Promise<Target> {
  const { args } = invocation;
  const inWorkspace = written.replace(/^\$\{?(?:GITHUB_WORKSPACE|CI_PROJECT_DIR|WORKSPACE|PWD)\}?\//, "./");
  const path = joined(inWorkspace === written || /PWD/.test(written) ? directory : ".", inWorkspace);
  const inside = path !== null && !path.startsWith("/") && !path.startsWith("..");
  const text = inside ? await files.peek(path) : null;
  const wraps = publishingCommand(args.join(" ")) !== null && !args.includes("--dry-run");
  const says = saysPublish((path ?? written).split("/").at(-1)!);
  const reference = path ?? written;
  // What is installed on the machine is none of the project's.
  if (path?.startsWith("/")) return { reference, sources: null, mayPublish: wraps };
  if (text === null) {
    return {
      reference,
      sources: null,
      mayPublish: says || wraps ||
        !saysElsewhere(reference) &&
          args.some((word) => /^(?:publish|upload|release)$/.test(word) || REGISTRY_SECRET.test(word)),
    };
  }
  const source = fileSource(
    text,
    path!,
    directory,
    shell === "" ? "node" : shell,
    argsOf(invocation, written),
  );
  if (!("script" in source)) {
    // A test may say how something is published, and publishes nothing.
    if (isTest(path!)) {
      return { reference, sources: null, mayPublish: wraps };
    }
    const asked = args.includes("publish") && !saysElsewhere(reference);
    const named = says ? publishingWords(text) !== null : textPublishes(text);
    const mayPublish = !onlyChecks(args) && (wraps || asked || named);
    const names = mayPublish && !wraps && named ? namedIn(text, path!) : null;
    // Findings show the lines that they point at.
    if (names) await files.text(path!);
    return { reference, sources: null, mayPublish, ...names ? { names } : {} };
  }
  return { reference, sources: [source], whole: true, mayPublish: wraps || mentions(source) };
}

/** Whether a file calls itself a test, which may say how something is published, or start a script that would. */
export function isTest(path: string): boolean {
  return /(?:^|\/)(?:tests?|__tests__)\/|[._](?:test|spec)\.\w+$/.test(path);
}

/** Whether a program is asked to do nothing yet. */
function onlyChecks(args: readonly string[]): boolean {
  return args.some((word) => /^(?:check|--check|--dry-run|--help)$/.test(word));
}

/** The words that a script is started with; `null` where the shell that reads it may have others, or calls its functions. */
function argsOf({ program, args }: Invocation, path: string): readonly (string | null)[] | null {
  if (program === "source" || program === ".") return null;
  const words = args.slice(SHELLS.test(program) ? args.indexOf(path) + 1 : 0);
  const known = words.findIndex((word) => /[$`*?[\ue000]/.test(word));
  // One that nobody knows may be several, or none.
  return known < 0 ? words : words.map((word, index) => index < known ? word : null);
}

/** What says in the text of a program that it publishes. */
function namedIn(text: string, path: string): NamedPublish | null {
  const source = new SourceText(text, path);
  const found = publishingWords(source.body);
  return found &&
    { words: asCommand(found.text), at: source.span(found.index, found.index + found.text.length) };
}

function firstWord(args: readonly string[], valued: readonly string[]): number {
  let at = 0;
  while (/^[-+]/.test(args[at] ?? "")) at += valued.includes(args[at]!) ? 2 : 1;
  return at;
}
