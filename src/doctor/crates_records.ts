import { given } from "../host/env.ts";
import { Secret } from "../host/secret.ts";
import type { Session } from "../host/session.ts";
import type { Registry } from "../registries/registry.ts";
import { canonical, type Listed, recordsOfCrate, recordsOfOwner, trustedOnly } from "./crates_lists.ts";
import {
  noCrate,
  type Refusal,
  refusedReports,
  tokensStillPublish,
  type Unread,
  unreadReports,
} from "./crates_reports.ts";
import { ownRepositories } from "./own_repository.ts";
import { compareRecords } from "./compare_records.ts";
import { accepting } from "./judged_record.ts";
import { TOKEN } from "./record_codes.ts";
import {
  type DeclaredPackage,
  declaring,
  type FiledRecord,
  type RecordReport,
  type RecordsChecked,
} from "./records.ts";
import type { Subject } from "./rule.ts";

/** A token is for one host, so the staging instance has a variable of its own. */
const VARIABLES: Readonly<Record<string, string>> = {
  "crates.io": TOKEN,
  "staging.crates.io": "STAGING_CRATES_IO_DOCTOR_TOKEN",
};

/** From so many crates on, one call for all of them spares more than finding out whose they are costs. */
const MANY = 4;

/** Compares what is declared, of at least one crate, with what crates.io has on file. An outage decides nothing; a refused token is a mistake. */
export async function checkCratesRecords(subject: Subject, session: Session): Promise<RecordsChecked> {
  const declared = declaring(subject, "crates");
  const registries = [...new Map(declared.map(({ registry }) => [registry.name, registry])).values()];
  const checked: Compared[] = [];
  for (const registry of registries) {
    const crates = declared.filter((pkg) => pkg.registry.name === registry.name);
    const variable = VARIABLES[registry.name]!;
    const value = given(session.env, variable)?.trim();
    checked.push(
      value === undefined
        ? {
          compared: 0,
          reports: [],
          unread: crates.map((pkg) => ({ pkg, reason: `${variable} is not set` })),
        }
        : await compareAt(registry, { variable, value }, crates, subject, session),
    );
  }
  const reasons = new Set(checked.flatMap(({ unread }) => unread.map(({ reason }) => reason)));
  const compared = checked.reduce((sum, each) => sum + each.compared, 0);
  const reports = checked.flatMap((each) => each.reports);
  if (compared === 0 && reports.length === 0) return { skipped: `not checked: ${[...reasons].join("; ")}` };
  return {
    skipped: null,
    compared,
    reports: [...reports, ...checked.flatMap(({ unread }) => unreadReports(unread))],
  };
}

interface Compared {
  readonly compared: number;
  readonly unread: readonly Unread[];
  readonly reports: readonly RecordReport[];
}

async function compareAt(
  registry: Registry,
  token: { readonly variable: string; readonly value: string },
  crates: readonly DeclaredPackage[],
  subject: Subject,
  session: Session,
): Promise<Compared> {
  // A header could not carry it.
  if (!/^[\x21-\x7e]+$/.test(token.value)) {
    const refusals = crates.map((pkg) => ({ pkg, status: null, said: "" }));
    return { compared: 0, unread: [], reports: refusedReports(refusals, token.variable) };
  }
  const secret = new Secret(token.value, `${registry.label} token`, new URL(registry.endpoints.api).origin);
  const all = crates.length < MANY ? null : await recordsOfOwner(session, registry, secret, crates[0]!.name);
  const reports: RecordReport[] = [];
  const refusals: Refusal[] = [];
  const unread: Unread[] = [];
  const right: DeclaredPackage[] = [];
  for (const [index, pkg] of crates.entries()) {
    const own = ownRepositories(subject, session, pkg);
    const isRight = (records: readonly FiledRecord[]) => accepting(subject, pkg, records, own).length > 0;
    const listed = await recordsOf(pkg, all, isRight, session, secret);
    const rest = crates.slice(index);
    if (listed.what === "records") {
      const report = compareRecords(subject, pkg, listed.records, own);
      if (report === null) right.push(pkg);
      else reports.push(await withoutTokens(report, pkg, session));
    } else if (listed.what === "no-crate") {
      reports.push(noCrate(pkg));
    } else if (listed.what === "refused" && listed.status !== 401) {
      refusals.push({ ...listed, pkg });
    } else {
      // A token that is none, and a registry that is down, are so for the next crate too.
      if (listed.what === "refused") refusals.push(...rest.map((each) => ({ ...listed, pkg: each })));
      else unread.push(...rest.map((each) => ({ pkg: each, reason: listed.reason })));
      break;
    }
  }
  return {
    compared: right.length + reports.length,
    unread,
    reports: [
      ...reports,
      ...refusedReports(refusals, token.variable),
      ...tokensStillPublish(await openToTokens(right, session)),
    ],
  };
}

/** A crate's records: GitHub's, and GitLab's too where none of the first is the right one. */
async function recordsOf(
  pkg: DeclaredPackage,
  all: Awaited<ReturnType<typeof recordsOfOwner>>,
  areRight: (records: readonly FiledRecord[]) => boolean,
  session: Session,
  secret: Secret,
): Promise<Listed> {
  const { registry, name } = pkg;
  const known = all?.get(canonical(name));
  const github: Listed = known
    ? { what: "records", records: known }
    : await recordsOfCrate(session, registry, secret, name, "github");
  if (github.what !== "records" || areRight(github.records)) return github;
  const gitlab = await recordsOfCrate(session, registry, secret, name, "gitlab");
  if (gitlab.what === "records") return { what: "records", records: [...github.records, ...gitlab.records] };
  // A registry that does not know GitLab has none of its records.
  return gitlab.what === "unknown" && gitlab.status === 404 ? github : gitlab;
}

/** A mismatch is worse where tokens are refused too. */
async function withoutTokens(
  report: RecordReport,
  pkg: DeclaredPackage,
  session: Session,
): Promise<RecordReport> {
  if (report.severity === "unverified" || await trustedOnly(session, pkg.registry, pkg.name) !== true) {
    return report;
  }
  const { label } = pkg.registry;
  return {
    ...report,
    why: [
      ...report.why ?? [],
      `${label} accepts no tokens for it either (trustpub_only), so nobody can publish it.`,
    ],
  };
}

/** The crates of which it is known that tokens may publish them too. */
async function openToTokens(right: readonly DeclaredPackage[], session: Session): Promise<DeclaredPackage[]> {
  const open: DeclaredPackage[] = [];
  for (const pkg of right) {
    const only = await trustedOnly(session, pkg.registry, pkg.name);
    // Out of order for one, out of order for the next.
    if (only === null) break;
    if (!only) open.push(pkg);
  }
  return open;
}
