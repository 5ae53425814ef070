import { join } from "@std/path";
import { type Entry, list } from "../host/files.ts";
import { plainLine } from "../host/redact.ts";
import { KeylessError, type Problem } from "../problem.ts";
import { inside } from "./paths.ts";

/** A directory and the names of the files in it. */
export interface Directory {
  /** Relative to the root. */
  readonly path: string;
  readonly files: ReadonlySet<string>;
}

/** Where no package of this repository lives: what tools have put there, and other people's code. */
const SKIPPED = new Set(["node_modules", "target", "dist", "vendor", "venv", "__pycache__", "site-packages"]);

const MAX_DEPTH = 16;
const MAX_DIRECTORIES = 20_000;
/** Directories that are listed at the same time. */
const AT_ONCE = 32;

/**
 * The directories below `root`, the outer ones first. Hidden ones, symbolic links, virtual environments, other repositories and what
 * tools generate are left out. `complete` is false where the tree is larger than anybody wants to wait for; `unread` says which
 * directories nobody may look into.
 */
export async function walk(
  root: string,
): Promise<{ directories: Directory[]; complete: boolean; unread: Problem[] }> {
  const directories: Directory[] = [];
  const unread: Problem[] = [];
  let level = ["."];
  for (let depth = 0; depth <= MAX_DEPTH && level.length > 0; depth++) {
    const next: string[] = [];
    for (let at = 0; at < level.length; at += AT_ONCE) {
      const found = await Promise.all(level.slice(at, at + AT_ONCE).map((path) => look(root, path)));
      for (const { directory, below, problem } of found) {
        if (problem) unread.push(problem);
        if (!directory) continue;
        directories.push(directory);
        for (const each of below) next.push(each);
      }
      if (directories.length > MAX_DIRECTORIES) return { directories, complete: false, unread };
    }
    level = next;
  }
  return { directories, complete: level.length === 0, unread };
}

/** What a look at a directory gave. */
interface Look {
  /** `null` where it is none of this project's. */
  readonly directory: Directory | null;
  readonly below: readonly string[];
  /** Why nobody may look into it. */
  readonly problem?: Problem;
}

async function look(root: string, path: string): Promise<Look> {
  let entries: Entry[];
  try {
    entries = await list(join(root, path), plainLine(path));
  } catch (error) {
    if (error instanceof KeylessError) return { directory: null, below: [], problem: error.problem };
    throw error;
  }
  const foreign = path !== "." && entries.some(({ name }) => name === ".git" || name === "pyvenv.cfg");
  if (foreign) return { directory: null, below: [] };
  const files = new Set(entries.filter(({ isFile }) => isFile).map(({ name }) => name));
  const below = entries.filter(({ name, isDirectory }) =>
    isDirectory && !name.startsWith(".") && !SKIPPED.has(name)
  )
    .map(({ name }) => inside(path, name));
  return { directory: { path, files }, below };
}
