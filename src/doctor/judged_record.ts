import type { Package } from "../config/project.ts";
import type { Location } from "../problem.ts";
import { CLAIM_RULES, jobsOf, same } from "./claims.ts";
import type { DeclaredPackage, FiledRecord } from "./records.ts";
import type { Subject } from "./rule.ts";

/** How one record of a package compares with its declaration. */
export interface Judged {
  readonly record: FiledRecord;
  readonly fields: readonly Field[];
  readonly accepts: "yes" | "no" | "unknown";
}

/** One field of a record beside the declaration. */
export interface Field {
  readonly name: "repository" | "workflow" | "environment";
  readonly registered: string | null;
  readonly declared: string | null;
  /** `null`: nobody can know from here. */
  readonly matches: boolean | null;
  readonly at: Location;
}

/** The records that accept what is declared. `own`: the names that this repository is known by. */
export function accepting<R extends FiledRecord>(
  subject: Subject,
  pkg: DeclaredPackage,
  records: readonly R[],
  own: readonly string[],
): readonly R[] {
  return records.filter((record) => judge(subject, pkg, record, own).accepts === "yes");
}

/** Compares a record with the declaration of a package. `own`: the names that this repository is known by. */
export function judge(
  subject: Subject,
  pkg: DeclaredPackage,
  record: FiledRecord,
  own: readonly string[],
): Judged {
  const { trustPolicy: policy } = pkg;
  const fields: Field[] = [
    {
      name: "repository",
      registered: record.repository,
      declared: policy.repository ?? own[0] ?? null,
      matches: repositoryMatches(pkg, record, own),
      at: policy.repositoryAt ?? policy.at,
    },
    {
      name: "workflow",
      registered: record.workflow,
      declared: policy.workflow,
      matches: record.workflow === null ? null : isFile(record.workflow, policy.workflow),
      at: policy.workflowAt,
    },
    {
      name: "environment",
      registered: record.environment,
      declared: policy.environment,
      matches: environmentMatches(subject, pkg, record),
      at: policy.environmentAt ?? policy.at,
    },
  ];
  const accepts = fields.some(({ matches }) => matches === false)
    ? "no"
    : record.unseen !== null || fields.some(({ matches }) => matches === null)
    ? "unknown"
    : "yes";
  return { record, fields, accepts };
}

/** A declaration may leave the repository out; then only a name that fits is an answer, because a clone has many remotes. */
function repositoryMatches(
  { kind, trustPolicy }: DeclaredPackage,
  record: FiledRecord,
  own: readonly string[],
) {
  const { repository: how } = CLAIM_RULES[kind];
  const { repository: registered } = record;
  if (registered === null) return null;
  if (trustPolicy.repository !== null) return same(trustPolicy.repository, registered, how);
  return own.some((name) => same(name, registered, how)) ? true : null;
}

/** GitLab's records hold the path of the file, declarations its name. */
function isFile(registered: string, declared: string): boolean {
  return registered === declared || registered.endsWith(`/${declared}`);
}

function environmentMatches(subject: Subject, pkg: DeclaredPackage, { environment }: FiledRecord) {
  const { environment: how } = CLAIM_RULES[pkg.kind];
  const declared = pkg.trustPolicy.environment;
  if (environment !== null && declared !== null) return same(declared, environment, how);
  if (environment !== null) return runsIn(subject, pkg, environment) ? true : null;
  // crates.io accepts every environment then; npm documents nothing about it.
  return declared === null || pkg.kind !== "npm" ? true : null;
}

function runsIn(subject: Subject, pkg: Package, environment: string): boolean {
  const { environment: how } = CLAIM_RULES[pkg.kind];
  return jobsOf(subject, pkg).some(({ job }) =>
    job.environment?.names?.some((name) => same(name, environment, how))
  );
}
