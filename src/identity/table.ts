import type { Env } from "../host/env.ts";
import { githubActions } from "./github.ts";
import type { IdentityProvider } from "./provider.ts";

/** Every CI that can prove who is publishing; the first that is detected counts. */
export const PROVIDERS: readonly IdentityProvider[] = [
  githubActions,
];

/** The CI that this process runs in, or `null`. */
export function detectIdentity(env: Env): IdentityProvider | null {
  return PROVIDERS.find((provider) => provider.detect(env)) ?? null;
}
