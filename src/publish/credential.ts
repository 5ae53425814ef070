import type { Package } from "../config/project.ts";
import { resolveReference } from "../config/refs.ts";
import { given } from "../host/env.ts";
import { Secret } from "../host/secret.ts";
import type { Session } from "../host/session.ts";
import type { IdentityProvider } from "../identity/provider.ts";
import { detectIdentity } from "../identity/table.ts";
import type { Problem } from "../problem.ts";
import { noExchange } from "../registries/mint.ts";
import type { Kind, Registry } from "../registries/registry.ts";
import { protocolOf } from "../registries/table.ts";
import { variablesOf } from "../registries/variables.ts";

export { variablesOf };

export type CredentialWish = "auto" | "oidc" | "token";

/** How one package will be authenticated; decided without any network. */
export type CredentialPlan =
  | { readonly path: "oidc"; readonly provider: IdentityProvider; readonly describe: string }
  | {
    readonly path: "token";
    readonly secret: Secret;
    /** The variable or setting that holds it. */
    readonly where: string;
    readonly describe: string;
  }
  | { readonly path: "none"; readonly problem: Problem };

/**
 * OIDC where the CI offers it, and then nothing else; outside such a CI the token that is found. A long-lived token that lies
 * around in a CI with OIDC is used only on demand.
 */
export async function decideCredential(
  session: Session,
  pkg: Package,
  wish: CredentialWish,
): Promise<CredentialPlan> {
  const provider = detectIdentity(session.env);
  const found = findToken(session, pkg.registry);
  const canExchange = pkg.registry.endpoints.exchange !== null;
  if (wish === "token") return found ?? { path: "none", problem: noToken(pkg) };
  if (wish === "oidc" && !canExchange) {
    return { path: "none", problem: { ...noExchange(pkg.registry), package: pkg.name } };
  }
  if (provider && canExchange) {
    const obstacle = await provider.obstacle(session);
    if (!obstacle) return { path: "oidc", provider, describe: `OIDC from ${provider.label}` };
    // Minted by another action minutes ago: that is what OIDC would have given.
    if (wish === "auto" && found?.path === "token" && isMinted(found.secret)) return found;
    return { path: "none", problem: withUnused(obstacle, pkg, found) };
  }
  if (wish === "auto" && found) return found;
  return { path: "none", problem: noIdentity(pkg) };
}

/** The long-lived credential for a registry, `null` when none is set. */
export function findToken(
  session: Session,
  registry: Registry,
): Extract<CredentialPlan, { path: "token" }> | null {
  const origin = new URL(registry.endpoints.upload).origin;
  if (registry.auth?.token) {
    const value = resolveReference(registry.auth.token, session.env);
    return value ? token(value, `[registry.${registry.name}.auth] token`) : null;
  }
  for (const name of variablesOf(registry)) {
    const value = given(session.env, name);
    if (value) return token(value, name);
  }
  return null;

  function token(value: string, where: string) {
    const secret = new Secret(value, `${registry.label} token`, origin);
    const describe = isMinted(secret)
      ? `short-lived token in ${where}, minted before keyless started`
      : `long-lived token in ${where}`;
    return { path: "token" as const, secret, where, describe };
  }
}

/** What is wrong with a token, seen without any network. */
export function checkFound(
  plan: Extract<CredentialPlan, { path: "token" }>,
  pkg: Package,
): Promise<Problem | null> {
  return protocolOf(pkg.registry).checkToken(plan.secret, pkg.registry, pkg.name);
}

/** crates.io's trusted publishing tokens say so themselves. */
function isMinted(secret: Secret): boolean {
  return secret.startsWith("cio_tp_");
}

const HOW: Readonly<Record<Kind, string>> = {
  crates:
    "set CARGO_REGISTRY_TOKEN to a crates.io token with the scope publish-update, and run with --credential token",
  pypi: "set PYPI_API_TOKEN to an API token of the project, and run with --credential token",
  npm: "set NODE_AUTH_TOKEN to a granular token for the package, and run with --credential token",
};

function noIdentity(pkg: Package): Problem {
  return {
    code: "no-credential",
    message: `There is nothing to publish ${pkg.name} to ${pkg.registry.label} with`,
    why: [
      "This is not a CI that keyless knows, so there is no OIDC token; and no token is set for this registry.",
    ],
    next: ["publish from GitHub Actions with `id-token: write`", HOW[pkg.kind]],
    package: pkg.name,
    registry: pkg.registry.name,
  };
}

function noToken(pkg: Package): Problem {
  const names = variablesOf(pkg.registry);
  return {
    code: "no-token",
    message: `--credential token was given, and no token for ${pkg.registry.label} is set`,
    why: names.length > 0 ? [`Looked at ${names.join(", ")}; an empty variable counts as unset.`] : [],
    next: names.length > 0
      ? [HOW[pkg.kind]]
      : [`add [registry.${pkg.registry.name}.auth] with token = "\${VARIABLE}" to keyless.toml`],
    package: pkg.name,
    registry: pkg.registry.name,
  };
}

function withUnused(obstacle: Problem, pkg: Package, found: CredentialPlan | null): Problem {
  const unused = found?.path === "token"
    ? [
      `${found.where} is set, and was not used: a long-lived token is used only when you ask (--credential token).`,
    ]
    : [];
  return {
    ...obstacle,
    why: [...(obstacle.why ?? []), ...unused],
    package: pkg.name,
    registry: pkg.registry.name,
  };
}
