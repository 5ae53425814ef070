import { placeKey } from "../../problem.ts";
import type { CredentialUse } from "../../pipelines/model.ts";
import { allSteps } from "../../pipelines/placed_commands.ts";
import { clientFacts } from "../../pipelines/publishers.ts";
import { claimedFile, goesTo, settingsOf } from "../claims.ts";
import { clientVersion, isOlder } from "../client_choice.ts";
import { oidcNeed, usesOtherOidc } from "../oidc_need.ts";
import { meantForOidc, publicTarget, wantsOtherOidc } from "../oidc.ts";
import { publishesPackage } from "../published_packages.ts";
import type { Publishing, Report, Rule, Subject } from "../rule.ts";

/** A package with a publisher record is still published with a token that lives for months. */
export const tokenBesideOidc: Rule = {
  code: "token-beside-oidc",
  severity: "warning",
  phase: "credentials",
  *check(subject) {
    const said = new Set<string>();
    for (const job of subject.publishing) {
      const token = job.invocation.credentials.find(({ holds }) => holds === "token");
      if (job.pipeline.vendor !== "github" || !token || !publicTarget(job.invocation)) continue;
      const pkg = declaredFor(subject, job);
      if (pkg) yield declared(job, token, pkg);
      else if (!said.has(placeKey(token.at)) && possible(job, token, subject)) {
        said.add(placeKey(token.at));
        yield undeclared(job, token);
      }
    }
  },
};

type Package = Subject["project"]["packages"][number];

function declaredFor({ project }: Subject, job: Publishing): Package | null {
  return project.packages.find((pkg) =>
    pkg.trustPolicy !== null && publishesPackage(job.invocation, pkg, project) !== "no" &&
    goesTo(job.invocation, pkg.registry) && claimedFile(job, pkg.kind).file === pkg.trustPolicy.workflow
  ) ?? null;
}

const PYPI_ACTION = "pypa/gh-action-pypi-publish";

/**
 * Whether `id-token` can be there for this step alone: the action that publishes to PyPI needs it for nothing but OIDC, and no other step
 * of the job does. npm needs it for provenance too.
 */
function possible(publishing: Publishing, token: CredentialUse, subject: Subject): boolean {
  const { job, invocation } = publishing;
  return job.permissions.allows("id-token", "write") === "yes" &&
    isMeantFor(publishing) &&
    !allSteps(job.steps).some(wantsOtherOidc) &&
    !subject.publishing.some((other) => other.job === job && meantForOidc(subject, other) !== "no") &&
    (invocation.client === PYPI_ACTION || isLeftFor(publishing, token, subject));
}

/** Whether a program would publish to PyPI with OIDC if it had no token, and nothing else in its job is seen to need the permission. */
function isLeftFor(publishing: Publishing, { name }: CredentialUse, subject: Subject): boolean {
  const { job, invocation } = publishing;
  const first = clientFacts(invocation.client)?.oidc;
  if (invocation.kind !== "pypi" || invocation.keyless !== "no" || typeof first !== "string") return false;
  // maturin tries OIDC before any other password.
  if (invocation.client === "maturin" && name !== "MATURIN_PYPI_TOKEN") return false;
  const version = clientVersion(publishing, subject);
  if (version && isOlder(version, first)) return false;
  const alone = subject.publishing.every((other) => other.job !== job || other.invocation.kind === "pypi");
  return alone && job.permissions.allows("attestations", "write") === "no" &&
    allSteps(job.steps).every((step) =>
      step.publishes.length > 0
        ? step.unseen.length === 0 && !usesOtherOidc(step)
        : oidcNeed(step, subject.sources) === "no"
    );
}

/** Whether the permission is there for this job: what its workflow grants may be for another one that can use it. */
function isMeantFor({ called, job: { at, permissions } }: Publishing): boolean {
  const { from } = permissions;
  const above = from === "workflow" ? permissions.written("id-token") : permissions.writtenAbove("id-token");
  return above?.value === "write"
    ? called.jobs.every((other) => other.at === at || other.permissions.allows("id-token", "write") === "no")
    : from === "job";
}

function declared({ job, invocation }: Publishing, token: CredentialUse, pkg: Package): Report {
  const wins = pkg.kind === "npm"
    ? "npm tries OIDC first and falls back to the token without a word, so a refused exchange shows as another error, or not at all."
    : `${invocation.client} uses the token and does not try OIDC.`;
  return {
    message: `${pkg.name} has a trust policy, and job "${job.id}" publishes it with ${called(token)}`,
    at: token.at,
    label: "a token that lives on",
    related: [{ at: pkg.trustPolicy!.at, message: "could do without" }, {
      at: invocation.at,
      message: "publishes here",
    }],
    package: pkg.name,
    why: [
      wins,
      "A token that is not there cannot be stolen: axios was published past its OIDC set-up with one (March 2026).",
    ],
    next: [
      `remove ${token.name} from the workflow, and publish once with OIDC`,
      `then revoke the token, and forbid tokens at ${settingsOf(pkg)} where the registry can`,
    ],
  };
}

function undeclared({ job, invocation }: Publishing, token: CredentialUse): Report {
  const permission = job.permissions.written("id-token");
  const { client } = invocation;
  const given = client === PYPI_ACTION || /password|^-[pP]$/i.test(token.name) ? "password" : "token";
  return {
    ...client === PYPI_ACTION ? {} : { confidence: "likely" as const },
    message: `Job "${job.id}" may request an OIDC token, and gives ${client} a ${given}, which wins`,
    at: token.at,
    label: "with this it never tries OIDC",
    related: permission ? [{ at: permission.keyAt, message: "may request an OIDC token" }] : [],
    why: [
      `${
        client === PYPI_ACTION ? "The action exchanges a token" : `${client} asks for an OIDC token`
      } only where it has no ${given}, so a publisher record at ${
        publicTarget(invocation)!.label
      } would not be used.`,
    ],
    next: [
      `remove ${token.name} where a publisher record is registered, and revoke the token`,
      "else remove `id-token: write`",
    ],
  };
}

function called({ secret, name }: CredentialUse): string {
  return secret ? `the secret ${secret}` : name;
}
