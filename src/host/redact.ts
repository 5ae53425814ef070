import { Secret } from "./secret.ts";

/** Credentials that are recognised by their form, also when nobody told us about them. */
const FORMS: readonly (readonly [RegExp, string])[] = [
  [/eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*)?/g, "«JSON web token»"],
  [/pypi-[A-Za-z0-9_-]{50,}/g, "«PyPI token»"],
  [/cio(?:_tp_)?[A-Za-z0-9]{32}(?![A-Za-z0-9])/g, "«crates.io token»"],
  [/npm_[A-Za-z0-9]{36}/g, "«npm token»"],
  [/gh[pousr]_[A-Za-z0-9._-]{36,}/g, "«GitHub token»"],
  [/github_pat_[A-Za-z0-9_]{60,}/g, "«GitHub token»"],
];

/** `text` without any secret of this run, in any of the encodings in which one travels. */
export function redact(text: string): string {
  for (const value of Secret.known()) {
    for (const form of encodings(value)) {
      if (text.includes(form)) text = text.replaceAll(form, "«secret»");
    }
  }
  for (const [form, name] of FORMS) text = text.replace(form, name);
  return text;
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

/** Control and format characters (bidirectional overrides, zero-width ones), but for line breaks and tabs. */
const CONTROL = /(?![\n\t])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;
// deno-lint-ignore no-control-regex
const ESCAPES = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[@-Z\\-_])/g;

/**
 * Text that came from a file, a registry or a child, made safe to print: no secrets, no control characters (terminal escapes,
 * bidirectional overrides), nothing that a CI reads as a workflow command (`::name` where a line or word starts, `##[`, `##vso[`).
 */
export function plain(text: string): string {
  return redact(text.replace(/\r\n/g, "\n").replace(ESCAPES, "").replace(CONTROL, ""))
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
