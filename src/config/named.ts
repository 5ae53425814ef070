import { KeylessError } from "../problem.ts";
import { reasonOf } from "./discover_kind.ts";
import { ProjectFiles } from "./manifests/files.ts";
import { MANIFESTS } from "./manifests/table.ts";
import { isPackageName } from "./names.ts";
import { packageOf } from "./package.ts";
import type { Package } from "./project.ts";
import { Registries } from "./registries.ts";
import { isRegistry, registryFor } from "./target.ts";

/** The package of npm in a directory that belongs to no workspace; `null` where there is none that npm would publish, or that can be read. */
export async function npmPackageIn(root: string, directory: string): Promise<Package | null> {
  const manifest = await MANIFESTS.npm.read(new ProjectFiles(root), directory).catch((error) => {
    if (error instanceof KeylessError) return null;
    throw error;
  });
  const name = manifest?.name?.value;
  if (!manifest || name === undefined || reasonOf(manifest) !== null || !isPackageName("npm", name)) {
    return null;
  }
  const registry = registryFor(manifest, null, new Registries());
  return isRegistry(registry) ? packageOf(manifest, name, registry, []) : null;
}
