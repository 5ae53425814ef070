import { basename, relative, resolve } from "@std/path";
import type { DiagnoseOptions } from "../doctor/engine.ts";
import { decodeUtf8 } from "../formats/text.ts";
import { currentDirectory } from "../host/directory.ts";
import { kindOf, list } from "../host/files.ts";
import { plainLine } from "../host/redact.ts";
import { readStdin } from "../host/stdin.ts";
import { WORKFLOWS } from "../pipelines/workflow.ts";
import { UsageError } from "../problem.ts";
import { suggest } from "../suggest.ts";

/** What the command line says about files. */
export interface NamedFiles {
  readonly files: readonly string[];
  /** The value of `--stdin-filename`. */
  readonly edited: string | null;
  /** The value of `--fix`, which is only read behind `=`. */
  readonly fix: string | null;
}

/**
 * The files that `doctor` is to look at, relative to the project's root, and the text of the one that an editor hands over.
 *
 * @throws {UsageError} `no-such-file`, `not-a-pipeline`, `options-conflict`
 */
export async function filesOf(
  named: NamedFiles,
  root: string,
): Promise<Pick<DiagnoseOptions, "paths" | "overlay">> {
  const { files, edited } = named;
  if (edited === null) {
    for (const file of files) await assertInTree(file, root, named);
    return { paths: files.map((file) => within(root, file)) };
  }
  if (files.length > 0) {
    throw new UsageError({
      code: "options-conflict",
      message: `--stdin-filename ${edited} is the one file to look at, so "${files[0]}" is too much`,
      next: ["leave one of the two out"],
    });
  }
  const path = within(root, edited);
  return { paths: [path], overlay: new Map([[path, decodeUtf8(await readStdin(4 << 20), edited)]]) };
}

function within(root: string, file: string): string {
  return relative(root, resolve(currentDirectory(), file)).replaceAll("\\", "/");
}

const ALL = "name files such as .github/workflows/release.yml, or none to look at all";

async function assertInTree(file: string, root: string, { fix }: NamedFiles): Promise<void> {
  const name = plainLine(file);
  const kind = await kindOf(resolve(currentDirectory(), file), name);
  if (kind === "directory") {
    throw new UsageError({
      code: "not-a-pipeline",
      message: `"${name}" is a directory, and no CI file`,
      next: [ALL, `the repository there: keyless doctor --directory ${name}`],
    });
  }
  if (kind === null) {
    const isValue = fix !== null && ["safe", "unsafe"].includes(file);
    throw new UsageError({
      code: "no-such-file",
      message: `There is no file "${name}"`,
      next: [isValue ? `did you mean --fix=${file}?` : await workflowMeant(file, root) ?? ALL],
    });
  }
  if (!/^(?:\.\.\/|\/|[A-Za-z]:)/.test(within(root, file))) return;
  throw new UsageError({
    code: "not-a-pipeline",
    message: `${name} is no CI file of this repository, but lies outside of it`,
    next: [ALL],
  });
}

/** The workflow whose name is most like that of a file that is not there; else all names, as far as there are any. */
async function workflowMeant(file: string, root: string): Promise<string | null> {
  const entries = await list(`${root}/${WORKFLOWS}`);
  const names = entries.map(({ name }) => name).filter((name) => /\.ya?ml$/.test(name));
  const shown = (name: string) => plainLine(relative(currentDirectory(), `${root}/${WORKFLOWS}/${name}`));
  const near = suggest(basename(file), names);
  if (near !== null) return `did you mean ${shown(near)}?`;
  return names.length === 0 || names.length > MANY
    ? null
    : `name one of ${names.map(shown).join(", ")}, or none to look at all`;
}

/** A longer list helps nobody. */
const MANY = 6;
