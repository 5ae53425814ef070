import type { Credential } from "../credentials.ts";
import { type Incoming, Refused } from "../server.ts";
import { isCratesToken } from "../tokens.ts";
import type { CratesGrant, CratesSite } from "./site.ts";

/** The minted token of an `Authorization` header, with or without `Bearer`. @throws {Refused} 401 */
export function givenToken(request: Incoming): string {
  const header = request.headers.get("authorization");
  if (!header) throw new Refused(401, "Missing `Authorization` header");
  const invalid = (why: string) => new Refused(401, `Invalid \`Authorization\` header: ${why}`);
  if (!/^[\x20-\x7e]*$/.test(header)) throw invalid("Found unexpected non-ASCII characters");
  const [, scheme, token] = /^(?:(\S+)\s+)?(\S+)$/.exec(header) ?? [];
  if (scheme !== undefined && !/^bearer$/i.test(scheme)) {
    throw invalid(`Found unexpected authentication scheme \`${scheme}\``);
  }
  if (!isCratesToken(token ?? "")) throw invalid("Failed to parse token");
  return token!;
}

/** Who may publish a version of `crate`, by crates.io's rules for minted and for users' tokens. @throws {Refused} 401, 403 */
export function publisher(site: CratesSite, request: Incoming, name: string): Credential<CratesGrant> {
  const header = request.headers.get("authorization");
  if (!header) throw new Refused(403, "this action requires authentication");
  const crate = site.shelf.find(name);
  if (header.replace(/^bearer\s+/i, "").startsWith("cio_tp_")) {
    const token = givenToken(request);
    if (!crate) {
      throw new Refused(
        403,
        "Trusted Publishing tokens do not support creating new crates. Publish the crate manually, first",
      );
    }
    const minted = site.credentials.findLive(token);
    if (!minted) throw new Refused(403, "Invalid authentication token");
    if (!minted.life.packages!.includes(crate.name)) {
      throw new Refused(403, `The provided access token is not valid for crate \`${name}\``);
    }
    return minted;
  }
  const user = userOf(site, request);
  if (user.life.packages && !user.life.packages.includes(name)) {
    throw new Refused(403, "this token does not have the required permissions to perform this action");
  }
  if (crate?.trustedOnly) {
    throw new Refused(
      403,
      "New versions of this crate can only be published using Trusted Publishing " +
        "(see https://crates.io/docs/trusted-publishing).",
    );
  }
  return user;
}

/** The long-lived token of a request. @throws {Refused} 401, 403 */
export function userOf(site: CratesSite, request: Incoming): Credential<CratesGrant> {
  const token = (request.headers.get("authorization") ?? "").replace(/^bearer\s+/i, "");
  if (token === "") throw new Refused(403, "this action requires authentication");
  if (!token.startsWith("cio")) {
    throw new Refused(
      401,
      "The given API token does not match the format used by crates.io. Tokens generated before 2020-07-14 " +
        "were generated with an insecure random number generator, and have been revoked. You can generate a " +
        "new token at https://crates.io/me.",
    );
  }
  const user = site.credentials.findLive(token);
  if (!user || user.grant !== null) throw new Refused(403, "authentication failed");
  return user;
}
