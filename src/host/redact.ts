import { withoutPasswords } from "./addresses.ts";
import { Secret } from "./secret.ts";

/** Credentials that are recognised by their form, also when nobody told us about them: what each begins with, form, name. */
const FORMS: readonly (readonly [string, RegExp, string])[] = [
  // Of a word only the first `eyJ` is tried: each of many would search the rest of the word again.
  [
    "eyJ",
    /(?<![A-Za-z0-9_-])(?=((?:(?!eyJ)[A-Za-z0-9_-])*))\1eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*)?/g,
    "$1«JSON web token»",
  ],
  ["pypi-", /pypi-[A-Za-z0-9_-]{50,}/g, "«PyPI token»"],
  ["cio", /cio(?:_tp_)?[A-Za-z0-9]{32}(?![A-Za-z0-9])/g, "«crates.io token»"],
  ["npm_", /npm_[A-Za-z0-9]{36}/g, "«npm token»"],
  ["gh", /gh[pousr]_[A-Za-z0-9._-]{36,}/g, "«GitHub token»"],
  ["github_pat_", /github_pat_[A-Za-z0-9_]{60,}/g, "«GitHub token»"],
];

/** A secret that an address hands over by name, say in the signature of a storage service; what a shell or a CI fills in is none. */
const IN_QUERY =
  /([?&;](?:[\w.-]{0,40}(?:token|secret|passw(?:or)?d|api_?key|access_?key|signature)|sig|key|auth)=)(?!%[A-Z_])([^\s&#"'`<>$\\(){}]{1,2000})/gi;

/** `text` without any secret of this run, in any of the encodings in which one travels. */
export function redact(text: string): string {
  learn();
  if (formsByStart.size > 0) text = withoutKnown(text);
  for (const [beginning, form, name] of FORMS) {
    if (text.includes(beginning)) text = text.replace(form, name);
  }
  if (text.includes("//")) text = withoutPasswords(text);
  if (text.includes("?")) text = text.replace(IN_QUERY, starred);
  return text;
}

/** As long as it was, because places of the line may be underlined. */
function starred(_: string, before: string, secret: string): string {
  return before + "*".repeat(secret.length);
}

/** No form of a secret is shorter. */
const SHORTEST = 8;

/**
 * The encodings of all secrets of this run by their first characters, so that a thousand of them take no longer to look for than one;
 * the longest first, because of one inside another the rest would stay.
 */
const formsByStart = new Map<string, string[]>();
let learnt = 0;

/** Takes in the secrets that came since the last time. */
function learn(): void {
  const all = Secret.known();
  if (all.size === learnt) return;
  for (const form of [...all].slice(learnt).flatMap(encodings)) {
    const start = form.slice(0, SHORTEST);
    const others = formsByStart.get(start) ?? [];
    if (!others.includes(form)) {
      formsByStart.set(start, [...others, form].sort((a, b) => b.length - a.length));
    }
  }
  learnt = all.size;
}

function withoutKnown(text: string): string {
  let clean = "";
  let done = 0;
  for (let at = 0; at + SHORTEST <= text.length;) {
    const found = formsByStart.get(text.slice(at, at + SHORTEST))?.find((form) => text.startsWith(form, at));
    if (found === undefined) {
      at++;
      continue;
    }
    clean += `${text.slice(done, at)}«secret»`;
    at += found.length;
    done = at;
  }
  return clean + text.slice(done);
}

function encodings(value: string): string[] {
  const forms = [value, encodeURIComponent(value), JSON.stringify(value).slice(1, -1)];
  // Where a secret stands inside base64 (Basic auth), three alignments are possible; the inner part is the same each time.
  for (const lead of ["", "_", "__"]) {
    const whole = base64(lead + value);
    const start = lead === "" ? 0 : 4;
    forms.push(whole.slice(start, whole.length - 4));
  }
  return [...new Set(forms)].filter((form) => form.length >= SHORTEST);
}

function base64(text: string): string {
  return btoa(Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join(""));
}

/** What {@link disarmed} looks for. Most text has none of it but our own signs, and Unicode's classes take long to load. */
const SUSPECT = /[^\n\t\x20-\x7e\xb7\u2013\u2026\u2192\u203a]|::|##/;
// deno-lint-ignore no-control-regex
const ESCAPES = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[@-Z\\-_])/g;

/**
 * Text that came from a file, a registry or a child, made safe to print: no secrets, no control characters (terminal escapes,
 * bidirectional overrides), nothing that a CI reads as a workflow command (`::name` where a line or word starts, `##[`, `##vso[`).
 */
export function plain(text: string): string {
  return SUSPECT.test(text) ? disarmed(text) : redact(text);
}

function disarmed(text: string): string {
  const bare = text.replace(/\r\n/g, "\n").replace(ESCAPES, "")
    // Control and format characters (bidirectional overrides, zero-width ones), but for line breaks and tabs.
    .replace(/(?![\n\t])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "");
  return redact(bare)
    .replace(/(^|\s)::(?=[A-Za-z])/gm, "$1: :")
    .replace(/##(?=\w*\[)/g, "# #");
}

/** `plain`, on one line, blanks as they are. */
export function oneLine(text: string): string {
  const lines = plain(text).split("\n");
  const last = lines.length - 1;
  return lines.map((line, index) => {
    const begun = index > 0 ? line.trimStart() : line;
    return index < last ? begun.trimEnd() : begun;
  }).filter((line, index) => line !== "" || index === 0 || index === last).join(" ");
}

/** `plain`, on one line, cut to `limit` characters. */
export function plainLine(text: string, limit = 600): string {
  const line = plain(text).replace(/\s+/g, " ").trim();
  return line.length > limit ? `${line.slice(0, limit - 1)}…` : line;
}
