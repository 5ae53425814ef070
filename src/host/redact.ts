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

/** `text` without any secret of this run, in any of the encodings in which one travels. */
export function redact(text: string): string {
  for (const value of known()) {
    for (const form of formsOf(value)) {
      if (text.includes(form)) text = text.replaceAll(form, "«secret»");
    }
  }
  for (const [beginning, form, name] of FORMS) {
    if (text.includes(beginning)) text = text.replace(form, name);
  }
  return text;
}

let longestFirst: readonly string[] = [];

/** The secrets of this run; of one inside another the longer one first, or the rest of it would stay. */
function known(): readonly string[] {
  const all = Secret.known();
  if (all.size !== longestFirst.length) longestFirst = [...all].sort((a, b) => b.length - a.length);
  return longestFirst;
}

const encoded = new Map<string, readonly string[]>();

/** The encodings of a secret; worked out once, because every line of every client is searched for them. */
function formsOf(value: string): readonly string[] {
  const known = encoded.get(value);
  if (known) return known;
  const forms = encodings(value);
  encoded.set(value, forms);
  return forms;
}

function encodings(value: string): string[] {
  const forms = [value, encodeURIComponent(value), JSON.stringify(value).slice(1, -1)];
  // Where a secret stands inside base64 (Basic auth), three alignments are possible; the inner part is the same each time.
  for (const lead of ["", "_", "__"]) {
    const whole = base64(lead + value);
    const start = lead === "" ? 0 : 4;
    forms.push(whole.slice(start, whole.length - 4));
  }
  return [...new Set(forms)].filter((form) => form.length >= 8);
}

function base64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}

/** What {@link disarmed} looks for. Most text has none of it, and Unicode's classes take long to load. */
const SUSPECT = /[^\n\t\x20-\x7e]|::|##/;
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
    .replace(/##(?=\[|vso\[)/g, "# #");
}

/** `plain`, on one line, blanks as they are. */
export function oneLine(text: string): string {
  return plain(text).replace(/\s*\n\s*/g, " ");
}

/** `plain`, on one line, cut to `limit` characters. */
export function plainLine(text: string, limit = 600): string {
  const line = plain(text).replace(/\s+/g, " ").trim();
  return line.length > limit ? `${line.slice(0, limit - 1)}…` : line;
}
