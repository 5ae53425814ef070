import { redact } from "./redact.ts";
import { holdsSecret } from "./secret_names.ts";
import { type SecretPlace, secretPlaces } from "./secret_places.ts";

/** What the shell, a CI or a program fills in: no secret, and good to know. */
const FILLED_IN =
  /^\\{0,4}["']?(?:[-+:./|,;&()[\]}\\"']|%s|\$\{\{[^}]*(?:\}\}|$)|\{\{[^}]*(?:\}\}|$)|\$\{(?!\{)[^}]*(?:\}|$)|\$\((?!\s?(?:echo|printf)\s{1,20}["']?[\w!])[^]*|\$(?:env:)?[A-Za-z_]\w*|%[A-Z_]\w*%)*$/i;
/** What may stand in its place: `${TOKEN:-this}`, `${{ secrets.TOKEN || 'this' }}`. */
const INSTEAD =
  /(\$\{\w{1,80}:?[-=])([^}"'$]{1,1000})(?=\})|((?:\|\||&&|\{\{)[ \t]{0,20})'([^'\n]{1,1000})'(?![ \t]{0,20}[=!<>])/g;
/** A word of the platforms, an option, and what looks a value up in a program. */
const WORD =
  /^\\{0,4}["']?(?:(?:write|read|none|true|false|null|nil|undefined|inherit|required|string|__token__)[,;)\]}"']{0,5}$|--?[a-z][a-z-]{0,40}$|![a-z]+$|=|#$|[a-z_][\w.]{0,60}\((?:[\w.]{0,60}\)[,;)\]}]{0,5})?|(?:os|process|env|system|project|providers?|secrets|vars|inputs|steps|github|needs|matrix|context)\.)/i;
/** The name of a variable, as some actions and orbs want it. */
const VARIABLE = /^\\{0,4}["']?[A-Z][A-Z0-9]{0,40}(?:_[A-Z0-9]{1,40}){1,10}[,;)\]}"']{0,5}$/;
/** What may stand before a value: a tag or an anchor of YAML, a list, a table with nothing but it. */
const OPENING = /(?:(?:&|!!)[\w-]{1,60}[ \t]{1,9}|(?:\{(?!\{)|\[|\()[ \t]{0,9}|\$(?=')){1,5}/y;
/** A part of a value that no blank ends. */
const PART = /\$\{\{[^}]*(?:\}\}|$)|\{\{[^}]*(?:\}\}|$)|\$\{[^}]*(?:\}|$)|\$\([^)]*\)?|\\.|[^\s"'\x60<>\\]/y;

/**
 * A line without the values that stand where a secret does, whatever their form. It stays as long as it is, because places in it may be
 * underlined. Values of a known form are left to `redact`, which says what they are.
 */
export function masked(line: string): string {
  return withoutThese(line, secretPlaces(line));
}

/** `masked`, for a line among others: a command may begin above it, and in YAML a secret may stand below its name. */
export function maskedAt(lines: readonly string[], index: number): string {
  const line = lines[index] ?? "";
  if (isBelowName(lines, index) || isInText(lines, index) || isInKey(lines, index)) {
    return line.replace(/\S/g, "*");
  }
  const before = begunAbove(lines, index);
  const text = before + line;
  const beside = naming(lines, index);
  if (last.text !== text || last.beside !== beside) {
    last = { text, beside, masked: withoutThese(text, secretPlaces(text, beside)) };
  }
  return last.masked.slice(before.length);
}

/** Many findings in a row are about the same line, which may be long. */
let last = { text: "", beside: "", masked: "" };

/** How far above a line what it belongs to may begin. */
const REACH = 100;
/** A name with its value on the lines below: `TOKEN: |`, `token =`, `PASSWORD: "first line`, `<password>`. */
const NAMED =
  /^[ \t]*(?:-[ \t]+)?["']?([\w.-]{1,200})["']?[ \t]*[:=][ \t]*(?:[&!]\S{1,60}[ \t]+)?(?:([|>][-+\d]{0,2}[ \t]*(?:#.*)?|"[^"]*|'[^']*)|)$/;
const ELEMENT = /<(?:\w{1,40}:)?([\w.-]{1,200})>\s*$/;
/** A line that is no value itself. */
const ENTRY = /^[ \t]*(?:-[ \t]|["']?[\w.-]+["']?[ \t]*[:=](?:\s|$)|[#[\]{}]|<)/;

/** Whether a line is the value of a name above it. */
function isBelowName(lines: readonly string[], index: number): boolean {
  const line = lines[index] ?? "";
  const above = lines[parentOf(lines, index)] ?? "";
  const [, name, block] = NAMED.exec(above.trimEnd()) ?? [];
  if (name !== undefined && holdsSecret(name)) {
    return block !== undefined || !ENTRY.test(line) && !FILLED_IN.test(line.trim());
  }
  const element = ELEMENT.exec(above)?.[1];
  return element !== undefined && holdsSecret(element) && !ENTRY.test(line) && !FILLED_IN.test(line.trim());
}

/** A name with a text of several lines behind it, as TOML and Python have them. */
const LONG_TEXT = /^[ \t]*(?:export[ \t]+)?["']?([\w.-]{1,200})["']?[ \t]*=[ \t]*[A-Za-z]?(?:"""|''')/;

/** Whether a line is in such a text that holds a secret. */
function isInText(lines: readonly string[], index: number): boolean {
  for (let above = index - 1; above >= Math.max(0, index - REACH); above--) {
    const marks = lines[above]!.match(/"""|'''/g)?.length ?? 0;
    if (marks % 2 === 0) continue;
    const name = LONG_TEXT.exec(lines[above]!)?.[1];
    return name !== undefined && holdsSecret(name);
  }
  return false;
}

/** The line that one stands below in YAML and the like; itself where there is none. */
function parentOf(lines: readonly string[], index: number): number {
  const depth = (lines[index] ?? "").search(/\S/);
  for (let above = index - 1; depth > 0 && above >= Math.max(0, index - REACH); above--) {
    const start = lines[above]!.search(/\S/);
    if (start >= 0 && start < depth) return above;
  }
  return index;
}

/** Whether a line is in the middle of a private key. */
function isInKey(lines: readonly string[], index: number): boolean {
  if (!/^[\s"'+|]{0,100}[A-Za-z0-9+/=\\]{8,}["',\\\s]{0,9}$/.test(lines[index] ?? "")) return false;
  for (let above = index - 1; above >= Math.max(0, index - REACH); above--) {
    const mark = /-----(BEGIN|END) [A-Z ]{0,40}PRIVATE KEY/.exec(lines[above]!);
    if (mark) return mark[1] === "BEGIN";
  }
  return false;
}

/** The line that tells what the `value:` in one is. */
function naming(lines: readonly string[], index: number): string {
  if (!/\b(?:value|default|defaultValue)["']?[ \t]{0,20}[:=]/.test(lines[index] ?? "")) return "";
  const beside = [index - 1, index + 1].flatMap((at) => lines[at] ?? [])
    .filter((line) => /\b(?:name|key|variable)["']?[ \t]{0,20}[:=]/.test(line));
  const above = parentOf(lines, index);
  return [...above === index ? [] : [lines[above]!], ...beside].join("\n");
}

/** So much of a command above a line is looked at. */
const MOST = 2000;

/** What of a command, or of a list of its words, stands on the lines above. */
function begunAbove(lines: readonly string[], index: number): string {
  let text = "";
  for (let above = index - 1; above >= 0; above--) {
    const line = lines[above]!.trimEnd();
    const next = lines[above + 1]!;
    const goesOn = /[\\`^]$/.test(line) || /^[ \t]*["']?--?[A-Za-z]/.test(next) ||
      line.endsWith(",") && /^[ \t]*["']/.test(next);
    if (!goesOn || line.length + text.length > MOST) break;
    text = `${line.replace(/[\\`^]$/, " ")} ${text}`;
  }
  return text;
}

/** So much is looked through again for what stands inside; what is left of a line that has more is starred. */
const MOST_LOOKED = 1_000_000;

function withoutThese(line: string, places: readonly SecretPlace[]): string {
  let text = "";
  let done = 0;
  let looked = 0;
  const quotes = new Quotes(line);
  for (const place of places) {
    if (place.start < done) continue;
    const [start, end] = valueAt(line, place, quotes);
    if (end <= start) continue;
    const value = line.slice(start, end);
    const shown = starred(value);
    // A command that is filled in may be given a secret itself: `TOKEN=$(tool --key …)`.
    if (shown === value && value.includes("$(") && (looked += value.length) < MOST_LOOKED) continue;
    text += line.slice(done, start) + (looked < MOST_LOOKED ? shown : stars(value));
    done = end;
  }
  return text + line.slice(done);
}

/** Where in a line quotes are open. */
class Quotes {
  readonly #line: string;
  #read = 0;
  readonly #open = { '"': false, "'": false };

  constructor(line: string) {
    this.#line = line;
  }

  /** Whether a quote is open before a place; places must come in order. */
  isOpen(quote: '"' | "'", before: number): boolean {
    for (; this.#read < before; this.#read++) {
      const character = this.#line[this.#read];
      if (character === "\\") this.#read++;
      else if (character === '"' || character === "'") this.#open[character] = !this.#open[character];
    }
    return this.#open[quote];
  }
}

/** From where to where the value at a place reaches; from and to the same place where there is none. */
function valueAt(line: string, place: SecretPlace, quotes: Quotes): readonly [number, number] {
  OPENING.lastIndex = place.start;
  const start = place.start + (OPENING.exec(line)?.[0].length ?? 0);
  const begins = line.slice(start, start + 100);
  if (/^["']?[\w-]{1,60}["']?[ \t]{0,20}:[ \t]/.test(begins) && start > place.start) return [start, start];
  const [, slashes = "", quote] = /^(\\{0,4})(["'])/.exec(begins) ?? [];
  let end = start;
  const open = { '"': quotes.isOpen('"', start), "'": quotes.isOpen("'", start) };
  if (quote === '"' || quote === "'") {
    if (slashes === "" && open[quote] && !/\w/.test(line[start + 1] ?? "")) return [start, start];
    end = closed(line, start + slashes.length, slashes !== "");
  }
  for (;;) {
    const next = line[end];
    if (next === '"' || next === "'") {
      if (open[next]) break;
      end = closed(line, end, false);
      continue;
    }
    if (quote !== undefined && /[,;)\]}|&]/.test(next ?? "")) break;
    PART.lastIndex = end;
    const part = PART.exec(line);
    if (!part) break;
    end += part[0].length;
  }
  // A quote that the value itself has, so that YAML refuses the line.
  if (place.wide && quote !== undefined && /^[ \t]*[^\s#,;)\]}|&]/.test(line.slice(end, end + 100))) {
    return [start, line.trimEnd().length];
  }
  if (!place.wide || quote !== undefined || end === start || isHarmless(line.slice(start, end))) {
    return [start, end];
  }
  const rest = line.slice(start);
  const comment = rest.search(/[ \t]#/);
  return [start, Math.max(end, start + (comment < 0 ? rest.trimEnd().length : comment))];
}

/** Behind the quote that closes the one at a place. */
function closed(line: string, at: number, escaped: boolean): number {
  const quote = line[at]!;
  for (let end = at + 1; end < line.length; end++) {
    if (line[end] === "\\" && quote === '"' && !escaped) end++;
    else if (line[end] === quote) return end + 1;
  }
  return line.length;
}

function isHarmless(value: string): boolean {
  return FILLED_IN.test(value) || WORD.test(value) || VARIABLE.test(value) || redact(value) !== value;
}

function starred(value: string): string {
  if (isHarmless(value)) {
    return value.replace(
      INSTEAD,
      (_, before = "", word = "", first = "", literal = "") =>
        before + stars(word) + first + (literal && `'${stars(literal)}'`),
    );
  }
  return value.replace(
    /^(\\{0,4}["'])?([^]*?)(["'\\,;)\]}]{0,9})$/,
    (_, quote = "", secret: string, rest: string) => quote + stars(secret) + rest,
  );
}

function stars(secret: string): string {
  return "*".repeat(secret.length);
}
