import { joined } from "../formats/shell.ts";
import { isSpent, spend } from "./budget.ts";
import { inDirectory } from "./project_files.ts";
import type { Files } from "./repository.ts";

/** A program in JavaScript or TypeScript. */
const PROGRAM = /\.[cm]?[jt]sx?$/;
/** `from "./a.js"`, `import "./a.js"`, `import("./a.js")`, `require("./a")`. */
const IMPORT =
  /(?<![\w.$])(?:from|import|require)\s{0,9}\(?\s{0,9}(?:"(\.{1,2}\/[^"\n]{1,200})"|'(\.{1,2}\/[^'\n]{1,200})')/g;

/** So many files deep, and no more files. */
const DEEPEST = 2;
const MOST_MODULES = 50;

/** The files of this repository that a program imports by their paths, and those that they import. */
export async function* importsOf(
  path: string,
  text: string,
  files: Files,
): AsyncGenerator<readonly [path: string, text: string]> {
  if (!PROGRAM.test(path)) return;
  const seen = new Set([path]);
  let level = [{ path, text }];
  for (let depth = 0; depth < DEEPEST; depth++) {
    const next: typeof level = [];
    for (const importing of level) {
      for (const written of pathsIn(importing, files)) {
        if (seen.size > MOST_MODULES || isSpent(files, "followed")) return;
        const found = await moduleAt(written, importing.path, files);
        if (!found || seen.has(found.path)) continue;
        seen.add(found.path);
        spend(files, "followed", 1);
        yield [found.path, found.text];
        next.push(found);
      }
    }
    level = next;
  }
}

/** The paths that a program imports, as it writes them. Many programs import the same ones. */
function pathsIn({ path, text }: { path: string; text: string }, files: Files): readonly string[] {
  const known = IMPORTS.get(files) ?? new Map<string, readonly string[]>();
  IMPORTS.set(files, known);
  const paths = known.get(path) ??
    [...new Set([...text.matchAll(IMPORT)].map(([, double, single]) => double ?? single!))].slice(
      0,
      MOST_MODULES,
    );
  known.set(path, paths);
  return paths;
}

const IMPORTS = new WeakMap<Files, Map<string, readonly string[]>>();

/** The file that stands for a path in a program: TypeScript is imported by the name that it has once it is compiled, or without its end. */
async function moduleAt(
  written: string,
  from: string,
  files: Files,
): Promise<{ readonly path: string; readonly text: string } | null> {
  const directory = from.slice(0, Math.max(from.lastIndexOf("/"), 0)) || ".";
  const base = joined(directory, written);
  if (base === null || /^(?:\/|\.\.)/.test(base)) return null;
  const [, stem = base, m = ""] = /^(.*)\.([cm]?)jsx?$/.exec(base) ?? [];
  const candidates = PROGRAM.test(base) ? [base, `${stem}.${m}ts`, `${stem}.tsx`] : [
    ...["ts", "js", "mjs", "cjs", "mts", "cts", "tsx", "jsx"].map((end) => `${base}.${end}`),
    ...["index.ts", "index.js"].map((file) => inDirectory(base, file)),
  ];
  for (const path of candidates) {
    const text = await files.peek(path);
    if (text !== null) return { path, text };
  }
  return null;
}
