import { dirname, join, resolve } from "@std/path";
import { kindOf } from "../host/files.ts";

/** The files that a configuration is read from, the first one wins. */
export const CONFIGURATIONS = ["keyless.toml", "putitoutthere.toml"] as const;

/** Where the project around `start` begins: the nearest directory with a configuration or a `.git`; `start` itself when none has. */
export async function findRoot(start: string): Promise<string> {
  const first = resolve(start);
  for (let directory = first;; directory = dirname(directory)) {
    for (const name of [...CONFIGURATIONS, ".git"]) {
      if (await kindOf(join(directory, name)) !== null) return directory;
    }
    if (dirname(directory) === directory) return first;
  }
}
