const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const ALPHABET = LETTERS + LETTERS.toLowerCase() + "0123456789";
const encoder = new TextEncoder();

/** So many random letters and digits. */
export function randomText(length: number): string {
  let text = "";
  while (text.length < length) {
    for (const byte of crypto.getRandomValues(new Uint8Array(length))) {
      // 248 is the largest multiple of 62 in a byte: what lies above would favour the first letters.
      if (byte < 248 && text.length < length) text += ALPHABET[byte % 62];
    }
  }
  return text;
}

/** The last character of a crates.io publishing token: all bytes before it XORed, modulo 62. */
export function cratesChecksum(body: string): string {
  return ALPHABET[encoder.encode(body).reduce((sum, byte) => sum ^ byte, 0) % 62]!;
}

/** A token as crates.io's exchange mints it: `cio_tp_`, 31 letters and digits, checksum. */
export function cratesToken(): string {
  const body = randomText(31);
  return `cio_tp_${body}${cratesChecksum(body)}`;
}

/** Whether a text can be a minted crates.io token. */
export function isCratesToken(text: string): boolean {
  const match = /^cio_tp_([A-Za-z0-9]{31})([A-Za-z0-9])$/.exec(text);
  return match !== null && cratesChecksum(match[1]!) === match[2];
}

/** A token as npm's exchange mints it; nothing may be read from it. */
export function npmToken(): string {
  return `npm_${randomText(36)}`;
}

/** What a PyPI token may do, in the order in which the caveats stand in it. */
export interface PypiTokenPlan {
  /** `pypi.org` or `test.pypi.org`. */
  readonly location: string;
  /** Each is one caveat, e.g. `[1, ["widget"]]`. */
  readonly caveats: readonly unknown[];
}

/** A token as PyPI makes it: `pypi-` and a binary macaroon (version 2, base64url without padding) signed with a random key. */
export async function pypiToken(plan: PypiTokenPlan): Promise<string> {
  const identifier = encoder.encode(crypto.randomUUID());
  const caveats = plan.caveats.map((caveat) => encoder.encode(JSON.stringify(caveat)));
  const root = await hmac(
    encoder.encode("macaroons-key-generator"),
    crypto.getRandomValues(new Uint8Array(32)),
  );
  let signature = await hmac(root, identifier);
  for (const caveat of caveats) signature = await hmac(signature, caveat);
  const bytes = [
    2,
    ...field(LOCATION, encoder.encode(plan.location)),
    ...field(IDENTIFIER, identifier),
    0,
    ...caveats.flatMap((caveat) => [...field(IDENTIFIER, caveat), 0]),
    0,
    ...field(SIGNATURE, signature),
  ];
  return `pypi-${base64url(bytes)}`;
}

const LOCATION = 1;
const IDENTIFIER = 2;
const SIGNATURE = 6;

function field(type: number, value: Uint8Array): number[] {
  return [type, ...varint(value.length), ...value];
}

function varint(value: number): number[] {
  return value < 128 ? [value] : [value % 128 | 128, ...varint(Math.floor(value / 128))];
}

async function hmac(
  key: Uint8Array<ArrayBuffer>,
  data: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  const imported = await crypto.subtle.importKey("raw", key, { name: "HMAC", hash: "SHA-256" }, false, [
    "sign",
  ]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", imported, data));
}

function base64url(bytes: readonly number[]): string {
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
