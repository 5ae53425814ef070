import { UNKNOWN } from "../commands.ts";

/** A piece of Groovy: what of it matters for finding steps, not a whole grammar. */
export interface Token {
  readonly kind: "name" | "text" | "sign" | "line";
  /** Of a string its value: interpolated variables as `$NAME` or `${NAME}`, other interpolations as characters that nobody knows. */
  readonly text: string;
  /** Offsets in the file. */
  readonly start: number;
  readonly end: number;
  /** Of a string. */
  readonly string: GroovyString | null;
}

/** How a string is written. */
export interface GroovyString {
  readonly quote: string;
  /** The offset in the file of each character of the value, and of its end. */
  readonly back: readonly number[];
  readonly interpolations: readonly Interpolated[];
  /** Whether the value is what stands between the quotes, interpolations aside. */
  readonly literal: boolean;
}

/** `$NAME` or `${…}` in a string. */
export interface Interpolated {
  /** The variable, also one of `env.`; `null` for any other expression. */
  readonly variable: string | null;
  readonly start: number;
  readonly end: number;
}

/** A file in tokens, and the places of its comments. */
export interface Groovy {
  readonly tokens: readonly Token[];
  readonly comments: readonly { readonly start: number; readonly end: number }[];
  /** The index of the bracket that closes the one at an index; the end where none does. */
  readonly partners: readonly number[];
}

const BLANK = /[ \t\r\f\ufeff]+|\\\r?\n/y;
const COMMENT = /\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|^#![^\n]*/y;
const NAME = /[A-Za-z_][\w]*/y;
const NUMBER = /\d[\w.]*/y;
const QUOTE = /'''|"""|'|"/y;
/** What a slash that begins a string stands behind; behind anything else it divides. */
const BEFORE_SLASHY = /^[(,=[:{+~]$/;

/** Takes a text apart. Never throws: what is no Groovy becomes signs that mean nothing. */
export function groovy(text: string): Groovy {
  const tokens: Token[] = [];
  const comments: { start: number; end: number }[] = [];
  const lastDollarSlashy = text.lastIndexOf("/$");
  let at = 0;
  const match = (pattern: RegExp): string | null => {
    pattern.lastIndex = at;
    return pattern.exec(text)?.[0] ?? null;
  };
  const add = (kind: Token["kind"], length: number) => {
    tokens.push({ kind, text: text.slice(at, at + length), start: at, end: at + length, string: null });
    at += length;
  };
  while (at < text.length) {
    const blank = match(BLANK);
    const comment = blank === null ? match(COMMENT) : null;
    if (blank !== null) at += blank.length;
    else if (comment !== null) {
      comments.push({ start: at, end: at + comment.length });
      at += comment.length;
    } else if (text[at] === "\n" || text[at] === ";") add("line", 1);
    else {
      const quote = match(QUOTE) ?? slashy(text, at, tokens.at(-1), lastDollarSlashy);
      if (quote !== null) {
        const token = stringAt(text, at, quote);
        tokens.push(token);
        at = token.end;
      } else {
        const name = match(NAME);
        if (name !== null) add("name", name.length);
        else add("sign", match(NUMBER)?.length ?? 1);
      }
    }
  }
  return { tokens, comments, partners: partnersOf(tokens) };
}

function slashy(text: string, at: number, before: Token | undefined, last: number): string | null {
  if (text.startsWith("$/", at)) return last >= at + 2 ? "$/" : null;
  const begins = !before || before.kind === "line" || BEFORE_SLASHY.test(before.text) || before.text === "sh";
  if (text[at] !== "/" || !begins) return null;
  const end = text.indexOf("/", at + 1);
  return end > 0 && !text.slice(at, end).includes("\n") ? "/" : null;
}

const CLOSING: Readonly<Record<string, string>> = { "$/": "/$" };
const ESCAPES: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", b: "\b", f: "\f" };
const QUOTED = /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/y;
const VARIABLE = /\$(\w*[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)/y;

/** The string that begins with `quote`; one that is not closed ends with its line, or with the file when it may have several. */
function stringAt(text: string, start: number, quote: string): Token {
  const closing = CLOSING[quote] ?? quote;
  const several = closing.length > 1;
  const escapes = quote !== "$/" && quote !== "/";
  const interpolates = !quote.startsWith("'");
  const interpolations: Interpolated[] = [];
  const back: number[] = [];
  const parts: string[] = [];
  let literal = true;
  let at = start + quote.length;
  /** Up to here a brace is known to be left open. */
  let open = 0;
  const put = (part: string, from: number, each: boolean) => {
    parts.push(part);
    for (let index = 0; index < part.length; index++) back.push(each ? from + index : from);
  };
  while (
    at < text.length && !text.startsWith(closing, at) && (several || text[at] !== "\n" || quote === "/")
  ) {
    const character = text[at]!;
    if (character === "\\" && (escapes || (quote === "/" && text[at + 1] === "/"))) {
      const next = text[at + 1] ?? "";
      const code = next === "u" ? /^u+([0-9a-f]{4})/i.exec(text.slice(at + 1, at + 12)) : null;
      literal = false;
      // A backslash at the end of a line joins it with the next.
      put(
        code ? String.fromCharCode(parseInt(code[1]!, 16)) : next === "\n" ? "" : ESCAPES[next] ?? next,
        at,
        false,
      );
      at += 1 + (code ? code[0].length : next.length);
      continue;
    }
    const end = character === "$" && interpolates && at >= open ? endOfInterpolation(text, at) : at;
    if (end < 0) open = -end;
    if (end > at) {
      const variable = variableOf(text.slice(at, end));
      const plain = variable !== null && !text.slice(at, end).includes(".");
      put(plain ? text.slice(at, end) : UNKNOWN.repeat(end - at), at, true);
      interpolations.push({ variable, start: at, end });
      at = end;
    } else {
      put(character, at++, true);
    }
  }
  back.push(at);
  const end = text.startsWith(closing, at) ? at + closing.length : at;
  return { kind: "text", text: parts.join(""), start, end, string: { quote, back, interpolations, literal } };
}

/** Where the interpolation at a dollar ends; there where it begins when it is none, less than 0 when it is left open up to there. */
function endOfInterpolation(text: string, start: number): number {
  if (text[start + 1] !== "{") {
    VARIABLE.lastIndex = start;
    return start + (VARIABLE.exec(text)?.[0].length ?? 0);
  }
  let depth = 0;
  for (let at = start + 1; at < text.length; at++) {
    QUOTED.lastIndex = at;
    const quoted = QUOTED.exec(text)?.[0].length ?? 0;
    if (quoted > 0) at += quoted - 1;
    else if (text[at] === "{") depth++;
    else if (text[at] === "}" && --depth === 0) return at + 1;
    // Nobody breaks the line in one; a brace that is not closed would take the rest of the file.
    else if (text[at] === "\n") return -at;
  }
  return -text.length;
}

function variableOf(written: string): string | null {
  return /^\$\{?\s*(?:env\.)?([A-Za-z_]\w*)\s*\}?$/.exec(written)?.[1] ?? null;
}

function partnersOf(tokens: readonly Token[]): number[] {
  const partners: number[] = new Array(tokens.length).fill(tokens.length);
  const open: { readonly index: number; readonly closing: string }[] = [];
  for (const [index, { kind, text }] of tokens.entries()) {
    if (kind !== "sign") continue;
    const closing = PAIRS[text];
    if (closing !== undefined) open.push({ index, closing });
    else if (/^[)\]}]$/.test(text)) {
      // A bracket that was never closed ends with the one around it.
      const near = open.slice(-NEAR);
      const back = near.findLastIndex((each) => each.closing === text);
      const closed = back < 0 ? [] : open.splice(open.length - near.length + back);
      for (const each of closed) partners[each.index] = index;
    }
  }
  return partners;
}

/** So many brackets that were never closed are looked through. */
const NEAR = 50;
const PAIRS: Readonly<Record<string, string>> = { "(": ")", "[": "]", "{": "}" };
