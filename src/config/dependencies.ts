import type { Kind } from "../registries/registry.ts";
import type { Dependency, Manifest } from "./manifests/manifest.ts";
import { comparableName } from "./names.ts";

/** A package of this repository, published or not. */
export interface Sibling {
  readonly name: string;
  readonly kind: Kind;
  readonly path: string;
}

/** Names of the siblings that a package needs, in the order in which its manifest has them. */
export function neededSiblings(manifest: Manifest, siblings: readonly Sibling[]): string[] {
  return manifest.dependencies.flatMap((dependency) => siblingOf(manifest, dependency, siblings)?.name ?? []);
}

/** Whether a package needs one of this repository that is not among `siblings`. */
export function needsOthers(manifest: Manifest, siblings: readonly Sibling[]): boolean {
  return manifest.dependencies.some((dependency) =>
    dependency.local && !siblingOf(manifest, dependency, siblings)
  );
}

function siblingOf(
  manifest: Manifest,
  dependency: Dependency,
  siblings: readonly Sibling[],
): Sibling | undefined {
  const others = siblings.filter(({ kind, path }) => kind === manifest.kind && path !== manifest.directory);
  const wanted = comparableName(manifest.kind, dependency.name);
  return others.find(({ path }) => path === dependency.path) ??
    // A crate without a path comes from the registry, also when one of the same name lies here.
    (manifest.kind === "crates" && dependency.path !== null
      ? undefined
      : others.find(({ name }) => comparableName(manifest.kind, name) === wanted));
}
