const ROOT = new URL("../", import.meta.url);

/** The text of a file by its path from the root; `""` when there is none. */
export async function textOf(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(new URL(path, ROOT));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    throw error;
  }
}

/** Writes the files (path from the root → text) that are not current; with `--check` it only names them. Gives the exit code. */
export async function bringUpToDate(
  files: ReadonlyMap<string, string>,
  args: readonly string[],
): Promise<number> {
  const check = args.includes("--check");
  let stale = 0;
  for (const [path, text] of files) {
    if (await textOf(path) === text) continue;
    if (!check) await Deno.writeTextFile(new URL(path, ROOT), text);
    await Deno.stdout.write(new TextEncoder().encode(`${check ? "not current" : "written"}: ${path}\n`));
    stale++;
  }
  return check && stale > 0 ? 1 : 0;
}
