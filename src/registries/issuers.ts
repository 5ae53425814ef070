import { plainLine } from "../host/redact.ts";
import type { Claims } from "../identity/claims.ts";
import type { Problem } from "../problem.ts";
import { isLocal, isPublic } from "./known.ts";
import type { Kind, Registry } from "./registry.ts";

/** The issuer of GitHub's own runners; crates.io, PyPI and npm compare it exactly. */
export const GITHUB_ISSUER = "https://token.actions.githubusercontent.com";

const ACCEPTED: Readonly<Record<Kind, readonly (readonly [issuer: string | RegExp, name: string])[]>> = {
  crates: [[GITHUB_ISSUER, "GitHub Actions"], ["https://gitlab.com", "GitLab.com"]],
  pypi: [
    [GITHUB_ISSUER, "GitHub Actions"],
    ["https://gitlab.com", "GitLab.com"],
    ["https://accounts.google.com", "Google Cloud"],
    ["https://platform.activestate.com/api/v1/oauth/oidc", "ActiveState"],
  ],
  npm: [
    [GITHUB_ISSUER, "GitHub Actions"],
    ["https://gitlab.com", "GitLab.com"],
    [/^https:\/\/oidc\.circleci\.com\/org\/[0-9a-f-]+$/, "CircleCI"],
  ],
};

/** The CIs that a kind of registry accepts tokens of, for people. */
export function acceptedIssuers(kind: Kind): string {
  return ACCEPTED[kind].map(([, name]) => name).join(", ");
}

/** Whether a public registry refuses this issuer; a private one may accept any, and one on this machine plays along. */
export function refusedIssuer(registry: Registry, claims: Claims): Problem | null {
  if (!isPublic(registry) || isLocal(registry)) return null;
  const { issuer } = claims;
  const accepted = ACCEPTED[registry.kind].some(([one]) =>
    typeof one === "string" ? one === issuer : one.test(issuer)
  );
  // PyPI lets organizations register self-managed GitLabs, whose tokens have no workflow of GitHub's form.
  if (accepted || (registry.kind === "pypi" && claims.workflow === null)) return null;
  return {
    code: "exchange-issuer-refused",
    message: `${registry.label} does not accept OIDC tokens of ${plainLine(issuer, 120)}`,
    why: [origin(issuer), `It accepts those of ${acceptedIssuers(registry.kind)}.`],
    next: issuer.startsWith(`${GITHUB_ISSUER}/`)
      ? [
        'ask the enterprise\'s owners to switch "include enterprise slug" off (API: include_enterprise_slug of the issuer customization)',
        "or publish this package with --credential token",
      ]
      : ["publish from one of these CIs", "or publish this package with --credential token"],
    registry: registry.name,
  };
}

function origin(issuer: string): string {
  if (issuer.startsWith(`${GITHUB_ISSUER}/`)) {
    return "It is GitHub's issuer for one enterprise, which is not the public one.";
  }
  if (/\.ghe\.com(\/|$)/.test(issuer)) return "It is GitHub Enterprise Cloud with data residency.";
  if (issuer.endsWith("/_services/token")) return "It is a GitHub Enterprise Server.";
  if (/\/api\/actions\b/.test(issuer)) {
    return "It is a Forgejo, whose runner sets the same variables as GitHub's.";
  }
  return "It is not GitHub's issuer, although the job's variables are those of GitHub Actions.";
}
