import type { Package } from "../config/project.ts";
import type { IdentityProvider } from "../identity/provider.ts";
import { KeylessError, type Problem } from "../problem.ts";
import type { Observer } from "./events.ts";
import type { PlannedPackage } from "./plan.ts";
import { scopeOf, type TokenBook } from "./tokens.ts";

export interface PreflightResult {
  readonly problems: readonly Problem[];
  /** Scopes whose exchange was refused. */
  readonly refused: ReadonlySet<string>;
}

/**
 * Exchanges once for everything that will be uploaded, before the first upload: a refusal stops a release while nothing has
 * happened yet. The tokens are burned again, unless the identity gives only one; nobody waits for that.
 */
export async function preflight(
  planned: readonly PlannedPackage[],
  book: TokenBook,
  observe: Observer,
): Promise<PreflightResult> {
  const scopes = new Map<string, Candidate>();
  for (const { package: pkg, credential } of planned) {
    if (credential.path === "oidc" && !scopes.has(scopeOf(pkg))) {
      scopes.set(scopeOf(pkg), { pkg, provider: credential.provider });
    }
  }
  const problems: Problem[] = [];
  const refused = new Set<string>();
  // Told in the order of the release, whoever answers first.
  for (const [scope, outcome] of await exchangeAll(scopes, book)) {
    const { registry, name } = scopes.get(scope)!.pkg;
    const about = { registry, package: registry.kind === "npm" ? name : null };
    if (outcome === null) {
      observe({ type: "exchanged", ...about });
      continue;
    }
    for (const problem of outcome.problems) {
      const located = { ...problem, package: name, registry: registry.name };
      problems.push(located);
      observe({ type: "refused", ...about, problem: located });
    }
    refused.add(scope);
  }
  return { problems, refused };
}

interface Candidate {
  readonly pkg: Package;
  readonly provider: IdentityProvider;
}

/** All registries at once, and one after the other at each. Why it did not work, or `null`, by scope. */
async function exchangeAll(
  scopes: ReadonlyMap<string, Candidate>,
  book: TokenBook,
): Promise<Map<string, KeylessError | null>> {
  const outcomes = new Map<string, KeylessError | null>([...scopes.keys()].map((scope) => [scope, null]));
  const registries = new Set([...scopes.values()].map(({ pkg }) => pkg.registry));
  const done = await Promise.allSettled([...registries].map(async (registry) => {
    for (const [scope, { pkg, provider }] of scopes) {
      if (pkg.registry !== registry) continue;
      try {
        await book.get(provider, pkg);
        if (provider.renewable) void book.drop(pkg);
      } catch (error) {
        if (!(error instanceof KeylessError)) throw error;
        outcomes.set(scope, error);
      }
    }
  }));
  // Not before everybody is done: tokens that are still on their way must get into the book.
  for (const each of done) if (each.status === "rejected") throw each.reason;
  return outcomes;
}
