import type { Problem } from "../problem.ts";
import type { Plan, PlannedPackage } from "./plan.ts";
import type { Released, ReleaseReport } from "./report.ts";

/** A problem as programs read it. */
export function problemRecord(problem: Problem): Record<string, unknown> {
  const { source: _, ...rest } = problem;
  return rest;
}

/** A plan as programs read it. */
export function planRecord(plan: Plan): Record<string, unknown> {
  return {
    commit: plan.checkout.commit,
    changed: plan.checkout.changed,
    packages: plan.packages.map(plannedRecord),
    problems: plan.problems.map(problemRecord),
  };
}

function plannedRecord(entry: PlannedPackage): Record<string, unknown> {
  return {
    ...identity(entry.package),
    version: entry.version,
    state: entry.there?.state ?? null,
    latest: entry.there?.latest ?? null,
    action: entry.action,
    missing: entry.missing,
    dependsOn: entry.package.dependsOn,
    credential: entry.credential.path === "none" ? null : entry.credential.describe,
    problems: entry.problems.map(problemRecord),
  };
}

/** A release's report as programs read it. */
export function releaseRecord(report: ReleaseReport): Record<string, unknown> {
  return {
    commit: report.commit,
    tools: report.tools,
    packages: report.packages.map(releasedRecord),
    problems: report.problems.map(problemRecord),
    tokens: {
      minted: report.tokens.minted,
      burned: report.tokens.burned,
      longestMs: Math.round(report.tokens.longest),
    },
  };
}

function releasedRecord(entry: Released): Record<string, unknown> {
  return {
    ...identity(entry.package),
    version: entry.version,
    result: entry.result,
    credential: entry.credential,
    files: entry.files,
    proof: entry.proof,
    problems: entry.problems.map(problemRecord),
  };
}

function identity(pkg: PlannedPackage["package"]): Record<string, unknown> {
  return {
    package: pkg.name,
    registry: pkg.registry.name,
    kind: pkg.kind,
    path: pkg.path,
    client: pkg.client,
  };
}
