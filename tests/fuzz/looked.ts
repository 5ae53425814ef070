import { dirname, join } from "@std/path";
import { formatted } from "../../src/cli/views/doctor_formats.ts";
import { loadSound } from "../../src/config/load.ts";
import { diagnose, type Diagnosis } from "../../src/doctor/engine.ts";
import { UsageError } from "../../src/problem.ts";
import { session } from "../doctor/repository.ts";
import { UNICODE } from "../report/samples.ts";
import type { Tree } from "./trees.ts";

/** Writes the files, and removes them when `use` is done. */
export async function inTree<T>(files: Tree, use: (root: string) => Promise<T>): Promise<T> {
  const root = await Deno.makeTempDir({ prefix: "keyless-fuzz-" });
  try {
    for (const [path, text] of Object.entries(files)) {
      await Deno.mkdir(dirname(join(root, path)), { recursive: true });
      await Deno.writeTextFile(join(root, path), text);
    }
    return await use(root);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

/** What doctor finds; `null` where the configuration itself has mistakes, of which the command says so. */
export async function looked(root: string): Promise<Diagnosis | null> {
  // Without git: starting it takes longer than everything else.
  const here = session({ PATH: "/nonexistent" });
  try {
    const { project, problems } = await loadSound(root, here.env);
    return await diagnose(project, here, { broken: problems });
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return null;
  }
}

export const FORMATS = ["terminal", "json", "sarif", "github", "markdown", "junit"] as const;

/** The report in every format, with all findings in full. */
export async function reports(
  diagnosis: Diagnosis,
): Promise<Readonly<Record<typeof FORMATS[number], string>>> {
  const run = {
    io: { stdout: UNICODE, verbose: true },
    way: "",
    elapsed: 0,
    exit: 1 as const,
    fails: () => true,
  };
  const texts = await Promise.all(
    FORMATS.map(async (format) => [format, await formatted(diagnosis, format, run)]),
  );
  return Object.fromEntries(texts);
}
