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
 * happened yet. The tokens are burned again, unless the identity gives only one.
 */
export async function preflight(
  planned: readonly PlannedPackage[],
  book: TokenBook,
  observe: Observer,
): Promise<PreflightResult> {
  const problems: Problem[] = [];
  const refused = new Set<string>();
  const seen = new Set<string>();
  for (const { package: pkg, credential } of planned) {
    const scope = scopeOf(pkg);
    if (credential.path !== "oidc" || seen.has(scope)) continue;
    seen.add(scope);
    const name = pkg.registry.kind === "npm" ? pkg.name : null;
    try {
      await book.get(credential.provider, pkg);
      if (credential.provider.renewable) await book.drop(pkg);
      observe({ type: "exchanged", registry: pkg.registry, package: name });
    } catch (error) {
      if (!(error instanceof KeylessError)) throw error;
      for (const problem of error.problems) {
        const located = { ...problem, package: pkg.name, registry: pkg.registry.name };
        problems.push(located);
        observe({ type: "refused", registry: pkg.registry, package: name, problem: located });
      }
      refused.add(scope);
    }
  }
  return { problems, refused };
}
