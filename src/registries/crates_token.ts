import type { TokenFault } from "./token_check.ts";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/** What is wrong with the form of a token for crates.io: `cio` and 32 characters, or a minted `cio_tp_`, 31 and a checksum. */
export function checkCratesToken(value: string): TokenFault | null {
  if (value.startsWith("cio_tp_")) return cratesChecksumHolds(value) ? null : wrongChecksum();
  if (/^cio[A-Za-z0-9]{32}$/.test(value)) return null;
  return {
    code: "token-malformed",
    message: "The token for crates.io does not have the form of one",
    why: ["Its tokens begin with `cio`; those made before 2020-07-14 do not, and are no longer accepted."],
    next: [
      "make a new token at https://crates.io/settings/tokens",
      "in CI: run with --credential oidc, which needs no token",
    ],
  };
}

/** Whether a minted token is whole: its last character is the exclusive or of the 31 before it, in an alphabet of 62. */
export function cratesChecksumHolds(value: string): boolean {
  const match = /^cio_tp_([A-Za-z0-9]{31})([A-Za-z0-9])$/.exec(value);
  if (!match) return false;
  let sum = 0;
  for (const char of match[1]!) sum ^= char.charCodeAt(0);
  return ALPHABET[sum % 62] === match[2];
}

function wrongChecksum(): TokenFault {
  return {
    code: "token-checksum",
    message: "The token for crates.io is not whole: its checksum does not fit",
    why: ["A character was lost or changed on the way."],
    next: ["hand the token on exactly as it was minted"],
  };
}
