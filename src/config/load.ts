import { get, isList, isTable, type Parsed, type Table, textOf } from "../formats/located.ts";
import { SourceText } from "../formats/positions.ts";
import type { Env } from "../host/env.ts";
import { plainLine } from "../host/redact.ts";
import { type Problem, UsageError } from "../problem.ts";
import { checkConfig, type Verdict } from "./check.ts";
import { readEntries } from "./configured.ts";
import { declaredPackages, foundTwice, invalidName, isSame } from "./declared.ts";
import { needsOthers, type Sibling } from "./dependencies.ts";
import { discover, type Discovery } from "./discover.ts";
import { ProjectFiles } from "./manifests/files.ts";
import type { Manifest } from "./manifests/manifest.ts";
import { isPackageName } from "./names.ts";
import { packageOf } from "./package.ts";
import { type DoctorSettings, FAIL_ON, type Package, type Project } from "./project.ts";
import { Registries } from "./registries.ts";
import { CONFIGURATIONS, findRoot } from "./root.ts";
import { KEYLESS_TOML, PUTITOUTTHERE_TOML } from "./schema.ts";
import { elsewhere, isRegistry, registryFor } from "./target.ts";

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
  const files = new ProjectFiles(await findRoot(start));
  for (const name of CONFIGURATIONS) {
    const config = await files.toml(name);
    if (config) return await configuredProject(config, files, env);
  }
  return await discoveredProject(files);
}

const UNCONFIGURED: DoctorSettings = { failOn: "error", ignore: [] };

async function configuredProject(config: Parsed<Table>, files: ProjectFiles, env: Env): Promise<Loaded> {
  const { source, root } = config;
  const verdict = checkConfig(
    source,
    root,
    source.path === CONFIGURATIONS[0] ? KEYLESS_TOML : PUTITOUTTHERE_TOML,
  );
  const problems = [...verdict.problems];
  const registries = Registries.read(config, env, problems);
  const settings = { configuration: source.path, doctor: doctorOf(config) };
  const project = get(root, "package")
    ? await declared(config, files, registries, problems)
    : await discovered(files, registries, problems);
  const ordered = inOrder(problems, source, verdict);
  if (ordered.some(({ at }) => at === undefined || at.path === source.path)) throw new UsageError(ordered);
  return {
    project: { ...project, ...settings, warnings: [...ignoredKeys(verdict, source), ...project.warnings] },
    problems: ordered,
  };
}

async function discoveredProject(files: ProjectFiles): Promise<Loaded> {
  const problems: Problem[] = [];
  const project = await discovered(files, new Registries(), problems);
  return {
    project: { ...project, configuration: null, doctor: UNCONFIGURED },
    problems: [...new Set(problems)],
  };
}

/** What both ways of finding packages come to. */
type Found = Omit<Project, "configuration" | "doctor">;

async function declared(
  config: Parsed<Table>,
  files: ProjectFiles,
  registries: Registries,
  problems: Problem[],
): Promise<Found> {
  const entries = await readEntries(config, files, problems);
  const known = entries.map(({ name, manifest }) => sibling(manifest, name.value));
  // Walking the whole tree is worth it only where a package needs one that the file does not list.
  const others = entries.some(({ manifest }) => needsOthers(manifest, known))
    ? await unlisted(files, config, known)
    : [];
  const packages = declaredPackages(config, entries, [...known, ...others], registries, problems);
  return {
    root: files.root,
    packages,
    registries: registriesOf(packages, registries),
    warnings: [],
    unpublished: others,
  };
}

async function discovered(files: ProjectFiles, registries: Registries, problems: Problem[]): Promise<Found> {
  const found = await discover(files);
  problems.push(...found.problems);
  const unpublished = unpublishedOf(found);
  const siblings = [...found.packages.map((manifest) => sibling(manifest)), ...unpublished];
  const packages: Package[] = [];
  const warnings = [...found.warnings];
  for (const manifest of found.packages) {
    const registry = registryFor(manifest, null, registries);
    if (!isRegistry(registry)) {
      // Nobody has said that this package is to be published from here, so the others can go on without it.
      if (registry) warnings.push(registry);
      unpublished.push({ ...sibling(manifest), reason: elsewhere(manifest) });
      continue;
    }
    const pkg = packageOf(manifest, nameOf(manifest), registry, siblings);
    const first = packages.find((other) => isSame(other, pkg));
    const mistakes = [
      ...first ? [foundTwice(first, pkg)] : [],
      ...isPackageName(pkg.kind, pkg.name) ? [] : [invalidName(pkg.name, pkg.kind)],
    ];
    if (mistakes.length === 0) packages.push(pkg);
    else problems.push(...mistakes.map((mistake) => manifest.source.problem(pkg.at, mistake)));
  }
  return {
    root: files.root,
    packages,
    registries: registriesOf(packages, registries),
    warnings,
    unpublished,
  };
}

/** Packages in the tree that a configuration does not list. */
async function unlisted(files: ProjectFiles, config: Parsed<Table>, known: readonly Sibling[]) {
  const found = await discover(files);
  const isKnown = (other: Sibling) =>
    known.some(({ kind, path }) => kind === other.kind && path === other.path);
  const publishable = found.packages.map((manifest) => ({
    ...sibling(manifest),
    reason: `not listed in ${config.source.path}`,
  }));
  return [...publishable, ...unpublishedOf(found)].filter((other) => !isKnown(other));
}

function unpublishedOf(found: Discovery) {
  return found.unpublished.map(({ manifest, reason }) => ({ ...sibling(manifest), reason }));
}

function sibling(manifest: Manifest, name = nameOf(manifest)): Sibling {
  return { name, kind: manifest.kind, path: manifest.directory };
}

/** A package without a name goes by its directory. */
function nameOf(manifest: Manifest): string {
  return manifest.name?.value ?? manifest.directory;
}

function registriesOf(packages: readonly Package[], registries: Registries): Project["registries"] {
  return new Map([
    ...registries.configured(),
    ...packages.map(({ registry }) => [registry.name, registry] as const),
  ]);
}

function doctorOf({ root }: Parsed<Table>): DoctorSettings {
  const failOn = textOf(root, "doctor", "fail_on")?.value;
  const ignore = get(root, "doctor", "ignore");
  return {
    failOn: FAIL_ON.find((each) => each === failOn) ?? "error",
    ignore: (isList(ignore) ? ignore.value.filter(isTable) : []).map((table) => ({
      code: textOf(table, "code")?.value ?? "",
      path: textOf(table, "path")?.value ?? null,
      reason: textOf(table, "reason")?.value ?? "",
      at: table.at,
    })),
  };
}

/** One warning for each key of another tool, however often it is there. */
function ignoredKeys(verdict: Verdict, source: SourceText): Problem[] {
  const byKey = Map.groupBy(verdict.ignored, ({ key }) => key);
  return [...byKey.values()].map(([first, ...others]) => {
    const lines = others.map(({ at }) => at.start.line).join(", ");
    return source.problem(first!.at, {
      code: "key-ignored",
      message: `"${plainLine(first!.key, 80)}" means nothing to keyless and is ignored`,
      why: [`It is a key of putitoutthere: ${first!.why}.`, ...lines ? [`Also in line ${lines}.`] : []],
      next: ["nothing, if that is what you expect", "or move to keyless.toml, which has no such keys"],
    });
  });
}

/** Problems as the file has them, those of other files behind; where a secret stands in it, nobody gets to see it. */
function inOrder(problems: readonly Problem[], source: SourceText, verdict: Verdict): Problem[] {
  const place = (problem: Problem) => problem.at?.path === source.path ? problem.at.start.offset : Infinity;
  const shown = withoutSecrets(source.text, verdict);
  return [...new Set(problems)]
    .sort((a, b) => place(a) === place(b) ? 0 : place(a) - place(b))
    .map((problem) => problem.at?.path === source.path ? { ...problem, source: shown } : problem);
}

function withoutSecrets(text: string, verdict: Verdict): string {
  for (const { start, end } of verdict.secrets) {
    const hidden = text.slice(start.offset, end.offset).replace(/[^\r\n"']/g, "*");
    text = text.slice(0, start.offset) + hidden + text.slice(end.offset);
  }
  return text;
}
