import type { Problem } from "../problem.ts";
import type { Registry } from "../registries/registry.ts";

/**
 * Cargo's credential provider protocol, version 1: one line of JSON each way, after a greeting.
 * https://doc.rust-lang.org/cargo/reference/credential-provider-protocol.html
 */
export const HELLO = { v: [1] } as const;

/** What cargo asks, as far as it matters here. */
export interface CargoRequest {
  readonly kind: "get" | "login" | "logout";
  readonly registry: {
    readonly "index-url": string;
    readonly name?: string;
    /** Present after the registry has asked for a credential even to read its index. */
    readonly headers?: readonly string[];
  };
  readonly operation?: "read" | "publish" | "yank" | "unyank" | "owners";
  readonly name?: string;
  readonly vers?: string;
  /** SHA-256 of the `.crate`, lower-case hex. */
  readonly cksum?: string;
  /** Words that the configuration has after the program's name. */
  readonly args?: readonly string[];
}

/** What a provider answers; `T` is how the token travels. */
export type CargoReply<T> =
  | {
    readonly Ok: {
      readonly kind: "get";
      readonly token: T;
      readonly cache: "session" | "expires";
      /** Seconds since the epoch. */
      readonly expiration?: number;
      readonly operation_independent: boolean;
    };
  }
  | { readonly Err: { readonly kind: "url-not-supported" | "not-found" | "operation-not-supported" } }
  | {
    readonly Err: {
      readonly kind: "other";
      readonly message: string;
      readonly "caused-by": readonly string[];
    };
  };

/** A request of cargo, or `null` for anything else. */
export function parseRequest(line: string): CargoRequest | null {
  try {
    const value = JSON.parse(line);
    return typeof value?.kind === "string" && typeof value.registry?.["index-url"] === "string"
      ? value
      : null;
  } catch {
    // Not JSON, so not cargo.
    return null;
  }
}

/** The addresses by which cargo calls this registry's index; it announces crates.io by an old one. */
export function indexUrls(registry: Registry): readonly string[] {
  const own = `sparse+${registry.endpoints.index}`;
  return registry.name === "crates.io" ? [own, "https://github.com/rust-lang/crates.io-index"] : [own];
}

/** A problem as an error that cargo prints with its causes. */
export function failure(
  { message, why, said, next }: Pick<Problem, "message" | "why" | "said" | "next">,
): CargoReply<never> {
  return { Err: { kind: "other", message, "caused-by": [...why ?? [], ...said ? [said] : [], ...next] } };
}

/** Cargo never sends this token, and wants one before it asks for the one that it sends. */
export const PLACEHOLDER = "keyless-asks-when-it-uploads";
