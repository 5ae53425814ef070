import { entriesOf, get, isText, type Located, textOf, textsOf } from "../../formats/located.ts";
import { normalName } from "../../registries/pypi_normal_name.ts";
import { inside, within } from "../paths.ts";
import type { ProjectFiles } from "./files.ts";
import { type Dependency, versionOf } from "./manifest.ts";
import { privateBecause, requirement, type Says } from "./python_metadata.ts";
import type { Workspace } from "./workspace.ts";

/** `[project]` (PEP 621), or `[tool.poetry]`; `null` where the file only configures tools. */
export async function readPyproject(files: ProjectFiles, directory: string): Promise<Says | null> {
  const file = inside(directory, "pyproject.toml");
  const parsed = await files.toml(file);
  if (!parsed) return null;
  const { root, source } = parsed;
  const project = get(root, "project");
  const poetry = get(root, "tool", "poetry");
  const name = textOf(project, "name") ?? textOf(poetry, "name");
  if (!project && !name) return null;
  const unpublished = unpublishedBecause(root);
  const version = unpublished === null
    ? versionOf(get(project, "version") ?? get(poetry, "version"), source)
    : null;
  const dynamic = textsOf(project, "dynamic").some(({ value }) => value === "version");
  const urls = entriesOf(project, "urls").filter(([key, url]) =>
    isText(url) && /^(?:source|repository|code|github)/i.test(key)
  );
  return {
    file,
    source,
    name,
    version,
    versionFrom: version !== null ? null : dynamic ? dynamicVersion(root) : null,
    unpublished,
    dependencies: [
      ...textsOf(project, "dependencies").flatMap(({ value }) => requirement(value)),
      ...textsOf(root, "build-system", "requires").flatMap(({ value }) => requirement(value)),
      ...poetryDependencies(poetry, directory),
      ...uvSources(root, directory),
    ],
    repository: (urls[0]?.[1].value as string | undefined) ?? textOf(poetry, "repository")?.value ?? null,
  };
}

/** Which setting of a build backend decides a dynamic version. */
function dynamicVersion(root: Located): string {
  const settings: [string, readonly string[]][] = [
    ["[tool.setuptools.dynamic] version", ["setuptools", "dynamic", "version"]],
    ["[tool.setuptools_scm]", ["setuptools_scm"]],
    ["[tool.hatch.version]", ["hatch", "version"]],
    ["[tool.pdm.version]", ["pdm", "version"]],
    ["[tool.poetry-dynamic-versioning]", ["poetry-dynamic-versioning"]],
    ["[tool.flit.module]", ["flit", "module"]],
    ["Cargo.toml, through maturin", ["maturin"]],
  ];
  return settings.find(([, keys]) => get(root, "tool", ...keys))?.[0] ?? "the build backend";
}

function unpublishedBecause(root: Located): string | null {
  const classifiers = [
    ...textsOf(root, "project", "classifiers"),
    ...textsOf(root, "tool", "poetry", "classifiers"),
  ];
  const own = privateBecause(classifiers.map(({ value }) => value));
  if (own) return own;
  if (get(root, "tool", "uv", "package")?.value === false) return "[tool.uv] package = false";
  return get(root, "tool", "poetry", "package-mode")?.value === false
    ? "[tool.poetry] package-mode = false"
    : null;
}

function poetryDependencies(poetry: Located | undefined, directory: string): Dependency[] {
  return entriesOf(poetry, "dependencies").filter(([name]) => name !== "python").map(([name, written]) => {
    const path = textOf(written, "path");
    return { name, path: path && within(directory, path.value), local: path !== null };
  });
}

/** Sources that name a place in this repository; which of them are needed the dependencies say. */
function uvSources(root: Located, directory: string): Dependency[] {
  const needed = textsOf(root, "project", "dependencies").flatMap(({ value }) => requirement(value)).map((
    { name },
  ) => name);
  return entriesOf(root, "tool", "uv", "sources").filter(([name]) => needed.includes(normalName(name)))
    .flatMap(
      ([name, source]) => {
        const path = textOf(source, "path");
        const local = path !== null || get(source, "workspace")?.value === true;
        return local ? [{ name, path: path && within(directory, path.value), local }] : [];
      },
    );
}

/** The workspace of `[tool.uv.workspace]`; `null` where a directory has none. */
export async function uvWorkspace(files: ProjectFiles, directory: string): Promise<Workspace | null> {
  const file = inside(directory, "pyproject.toml");
  const workspace = get((await files.toml(file))?.root, "tool", "uv", "workspace");
  if (!workspace) return null;
  return {
    kind: "pypi",
    directory,
    file,
    members: textsOf(workspace, "members").map(({ value }) => value),
    exclude: textsOf(workspace, "exclude").map(({ value }) => value),
  };
}
