import { systemClock } from "../host/clock.ts";
import { systemEnv } from "../host/env.ts";
import { Http } from "../host/http.ts";
import type { Secret } from "../host/secret.ts";
import { type Session, silent } from "../host/session.ts";
import { detectIdentity } from "../identity/table.ts";
import { KeylessError } from "../problem.ts";
import { keep, mint } from "../registries/mint.ts";
import { KNOWN } from "../registries/known.ts";
import { type CargoReply, type CargoRequest, failure, indexUrls, PLACEHOLDER } from "./cargo_protocol.ts";

/** The real world; nobody hears of progress, because stdout and stderr are cargo's. */
export function openAlone(): Session {
  return { env: systemEnv, http: new Http(), clock: systemClock, progress: silent };
}

/**
 * What cargo gets from keyless as a provider that people have configured themselves: a token of its own for each crate. Nobody is left to
 * burn it after the upload, so it lives until it ends by itself. Outside a CI the answer is `not-found`, so that cargo asks the next provider.
 */
export async function answerAlone(
  session: Session,
  request: CargoRequest,
): Promise<CargoReply<Secret | string>> {
  if (request.kind !== "get") return { Err: { kind: "operation-not-supported" } };
  // To the letter: cargo sends the token to where the index says, and a name that only looks like crates.io's says something else.
  const registry = KNOWN.find((known) =>
    known.kind === "crates" && indexUrls(known).includes(request.registry["index-url"])
  );
  if (!registry) return { Err: { kind: "url-not-supported" } };
  const provider = detectIdentity(session.env);
  if (!provider) return { Err: { kind: "not-found" } };
  switch (request.operation) {
    case "read":
      return { Ok: { kind: "get", token: PLACEHOLDER, cache: "session", operation_independent: false } };
    case "publish":
      try {
        const context = { packageName: request.name ?? null, declared: null };
        const minted = await mint(session, provider, registry, context);
        keep(minted);
        const expiration = Math.floor(minted.expiresAt / 1000);
        return {
          Ok: {
            kind: "get",
            token: minted.token,
            cache: "expires",
            expiration,
            operation_independent: false,
          },
        };
      } catch (error) {
        if (error instanceof KeylessError) return failure(error.problem);
        throw error;
      }
    default:
      return { Err: { kind: "not-found" } };
  }
}
