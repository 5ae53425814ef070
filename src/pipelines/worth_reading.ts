import { joined } from "../formats/shell.ts";
import { OTHER_BREAK } from "../formats/yaml_breaks.ts";
import type { Entry } from "../host/files.ts";
import { textHandsUpload, textPublishes } from "./hints.ts";
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
    GIVES_AWAY.every((word) => text.includes(word)) || textHandsUpload(text) ||
    await leads(text, tree, 0, new Set());
}

const JOB = /[^\s#-][^\n]*:[ \t]*(?:#.*)?\r?$/my;

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

/** How deep scripts are followed: the workflow's own, and what those start. */
const DEEPEST = 2;

async function leads(text: string, tree: Tree, depth: number, seen: Set<string>): Promise<boolean> {
  if (OTHER_BREAK.test(text) || mentionsPublishing(text)) return true;
  if (depth >= DEEPEST) return false;
  for await (const [inner, deeper] of named(text, tree, seen)) {
    if (await leads(inner, tree, depth + deeper, seen)) return true;
  }
  return false;
}

const LOCAL_USES = /\buses:[ \t]*["']?[.$]\/([^\s"'#]*)/g;
const MOVES =
  /(?:working-directory:|\bcd|\bpushd|--prefix|-C|--cwd|--dir|--directory|-d)[ \t=]+["']?([\w./@-]+)/g;
const MODULES =
  /[ \t](?:-m|--module)[ \t]+(?!(?:pip|venv|build|pytest|unittest|twine|coverage)\b)([A-Za-z_][\w.]*)/g;
const SCRIPTS = /\b(?:npm|yarn|pnpm|bun|vp|deno|node --run)\b/;

/** The texts of the files that a text names, and how many levels below it they are. */
async function* named(text: string, tree: Tree, seen: Set<string>): AsyncGenerator<[string, number]> {
  for (const [, path] of text.matchAll(LOCAL_USES)) {
    const plain = path!.replace(/(?<!\/)\/+$/, "");
    // A checkout may lie in a directory of its own.
    const places = [plain || ".", ...plain.includes("/") ? [plain.slice(plain.indexOf("/") + 1)] : []];
    const files = /\.ya?ml$/.test(plain)
      ? [plain]
      : places.flatMap((place) => ["action.yml", "action.yaml"].map((file) => inDirectory(place, file)));
    for (const file of files) {
      // That a CI file cannot be read is somebody's mistake, and an action without `runs:` has one too.
      const action = seen.has(file) ? null : await tree.text(file);
      if (action !== null && !/\.ya?ml$/.test(plain) && !/^["']?runs["']?[ \t]*:/m.test(action)) {
        yield ["npm publish", 0];
      }
      yield* content(file, tree, seen, 0);
    }
  }
  const modules = text.includes(" -m ") || text.includes("--module");
  for await (const [directory, entries] of directoriesIn(text, tree)) {
    if (modules) yield* modulesIn(text, directory, tree);
    for (const { name, isDirectory } of entries) {
      const path = inDirectory(directory, name);
      if (name === "package.json" || /^deno\.jsonc?$/.test(name)) {
        const scripts = SCRIPTS.test(text) ? await tree.peek(path) : null;
        if (scripts !== null) yield* mentioned(scripts, text);
      } else if (MAKEFILES.includes(name) || JUSTFILES.includes(name)) {
        if (/\b(?:g?make|just)\b/.test(text)) yield* content(path, tree, seen, 1);
      } else if (isSessionFile(name, text)) {
        yield* content(path, tree, seen, 1);
      } else if (text.includes(name)) {
        if (!isDirectory) yield* program(path, tree, seen);
        else {for (const each of pathsBelow(name, text)) {
            yield* program(inDirectory(directory, each), tree, seen);
          }}
      }
    }
  }
}

/** The modules of this repository that a text has Python run by their names. */
async function* modulesIn(text: string, directory: string, tree: Tree): AsyncGenerator<[string, number]> {
  const names = new Set([...text.matchAll(MODULES)].map(([, name]) => name!));
  for (const name of names) {
    for await (const [, module] of modulesOf(name, directory, tree)) {
      if (textPublishes(module)) yield ["npm publish", 1];
    }
  }
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
async function* program(path: string, tree: Tree, seen: Set<string>): AsyncGenerator<[string, number]> {
  for await (const [text, deeper] of content(path, tree, seen, 1)) {
    if ("script" in fileSource(text, path, ".", null)) yield [text, deeper];
    else if (textPublishes(text)) yield ["npm publish", deeper];
  }
}

async function* content(
  path: string,
  tree: Tree,
  seen: Set<string>,
  deeper: number,
): AsyncGenerator<[string, number]> {
  if (seen.has(path)) return;
  seen.add(path);
  const text = await tree.peek(path);
  if (text !== null) yield [text, deeper];
}

/** Directories that a text goes to, one or two steps from the root, and what stands in them. */
async function* directoriesIn(text: string, tree: Tree): AsyncGenerator<[string, readonly Entry[]]> {
  const steps = [...new Set([...text.matchAll(MOVES)].map(([, path]) => path!).slice(0, 20))];
  const seen = new Set(["."]);
  yield [".", await tree.glance(".")];
  let from = ["."];
  for (let depth = 0; depth < 2; depth++) {
    const next: string[] = [];
    for (const directory of from.flatMap((base) => steps.map((step) => joined(base, step)))) {
      if (directory === null || /^(?:\/|\.\.)/.test(directory) || seen.has(directory)) continue;
      seen.add(directory);
      const entries = await tree.glance(directory);
      if (entries.length === 0) continue;
      yield [directory, entries];
      next.push(directory);
    }
    from = next;
  }
}

/** The scripts of a `package.json` whose names a text mentions, with those that run before and after them. */
function* mentioned(json: string, text: string): Generator<[string, number]> {
  for (
    const [, name, script] of json.matchAll(/"((?:[^"\\]|\\.){1,200})"\s{0,20}:\s{0,20}"((?:[^"\\]|\\.)*)"/g)
  ) {
    const plain = name!.replace(/^(?:pre|post)/, "");
    if (text.includes(name!) || text.includes(plain)) yield [`${script!.replace(/\\(.)/g, "$1")}\n`, 1];
  }
}
