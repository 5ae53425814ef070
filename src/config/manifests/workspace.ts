import picomatch from "picomatch";
import type { Kind } from "../../registries/registry.ts";
import { ancestors, within } from "../paths.ts";

/** Packages that belong together, as a file at their top lists them. */
export interface Workspace {
  readonly kind: Kind;
  /** Of the file, relative to the root. */
  readonly directory: string;
  readonly file: string;
  /** Globs of directories, relative to `directory`. */
  readonly members: readonly string[];
  readonly exclude: readonly string[];
}

/** Whether a directory (relative to the root) is a member; the workspace's own directory always is. */
export function hasMember(workspace: Workspace, directory: string): boolean {
  if (directory === workspace.directory) return true;
  return workspace.members.some((glob) => matches(workspace, glob, directory)) &&
    !isExcluded(workspace, directory);
}

/** Whether a directory, or one around it, is left out by name. */
export function isExcluded(workspace: Workspace, directory: string): boolean {
  return workspace.exclude.some((glob) =>
    ancestors(directory).some((outer) => matches(workspace, glob, outer))
  );
}

/** The members that are named without any wildcard, so that they are found wherever they are. */
export function namedMembers(workspace: Workspace): string[] {
  return workspace.members.filter((glob) => !/[*?[\]{}!()]/.test(glob)).flatMap((path) =>
    within(workspace.directory, path) ?? []
  );
}

/** Globs that no workspace has, and that may take for ever. */
function isAbsurd(glob: string): boolean {
  const parts = glob.split("/");
  return glob.length > 500 || parts.filter((part) => part === "**").length > 4 ||
    parts.some((part) => part.split(/[*+?({]/).length > 6);
}

function matches(workspace: Workspace, glob: string, directory: string): boolean {
  if (isAbsurd(glob)) return false;
  const tidy = glob.replace(/^\.\//, "").replace(/\/+$/, "");
  const below = workspace.directory === "."
    ? directory
    : directory.startsWith(`${workspace.directory}/`)
    ? directory.slice(workspace.directory.length + 1)
    : null;
  return below !== null && picomatch.isMatch(below, tidy, { dot: false });
}
