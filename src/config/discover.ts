import type { Problem } from "../problem.ts";
import type { Kind } from "../registries/registry.ts";
import type { ProjectFiles } from "./manifests/files.ts";
import type { Manifest } from "./manifests/manifest.ts";
import { MANIFESTS } from "./manifests/table.ts";
import { walk } from "./walk.ts";

/** What was found in a repository without being told. */
export interface Discovery {
  /** Packages that can be published. */
  readonly packages: readonly Manifest[];
  readonly unpublished: readonly { readonly manifest: Manifest; readonly reason: string }[];
  /** Manifests that cannot be read and would matter. */
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
}

/** Walks the tree and sorts the packages in it into those that are published and those that are not. */
export async function discover(files: ProjectFiles): Promise<Discovery> {
  const { directories, complete, unread } = await walk(files.root);
  const kinds = Object.entries(MANIFESTS).filter(([, manifests]) =>
    manifests.files.some((file) => directories.some((directory) => directory.files.has(file)))
  );
  const found = await Promise.all(kinds.map(async ([kind, manifests]) => {
    const { discoverKind } = await import("./discover_kind.ts");
    return await discoverKind(files, kind as Kind, manifests, directories);
  }));
  return {
    packages: found.flatMap(({ packages }) => packages),
    unpublished: found.flatMap(({ unpublished }) => unpublished),
    problems: found.flatMap(({ problems }) => problems),
    warnings: [...complete ? [] : [notComplete()], ...unread, ...found.flatMap(({ warnings }) => warnings)],
  };
}

function notComplete(): Problem {
  return {
    code: "discovery-incomplete",
    message: "The tree is too large to look for packages in all of it",
    next: ["list the packages in keyless.toml"],
  };
}
