import { dirname, join, resolve } from "@std/path";
import { isThere, kindOf, reach } from "../host/files.ts";
import { UsageError } from "../problem.ts";

/** The files that a configuration is read from, the first one wins. */
export const CONFIGURATIONS = ["keyless.toml", "putitoutthere.toml"] as const;

/** Where the project around `start` begins: the nearest directory with a configuration or a `.git`; `start` itself when none has. */
export function findRoot(start: string): string {
  const first = resolve(start);
  for (let directory = first;; directory = dirname(directory)) {
    for (const name of [...CONFIGURATIONS, ".git"]) {
      if (isThere(join(directory, name))) return directory;
    }
    if (dirname(directory) === directory) return first;
  }
}

/**
 * Whether a configuration is in the directory `root`.
 *
 * @throws {UsageError} `no-such-file` where something that is no file takes its place: nothing would be read of what was meant
 */
export async function hasConfiguration(root: string, name: string): Promise<boolean> {
  if (!isThere(join(root, name))) return false;
  const where = await reach(root, name);
  const isBroken = where === null || where === "circle";
  // Of a link out of the tree, reading says so.
  if (where === "outside" || (!isBroken && await kindOf(join(root, name)) === "file")) return true;
  throw new UsageError({
    code: "no-such-file",
    message: isBroken ? `${name} is a link that leads nowhere` : `${name} is no file`,
    next: ["put a file in its place, or remove it"],
  });
}
