import type { DeclaredPolicy, Package, Project } from "../config/project.ts";
import { given } from "../host/env.ts";
import { TransportError } from "../host/http.ts";
import { Secret } from "../host/secret.ts";
import type { Session } from "../host/session.ts";
import type { Problem } from "../problem.ts";
import { list, object, text } from "../registries/wire.ts";
import { CLAIM_RULES, same, settingsOf } from "./claims.ts";
import type { Report } from "./rule.ts";

/** The variable whose token reads publisher records; it needs the scope `trusted-publishing` and an owner of the crate. */
export const TOKEN = "CRATES_IO_DOCTOR_TOKEN";

/** The codes of what is found here. */
export const RECORD_CODES = ["publisher-record-mismatch", "publisher-records-refused"] as const;

/** A publisher record of crates.io, as its API lists it. */
interface FiledRecord {
  readonly repository: string;
  readonly workflow: string;
  readonly environment: string | null;
}

/** What comparing with crates.io came to: reports by code, or why nothing was compared. */
export type RecordsChecked =
  | { readonly skipped: string }
  | {
    readonly skipped: null;
    readonly compared: number;
    readonly reports: readonly (Report & { readonly code: string })[];
  };

/** Compares what is declared with what crates.io has on file. An outage decides nothing; a refused token is a mistake. */
export async function checkRecords(
  project: Project,
  session: Session,
  remote: string | null,
): Promise<RecordsChecked> {
  const declared = project.packages.flatMap((pkg) =>
    pkg.trustPolicy && pkg.registry.name === "crates.io" ? [{ pkg, policy: pkg.trustPolicy }] : []
  );
  if (declared.length === 0) return { skipped: "no crate declares a trust policy" };
  const token = given(session.env, TOKEN);
  if (token === undefined) return { skipped: `not checked: ${TOKEN} is not set` };
  const reports: (Report & { code: string })[] = [];
  for (const { pkg, policy } of declared) {
    const answer = await recordsOf(session, pkg, token);
    if (typeof answer === "string") return { skipped: `not checked: ${answer}` };
    const report = "code" in answer ? refused(answer, policy) : differing(pkg, policy, answer, remote);
    if (report) reports.push({ package: pkg.name, ...report });
  }
  return { skipped: null, compared: declared.length, reports };
}

/** The records; a problem when crates.io refuses to tell; a reason when it could not be asked. */
async function recordsOf(
  session: Session,
  pkg: Package,
  value: string,
): Promise<readonly FiledRecord[] | Problem | string> {
  const { api, label } = { ...pkg.registry.endpoints, label: pkg.registry.label };
  const secret = new Secret(value, "crates.io token", new URL(api).origin);
  try {
    const reply = await session.http.send({
      url: `${api}/api/v1/trusted_publishing/github_configs?crate=${
        encodeURIComponent(pkg.name)
      }&per_page=100`,
      headers: { accept: "application/json" },
      authorization: { scheme: null, secret },
    });
    if (reply.status === 200) return list(object(reply.json()).github_configs).map(recordOf);
    if (reply.status === 429 || reply.status >= 500) return `${label} answered ${reply.status}`;
    const said = text(object(list(object(reply.json()).errors)[0]).detail);
    return {
      code: "publisher-records-refused",
      message: `${label} does not show the publisher records of ${pkg.name} (${reply.status})`,
      ...said === null ? {} : { said },
      next: [`set ${TOKEN} to a token of a crate owner with the scope trusted-publishing`],
    };
  } catch (error) {
    if (error instanceof TransportError) return error.problem.message;
    throw error;
  }
}

function recordOf(value: unknown): FiledRecord {
  const record = object(value);
  return {
    repository: `${text(record.repository_owner) ?? ""}/${text(record.repository_name) ?? ""}`,
    workflow: text(record.workflow_filename) ?? "",
    environment: text(record.environment),
  };
}

function refused(problem: Problem, policy: DeclaredPolicy): Report & { code: string } {
  return {
    code: problem.code,
    message: problem.message,
    at: policy.at,
    label: "declared",
    why: problem.said === undefined ? [] : [`It said: "${problem.said}"`],
    next: problem.next,
  };
}

/** Nothing when one of the records accepts what is declared. */
function differing(
  pkg: Package,
  policy: DeclaredPolicy,
  records: readonly FiledRecord[],
  remote: string | null,
): Report & { code: string } | null {
  const differences = records.map((record) =>
    fields(policy, record, remote).filter((field) => !field.matches)
  );
  if (differences.some((fields) => fields.length === 0)) return null;
  const [closest] = differences.toSorted((a, b) => a.length - b.length);
  const { registry: { label } } = pkg;
  return {
    code: "publisher-record-mismatch",
    message: closest
      ? `${pkg.name} has no publisher record at ${label} that accepts what is declared`
      : `${pkg.name} has no publisher record at ${label}`,
    at: closest?.[0]?.at ?? policy.at,
    label: closest?.[0] ? `${label} has ${closest[0].registered}` : "declared",
    why:
      closest?.map(({ name, registered, wanted }) =>
        `${name}: ${label} has ${registered}, declared is ${wanted}.`
      ) ?? [],
    next: [`make the record at ${settingsOf(pkg)} and the declaration the same`],
  };
}

function fields(policy: DeclaredPolicy, record: FiledRecord, remote: string | null) {
  const { repository: how } = CLAIM_RULES.crates;
  const repository = policy.repository ?? remote;
  const quoted = (value: string | null) => value === null ? "none" : `"${value}"`;
  return [
    {
      name: "repository",
      registered: quoted(record.repository),
      wanted: quoted(repository),
      matches: repository === null || same(record.repository, repository, how),
      at: policy.repositoryAt ?? policy.at,
    },
    {
      name: "workflow",
      registered: quoted(record.workflow),
      wanted: quoted(policy.workflow),
      matches: record.workflow === policy.workflow,
      at: policy.workflowAt,
    },
    {
      name: "environment",
      registered: quoted(record.environment),
      wanted: quoted(policy.environment),
      // A record without environment accepts every job.
      matches: record.environment === null ||
        policy.environment !== null &&
          same(record.environment, policy.environment, CLAIM_RULES.crates.environment),
      at: policy.environmentAt ?? policy.at,
    },
  ];
}
