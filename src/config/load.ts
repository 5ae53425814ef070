import type { Env } from "../host/env.ts";
import { type Problem, UsageError } from "../problem.ts";
import { discovered } from "./discovered.ts";
import { ProjectFiles } from "./manifests/files.ts";
import type { DoctorSettings, Project } from "./project.ts";
import { Registries } from "./registries.ts";
import { CONFIGURATIONS, findRoot, hasConfiguration } from "./root.ts";

/**
 * The project around the directory `start`: from `keyless.toml`, else from `putitoutthere.toml`, else from the manifests in the tree.
 * A configuration without packages leaves finding them to the manifests, too.
 *
 * @throws {UsageError} everything that is wrong with the configuration and the manifests that it names, in the order of the file
 */
export async function loadProject(start: string, env: Env): Promise<Project> {
  const { project, problems } = await loadSound(start, env);
  if (problems.length > 0) throw new UsageError(problems);
  return project;
}

/** A project as far as its manifests can be read. */
export interface Loaded {
  /** Without the packages whose manifests have mistakes. */
  readonly project: Project;
  /** These mistakes, each with its place. */
  readonly problems: readonly Problem[];
}

/**
 * The same for whoever can go on with the packages that are left when a manifest has mistakes.
 *
 * @throws {UsageError} everything that is wrong with the configuration
 */
export async function loadSound(start: string, env: Env): Promise<Loaded> {
  const files = new ProjectFiles(findRoot(start));
  for (const name of CONFIGURATIONS) {
    // Most repositories have no configuration.
    const config = await hasConfiguration(files.root, name) ? await files.toml(name) : null;
    if (config) return await (await import("./configured_project.ts")).configuredProject(config, files, env);
  }
  return await discoveredProject(files);
}

const UNCONFIGURED: DoctorSettings = { failOn: "error", ignore: [] };

async function discoveredProject(files: ProjectFiles): Promise<Loaded> {
  const problems: Problem[] = [];
  const project = await discovered(files, new Registries(), problems);
  return {
    project: { ...project, configuration: null, doctor: UNCONFIGURED },
    problems: [...new Set(problems)],
  };
}
