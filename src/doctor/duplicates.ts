import { comparableName } from "../config/names.ts";
import type { Package } from "../config/project.ts";
import type { PlacedProblem } from "../pipelines/read.ts";
import { publishesPackage } from "./published_packages.ts";
import type { Publishing, Subject } from "./rule.ts";

const DUPLICATE = "duplicate-package";

/** Two packages of one name are in the way of keyless alone; other clients publish the one that they stand in. */
export function isHarmless({ code }: PlacedProblem, { publishing }: Subject): boolean {
  return code === DUPLICATE && publishing.every(({ invocation }) => invocation.client !== "keyless");
}

/** Where neither of them is published, it does not matter which of them it would be. */
export function concernsNobody(problem: PlacedProblem, subject: Subject): boolean {
  if (problem.code !== DUPLICATE) return false;
  const { project, publishing, suspected } = subject;
  if (publishing.length === 0) return true;
  if (project.configuration !== null || suspected.length > 0) return false;
  const { package: name = "", at: { path } } = problem;
  const first = project.packages.filter((pkg) =>
    comparableName(pkg.kind, pkg.name) === comparableName(pkg.kind, name)
  );
  const directory = path.slice(0, Math.max(path.lastIndexOf("/"), 0)) || ".";
  const both = first.flatMap((pkg) => [pkg, { ...pkg, path: directory, manifest: path }]);
  return both.length > 0 && publishing.every((each) => publishesOthers(each, both, subject));
}

/** Whether a step publishes packages of the project, and none of these. */
function publishesOthers(
  { invocation }: Publishing,
  these: readonly Package[],
  { project }: Subject,
): boolean {
  const { kind } = invocation;
  if (kind !== null && these.every((pkg) => pkg.kind !== kind)) return true;
  return these.every((pkg) => publishesPackage(invocation, pkg, project) === "no") &&
    project.packages.some((pkg) => publishesPackage(invocation, pkg, project) === "yes");
}
