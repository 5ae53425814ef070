import type { Env } from "../host/env.ts";
import { ProgramMissing } from "../host/process.ts";
import { consult } from "../publish/git.ts";

/** What git does with a file; `unknown` where there is no repository, or no git. */
export type Keeping = "tracked" | "ignored" | "untracked" | "unknown";

/** What git does with each of these files, relative to `root`; asked with one call, and none when there are no files. */
export async function keepingOf(
  env: Env,
  root: string,
  paths: readonly string[],
): Promise<ReadonlyMap<string, Keeping>> {
  if (paths.length === 0) return new Map();
  const listed = await listing(env, root, paths);
  return new Map(paths.map((path) => [path, listed === null ? "unknown" : listed.get(path) ?? "ignored"]));
}

/** The files that are tracked, and those that could be; files that are ignored are in neither list. */
async function listing(
  env: Env,
  root: string,
  paths: readonly string[],
): Promise<ReadonlyMap<string, Keeping> | null> {
  try {
    const { code, stdout } = await consult(env, root, [
      "--literal-pathspecs",
      "ls-files",
      "-z",
      "-t",
      "--cached",
      "--others",
      "--exclude-standard",
      "--",
      ...paths,
    ]);
    if (code !== 0) return null;
    return new Map(
      stdout.split("\0").map((line) => line.trim()).filter(Boolean)
        .map((line) => [line.slice(2), line.startsWith("? ") ? "untracked" : "tracked"]),
    );
  } catch (error) {
    if (error instanceof ProgramMissing) return null;
    throw error;
  }
}
