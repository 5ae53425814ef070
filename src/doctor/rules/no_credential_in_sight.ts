import type { Job, Vendor } from "../../pipelines/model.ts";
import type { Registry } from "../../registries/registry.ts";
import { accepts, targetsOf } from "../identities.ts";
import { meantForOidc } from "../oidc.ts";
import { goesOut, mayBeGivenOutside } from "../outside_github.ts";
import type { Publishing, Report, Rule, Subject } from "../rule.ts";
import { handedInVain, variableReadBy } from "../token_readings.ts";

/** A job of a CI other than GitHub's that publishes, and whose file shows no credential. On GitHub that is missing-id-token. */
export const noCredentialInSight: Rule = {
  code: "no-credential-in-sight",
  severity: "unverified",
  phase: "credentials",
  *check(subject) {
    const seen = new Set<Job>();
    for (const each of subject.publishing) {
      const { pipeline: { vendor }, job } = each;
      if (vendor === "github" || seen.has(job) || !hasNone(each, subject)) continue;
      const [registry] = targetsOf(subject, each.invocation);
      const variable = variableReadBy(each);
      if (!registry || variable === undefined || handedInVain(each, subject)) continue;
      seen.add(job);
      yield reportOf(each, registry, vendor, variable);
    }
  },
};

/** What a text has that sets up a credential. */
const SETS_UP =
  /npmrc|_auth|pypirc|yarnrc|npmAuth|\bkeyring\b|\b(?:login|adduser)\b|\.cargo\/(?!(?:registry|git|bin|env)\b)|\bconfig(?:ure)? set\b/;

/** Whether nothing is seen that gives a publishing step a credential, or may. */
function hasNone(each: Publishing, subject: Subject): boolean {
  const { job, invocation } = each;
  const { npmrc, yarnrc, pypirc, cargo } = subject.settings;
  const filed = [...npmrc, ...yarnrc, ...pypirc, ...cargo].some(({ credentials }) => credentials.length > 0);
  return invocation.keyless === "unknown" && invocation.credentials.every(({ holds }) => holds === "none") &&
    job.permissions.allows("id-token", "write") === "no" && (job.contexts ?? []).length === 0 &&
    meantForOidc(subject, each) === "no" && goesOut(each, subject) && !filed && !mayBeGivenOutside(each) &&
    ![...subject.sources.values()].some((text) => SETS_UP.test(text));
}

/** Where each CI keeps what its files do not show. */
const KEPT: Readonly<Record<Exclude<Vendor, "github">, string>> = {
  gitlab: "a variable of the project",
  circleci: "a variable of the project",
  jenkins: "the agent",
};

function reportOf(
  { job, invocation: { client, at } }: Publishing,
  registry: Registry,
  vendor: Exclude<Vendor, "github">,
  variable: string | null,
): Report {
  const usual = vendor !== "jenkins" && variable !== null;
  return {
    ...usual ? { severity: "info" as const } : {},
    message: `Job "${job.id}" publishes to ${registry.label} with ${client}, and no credential is in sight`,
    at,
    label: "with which credential?",
    why: [
      variable === null
        ? `${client} takes a token from a file alone, and nothing here writes one.`
        : `${client} reads ${variable}, which nothing here sets.`,
    ],
    next: [
      `where ${KEPT[vendor]} holds it: nothing`,
      vendor === "jenkins"
        ? `else bind one: withCredentials([string(credentialsId: 'ID', variable: '${
          variable ?? "NPM_TOKEN"
        }')])`
        : vendor === "gitlab" && accepts(registry, vendor) === "yes"
        ? "else publish with OIDC: keyless explain gitlab-id-token"
        : `else give the job one${variable === null ? "" : ` in ${variable}`}`,
    ],
  };
}
