import { base62Crc } from "./base62_crc.ts";
import type { TokenFault } from "./token_check.ts";

/** What is wrong with the form of a token for npm; only what is certain, because exchanged tokens have no documented form. */
export function checkNpmToken(value: string): TokenFault | null {
  if (!/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value)) return null;
  return {
    code: "token-retired",
    message: "The token for npm is a classic token, and npm has revoked all of them",
    why: ["Classic tokens (UUIDs) ended on 2025-12-09."],
    next: [
      "publish from CI with OIDC",
      "or make a granular token at https://www.npmjs.com/settings/~/tokens",
    ],
  };
}

/**
 * Whether the last six characters of an `npm_` token are the CRC-32 of the thirty before them, in base 62, as in GitHub's tokens;
 * `null` for tokens of another form. A hint for people: npm has never published the form.
 */
export function npmChecksumHolds(value: string): boolean | null {
  const match = /^npm_([A-Za-z0-9]{30})([A-Za-z0-9]{6})$/.exec(value);
  return match ? base62Crc(match[1]!) === match[2] : null;
}
