import type { Package } from "../config/project.ts";
import type { Session } from "../host/session.ts";
import type { IdentityProvider } from "../identity/provider.ts";
import { forUpload } from "../registries/destination.ts";
import { mint, release } from "../registries/mint.ts";
import type { MintedToken, Registry } from "../registries/registry.ts";
import type { CredentialSource } from "./clients/client.ts";
import type { CredentialPlan } from "./credential.ts";

/** A token that is about to end is not handed to a client: cargo, too, counts the last minute as over. */
const MARGIN = 60_000;

/** Every token of a run: counted from its minting to its end, and burned when it is no longer needed. */
export class TokenBook {
  readonly #session: Session;
  readonly #live = new Map<string, MintedToken>();
  /** Burnings that are under way. */
  readonly #ending = new Set<Promise<void>>();
  minted = 0;
  burned = 0;
  /** Milliseconds that the longest-lived token was usable. */
  longest = 0;

  constructor(session: Session) {
    this.#session = session;
  }

  /**
   * A token for one package. A new one, unless the identity gives only one and the token got for it still lives.
   * @throws {ExchangeRefused}
   */
  async get(provider: IdentityProvider, pkg: Package): Promise<MintedToken> {
    const key = scopeOf(pkg);
    const held = this.#live.get(key);
    if (held && held.expiresAt - this.#session.clock.now() > MARGIN) return held;
    const minted = await mint(this.#session, provider, pkg.registry, {
      packageName: pkg.name,
      declared: pkg.trustPolicy,
    });
    this.minted++;
    if (held) await this.#end(held);
    this.#live.set(key, minted);
    return minted;
  }

  /** Burns the token of a package, if there is one. Nobody needs to wait for it: {@link close} does. */
  async drop(pkg: Package): Promise<void> {
    const key = scopeOf(pkg);
    const held = this.#live.get(key);
    if (!held) return;
    this.#live.delete(key);
    await this.#end(held);
  }

  /** Burns all that is left. */
  async close(): Promise<void> {
    for (const held of this.#live.values()) void this.#end(held);
    this.#live.clear();
    await Promise.all(this.#ending);
  }

  #end(token: MintedToken): Promise<void> {
    const ending = this.#burn(token).finally(() => this.#ending.delete(ending));
    this.#ending.add(ending);
    return ending;
  }

  async #burn(token: MintedToken): Promise<void> {
    const outcome = await release(this.#session, token);
    if (outcome === "burned") this.burned++;
    const end = outcome === "burned" ? this.#session.clock.now() : token.expiresAt;
    this.longest = Math.max(this.longest, end - token.mintedAt);
  }
}

/** What one token covers: a package at npm, everything that the publisher may publish elsewhere. */
export function scopeOf(pkg: { name: string; registry: Registry }): string {
  return pkg.registry.kind === "npm" ? `${pkg.registry.name}:${pkg.name}` : pkg.registry.name;
}

/** Where an upload gets its token from, at the moment that the client asks. */
export function sourceFor(
  plan: Exclude<CredentialPlan, { path: "none" }>,
  pkg: Package,
  book: TokenBook,
): CredentialSource {
  if (plan.path === "token") {
    return {
      path: "token",
      describe: plan.describe,
      token: () => Promise.resolve(forUpload(plan.secret, pkg.registry)),
      expiresAt: () => null,
    };
  }
  let current: MintedToken | null = null;
  return {
    path: "oidc",
    describe: plan.describe,
    async token() {
      current = await book.get(plan.provider, pkg);
      return forUpload(current.token, pkg.registry);
    },
    expiresAt: () => current?.expiresAt ?? null,
  };
}
