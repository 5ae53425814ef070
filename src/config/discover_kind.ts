import { plainLine } from "../host/redact.ts";
import { KeylessError, type Problem } from "../problem.ts";
import type { Kind } from "../registries/registry.ts";
import type { Discovery } from "./discover.ts";
import type { ProjectFiles } from "./manifests/files.ts";
import type { Manifest } from "./manifests/manifest.ts";
import type { ManifestKind } from "./manifests/table.ts";
import { hasMember, isExcluded, namedMembers, type Workspace } from "./manifests/workspace.ts";
import { isInside } from "./paths.ts";
import type { Directory } from "./walk.ts";

/** Directories whose packages are made for looking at, unless a workspace names them. */
const FOR_SHOW =
  /(?:^|\/)(?:tests?|tests?[-_](?:crates|packages|projects|workspaces|suites?|fixtures?|data)|testsuites?|testdata|__tests__|fixtures?|__fixtures__|examples?|bench(?:es|marks?)?|e2e|demos?|playgrounds?|templates?)(?:\/|$)/;

/** Reads the manifests of one kind, and sorts what they describe. */
export async function discoverKind(
  files: ProjectFiles,
  kind: Kind,
  manifests: ManifestKind,
  directories: readonly Directory[],
): Promise<Discovery> {
  const seen = directories.filter((directory) => manifests.files.some((file) => directory.files.has(file)));
  const read = new Attempts();
  const workspaces =
    (await Promise.all(seen.map(({ path }) => read.attempt(path, () => manifests.workspace(files, path)))))
      .filter((workspace) => workspace !== null);
  const paths = new Set([...seen.map(({ path }) => path), ...workspaces.flatMap(namedMembers)]);
  const packages =
    (await Promise.all([...paths].map((path) => read.attempt(path, () => manifests.read(files, path)))))
      .filter((manifest) => manifest !== null);
  const sorter = new Sorter(workspaces, packages);
  const sorted = packages.map((manifest) => ({
    manifest,
    reason: reasonOf(manifest) ?? sorter.outsider(manifest.directory, kind),
  }));
  const broken = read.failures.flatMap(({ path, problems }) => {
    const matters = sorter.outsider(path, kind) === null;
    // What lies there to be wrong is nobody's mistake.
    return matters || !FOR_SHOW.test(path) ? [{ problems, matters }] : [];
  });
  return {
    packages: sorted.filter(({ reason }) => reason === null).map(({ manifest }) => manifest),
    unpublished: sorted.flatMap(({ manifest, reason }) => reason === null ? [] : [{ manifest, reason }]),
    problems: problemsOf(broken.filter(({ matters }) => matters)),
    warnings: problemsOf(broken.filter(({ matters }) => !matters)),
  };
}

/** Each problem once: a file may be read as a package and as a workspace. */
function problemsOf(broken: readonly { readonly problems: readonly Problem[] }[]): Problem[] {
  return [...new Set(broken.flatMap(({ problems }) => problems))];
}

/** Reads that may fail without ending the search. */
class Attempts {
  readonly failures: { path: string; problems: readonly Problem[] }[] = [];

  async attempt<T>(path: string, read: () => Promise<T | null>): Promise<T | null> {
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof KeylessError)) throw error;
      this.failures.push({ path, problems: error.problems });
      return null;
    }
  }
}

/** Tells packages of this repository's releases from others that merely lie in it. */
class Sorter {
  readonly #joined: ReadonlySet<string>;

  constructor(readonly workspaces: readonly Workspace[], readonly packages: readonly Manifest[]) {
    this.#joined = joinedByPath(workspaces, packages);
  }

  /** Why the package in a directory is not one of those that are published together; `null` where it is. */
  outsider(directory: string, kind: Kind): string | null {
    const around = this.workspaces.filter((workspace) => isInside(directory, workspace.directory))
      .sort((a, b) => b.directory.length - a.directory.length)[0];
    // A workspace that lies among tests is one to test with, whatever it calls its own.
    if (around && !FOR_SHOW.test(around.directory)) {
      const member = hasMember(around, directory) || this.#joined.has(directory);
      return member ? null : `not a member of the workspace in ${plainLine(around.file)}`;
    }
    if (FOR_SHOW.test(directory)) return "lies among tests or examples";
    const outer = this.packages.find((other) =>
      other.kind === kind && other.directory !== directory && isInside(directory, other.directory) &&
      reasonOf(other) === null
    );
    return outer
      ? `lies inside of ${plainLine(outer.name?.value ?? outer.directory, 80)}, and no workspace names it`
      : null;
  }
}

/** Crates that a member depends on by path are members, too, if they lie in the workspace and are not excluded. */
function joinedByPath(workspaces: readonly Workspace[], packages: readonly Manifest[]): Set<string> {
  const joined = new Set<string>();
  const queue = packages.filter(({ directory, kind }) =>
    kind === "crates" && workspaces.some((workspace) => hasMember(workspace, directory))
  );
  for (const manifest of queue) {
    for (const { path } of manifest.dependencies) {
      const other = packages.find(({ directory }) => directory === path);
      const inside = other &&
        workspaces.some((workspace) =>
          isInside(other.directory, workspace.directory) && !isExcluded(workspace, other.directory)
        );
      if (!inside || joined.has(other.directory)) continue;
      joined.add(other.directory);
      queue.push(other);
    }
  }
  return joined;
}

/** Why a package cannot be published wherever it lies. */
export function reasonOf(manifest: Manifest): string | null {
  if (manifest.unpublished !== null) return manifest.unpublished;
  if (!manifest.name) return manifest.kind === "pypi" ? "its name is computed" : "it has no name";
  return manifest.version === null && manifest.versionFrom === null ? "it has no version" : null;
}
