import { acceptedIssuers } from "../../registries/issuers.ts";
import type { Registry } from "../../registries/registry.ts";
import { plainLine } from "../../host/redact.ts";
import { goesTo } from "../claims.ts";
import { accepts, hasNoToken, targetsOf, tokenVariable, VENDORS } from "../identities.ts";
import { meantForOidc } from "../oidc.ts";
import { ownServer } from "../own_server.ts";
import type { Publishing, Report, Rule, Subject } from "../rule.ts";

/** Not every registry exchanges tokens with every CI. */
export const noOidcPath: Rule = {
  code: "no-oidc-path",
  severity: "error",
  phase: "trust policy (local)",
  *check(subject) {
    for (const publishing of subject.publishing) {
      const { vendor } = publishing.pipeline;
      for (const registry of targetsOf(subject, publishing.invocation)) {
        const answer = accepts(registry, vendor);
        if (answer === "yes") {
          // PyPI lets organizations register a GitLab of their own.
          const server = registry.kind === "pypi" && vendor === "gitlab" ? null : ownServer(subject);
          const meant = server === null ? "no" : meantFor(subject, publishing, registry);
          if (meant !== "no") yield fromOwnServer(publishing, registry, server!, meant === "yes");
          continue;
        }
        if (publishing.invocation.keyless === "yes") {
          yield answer === "no" ? refused(publishing, registry) : undecided(publishing, registry);
        } else if (isOnlyWay(subject, publishing, registry)) yield declared(subject, publishing, registry);
      }
    }
  },
};

function refused({ job, invocation, pipeline }: Publishing, registry: Registry): Report {
  const vendor = VENDORS[pipeline.vendor];
  return {
    message:
      `Job "${job.id}" publishes to ${registry.label} with OIDC, which ${registry.label} does not exchange with ${vendor}`,
    at: invocation.at,
    label: "expects a token from the exchange",
    why: [`${registry.label} accepts identities of ${acceptedIssuers(registry.kind)}.`],
    next: ["publish from one of these", `or give the job a token of ${registry.label}: --credential token`],
  };
}

/** Whether a job of a forge is meant to exchange its token with a registry. */
function meantFor(subject: Subject, publishing: Publishing, registry: Registry): "yes" | "likely" | "no" {
  const { job: { idTokens }, invocation } = publishing;
  const { variable } = tokenVariable(registry);
  const isGiven = invocation.keyless !== "no" && hasNoToken(invocation) &&
    idTokens.some((token) => token.variable === variable);
  return isGiven ? "yes" : meantForOidc(subject, publishing);
}

const PUBLIC_FORGE = { github: "github.com", gitlab: "gitlab.com" };

function fromOwnServer(
  { job, invocation, pipeline }: Publishing,
  registry: Registry,
  server: string,
  certain: boolean,
): Report {
  const forge = PUBLIC_FORGE[pipeline.vendor as keyof typeof PUBLIC_FORGE];
  return {
    severity: certain ? "warning" : "unverified",
    confidence: "likely",
    message:
      `Job "${job.id}" publishes to ${registry.label} with OIDC, which ${registry.label} does not exchange with ${
        plainLine(server, 100)
      }`,
    at: invocation.at,
    label: "expects a token from the exchange",
    why: [
      `The git remotes are on that server, and it issues tokens in its own name; ${registry.label} accepts identities of ${
        acceptedIssuers(registry.kind)
      }.`,
    ],
    next: [
      `publish from a copy of the repository at ${forge}, and where this runs there: nothing`,
      `or give the job a token of ${registry.label}`,
    ],
  };
}

function undecided({ job, invocation, pipeline }: Publishing, registry: Registry): Report {
  const vendor = VENDORS[pipeline.vendor];
  return {
    severity: "unverified",
    message:
      `Job "${job.id}" publishes to ${registry.label} with OIDC, and ${registry.label} may not exchange tokens with ${vendor}`,
    at: invocation.at,
    label: "expects a token from the exchange",
    why: [`${registry.label} accepts identities of ${acceptedIssuers(registry.kind)} for certain.`],
    next: [
      `look whether ${registry.label} offers ${vendor} among its trusted publishers; where it does: nothing`,
      "else publish from another CI, or with a token",
    ],
  };
}

/** A declared package that no CI publishes with which its registry would exchange a token. */
function isOnlyWay(subject: Subject, { invocation }: Publishing, registry: Registry): boolean {
  if (invocation.keyless !== "unknown") return false;
  const elsewhere = subject.publishing.some((other) =>
    accepts(registry, other.pipeline.vendor) !== "no" && goesTo(other.invocation, registry) &&
    (other.invocation.kind === null || other.invocation.kind === registry.kind)
  );
  return !elsewhere && policyFor(subject, invocation.packages, registry) !== undefined;
}

function policyFor({ project }: Subject, names: readonly string[], registry: Registry) {
  return project.packages.find((pkg) =>
    pkg.trustPolicy && pkg.registry.name === registry.name && (names.length === 0 || names.includes(pkg.name))
  );
}

function declared(subject: Subject, { job, invocation, pipeline }: Publishing, registry: Registry): Report {
  const pkg = policyFor(subject, invocation.packages, registry)!;
  return {
    severity: "unverified",
    message: `${pkg.name} has a trust policy, and only job "${job.id}" of ${
      VENDORS[pipeline.vendor]
    } publishes it`,
    at: invocation.at,
    label: `${registry.label} exchanges no token with ${VENDORS[pipeline.vendor]}`,
    related: [{ at: pkg.trustPolicy!.at, message: "declared" }],
    package: pkg.name,
    why: [`${registry.label} accepts identities of ${acceptedIssuers(registry.kind)}.`],
    next: ["publish from one of these", "where the job has a token: nothing, or remove the declaration"],
  };
}
