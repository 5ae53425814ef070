import { joined } from "../formats/shell.ts";
import { OTHER_BREAK } from "../formats/yaml_breaks.ts";
import type { Entry } from "../host/files.ts";
import { DEEPEST_SCRIPT } from "./budget.ts";
import { MOVES_TAG, textHandsUpload, textPublishes } from "./hints.ts";
import { JUSTFILES } from "./justfile.ts";
import { MAKEFILES } from "./makefile.ts";
import { fileSource, inDirectory } from "./project_files.ts";
import { mentionsPublishing } from "./mentions.ts";
import { modulesOf } from "./python_modules.ts";
import type { Files } from "./repository.ts";
import { isSessionFile } from "./sessions.ts";

/** The files of a repository, and the names in its directories. */
export interface Tree extends Files {
  glance(directory: string): Promise<readonly Entry[]>;
}

/** Permissions that rules ask about wherever they are granted. */
const GRANTS = /id[-_]?token|write-all/i;

/** What the build of an image with a secret among its arguments holds. */
const GIVES_AWAY = ["build-arg", "secrets."];

/** Whether a workflow looks like one: one that does not may have mistakes that its owner wants to know. */
const ORDINARY = [/^["']?on["']?[ \t]*:/m, /^["']?jobs["']?[ \t]*:[ \t]*(?:#.*)?\r?$/m];

/**
 * Whether a workflow can publish anything, start what does, grant an OIDC token, give a secret to an image or have a mistake; all by its
 * text and the texts of the files that it names, so that nothing has to be parsed. True too often rather than too seldom.
 */
export async function worthReading(text: string, tree: Tree): Promise<boolean> {
  return text.includes("\t") || !ORDINARY.every((pattern) => pattern.test(text)) || GRANTS.test(text) ||
    GIVES_AWAY.every((word) => text.includes(word)) || textHandsUpload(text) || MOVES_TAG.test(text) ||
    await leads({ text, deeper: 0, directories: ["."] }, { tree, depth: 0, seen: new Map() });
}

const JOB = /[^\s#-][^\n]*:[ \t]*(?:[{#].*)?\r?$/my;

/** How many jobs a workflow has that is not worth reading. */
export function jobsIn(text: string): number {
  const [, after = ""] = /^["']?jobs["']?[ \t]*:[^\r\n]*\r?\n([^]*)/m.exec(text) ?? [];
  const body = after.split(/^["']?[A-Za-z][\w-]*["']?:/m, 1)[0]!;
  const indent = /^( +)[^\s#]/m.exec(body)?.[1];
  if (indent === undefined) return 0;
  let count = 0;
  for (let line = 0; line >= 0 && line < body.length; line = body.indexOf("\n", line) + 1 || -1) {
    JOB.lastIndex = line + indent.length;
    if (body.startsWith(indent, line) && JOB.test(body)) count++;
  }
  return count;
}

/** A text that another one names. */
interface Named {
  readonly text: string;
  /** How many levels below the other one it is. */
  readonly deeper: number;
  /** Where what it names may lie. */
  readonly directories: readonly string[];
}

/** What is known on the way to a text. */
interface Way {
  readonly tree: Tree;
  /** How many scripts have started each other so far. */
  readonly depth: number;
  /** At which depths texts were looked at. */
  readonly seen: Map<string, number>;
}

async function leads(named: Named, way: Way): Promise<boolean> {
  if (OTHER_BREAK.test(named.text) || mentionsPublishing(named.text)) return true;
  if (way.depth > DEEPEST_SCRIPT) return false;
  for await (const inner of namedBy(named, way.tree)) {
    const depth = way.depth + inner.deeper;
    const key = `${inner.directories.join()}\n${inner.text}`;
    if ((way.seen.get(key) ?? Infinity) <= depth) continue;
    way.seen.set(key, depth);
    if (await leads(inner, { ...way, depth })) return true;
  }
  return false;
}

const LOCAL_USES = /\buses:[ \t]*["']?[.$]\/([^\s"'#]*)/g;
/** What lies in a repository that is named, which may be this one. */
const NAMED_USES = /\buses:[ \t]*["']?([\w.-]{1,100}\/[^\s"'#@]*@[^\s"'#,}]+)/g;
const MOVES =
  /(?:working-directory:|\bcd|\bpushd|--prefix|-C|--cwd|--dir|--directory|-d)[ \t=]+["']?([\w./@-]+)/g;
const MODULES =
  /[ \t](?:-m|--module)[ \t]+(?!(?:pip|venv|build|pytest|unittest|twine|coverage)\b)([A-Za-z_][\w.]*)/g;
/** More directories than any workflow goes to. */
const MOST_DIRECTORIES = 200;
const SCRIPTS = /\b(?:npm|yarn|pnpm|bun|vp|deno|node --run|run-[sp])\b/;

/** The texts of the files that a text names. */
async function* namedBy({ text, directories: from }: Named, tree: Tree): AsyncGenerator<Named> {
  const found = await directoriesIn(text, from, tree);
  const directories = [...found.keys()];
  const named = [...text.matchAll(NAMED_USES)].map(([, reference]) => tree.own(reference!));
  const used = [...[...text.matchAll(LOCAL_USES)].map(([, path]) => path!), ...await Promise.all(named)];
  for (const path of used) {
    if (path === null) continue;
    const plain = path.replace(/(?<!\/)\/+$/, "");
    // A checkout may lie in a directory of its own.
    const places = [plain || ".", ...plain.includes("/") ? [plain.slice(plain.indexOf("/") + 1)] : []];
    const files = /\.ya?ml$/.test(plain)
      ? [plain]
      : places.flatMap((place) => ["action.yml", "action.yaml"].map((file) => inDirectory(place, file)));
    for (const file of files) {
      // That a CI file cannot be read is somebody's mistake, and an action without `runs:` has one too.
      const action = await tree.text(file);
      if (action === null) continue;
      const isAction = !/\.ya?ml$/.test(plain);
      if (isAction && !/^["']?runs["']?[ \t]*:/m.test(action)) yield publishing(0);
      yield { text: action, deeper: 0, directories: isAction ? around(file, ["."]) : ["."] };
    }
  }
  const modules = text.includes(" -m ") || text.includes("--module");
  for (const [directory, entries] of found) {
    if (modules) yield* modulesIn(text, directory, tree);
    for (const { name, isDirectory } of entries) {
      const path = inDirectory(directory, name);
      if (name === "package.json" || /^deno\.jsonc?$/.test(name)) {
        const scripts = SCRIPTS.test(text) ? await tree.peek(path) : null;
        if (scripts !== null) {
          for (const script of mentioned(scripts, text)) yield { text: script, deeper: 1, directories };
        }
      } else if (MAKEFILES.includes(name) || JUSTFILES.includes(name)) {
        const rules = /\b(?:g?make|just)\b/.test(text) ? await tree.peek(path) : null;
        if (rules !== null) yield { text: rules, deeper: 1, directories };
      } else if (isSessionFile(name, text)) {
        const sessions = await tree.peek(path);
        if (sessions !== null) yield { text: sessions, deeper: 1, directories };
      } else if (text.includes(name)) {
        for (const each of isDirectory ? pathsBelow(name, text) : [name]) {
          yield* program(inDirectory(directory, each), directories, tree);
        }
      }
    }
  }
}

/** The modules of this repository that a text has Python run by their names. */
async function* modulesIn(text: string, directory: string, tree: Tree): AsyncGenerator<Named> {
  const names = new Set([...text.matchAll(MODULES)].map(([, name]) => name!));
  for (const name of names) {
    for await (const [, module] of modulesOf(name, directory, tree)) {
      if (textPublishes(module)) yield publishing(1);
    }
  }
}

/** What is as good as publishing. */
function publishing(deeper: number): Named {
  return { text: "npm publish", deeper, directories: [] };
}

/** Directories, with those around a file, which may name others by where it lies. */
function around(path: string, directories: readonly string[]): readonly string[] {
  const above = path.split("/").slice(0, -1).map((_, index, parts) => parts.slice(0, index + 1).join("/"));
  return [...new Set([...directories, ...above])];
}

/** Paths in a text that begin with the name of a directory. */
function pathsBelow(directory: string, text: string): ReadonlySet<string> {
  const found = new Set<string>();
  for (let at = text.indexOf(`${directory}/`); at >= 0; at = text.indexOf(`${directory}/`, at + 1)) {
    const path = /^[\w.@/-]+/.exec(text.slice(at, at + 200))![0].replace(/\/+$/, "");
    if (path.includes("/")) found.add(path);
  }
  return found;
}

/** A file that may be a program: of one in another language than the shell's only what its text says counts. */
async function* program(path: string, directories: readonly string[], tree: Tree): AsyncGenerator<Named> {
  const text = await tree.peek(path);
  if (text === null) return;
  if ("script" in fileSource(text, path, ".", null)) {
    yield { text, deeper: 1, directories: around(path, directories) };
  } else if (textPublishes(text)) yield publishing(1);
}

/** Directories that a text goes to, one or two steps from those where it may run, and what stands in them. */
async function directoriesIn(
  text: string,
  from: readonly string[],
  tree: Tree,
): Promise<ReadonlyMap<string, readonly Entry[]>> {
  const moves = [...text.matchAll(MOVES)].map(([, path]) => path!).slice(0, 20);
  // A checkout may lie in a directory of its own.
  const below = /\bpath:/.test(text) ? moves.map((path) => path.slice(path.indexOf("/") + 1)) : [];
  const steps = [...new Set([...moves, ...below])];
  const found = new Map<string, readonly Entry[]>();
  let next = from;
  for (let depth = 0; depth < 3 && next.length > 0; depth++) {
    const there: string[] = [];
    for (
      const directory of depth === 0 ? next : next.flatMap((base) => steps.map((step) => joined(base, step)))
    ) {
      if (directory === null || /^(?:\/|\.\.)/.test(directory) || found.has(directory)) continue;
      if (found.size >= MOST_DIRECTORIES) return found;
      const entries = await tree.glance(directory);
      if (entries.length === 0) continue;
      found.set(directory, entries);
      there.push(directory);
    }
    next = there;
  }
  return found;
}

/** The scripts of a `package.json` whose names a text mentions, with those that run before and after them. */
function* mentioned(json: string, text: string): Generator<string> {
  for (
    const [, name, script] of json.matchAll(/"((?:[^"\\]|\\.){1,200})"\s{0,20}:\s{0,20}"((?:[^"\\]|\\.)*)"/g)
  ) {
    const plain = name!.replace(/^(?:pre|post)/, "");
    const pattern = `${plain.slice(0, plain.lastIndexOf(":") + 1)}*`;
    if ([name!, plain, pattern].some((each) => each !== "*" && text.includes(each))) {
      yield `${script!.replace(/\\(.)/g, "$1")}\n`;
    }
  }
}
