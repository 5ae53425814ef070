/** What a token of PyPI says about itself; nothing in it proves that the token is alive. */
export interface PypiTokenFacts {
  /** `pypi.org` or `test.pypi.org`. */
  readonly location: string;
  /** `account`: everything of a user. `projects`: some projects. `minted`: by trusted publishing. `unknown`: restricted somehow. */
  readonly scope: "account" | "projects" | "minted" | "unknown";
  /** Normalised names; empty where the token only holds ids, which cannot be mapped to names. */
  readonly projects: readonly string[];
  /** Seconds since the epoch; the narrowest of all restrictions. `null`: no end. */
  readonly expiresAt: number | null;
  readonly notBefore: number | null;
}

/**
 * Reads a token of PyPI: `pypi-` and a binary macaroon (version 2) in base64url, whose caveats are JSON. `null` for anything else,
 * also for encodings to come: PyPI does not promise this one.
 */
export function readPypiToken(value: string): PypiTokenFacts | null {
  const bytes = bytesOf(value);
  const fields = bytes && fieldsOf(bytes);
  if (!fields) return null;
  const caveats = fields.caveats.map(json);
  const windows = caveats.flatMap(windowOf);
  return {
    location: fields.location,
    scope: scopeOf(caveats),
    projects: namesOf(caveats),
    expiresAt: windows.length > 0 ? Math.min(...windows.map(([end]) => end)) : null,
    notBefore: windows.length > 0 ? Math.max(...windows.map(([, start]) => start)) : null,
  };
}

function bytesOf(value: string): Uint8Array | null {
  const encoded = /^pypi-([A-Za-z0-9_-]+)$/.exec(value)?.[1];
  if (!encoded) return null;
  try {
    return Uint8Array.from(
      atob(encoded.replaceAll("-", "+").replaceAll("_", "/")),
      (char) => char.charCodeAt(0),
    );
  } catch {
    // Not base64: not a macaroon.
    return null;
  }
}

const LOCATION = 1;
const IDENTIFIER = 2;
const SIGNATURE = 6;

/**
 * Byte 2, then sections that end with a zero byte: header (location, identifier), one for each caveat, an empty one; then the
 * signature. A field is type, length, bytes, the first two as variable-length integers.
 */
function fieldsOf(bytes: Uint8Array): { location: string; caveats: string[] } | null {
  let at = 1;
  let broken = bytes[0] !== 2;
  const number = (): number => {
    let value = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = bytes[at++] ?? 0;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    broken = true;
    return value;
  };
  const field = (type: number): string => {
    if (number() !== type) broken = true;
    const length = number();
    if (at + length > bytes.length) broken = true;
    return new TextDecoder().decode(bytes.subarray(at, at += length));
  };
  const location = field(LOCATION);
  field(IDENTIFIER);
  if (bytes[at++] !== 0) broken = true;
  const caveats: string[] = [];
  while (!broken && bytes[at] !== 0) {
    caveats.push(field(IDENTIFIER));
    if (bytes[at++] !== 0) broken = true;
  }
  at++;
  field(SIGNATURE);
  return broken ? null : { location, caveats };
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // A restriction of a form that nobody knows yet.
    return undefined;
  }
}

const EXPIRY = 0;
const PROJECT_NAMES = 1;
const PROJECT_IDS = 2;
const USER = 3;
const PUBLISHER = 4;

/** End and start of a caveat that limits the time: `[0, end, start]`, or the older object. */
function windowOf(caveat: unknown): [number, number][] {
  const [end, start] = Array.isArray(caveat)
    ? caveat[0] === EXPIRY ? [caveat[1], caveat[2]] : []
    : [property(caveat, "exp"), property(caveat, "nbf")];
  return typeof end === "number" && typeof start === "number" ? [[end, start]] : [];
}

function namesOf(caveats: readonly unknown[]): string[] {
  const lists = caveats.map((caveat) =>
    Array.isArray(caveat)
      ? caveat[0] === PROJECT_NAMES ? caveat[1] : undefined
      : property(property(caveat, "permissions"), "projects")
  ).filter((one): one is string[] => Array.isArray(one) && one.every((name) => typeof name === "string"));
  // All caveats hold at once: a project must be in every list.
  const [first = [], ...rest] = lists;
  return first.filter((name) => rest.every((other) => other.includes(name)));
}

function scopeOf(caveats: readonly unknown[]): PypiTokenFacts["scope"] {
  const has = (tag: number) => caveats.some((caveat) => Array.isArray(caveat) && caveat[0] === tag);
  const permissions = caveats.map((caveat) => property(caveat, "permissions"));
  if (has(PUBLISHER)) return "minted";
  if (
    has(PROJECT_NAMES) || has(PROJECT_IDS) ||
    permissions.some((one) => typeof one === "object" && one !== null)
  ) {
    return "projects";
  }
  const known = caveats.every((caveat) =>
    (Array.isArray(caveat) && [EXPIRY, USER].includes(caveat[0])) ||
    property(caveat, "permissions") === "user" ||
    windowOf(caveat).length > 0
  );
  return known ? "account" : "unknown";
}

function property(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
