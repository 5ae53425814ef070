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

const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/**
 * Whether the last six characters of an `npm_` token are the CRC-32 of the thirty before them, in base 62, as in GitHub's tokens;
 * `null` for tokens of another form. A hint for people: npm has never published the form.
 */
export function npmChecksumHolds(value: string): boolean | null {
  const match = /^npm_([A-Za-z0-9]{30})([A-Za-z0-9]{6})$/.exec(value);
  return match ? base62(crc32(match[1]!)).padStart(6, "0") === match[2] : null;
}

function crc32(text: string): number {
  let crc = 0xffffffff;
  for (const char of text) {
    crc ^= char.charCodeAt(0);
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}

function base62(value: number): string {
  let digits = "";
  for (; value > 0; value = Math.floor(value / 62)) digits = DIGITS[value % 62]! + digits;
  return digits;
}
