import { dirname } from "@std/path";
import type { Project } from "../config/project.ts";
import type { PublishingJob } from "../pipelines/publishing_jobs.ts";
import { ownManifest } from "./own_manifest.ts";

/** The project with the packages, too, that belong to no workspace and that a publish command goes to; not where a configuration lists the packages. */
export async function withNamedPackages(
  project: Project,
  publishing: readonly PublishingJob[],
): Promise<Project> {
  const { root, packages, configuration } = project;
  if (packages.some(({ at }) => at.path === configuration)) return project;
  const named = publishing.flatMap(({ invocation }) =>
    invocation.kind === "npm" ? ownManifest(invocation) ?? [] : []
  );
  const known = new Set(packages.map(({ manifest }) => manifest));
  const more = [...new Set(named)].filter((path) => !known.has(path));
  if (more.length === 0) return project;
  const { npmPackageIn } = await import("../config/named.ts");
  const found = await Promise.all(more.map((path) => npmPackageIn(root, dirname(path))));
  const added = found.filter((pkg) => pkg !== null)
    .filter(({ name }) => packages.every((other) => other.kind !== "npm" || other.name !== name));
  return added.length > 0 ? { ...project, packages: [...packages, ...added] } : project;
}
