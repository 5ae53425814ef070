import { decodeJwt, decodeProtectedHeader, importJWK, type JWK, type JWTPayload, jwtVerify } from "jose";
import type { Clock } from "../host/clock.ts";
import { Http } from "../host/http.ts";

/** An issuer whose tokens a registry accepts. */
export interface TrustedIssuer {
  /** The `iss` claim. */
  readonly issuer: string;
  /** Where its discovery document is; the real ones have it under the issuer itself. */
  readonly origin: string;
}

const COOL_DOWN = 60_000;

/** An issuer's public keys, found through its discovery document and kept; asked again at most once a minute. */
export class KeySet {
  readonly issuer: string;
  readonly #origin: string;
  readonly #clock: Clock;
  #keys: readonly JWK[] = [];
  #loadedAt = -Infinity;

  constructor(trusted: TrustedIssuer, clock: Clock) {
    this.issuer = trusted.issuer;
    this.#origin = trusted.origin;
    this.#clock = clock;
  }

  /** The key of that name, or `null`. @throws {Error} when the issuer does not answer as it should. */
  async find(kid: string): Promise<CryptoKey | null> {
    const known = this.#keys.find((key) => key.kid === kid);
    if (!known && this.#clock.now() - this.#loadedAt >= COOL_DOWN) {
      this.#keys = await this.#load();
      this.#loadedAt = this.#clock.now();
      return await this.find(kid);
    }
    return known ? await importJWK(known, "RS256") as CryptoKey : null;
  }

  async #load(): Promise<readonly JWK[]> {
    const http = new Http({ clock: this.#clock });
    const get = async (url: string) => {
      const reply = await http.send({ url, timeout: 5000, retry: "never", signal: null });
      if (reply.status !== 200) throw new Error(`${url} answered ${reply.status}`);
      return reply.json() as Record<string, unknown>;
    };
    const discovery = await get(`${this.#origin}/.well-known/openid-configuration`);
    const { keys } = await get(String(discovery["jwks_uri"]));
    return keys as readonly JWK[];
  }
}

/** What a token says before anything is verified; `null` when it is no JSON web token. */
export function peek(jwt: string): { readonly issuer: string | null; readonly kid: string | null } | null {
  try {
    const { iss } = decodeJwt(jwt);
    return { issuer: typeof iss === "string" ? iss : null, kid: decodeProtectedHeader(jwt).kid ?? null };
  } catch {
    return null;
  }
}

/** What a registry demands of a token beyond the signature. */
export interface Demands {
  readonly issuer: string;
  /** Any one of them, as the token's only audience. */
  readonly audiences: readonly string[];
  /** Claims that must be there. */
  readonly required: readonly string[];
  /** Seconds by which clocks may differ. */
  readonly leeway: number;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** The claims of a token that is signed by `key` (RS256) and meets the demands; `null` otherwise. */
export async function verify(jwt: string, key: CryptoKey, demands: Demands): Promise<JWTPayload | null> {
  try {
    const { payload } = await jwtVerify(jwt, key, {
      algorithms: ["RS256"],
      issuer: demands.issuer,
      audience: [...demands.audiences],
      requiredClaims: [...demands.required, "iat", "exp"],
      clockTolerance: demands.leeway,
      currentDate: new Date(demands.now),
    });
    const future = payload.iat! > demands.now / 1000 + demands.leeway;
    return typeof payload.aud !== "string" || future ? null : payload;
  } catch {
    // Every registry answers the same for an expired, forged or misaddressed token.
    return null;
  }
}
