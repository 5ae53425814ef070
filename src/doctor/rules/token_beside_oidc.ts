import type { CredentialUse } from "../../pipelines/model.ts";
import { allSteps } from "../../pipelines/placed_commands.ts";
import { claimedFile, goesTo, settingsOf } from "../claims.ts";
import { meantForOidc, publicTarget, wantsOtherOidc } from "../oidc.ts";
import { publishesPackage } from "../published_packages.ts";
import type { Publishing, Report, Rule, Subject } from "../rule.ts";

/** A package with a publisher record is still published with a token that lives for months. */
export const tokenBesideOidc: Rule = {
  code: "token-beside-oidc",
  severity: "warning",
  phase: "credentials",
  *check(subject) {
    for (const job of subject.publishing) {
      const token = job.invocation.credentials.find(({ holds }) => holds === "token");
      if (job.pipeline.vendor !== "github" || !token || !publicTarget(job.invocation)) continue;
      const pkg = declaredFor(subject, job);
      if (pkg) yield declared(job, token, pkg);
      else if (possible(job, subject)) yield undeclared(job, token);
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

/**
 * Whether `id-token` can be there for this step alone: the action that publishes to PyPI needs it for nothing but OIDC, and no other step
 * of the job does. npm needs it for provenance too.
 */
function possible(publishing: Publishing, subject: Subject): boolean {
  const { job, invocation } = publishing;
  return invocation.client === "pypa/gh-action-pypi-publish" &&
    job.permissions.allows("id-token", "write") === "yes" &&
    isMeantFor(publishing) &&
    !allSteps(job.steps).some(wantsOtherOidc) &&
    !subject.publishing.some((other) => other.job === job && meantForOidc(subject, other) !== "no");
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
  return {
    message:
      `Job "${job.id}" may request an OIDC token, and gives ${invocation.client} a password, which wins`,
    at: token.at,
    label: "with this it never tries OIDC",
    related: permission ? [{ at: permission.keyAt, message: "may request an OIDC token" }] : [],
    why: [
      `The action exchanges a token only where it has no password, so the publisher record at ${
        publicTarget(invocation)!.label
      } is not used.`,
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
