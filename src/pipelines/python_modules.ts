import { joined } from "../formats/shell.ts";
import { isSpent, spend } from "./budget.ts";
import { inDirectory } from "./project_files.ts";
import type { Files } from "./repository.ts";

/** Nobody's release is written in more files. */
const MOST_MODULES = 50;

/** A module that Python finds by its name: `a.b` is `a/b.py`, and `a` is what `a/__main__.py` holds. */
const NAME = /^[A-Za-z_]\w{0,99}(?:\.[A-Za-z_]\w{0,99}){0,9}$/;

/** `from .a import b`, `from . import a, b`, `from PACKAGE.a import b`, `import PACKAGE.a`. */
const IMPORT =
  /^[ \t]*(?:from[ \t]+(?=[.\w])(?<dots>\.{0,9})(?<from>[\w.]{0,300})[ \t]+import[ \t]+(?:\((?<list>[^)]{0,2000})|(?<names>[^\n(#]{0,2000}))|import[ \t]+(?<plain>[\w.]{1,300}))/gm;

/**
 * The files of this repository that `python -m NAME` runs when it is started in a directory: the module, and the modules of its own
 * package that it imports. None where the module is not of this repository.
 */
export async function* modulesOf(
  name: string,
  directory: string,
  files: Files,
): AsyncGenerator<readonly [path: string, text: string]> {
  if (!NAME.test(name)) return;
  for (const root of [directory, inDirectory(directory, "src")]) {
    const base = joined(root, name.replaceAll(".", "/"));
    if (base === null || /^(?:\/|\.\.)/.test(base)) continue;
    const waiting = [[`${base}.py`, `${base}/__main__.py`]];
    const seen = new Set<string>();
    while (waiting.length > 0 && seen.size < MOST_MODULES && !isSpent(files, "followed")) {
      for (const path of waiting.shift()!) {
        const text = seen.has(path) ? null : await files.peek(path);
        if (text === null) continue;
        seen.add(path);
        spend(files, "followed", 1);
        yield [path, text];
        waiting.push(...importedBy(text, path, root, name.split(".")[0]!));
      }
    }
    if (seen.size > 0) return;
  }
}

/** Where the modules of its package may lie that a module imports. */
function importedBy(text: string, path: string, root: string, top: string): string[][] {
  return [...text.matchAll(IMPORT)].slice(0, MOST_MODULES).flatMap(({ groups = {} }) => {
    const { dots = "", from = "", plain, list, names } = groups;
    const named = plain ?? from;
    if (dots === "" && named.split(".")[0] !== top) return [];
    const above = dots === "" ? root : joined(path, "../".repeat(dots.length));
    const base = above === null ? null : joined(above, named.replaceAll(".", "/") || ".");
    if (base === null || /^(?:\/|\.\.)/.test(base)) return [];
    const inside = plain === undefined
      ? (list ?? names ?? "").split(",").flatMap((each) => /^\s*(\w{1,99})/.exec(each)?.[1] ?? [])
      : [];
    return [
      [`${base}.py`, inDirectory(base, "__init__.py")],
      ...inside.map((each) => [inDirectory(base, `${each}.py`)]),
    ];
  });
}
