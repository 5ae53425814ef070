import { get, isList, isTable, type Parsed, type Table, textOf } from "../formats/located.ts";
import type { SourceText } from "../formats/positions.ts";
import type { Env } from "../host/env.ts";
import { plainLine } from "../host/redact.ts";
import { type Problem, UsageError } from "../problem.ts";
import { checkConfig, type Verdict } from "./check.ts";
import { readEntries } from "./configured.ts";
import { declaredPackages } from "./declared.ts";
import { needsOthers, type Sibling } from "./dependencies.ts";
import { discover } from "./discover.ts";
import { discovered, type Found, registriesOf, sibling, unpublishedOf } from "./discovered.ts";
import type { Loaded } from "./load.ts";
import type { ProjectFiles } from "./manifests/files.ts";
import { type DoctorSettings, FAIL_ON } from "./project.ts";
import { Registries } from "./registries.ts";
import { CONFIGURATIONS } from "./root.ts";
import { KEYLESS_TOML, PUTITOUTTHERE_TOML } from "./schema.ts";

/** The project of a configuration. @throws {UsageError} everything that is wrong with it */
export async function configuredProject(
  config: Parsed<Table>,
  files: ProjectFiles,
  env: Env,
): Promise<Loaded> {
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
