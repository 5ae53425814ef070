import {
  entriesOf,
  get,
  isTable,
  isText,
  type Located,
  type Parsed,
  textOf,
  textsOf,
} from "../../formats/located.ts";
import { KeylessError, type Problem, UsageError } from "../../problem.ts";
import { inside, within } from "../paths.ts";
import { normaliseRepository } from "../repository_url.ts";
import type { ProjectFiles } from "./files.ts";
import { type Dependency, type ManifestReader, versionOf } from "./manifest.ts";
import type { Workspace } from "./workspace.ts";

const FILE = "package.json";

/** Reads the npm package in a directory. */
export const readNpm: ManifestReader = async (files, directory) => {
  const file = inside(directory, FILE);
  const parsed = await files.json(file);
  if (!parsed) return null;
  const { root, source } = parsed;
  if (!isTable(root)) throw new UsageError(notAnObject(parsed));
  const name = textOf(root, "name");
  const unpublished = get(root, "private")?.value === true ? '"private": true' : null;
  const address = textOf(root, "publishConfig", "registry");
  const access = textOf(root, "publishConfig", "access")?.value;
  const repository = textOf(root, "repository") ?? textOf(root, "repository", "url");
  return {
    kind: "npm",
    directory,
    file,
    source,
    name,
    version: unpublished === null ? versionOf(get(root, "version"), source) : null,
    versionFrom: null,
    unpublished,
    registries: address ? { names: [address.value], at: address.at } : null,
    dependencies: dependenciesOf(root, directory),
    access: access === "public" || access === "restricted" ? access : null,
    tag: textOf(root, "publishConfig", "tag")?.value ?? null,
    repositoryUrl: repository && normaliseRepository(repository.value),
    at: name?.at ?? source.span(0, 0),
  };
};

/** The workspace of a `pnpm-workspace.yaml`, of `workspaces` in a `package.json` (npm, yarn, bun), or of a `lerna.json`; `null` where none is. */
export async function npmWorkspace(files: ProjectFiles, directory: string): Promise<Workspace | null> {
  return await pnpmWorkspace(files, directory) ?? await packageJsonWorkspace(files, directory) ??
    await lernaWorkspace(files, directory);
}

async function pnpmWorkspace(files: ProjectFiles, directory: string): Promise<Workspace | null> {
  const file = inside(directory, "pnpm-workspace.yaml");
  const text = await files.text(file);
  if (text === null) return null;
  // Only here, because few repositories need that parser, which is the largest.
  const { locatedYaml, parseYaml } = await import("../../formats/yaml.ts");
  const { root } = locatedYaml(parseYaml(text, file));
  // Without `packages` the file holds settings only.
  return get(root, "packages") ? workspace(directory, file, textsOf(root, "packages")) : null;
}

async function packageJsonWorkspace(files: ProjectFiles, directory: string): Promise<Workspace | null> {
  const file = inside(directory, FILE);
  const workspaces = get((await files.json(file))?.root, "workspaces");
  if (!workspaces) return null;
  return workspace(
    directory,
    file,
    isTable(workspaces) ? textsOf(workspaces, "packages") : textsOf(workspaces),
  );
}

/** What lerna works on. It forgives more than JSON does: of a list that cannot be read, nothing is known. */
async function lernaWorkspace(files: ProjectFiles, directory: string): Promise<Workspace | null> {
  const file = inside(directory, "lerna.json");
  try {
    const globs = textsOf((await files.json(file))?.root, "packages");
    return globs.length > 0 ? workspace(directory, file, globs) : null;
  } catch (error) {
    if (error instanceof KeylessError) return null;
    throw error;
  }
}

function workspace(directory: string, file: string, globs: readonly Located<string>[]): Workspace {
  const texts = globs.map(({ value }) => value);
  return {
    kind: "npm",
    directory,
    file,
    members: texts.filter((glob) => !glob.startsWith("!")),
    exclude: texts.filter((glob) => glob.startsWith("!")).map((glob) => glob.slice(1)),
  };
}

/** What users of the package need; `devDependencies` they never see. */
function dependenciesOf(root: Located, directory: string): Dependency[] {
  const tables = ["dependencies", "peerDependencies", "optionalDependencies"];
  return tables.flatMap((table) => entriesOf(root, table)).flatMap(([key, range]) => {
    if (!isText(range)) return [];
    const path = /^(?:file|link|portal|workspace):((?:\.|\/).*)$/.exec(range.value)?.[1];
    const alias = /^(?:npm|workspace):((?:@[^/@]+\/)?[^/@^~*=<>.]+)@/.exec(range.value)?.[1];
    return [{
      name: alias ?? key,
      path: path === undefined ? null : within(directory, path),
      local: path !== undefined || range.value.startsWith("workspace:"),
    }];
  });
}

function notAnObject({ source, root }: Parsed): Problem {
  return source.problem(root.at, {
    code: "wrong-type",
    message: `${source.path} must hold an object`,
    next: ['write { "name": "…", "version": "…" }'],
  });
}
