import { join } from "@std/path";
import { get, isList, isTable, type Located, type Parsed, type Table, textOf } from "../formats/located.ts";
import { kindOf, list } from "../host/files.ts";
import { plainLine } from "../host/redact.ts";
import { KeylessError, type Problem } from "../problem.ts";
import type { Kind } from "../registries/registry.ts";
import { suggest } from "../suggest.ts";
import type { ProjectFiles } from "./manifests/files.ts";
import { incomplete, type Manifest } from "./manifests/manifest.ts";
import { MANIFESTS } from "./manifests/table.ts";
import { comparableName } from "./names.ts";
import { inside, within } from "./paths.ts";

/** A `[[package]]` whose manifest was found. */
export interface Entry {
  readonly table: Located<Table>;
  /** What the file calls it; `depends_on` uses these names. */
  readonly alias: Located<string>;
  /** What the registry calls it. */
  readonly name: Located<string>;
  readonly manifest: Manifest;
}

/** The packages of a configuration that was held against its schema, each with its manifest; what is wrong is pushed to `problems`. */
export async function readEntries(
  config: Parsed<Table>,
  files: ProjectFiles,
  problems: Problem[],
): Promise<Entry[]> {
  const tables = get(config.root, "package");
  const all = isList(tables) ? tables.value.filter(isTable) : [];
  const read = await Promise.all(all.map((table) => readEntry(table, config, files)));
  for (const entry of read) if (Array.isArray(entry)) problems.push(...entry);
  return read.filter((entry): entry is Entry => entry !== null && !Array.isArray(entry));
}

/** The key that gives a package of each kind another name than `name`, in files of putitoutthere. */
const OVERRIDES: Readonly<Record<Kind, string>> = { crates: "crate", pypi: "pypi", npm: "npm" };

/** `null` where what is missing has been reported already. */
async function readEntry(
  table: Located<Table>,
  config: Parsed<Table>,
  files: ProjectFiles,
): Promise<Entry | Problem[] | null> {
  const alias = textOf(table, "name");
  const kind = textOf(table, "kind")?.value as Kind | undefined;
  const path = textOf(table, "path");
  if (!alias || !path || !kind || !Object.hasOwn(MANIFESTS, kind)) return null;
  const name = textOf(table, OVERRIDES[kind]) ?? alias;
  const directory = within(".", path.value);
  if (directory === null) return [config.source.problem(path.at, outside(path.value))];
  if (await kindOf(join(files.root, directory)) !== "directory") {
    return [config.source.problem(path.at, await missing(files, path.value, directory))];
  }
  try {
    const manifest = await MANIFESTS[kind].read(files, directory);
    if (!manifest) return [config.source.problem(path.at, await without(files, path.value, directory, kind))];
    const problems = [...mistakesIn(manifest), ...mistakesOf(table, name, manifest, config)];
    return problems.length > 0 ? problems : { table, alias, name, manifest };
  } catch (error) {
    if (!(error instanceof KeylessError)) throw error;
    return [...error.problems];
  }
}

/** What keeps the package of a manifest from being published although the configuration lists it. */
function mistakesIn(manifest: Manifest): Problem[] {
  const { source, at, file } = manifest;
  if (manifest.unpublished !== null) {
    return [source.problem(at, {
      code: "package-private",
      message: `${plainLine(file)} says that the package is not published: ${manifest.unpublished}`,
      why: ["The client or the registry refuses such a package."],
      next: ["change the manifest, or remove the package from the configuration"],
    })];
  }
  if (manifest.version !== null || manifest.versionFrom !== null) return [];
  return [incomplete(manifest, "has no version", "add the version that is to be published")];
}

function mistakesOf(
  table: Located<Table>,
  name: Located<string>,
  manifest: Manifest,
  config: Parsed<Table>,
): Problem[] {
  const problems: Problem[] = [];
  const own = manifest.name;
  if (own && comparableName(manifest.kind, own.value) !== comparableName(manifest.kind, name.value)) {
    problems.push(config.source.problem(name.at, {
      code: "name-mismatch",
      message: `the package is "${plainLine(name.value, 80)}" here and "${plainLine(own.value, 80)}" in ${
        plainLine(manifest.file)
      }`,
      why: ["The registry knows it by the name in the manifest."],
      next: [`write name = "${plainLine(own.value, 80)}"`],
    }));
  }
  const both = get(table, "globs");
  if (both && get(table, "paths")) {
    problems.push(config.source.problem(both.keyAt ?? both.at, {
      code: "duplicate-key",
      message: '"globs" is another word for "paths", and both are set',
      next: ["keep one of the two"],
    }));
  }
  return problems;
}

function outside(path: string): Problem {
  return {
    code: "path-outside",
    message: `path "${plainLine(path, 120)}" leads out of the repository`,
    next: ["write a path below the directory of this file"],
  };
}

async function missing(files: ProjectFiles, path: string, directory: string): Promise<Problem> {
  const cut = directory.lastIndexOf("/");
  const parent = cut < 0 ? "." : directory.slice(0, cut);
  const beside = (await list(join(files.root, parent))).filter(({ isDirectory }) => isDirectory)
    .map(({ name }) => inside(parent, name));
  const near = suggest(directory, beside);
  return {
    code: "path-missing",
    message: `path "${plainLine(path, 120)}" is no directory`,
    next: [
      near
        ? `did you mean "${plainLine(near, 120)}"?`
        : "write the directory of the package, relative to this file",
    ],
  };
}

async function without(files: ProjectFiles, path: string, directory: string, kind: Kind): Promise<Problem> {
  const there = new Set((await list(join(files.root, directory))).map(({ name }) => name));
  const has = (other: Kind) => MANIFESTS[other].files.find((file) => there.has(file));
  const other = (Object.keys(MANIFESTS) as Kind[]).find((one) => one !== kind && has(one));
  const own = has(kind);
  return {
    code: "manifest-missing",
    message: `path "${plainLine(path, 120)}" holds no package of kind "${kind}"`,
    why: [own ? `${own} is there and describes no package.` : `There is no ${MANIFESTS[kind].files[0]}.`],
    next: [
      other
        ? `write kind = "${other}", because ${has(other)} is there`
        : "write the directory that holds the manifest",
    ],
  };
}
