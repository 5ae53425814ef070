import { CLIENTS_OF } from "./clients.ts";
import { neededSiblings, type Sibling } from "./dependencies.ts";
import type { Manifest } from "./manifests/manifest.ts";
import type { Package } from "./project.ts";
import type { Registry } from "../registries/registry.ts";

/** What a configuration says beyond the manifest. */
type Wishes = Partial<
  Pick<Package, "client" | "paths" | "dependsOn" | "trustPolicy" | "access" | "tag" | "at">
>;

/** The package of a manifest: what the configuration wishes, else what the manifest says, else the defaults. */
export function packageOf(
  manifest: Manifest,
  name: string,
  registry: Registry,
  siblings: readonly Sibling[],
  wishes: Wishes = {},
): Package {
  const { kind, directory } = manifest;
  const needed = [...neededSiblings(manifest, siblings), ...wishes.dependsOn ?? []];
  return {
    kind,
    path: directory,
    manifest: manifest.file,
    version: manifest.version,
    ...(manifest.versionFrom !== null ? { versionFrom: manifest.versionFrom } : {}),
    client: CLIENTS_OF[kind][0],
    paths: [directory === "." ? "**" : `${directory}/**`],
    trustPolicy: null,
    access: manifest.access,
    tag: manifest.tag,
    repositoryUrl: manifest.repositoryUrl,
    at: manifest.at,
    ...wishes,
    name,
    registry,
    dependsOn: [...new Set(needed)],
  };
}
