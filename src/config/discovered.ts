import type { Problem } from "../problem.ts";
import { foundTwice, invalidName, isSame } from "./package_names.ts";
import type { Sibling } from "./dependencies.ts";
import { discover, type Discovery } from "./discover.ts";
import type { ProjectFiles } from "./manifests/files.ts";
import type { Manifest } from "./manifests/manifest.ts";
import { isPackageName } from "./names.ts";
import { packageOf } from "./package.ts";
import type { Package, Project } from "./project.ts";
import { Registries } from "./registries.ts";
import { elsewhere, isRegistry, registryFor } from "./target.ts";

/** What both ways of finding packages come to. */
export type Found = Omit<Project, "configuration" | "doctor">;

/** The packages of the manifests in the tree. */
export async function discovered(
  files: ProjectFiles,
  registries: Registries,
  problems: Problem[],
): Promise<Found> {
  const found = await discover(files);
  problems.push(...found.problems);
  const unpublished = unpublishedOf(found);
  const siblings = [...found.packages.map((manifest) => sibling(manifest)), ...unpublished];
  const packages: Package[] = [];
  const warnings = [...found.warnings];
  for (const manifest of found.packages) {
    const registry = registryFor(manifest, null, registries);
    if (!isRegistry(registry)) {
      // Nobody has said that this package is to be published from here, so the others can go on without it.
      if (registry) warnings.push(registry);
      unpublished.push({ ...sibling(manifest), reason: elsewhere(manifest) });
      continue;
    }
    const pkg = packageOf(manifest, nameOf(manifest), registry, siblings);
    const first = packages.find((other) => isSame(other, pkg));
    const mistakes = [
      ...first ? [foundTwice(first, pkg)] : [],
      ...isPackageName(pkg.kind, pkg.name) ? [] : [invalidName(pkg.name, pkg.kind)],
    ];
    if (mistakes.length === 0) packages.push(pkg);
    else problems.push(...mistakes.map((mistake) => manifest.source.problem(pkg.at, mistake)));
  }
  return {
    root: files.root,
    packages,
    registries: registriesOf(packages, registries),
    warnings,
    unpublished,
  };
}

/** Packages that nobody publishes, and why. */
export function unpublishedOf(found: Discovery) {
  return found.unpublished.map(({ manifest, reason }) => ({ ...sibling(manifest), reason }));
}

/** A package as others depend on it. */
export function sibling(manifest: Manifest, name = nameOf(manifest)): Sibling {
  return { name, kind: manifest.kind, path: manifest.directory };
}

/** A package without a name goes by its directory. */
function nameOf(manifest: Manifest): string {
  return manifest.name?.value ?? manifest.directory;
}

/** The registries of a project, by name. */
export function registriesOf(packages: readonly Package[], registries: Registries): Project["registries"] {
  return new Map([
    ...registries.configured(),
    ...packages.map(({ registry }) => [registry.name, registry] as const),
  ]);
}
