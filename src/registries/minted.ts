import { mask } from "../host/mask.ts";
import { Secret } from "../host/secret.ts";
import type { MintedToken, Registry } from "./registry.ts";

/** One word that can stand in a header, a variable and a line of a file; a mask for a shorter one would shred the log. */
const TOKEN = /^[\x21-\x7e]{8,4096}$/;

/** Where a token came from and how long it lives. */
export interface Minting {
  readonly registry: Registry;
  /** Milliseconds since the epoch, taken before the request was sent. */
  readonly mintedAt: number;
  /** What the registry named, in milliseconds since the epoch; `null` where it named none. */
  readonly expiresAt: number | null;
  /** The documented lifetime in milliseconds, for a registry that named no end. */
  readonly lifetime: number;
}

/** The token of an answer, masked at once; `null` when `value` cannot be one. It may be sent to the exchange's own origin only. */
export function mintedToken(value: unknown, minting: Minting): MintedToken | null {
  if (typeof value !== "string" || !TOKEN.test(value)) return null;
  const { registry, mintedAt, expiresAt, lifetime } = minting;
  const token = new Secret(value, `${registry.label} token`, new URL(registry.endpoints.exchange!).origin);
  mask(token);
  return {
    token,
    registry,
    mintedAt,
    expiresAt: expiresAt ?? mintedAt + lifetime,
    expiryKnown: expiresAt !== null,
  };
}
