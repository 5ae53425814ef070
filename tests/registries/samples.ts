import { decodeJwt } from "../../src/identity/decode.ts";
import type { Claims } from "../../src/identity/claims.ts";
import type { IdentityProvider } from "../../src/identity/provider.ts";
import { Secret } from "../../src/host/secret.ts";
import { knownRegistry } from "../../src/registries/known.ts";
import type { ExchangeContext, Registry, TrustPolicy } from "../../src/registries/registry.ts";

/** What GitHub claims for a job of release.yml, on a tag, in the environment `release`. */
export const PAYLOAD = {
  iss: "https://token.actions.githubusercontent.com",
  aud: "crates.io",
  sub: "repo:acme/widgets:environment:release",
  jti: "CANARY-jti",
  iat: 1_763_726_400,
  exp: 1_763_726_700,
  repository: "acme/widgets",
  repository_id: "99",
  repository_owner: "acme",
  repository_owner_id: "42",
  workflow_ref: "acme/widgets/.github/workflows/release.yml@refs/tags/v1.4.0",
  job_workflow_ref: "acme/widgets/.github/workflows/release.yml@refs/tags/v1.4.0",
  environment: "release",
  ref: "refs/tags/v1.4.0",
  event_name: "push",
  sha: "3f9c2d1aa0c34c1e8a4a3b3f7a7a54e9d6b7d001",
  run_id: "88123",
  runner_environment: "github-hosted",
  repository_visibility: "public",
};

export const POLICY: TrustPolicy = {
  workflow: "release.yml",
  environment: "release",
  repository: "acme/widgets",
};

let serial = 0;

/** An unsigned token with the sample's claims; each one differs from all others. */
export function jwtWith(changes: Readonly<Record<string, unknown>> = {}): string {
  const part = (value: unknown) =>
    btoa(String.fromCharCode(...new TextEncoder().encode(JSON.stringify(value))))
      .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  const payload = { ...PAYLOAD, jti: `CANARY-${++serial}`, ...changes };
  return `${part({ alg: "RS256", kid: "1" })}.${part(payload)}.${part(`CANARY-signature-${serial}`)}`;
}

/** The sample's claims, decoded. */
export function claimsWith(changes: Readonly<Record<string, unknown>> = {}): Claims {
  return decodeJwt(jwtWith(changes)).claims!;
}

/** A context of an exchange of the sample's job. */
export function contextWith(
  changes: Readonly<Record<string, unknown>> = {},
  declared: TrustPolicy | null = POLICY,
  packageName: string | null = "widget",
): ExchangeContext {
  return { packageName, claims: claimsWith(changes), declared };
}

/** A public registry whose every address is on this machine, as a rehearsal has it. */
export function localRegistry(
  name: string,
  origin: string,
  changes: Partial<Registry["endpoints"]> = {},
): Registry {
  const known = knownRegistry(name)!;
  const index = { crates: `${origin}/index/`, pypi: `${origin}/simple/`, npm: `${origin}/` }[known.kind];
  return {
    ...known,
    endpoints: { ...known.endpoints, index, api: origin, exchange: origin, ...changes },
  };
}

/** A provider that makes tokens by itself and remembers them. */
export function fakeProvider(
  changes: Readonly<Record<string, unknown>> = {},
  renewable = true,
): IdentityProvider & { readonly given: string[]; readonly audiences: string[] } {
  const given: string[] = [];
  const audiences: string[] = [];
  const fixed = jwtWith(changes);
  return {
    id: "fake",
    label: "Fake CI",
    renewable,
    given,
    audiences,
    detect: () => true,
    obstacle: () => Promise.resolve(null),
    request(_, audience, origin) {
      const jwt = renewable ? jwtWith({ aud: audience, ...changes }) : fixed;
      given.push(jwt);
      audiences.push(audience);
      return Promise.resolve({ jwt: new Secret(jwt, "OIDC token", origin), claims: decodeJwt(jwt).claims! });
    },
  };
}
