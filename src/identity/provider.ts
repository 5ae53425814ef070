import type { Problem } from "../problem.ts";
import type { Env } from "../host/env.ts";
import type { Secret } from "../host/secret.ts";
import type { Session } from "../host/session.ts";
import type { Claims } from "./claims.ts";

/**
 * Where OIDC tokens come from in one CI. The four ways in which vendors hand them out (a request, a fixed variable, a command, a
 * metadata server) all fit behind `request`.
 */
export interface IdentityProvider {
  /** kebab-case, e.g. `github-actions`. */
  readonly id: string;
  /** As people call it, e.g. `GitHub Actions`. */
  readonly label: string;
  /** Whether every request gives a new token; a fixed variable gives the same one each time, and most registries accept it once. */
  readonly renewable: boolean;
  /** Whether this process runs in that CI. */
  detect(env: Env): boolean;
  /** What keeps this job from getting a token, without asking anybody; `null` when nothing is known to. */
  obstacle(session: Session): Promise<Problem | null>;
  /** A token for `audience` that may be sent to `origin` only. @throws {KeylessError} with a code of docs/codes */
  request(session: Session, audience: string, origin: string): Promise<IdentityToken>;
}

export interface IdentityToken {
  readonly jwt: Secret;
  readonly claims: Claims;
}
