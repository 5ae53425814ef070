import {
  get,
  isList,
  isTable,
  type Located,
  type Parsed,
  type Table,
  textOf,
  textsOf,
} from "../formats/located.ts";
import { plainLine } from "../host/redact.ts";
import type { Problem } from "../problem.ts";
import { suggest } from "../suggest.ts";
import { clientFor } from "./clients.ts";
import type { Entry } from "./configured.ts";
import type { Sibling } from "./dependencies.ts";
import { isPackageName } from "./names.ts";
import { packageOf } from "./package.ts";
import type { DeclaredPolicy, Package } from "./project.ts";
import type { Registries } from "./registries.ts";
import { duplicate, invalidName, isSame } from "./package_names.ts";
import { isRegistry, registryFor } from "./target.ts";

/** The packages that a configuration declares; what is wrong with them is pushed to `problems`. */
export function declaredPackages(
  config: Parsed<Table>,
  entries: readonly Entry[],
  siblings: readonly Sibling[],
  registries: Registries,
  problems: Problem[],
): Package[] {
  const { source } = config;
  const packages: Package[] = [];
  for (const entry of entries) {
    const { table, name, manifest } = entry;
    const chosen = textOf(table, "registry");
    const registry = registryFor(manifest, chosen && { name: chosen, source }, registries);
    const client = clientFor(manifest.kind, textOf(table, "client"), source);
    const dependsOn = extraDependencies(entry, entries, config, problems);
    if (registry && !isRegistry(registry)) problems.push(registry);
    if (typeof client !== "string") problems.push(client);
    if (!isPackageName(manifest.kind, name.value)) {
      problems.push(source.problem(name.at, invalidName(name.value, manifest.kind)));
    }
    if (!isRegistry(registry) || typeof client !== "string") continue;
    const pkg = packageOf(manifest, name.value, registry, siblings, {
      client,
      dependsOn,
      trustPolicy: policyOf(get(table, "trust_policy")),
      at: name.at,
      ...wishesOf(table),
    });
    const first = packages.find((other) => isSame(other, pkg));
    if (first) problems.push(source.problem(pkg.at, duplicate(first, pkg)));
    packages.push(pkg);
  }
  return packages;
}

/** Keys that only say something where they are written. */
function wishesOf(table: Located<Table>): Partial<Pick<Package, "paths" | "access" | "tag">> {
  const globs = [...textsOf(table, "paths"), ...textsOf(table, "globs")].map(({ value }) => value);
  const access = textOf(table, "access")?.value;
  const tag = textOf(table, "tag")?.value;
  return {
    ...(globs.length > 0 ? { paths: globs } : {}),
    ...(access === "public" || access === "restricted" ? { access } : {}),
    ...(tag !== undefined ? { tag } : {}),
  };
}

/** The names that registries know for the words in `depends_on`. */
function extraDependencies(
  entry: Entry,
  entries: readonly Entry[],
  { source, root }: Parsed<Table>,
  problems: Problem[],
): string[] {
  const others = entries.filter((other) => other !== entry);
  const tables = get(root, "package");
  const written = isList(tables) ? tables.value.map((table) => textOf(table, "name")?.value) : [];
  return textsOf(entry.table, "depends_on").flatMap(({ value, at }) => {
    const found = others.find(({ alias }) => alias.value === value) ??
      others.find(({ name }) => name.value === value);
    if (found) return [found.name.value];
    // It is in the file, and has a mistake of its own.
    if (value !== entry.alias.value && written.includes(value)) return [];
    problems.push(
      source.problem(at, unknownDependency(value, entry, others.map(({ alias }) => alias.value))),
    );
    return [];
  });
}

function policyOf(table: Located | undefined): DeclaredPolicy | null {
  const workflow = textOf(table, "workflow");
  if (!isTable(table) || !workflow) return null;
  const environment = textOf(table, "environment");
  const repository = textOf(table, "repository");
  return {
    workflow: workflow.value,
    environment: environment?.value ?? null,
    repository: repository?.value ?? null,
    at: table.at,
    workflowAt: workflow.at,
    environmentAt: environment?.at ?? null,
    repositoryAt: repository?.at ?? null,
  };
}

function unknownDependency(word: string, entry: Entry, names: readonly string[]): Problem {
  const own = entry.alias.value === word;
  const near = suggest(word, names);
  return {
    code: "unknown-dependency",
    message: own
      ? `"${plainLine(word, 80)}" depends on itself`
      : `"${plainLine(entry.alias.value, 80)}" depends on "${
        plainLine(word, 80)
      }", which is not in this file`,
    next: [
      near && !own
        ? `did you mean "${plainLine(near, 80)}"?`
        : "name another [[package]] of this file, or remove it",
    ],
  };
}
