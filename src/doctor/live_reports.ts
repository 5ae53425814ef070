import type { Package } from "../config/project.ts";
import type { Session } from "../host/session.ts";
import type { Claims } from "../identity/claims.ts";
import { compareClaims } from "../identity/compare.ts";
import type { Problem } from "../problem.ts";
import { isPublic } from "../registries/known.ts";
import type { MintedToken } from "../registries/registry.ts";
import { protocolOf } from "../registries/table.ts";
import { settingsOf } from "./claims.ts";
import type { RecordReport } from "./records.ts";

/** Packages that one token is for. */
export type Group = readonly [Package, ...Package[]];

/** The registry accepted a job that is not the one which the package declares. */
export function differing(pkg: Package, claims: Claims): RecordReport[] {
  const { name, kind, registry: { label }, trustPolicy } = pkg;
  const comparison = trustPolicy ? compareClaims(claims, trustPolicy, kind) : [];
  const different = comparison.filter(({ matches }) => matches === false).map(({ field }) => field);
  if (!trustPolicy || different.length === 0) return [];
  return [{
    code: "exchange-claims-differ",
    severity: "warning",
    package: name,
    message: `${label} gave this job a token, though ${name} declares another ${different.join(" and ")}`,
    at: trustPolicy.at,
    label: "declared",
    comparison,
    why: [
      kind === "npm"
        ? "The token is for this package alone, so the record is not what is declared."
        : `${label} does not say which packages the token is for: another one's record may have let the job in.`,
    ],
    next: [
      `run --live in the job that publishes ${name}, or declare what is registered at ${settingsOf(pkg)}`,
    ],
  }];
}

/** The registry gave no token, in its own words. */
export async function refusedReport(group: Group, problem: Problem, session: Session): Promise<RecordReport> {
  const [first, ...others] = group;
  const { label } = first.registry;
  return {
    code: "exchange-refused",
    package: others.length === 0 ? first.name : null,
    message: problem.message,
    at: placeOf(first),
    label: first.trustPolicy ? "declared" : first.name,
    related: others.map((pkg) => ({ at: placeOf(pkg), message: pkg.trustPolicy ? "declared" : pkg.name })),
    ...problem.comparison ? { comparison: problem.comparison } : {},
    why: [
      ...problem.said === undefined ? [] : [`${label} said: "${problem.said}"`],
      ...problem.why ?? [],
      ...await absent(group, session),
    ],
    next: [...problem.next, `more: keyless explain ${problem.code}`],
  };
}

/** npm and crates.io answer the same for a package that does not exist, and they register no publisher for one. */
async function absent(group: Group, session: Session): Promise<string[]> {
  const [{ kind, registry }] = group;
  if (kind === "pypi" || !isPublic(registry)) return [];
  const names: string[] = [];
  for (const { name, version } of group) {
    const { state } = await protocolOf(registry).version(session, registry, name, version ?? "0");
    if (state === "no-package") names.push(name);
  }
  return names.length === 0
    ? []
    : [`${registry.label} has no package ${names.join(", ")}: publish a first version with a token.`];
}

/** Whether a token would be given was not found out. */
export function notTried(group: Group, reason: string): RecordReport {
  const [first, ...others] = group;
  return {
    code: "exchange-not-tried",
    severity: "unverified",
    package: others.length === 0 ? first.name : null,
    message: `Nobody knows whether ${namesOf(group)} would get a token: ${reason}`,
    at: placeOf(first),
    label: first.trustPolicy ? "declared" : first.name,
    related: others.map((pkg) => ({ at: placeOf(pkg), message: pkg.trustPolicy ? "declared" : pkg.name })),
    next: [`compare what is registered at ${settingsOf(first)}: keyless claims shows what this job proves`],
  };
}

/** A token outlives the diagnosis. */
export function unburned(group: Group, minted: MintedToken, session: Session): RecordReport {
  const [first] = group;
  return {
    code: "token-not-burned",
    severity: "info",
    package: group.length === 1 ? first.name : null,
    message: `${first.registry.label} did not burn the token for ${namesOf(group)}; it ends by itself in ${
      minutes(minted, session)
    }`,
    at: placeOf(first),
    label: first.trustPolicy ? "declared" : first.name,
    why: ["Nobody has it: it was kept in memory, and handed to nobody."],
    next: ["nothing: run doctor again to see whether it lasts"],
  };
}

/** How long a token lives on. */
export function minutes(minted: MintedToken, session: Session): string {
  return `${Math.ceil((minted.expiresAt - session.clock.now()) / 60_000)} min`;
}

function placeOf(pkg: Package) {
  return pkg.trustPolicy?.at ?? pkg.at;
}

/** The packages of a group, for people. */
export function namesOf(group: Group): string {
  return group.map(({ name }) => name).join(", ");
}
