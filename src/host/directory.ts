import { KeylessError, UsageError } from "../problem.ts";
import { fileError } from "./files.ts";
import { capable } from "./permission.ts";

/** Makes `path` the directory that relative paths start from. @throws {KeylessError} `directory-missing`, `file-unreadable` */
export function changeDirectory(path: string): void {
  try {
    capable({ name: "read", path }, () => Deno.chdir(path));
  } catch (error) {
    if (error instanceof KeylessError) throw error;
    if (!(error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory)) {
      throw fileError("file-unreadable", `Cannot enter ${path}`, error);
    }
    throw new UsageError({
      code: "directory-missing",
      message: `There is no directory "${path}"`,
      next: ["give --directory one that exists, or leave it out"],
    }, { cause: error });
  }
}

/** The directory that relative paths start from; absolute. */
export function currentDirectory(): string {
  return Deno.cwd();
}
