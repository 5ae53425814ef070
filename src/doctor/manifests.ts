import { inside } from "../config/paths.ts";
import type { Package, Project } from "../config/project.ts";
import { type Parsed, textOf } from "../formats/located.ts";
import type { PublishingJob } from "../pipelines/publishing_jobs.ts";
import type { PlacedProblem } from "../pipelines/read.ts";
import { placed, Repository } from "../pipelines/repository.ts";
import { KeylessError } from "../problem.ts";
import { ownManifest } from "./own_manifest.ts";

/** Manifests, and what is wrong with those that cannot be read. */
export interface ManifestsRead {
  readonly manifests: ReadonlyMap<string, Parsed>;
  readonly unreadManifests: readonly PlacedProblem[];
}

/** Every manifest that a publishing step may be about, or may take its tools from, by path. */
export async function readManifests(
  { root, packages }: Project,
  publishing: readonly PublishingJob[],
  overlay?: ReadonlyMap<string, string>,
): Promise<ManifestsRead> {
  const repository = new Repository(root, overlay);
  const forNpm = publishing.flatMap(({ invocation }) => {
    const { kind, directory } = invocation;
    return kind !== "npm" ? [] : [
      "package.json",
      ...directory === null ? [] : [inside(directory, "package.json")],
      ownManifest(invocation) ?? [],
    ].flat();
  });
  const forCargo = packages.flatMap((pkg) => pkg.kind === "crates" ? manifestsAbove(pkg) : []);
  const manifests = new Map<string, Parsed>();
  const unreadManifests: PlacedProblem[] = [];
  for (const path of new Set([...packages.map((pkg) => pkg.manifest), ...forCargo, ...forNpm])) {
    try {
      const text = await repository.text(path);
      const parsed = text === null ? null : await parsedManifest(text, path);
      if (parsed) manifests.set(path, parsed);
    } catch (error) {
      if (!(error instanceof KeylessError)) throw error;
      unreadManifests.push(placed(error.problem, path));
    }
  }
  return { manifests, unreadManifests };
}

/** Why nothing can be compared although something is published; `null` where a manifest of its kind was read. */
export function unseenManifests(
  { project: { packages, unpublished }, manifests }: {
    readonly project: Pick<Project, "packages" | "unpublished">;
    readonly manifests: ReadonlyMap<string, Parsed>;
  },
  published: readonly PublishingJob[],
): string | null {
  // A package.json without a name is of no package; there it goes by its directory.
  const named = unpublished.filter(({ kind, name, path }) => kind !== "npm" || name !== path);
  const kinds = new Set<string>([...packages, ...named].map(({ kind }) => kind));
  const ofNpm = [...manifests].some(([path, { root }]) =>
    path.endsWith("package.json") && textOf(root, "name")
  );
  if (ofNpm) kinds.add("npm");
  const seen = published.some(({ invocation: { kind } }) => kind === null ? kinds.size > 0 : kinds.has(kind));
  return seen
    ? null
    : "no manifest of what is published was read: doctor reads those of crates, npm and Python packages";
}

/** Where the workspace of a crate may be, beside its own manifest: the next directory first. */
export function manifestsAbove({ path }: Pick<Package, "path">): string[] {
  const parts = path === "." ? [] : path.split("/");
  return parts.map((_, index) => inside(parts.slice(0, index).join("/") || ".", "Cargo.toml")).toReversed();
}

async function parsedManifest(text: string, path: string): Promise<Parsed | null> {
  if (path.endsWith(".json")) return (await import("../formats/json.ts")).parseJson(text, path);
  return path.endsWith(".toml") ? (await import("../formats/toml.ts")).parseToml(text, path) : null;
}
