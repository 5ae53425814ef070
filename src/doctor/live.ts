import type { Package } from "../config/project.ts";
import { TransportError } from "../host/http.ts";
import { plainLine } from "../host/redact.ts";
import type { Session } from "../host/session.ts";
import type { Claims } from "../identity/claims.ts";
import { compareClaims } from "../identity/compare.ts";
import type { IdentityProvider } from "../identity/provider.ts";
import { detectIdentity } from "../identity/table.ts";
import { KeylessError, type Problem } from "../problem.ts";
import { scopeOf } from "../publish/tokens.ts";
import { mint, release } from "../registries/mint.ts";
import type { MintedToken } from "../registries/registry.ts";
import { protocolOf } from "../registries/table.ts";
import { jobsOf } from "./claims.ts";
import {
  differing,
  type Group,
  minutes,
  namesOf,
  notTried,
  refusedReport,
  unburned,
} from "./live_reports.ts";
import type { RecordReport, RecordsChecked } from "./records.ts";
import type { Subject } from "./rule.ts";

/** What an exchange may cost; each has to be said. */
export interface LiveOptions {
  /** It may use up an identity that registries accept once. */
  readonly spendOneShot: boolean;
  /** It may turn pending publishers of PyPI into projects. */
  readonly createProject: boolean;
  /** Every package of the repository, also where only some are looked at. */
  readonly repository: readonly Package[];
}

/**
 * Exchanges this job's OIDC token once for every token that a release would need, and burns each at once: by {@link release}, and by
 * the clean-up that {@link mint} leaves behind where a signal comes first.
 */
export async function checkLive(
  subject: Subject,
  session: Session,
  options: LiveOptions,
): Promise<RecordsChecked> {
  const provider = detectIdentity(session.env);
  if (!provider) {
    return {
      skipped: "not checked: only a CI job can exchange tokens, and this is none that keyless knows; " +
        "run it in the job that publishes",
    };
  }
  const obstacle = await provider.obstacle(session);
  if (obstacle) {
    const { message, code } = obstacle;
    const why = message.charAt(0).toLowerCase() + message.slice(1);
    return { skipped: `not checked: ${why}; what to do: keyless explain ${code}` };
  }
  const groups = groupsOf(subject);
  if (groups.length === 0) {
    return { skipped: "no package declares a trust policy, or is seen to be published with OIDC" };
  }
  if (!provider.renewable && !options.spendOneShot) {
    return {
      skipped: `not checked: ${provider.label} gives this job one token, which registries accept once; ` +
        "--spend-one-shot exchanges it, and then the job cannot publish",
    };
  }
  const open: { readonly group: Group; readonly reason: string }[] = [];
  const given: string[] = [];
  const reports: RecordReport[] = [];
  const spent = new Map<string, string>();
  for (const group of groups) {
    const { registry, name } = group[0];
    const before = provider.renewable ? undefined : spent.get(registry.name);
    const reason = before === undefined
      ? await whyNot(group, session, options)
      : `the job's only token for ${registry.label} was exchanged for ${before}`;
    if (reason !== null) {
      open.push({ group, reason });
      continue;
    }
    const outcome = await exchange(group, session, provider);
    if ("refused" in outcome) {
      const report = await refusedReport(group, outcome.refused, session);
      reports.push(isExpected(group, subject) ? report : { ...report, severity: "unverified" });
      continue;
    }
    // A refusal leaves an OIDC token as it is; whether a lost answer does, nobody knows.
    spent.set(registry.name, name);
    if ("reason" in outcome) open.push({ group, reason: outcome.reason });
    else {
      given.push(outcome.given);
      reports.push(...outcome.reports);
    }
  }
  if (given.length === 0 && reports.length === 0) {
    return { skipped: `not checked: ${[...new Set(open.map(({ reason }) => reason))].join("; ")}` };
  }
  return {
    skipped: null,
    compared: given.length,
    reports: [...reports, ...open.map(({ group, reason }) => notTried(group, reason))],
    right: given.join("; "),
  };
}

/** What a release would exchange for: packages that declare it, or whose jobs do it. */
function groupsOf(subject: Subject): Group[] {
  const groups = new Map<string, [Package, ...Package[]]>();
  for (const pkg of subject.project.packages) {
    if (pkg.registry.endpoints.exchange === null) continue;
    if (pkg.trustPolicy === null && jobsOf(subject, pkg).length === 0) continue;
    const group = groups.get(scopeOf(pkg));
    if (group) group.push(pkg);
    else groups.set(scopeOf(pkg), [pkg]);
  }
  return [...groups.values()];
}

/** Whether a release would exchange for certain, and not only perhaps. */
function isExpected(group: Group, subject: Subject): boolean {
  return group.some((pkg) =>
    pkg.trustPolicy !== null || jobsOf(subject, pkg).some(({ invocation }) => invocation.keyless === "yes")
  );
}

/**
 * What speaks against the exchange; `null`: nothing. PyPI turns a pending publisher that fits the job into a project when it mints,
 * before any upload, and the exchange names no project: so one that does not exist yet is enough, whichever package it is made for.
 */
async function whyNot([{ registry }]: Group, session: Session, options: LiveOptions): Promise<string | null> {
  if (registry.kind !== "pypi" || options.createProject) return null;
  const siblings = options.repository.filter((pkg) => pkg.registry.name === registry.name);
  for (const { name, version } of siblings) {
    const there = await protocolOf(registry).version(session, registry, name, version ?? "0");
    if (there.state === "unknown") {
      return `${registry.label} does not tell whether ${name} exists, and an exchange could create it (${
        plainLine(there.reason ?? "no reason", 120)
      })`;
    }
    if (there.state === "no-package") {
      return `${registry.label} shows no release of ${name}, and an exchange would turn a pending publisher into a project; --create-project lets it`;
    }
  }
  return null;
}

type Outcome =
  | { readonly given: string; readonly reports: readonly RecordReport[] }
  | { readonly refused: Problem }
  /** Nothing was decided. */
  | { readonly reason: string };

/** Failures that say nothing about what is registered. */
const UNDECIDED = new Set([
  "exchange-unavailable",
  "exchange-unexpected",
  "oidc-unavailable",
  "oidc-unreachable",
  "permission-missing",
]);

async function exchange(group: Group, session: Session, provider: IdentityProvider): Promise<Outcome> {
  const [{ name, registry, trustPolicy }] = group;
  let claims: Claims | null = null;
  const witness: IdentityProvider = {
    ...provider,
    async request(...asked) {
      const token = await provider.request(...asked);
      claims = token.claims;
      return token;
    },
  };
  let minted: MintedToken;
  try {
    minted = await mint(session, witness, registry, { packageName: name, declared: trustPolicy });
  } catch (error) {
    if (!(error instanceof KeylessError)) throw error;
    const { problem } = error;
    const wasSpent = !provider.renewable && problem.code === "exchange-replayed";
    return error instanceof TransportError || UNDECIDED.has(problem.code) || wasSpent
      ? { reason: problem.message }
      : { refused: problem };
  }
  const end = await release(session, minted);
  return {
    given: describe(group, claims!, minted, end === "burned", session),
    reports: [
      ...group.flatMap((pkg) => differing(pkg, claims!)),
      ...end === "failed" ? [unburned(group, minted, session)] : [],
    ],
  };
}

/** One line for people: what was exchanged, as whom, and what became of the token. */
function describe(
  group: Group,
  claims: Claims,
  minted: MintedToken,
  burned: boolean,
  session: Session,
): string {
  const [{ kind, registry, trustPolicy }] = group;
  const who = compareClaims(claims, trustPolicy, kind)
    .map(({ field, claimed }) => claimed === null ? `no ${field}` : `${field} ${plainLine(claimed, 120)}`);
  const end = burned ? "burned" : `ends by itself in ${minutes(minted, session)}`;
  const which = group.length > 1 ? `, for some or all of them: ${registry.label} does not say which` : "";
  return `${namesOf(group)} (${registry.label}): token given to ${who.join(", ")}, and ${end}${which}`;
}
