import type { Display } from "../host/terminal.ts";

/** The one set of signs that every screen uses. */
export interface Symbols {
  readonly ok: string;
  readonly error: string;
  readonly warning: string;
  /** Not decidable. */
  readonly unknown: string;
  /** Nothing to do. */
  readonly nothing: string;
  /** What to do next. */
  readonly next: string;
  /** The frame around an excerpt. */
  readonly frame: {
    readonly top: string;
    readonly next: string;
    readonly side: string;
    readonly bottom: string;
  };
  /** Underlines: the place itself, and the places that explain it. */
  readonly underline: { readonly primary: string; readonly secondary: string };
  /** Stands for text, or for lines, that are left out. */
  readonly gap: { readonly text: string; readonly lines: string };
  /** Between the parts of a line. */
  readonly separator: string;
  /** Stands for a value that does not exist. */
  readonly none: string;
}

const UNICODE: Symbols = {
  ok: "✓",
  error: "✗",
  warning: "!",
  unknown: "?",
  nothing: "·",
  next: "→",
  frame: { top: "╭─", next: "├─", side: "│", bottom: "╰─" },
  underline: { primary: "━", secondary: "─" },
  gap: { text: "…", lines: "⋮" },
  separator: "·",
  none: "–",
};

const ASCII: Symbols = {
  ok: "ok",
  error: "error",
  warning: "warn",
  unknown: "?",
  nothing: "-",
  next: "->",
  frame: { top: "+-", next: "+-", side: "|", bottom: "+-" },
  underline: { primary: "^", secondary: "-" },
  gap: { text: "...", lines: ":" },
  separator: "-",
  none: "-",
};

/** The signs that `display` can show. */
export function symbols(display: Display): Symbols {
  return display.unicode ? UNICODE : ASCII;
}

const TWINS: Readonly<Record<string, string>> = {
  "✓": "ok",
  "✗": "error",
  "·": "-",
  "→": "->",
  "…": "...",
  "–": "-",
  "—": "-",
  "›": ">",
  "«": "<",
  "»": ">",
  "≥": ">=",
  "≠": "!=",
  "×": "x",
  "“": '"',
  "”": '"',
  "’": "'",
};

const SIGNS = new RegExp(`[${Object.keys(TWINS).join("")}]`, "g");

/** Our own words with the ASCII twins of our signs where `display` needs them; letters of any language stay. */
export function worded(text: string, display: Display): string {
  return display.unicode ? text : text.replace(SIGNS, (sign) => TWINS[sign] ?? sign);
}
