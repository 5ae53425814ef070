import {
  entriesOf,
  get,
  isList,
  isTable,
  type Located,
  type Parsed,
  type Table,
  textOf,
  textsOf,
} from "../../formats/located.ts";
import { UsageError } from "../../problem.ts";
import { ancestors, inside, within } from "../paths.ts";
import { normaliseRepository } from "../repository_url.ts";
import type { ProjectFiles } from "./files.ts";
import { type Dependency, incomplete, type Manifest, type ManifestReader, versionOf } from "./manifest.ts";
import type { Workspace } from "./workspace.ts";

const FILE = "Cargo.toml";

/** Reads the crate in a directory; what it inherits is looked up in its workspace. */
export const readCargo: ManifestReader = async (files, directory) => {
  const file = inside(directory, FILE);
  const parsed = await files.toml(file);
  const own = get(parsed?.root, "package");
  if (!parsed || !isTable(own)) return null;
  const workspace = await workspaceOf(files, directory, own);
  const name = textOf(own, "name");
  const base = { file, source: parsed.source, at: name?.at ?? own.at };
  const field = (key: string) => inherited(base, own, workspace, key);
  const version = field("version");
  const publish = field("publish");
  const repository = textOf(field("repository"));
  const unpublished = version
    ? unpublishedBecause(publish)
    : "it has no version, which cargo does not publish";
  const sourceOf = (value: Located | undefined) =>
    [parsed, workspace?.parsed].find((each) => each?.source.path === value?.at.path)?.source ?? parsed.source;
  return {
    ...base,
    kind: "crates",
    directory,
    name,
    version: unpublished === null ? versionOf(version, sourceOf(version)) : null,
    versionFrom: null,
    unpublished,
    registries: isList(publish)
      ? { names: textsOf(publish).map(({ value }) => value), at: publish.at }
      : null,
    dependencies: dependenciesOf(parsed.root, directory, workspace),
    access: null,
    tag: null,
    repositoryUrl: repository && normaliseRepository(repository.value),
  };
};

/** The workspace that a `Cargo.toml` describes; `null` where it describes none. Path dependencies inside of it are members, too. */
export async function cargoWorkspace(files: ProjectFiles, directory: string): Promise<Workspace | null> {
  const parsed = await files.toml(inside(directory, FILE));
  const workspace = get(parsed?.root, "workspace");
  if (!parsed || !isTable(workspace)) return null;
  return {
    kind: "crates",
    directory,
    file: inside(directory, FILE),
    members: textsOf(workspace, "members").map(({ value }) => value),
    exclude: textsOf(workspace, "exclude").map(({ value }) => value),
  };
}

interface Around {
  readonly directory: string;
  readonly parsed: Parsed<Table>;
}

/** The `Cargo.toml` with `[workspace]` that a crate belongs to: the one it names, else the nearest. */
async function workspaceOf(files: ProjectFiles, directory: string, own: Located): Promise<Around | null> {
  const named = textOf(own, "workspace");
  const candidates = named ? [within(directory, named.value)] : ancestors(directory);
  for (const candidate of candidates) {
    const parsed = candidate === null ? null : await files.toml(inside(candidate, FILE));
    if (parsed && get(parsed.root, "workspace")) return { directory: candidate!, parsed };
  }
  return null;
}

/** `key`, or what the workspace says where the crate has `key.workspace = true`. @throws {UsageError} `manifest-incomplete` */
function inherited(
  manifest: Pick<Manifest, "file" | "source" | "at">,
  own: Located,
  workspace: Around | null,
  key: string,
): Located | undefined {
  const value = get(own, key);
  if (get(value, "workspace")?.value !== true) return value;
  const shared = get(workspace?.parsed.root, "workspace", "package", key);
  if (shared) return shared;
  const where = workspace ? inside(workspace.directory, FILE) : "a workspace";
  throw new UsageError(
    incomplete(
      { ...manifest, at: value!.keyAt ?? value!.at },
      `takes "${key}" from its workspace, and ${workspace ? `${where} has none` : "there is no workspace"}`,
      `add ${key} = "…" to [workspace.package] in ${where}, or to [package] here`,
    ),
  );
}

function unpublishedBecause(publish: Located | undefined): string | null {
  if (publish?.value === false) return "publish = false";
  return isList(publish) && publish.value.length === 0 ? "publish = []" : null;
}

/** Dependencies of the crate itself and of its build script; those of its tests do not have to be published first. */
function dependenciesOf(root: Located, directory: string, workspace: Around | null): Dependency[] {
  const scopes = [root, ...entriesOf(root, "target").map(([, target]) => target)];
  const tables = scopes.flatMap((scope) =>
    ["dependencies", "build-dependencies", "build_dependencies"].map((key) => get(scope, key))
  );
  return tables.flatMap((table) =>
    entriesOf(table).flatMap(([key, dependency]) => {
      const shared = get(dependency, "workspace")?.value === true;
      const [written, from] = shared
        ? [get(workspace?.parsed.root, "workspace", "dependencies", key), workspace?.directory ?? directory]
        : [dependency, directory];
      const path = textOf(written, "path");
      if (!path) return [];
      return [{
        name: textOf(written, "package")?.value ?? key,
        path: within(from, path.value),
        local: true,
      }];
    })
  );
}
