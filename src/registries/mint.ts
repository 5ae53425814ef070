import { defer, stopped } from "../host/cleanup.ts";
import { TransportError } from "../host/http.ts";
import type { Session } from "../host/session.ts";
import { pauseAfter } from "../identity/backoff.ts";
import type { IdentityProvider } from "../identity/provider.ts";
import { KeylessError, type Problem } from "../problem.ts";
import { ExchangeRefused } from "./refusal.ts";
import type { BurnOutcome, ExchangeContext, MintedToken, Protocol, Refusal, Registry } from "./registry.ts";
import { protocolOf } from "./table.ts";

/** What a token is wanted for. */
export type MintContext = Omit<ExchangeContext, "claims">;

const held = new WeakMap<MintedToken, () => void>();

/**
 * Gets a registry token: audience, OIDC token, exchange. Every try uses a new OIDC token, because registries accept each once; so a
 * provider that gives the same one every time gets a single try. Whatever happens afterwards, also a signal while the answer is under
 * way, the token is burned at the end of the program, unless {@link release} has done so.
 *
 * @throws {ExchangeRefused} when the registry says no; @throws {KeylessError} for everything before that
 */
export async function mint(
  session: Session,
  provider: IdentityProvider,
  registry: Registry,
  context: MintContext,
): Promise<MintedToken> {
  const { exchange } = registry.endpoints;
  if (exchange === null) throw new KeylessError(noExchange(registry));
  const protocol = protocolOf(registry);
  const audience = await protocol.audience(session, registry);
  let refreshed = false;
  for (let attempt = 1;; attempt++) {
    const { jwt, claims } = await provider.request(session, audience, new URL(exchange).origin);
    const broken = protocol.refusedByRule(registry, claims);
    if (broken) throw new KeylessError(about(context, broken));
    let wait: number | null;
    let failure: KeylessError;
    try {
      const answer = await guarded(
        session,
        protocol,
        () => protocol.exchange(session, registry, jwt, { ...context, claims }),
      );
      if ("token" in answer) return answer;
      failure = new ExchangeRefused(answer);
      wait = pauseFor(answer, attempt, refreshed);
      refreshed ||= answer.retry === "fresh-token";
    } catch (error) {
      if (!(error instanceof TransportError)) throw error;
      // The answer is lost, and a token may exist that nobody knows. It ends by itself.
      failure = error;
      wait = pauseAfter(attempt, null);
    }
    if (wait === null || !provider.renewable) throw failure;
    session.progress.say(`${failure.message}; trying again with a new OIDC token`);
    await session.clock.sleep(wait, stopped);
  }
}

/** Ends a token's life before its time; never throws. `null`: it was released before. */
export async function release(session: Session, minted: MintedToken): Promise<BurnOutcome | null> {
  const forget = held.get(minted);
  if (!forget) return null;
  held.delete(minted);
  const outcome = await protocolOf(minted.registry).burn(session, minted);
  // Only now: a signal during the burning must still find it.
  forget();
  return outcome;
}

/** Leaves a token alive for whoever it was handed to: from now on burning it is theirs. */
export function keep(minted: MintedToken): void {
  held.get(minted)?.();
  held.delete(minted);
}

/** Milliseconds until the next try, or `null` when a refusal is final. */
function pauseFor(refusal: Refusal, attempt: number, refreshed: boolean): number | null {
  switch (refusal.retry) {
    case "never":
      return null;
    case "fresh-token":
      return refreshed ? null : 0;
    case "later":
      return pauseAfter(attempt, refusal.retryAfter ?? null);
  }
}

/** Exchanges so that a signal at any moment leaves no living token behind. */
async function guarded(
  session: Session,
  protocol: Protocol,
  exchange: () => Promise<MintedToken | Refusal>,
): Promise<MintedToken | Refusal> {
  if (stopped.aborted) throw stopped.reason;
  const answered = Promise.withResolvers<MintedToken | null>();
  const forget = defer(async () => {
    const minted = await answered.promise;
    if (minted) await protocol.burn(session, minted);
  });
  let minted: MintedToken | null = null;
  try {
    const answer = await exchange();
    if (!("token" in answer)) return answer;
    minted = answer;
    held.set(minted, forget);
  } finally {
    answered.resolve(minted);
    if (!minted) forget();
  }
  // The clean-up that waited for this answer burns the token: nobody may use it any more.
  if (stopped.aborted) throw stopped.reason;
  return minted;
}

function about<T extends { readonly package?: string }>(context: MintContext, problem: T): T {
  return context.packageName === null ? problem : { ...problem, package: context.packageName };
}

/** A registry without an exchange was to be exchanged with. */
export function noExchange(registry: Registry): Problem {
  return {
    code: "no-exchange",
    message: `${registry.label} has no OIDC exchange that keyless knows of`,
    next: [
      `add exchange = "https://…" to [registry.${registry.name}] in keyless.toml`,
      "or publish with --credential token",
    ],
    registry: registry.name,
  };
}
