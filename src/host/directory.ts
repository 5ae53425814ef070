import { UsageError } from "../problem.ts";
import { capable } from "./permission.ts";

/** Makes `path` the directory that relative paths start from. @throws {UsageError} `directory-missing` */
export function changeDirectory(path: string): void {
  try {
    capable({ name: "read", path }, () => Deno.chdir(path));
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory)) throw error;
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
