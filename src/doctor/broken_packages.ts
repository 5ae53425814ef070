import { comparableName } from "../config/names.ts";
import { type PackageAtPlace, publishesPackage } from "./published_packages.ts";
import type { PlacedProblem } from "../pipelines/read.ts";
import type { Publishing, Subject } from "./rule.ts";

const DUPLICATE = "duplicate-package";
const BAD_NAME = "name-invalid";

/**
 * Two packages of one name are in the way of keyless alone; other clients publish the one that they stand in. A name is in the way of
 * those that are known to publish what has it.
 */
export function isHarmless(problem: PlacedProblem, { project, publishing }: Subject): boolean {
  const { code } = problem;
  if (code === DUPLICATE) return publishing.every(({ invocation }) => invocation.client !== "keyless");
  if (code !== BAD_NAME) return false;
  const unread = unreadAt(problem);
  const packages = [...project.packages, unread];
  return publishing.every(({ invocation }) => publishesPackage(invocation, unread, { packages }) !== "yes");
}

/** What a generator of projects fills in. */
const FILLED_IN = /\{\{|\{%|<%|%[A-Za-z][\w-]{0,60}%/;

/** A file that is no manifest before a generator has filled it in, and that nothing is known to publish. */
function isTemplate(problem: PlacedProblem, { project, publishing }: Subject): boolean {
  const unread = unreadAt(problem);
  const packages = [...project.packages, unread];
  return FILLED_IN.test(`${problem.at.path}\n${problem.source ?? ""}`) &&
    publishing.every(({ invocation }) => publishesPackage(invocation, unread, { packages }) !== "yes");
}

/** Where none of the packages is published, it does not matter which of them it would be, nor what it is called. */
export function concernsNobody(problem: PlacedProblem, subject: Subject): boolean {
  if (problem.code.endsWith("-syntax")) return isTemplate(problem, subject);
  if (problem.code !== DUPLICATE && problem.code !== BAD_NAME) return false;
  const { project, publishing, suspected } = subject;
  if (publishing.length === 0) return true;
  if (project.configuration !== null || suspected.length > 0) return false;
  const these = problem.code === DUPLICATE ? bothOf(problem, project.packages) : [unreadAt(problem)];
  const packages = [...project.packages, ...these];
  return these.length > 0 && publishing.every((each) => publishesOthers(each, these, packages));
}

/** The package of the project, and the one that cannot be told from it. */
function bothOf(problem: PlacedProblem, packages: readonly PackageAtPlace[]): PackageAtPlace[] {
  const { package: name = "", at } = problem;
  const first = packages.filter((pkg) =>
    comparableName(pkg.kind, pkg.name) === comparableName(pkg.kind, name)
  );
  return first.flatMap((pkg) => [pkg, { ...pkg, path: directoryOf(at.path), manifest: at.path }]);
}

/** The package whose name no registry takes, or that cannot be read: no command can name it. */
function unreadAt({ at: { path } }: PlacedProblem): PackageAtPlace {
  const kind = path.endsWith("package.json") ? "npm" : path.endsWith("Cargo.toml") ? "crates" : "pypi";
  return { name: "", kind, path: directoryOf(path), manifest: path };
}

function directoryOf(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf("/"), 0)) || ".";
}

/** Whether a step publishes packages of the project, and none of these. */
function publishesOthers(
  { invocation }: Publishing,
  these: readonly PackageAtPlace[],
  packages: readonly PackageAtPlace[],
): boolean {
  const { kind } = invocation;
  if (kind !== null && these.every((pkg) => pkg.kind !== kind)) return true;
  return these.every((pkg) => publishesPackage(invocation, pkg, { packages }) === "no") &&
    packages.some((pkg) => publishesPackage(invocation, pkg, { packages }) === "yes");
}
