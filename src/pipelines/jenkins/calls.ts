import type { Groovy, Token } from "./groovy.ts";

/** A stretch of tokens: from the first one up to, not including, `to`. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** A call, in any of its forms: `name(args) { block }`, `name args`, `name { block }`. */
export interface Call {
  readonly name: string;
  readonly index: number;
  readonly args: Range;
  readonly block: Range | null;
  /** Where what comes behind it begins. */
  readonly next: number;
}

/** No call has more pieces among its arguments; text that is no Groovy may. */
const MOST = 1000;

/** The call of the name at an index. */
export function callAt({ tokens, partners }: Groovy, index: number, limit: number): Call {
  const name = tokens[index]!.text;
  let next = index + 1;
  let args = { from: next, to: next };
  if (isSign(tokens[next], "(")) {
    args = { from: next + 1, to: Math.min(partners[next]!, limit) };
    next = Math.min(partners[next]! + 1, limit);
  } else if (!isSign(tokens[next], "{")) {
    const most = Math.min(limit, next + MOST);
    while (next < most && tokens[next]!.kind !== "line" && !/^[{})\]]$/.test(signOf(tokens[next]))) {
      next = /^[([]$/.test(signOf(tokens[next])) ? Math.min(partners[next]! + 1, limit) : next + 1;
    }
    args = { from: index + 1, to: next };
  }
  if (next >= limit || !isSign(tokens[next], "{")) return { name, index, args, block: null, next };
  const end = Math.min(partners[next]!, limit);
  return { name, index, args, block: { from: next + 1, to: end }, next: Math.min(end + 1, limit) };
}

/** The first pieces of a stretch as words with a blank between them. */
export function wordsOf({ tokens }: Groovy, { from, to }: Range): string {
  return tokens.slice(from, Math.min(to, from + MOST)).filter(({ kind }) => kind !== "line").map(({ text }) =>
    text
  )
    .join(" ");
}

/** Whether a token is this sign. */
export function isSign(token: Token | undefined, sign: string): boolean {
  return token?.kind === "sign" && token.text === sign;
}

function signOf(token: Token | undefined): string {
  return token?.kind === "sign" ? token.text : "";
}

/** An argument that is a text: its label, where it has one, and the index of its first token. */
export interface Argument {
  readonly label: string | null;
  readonly index: number;
  /** The bracket that it stands in; -1 for the outermost. */
  readonly group: number;
}

/** Every text among the arguments, also of calls and lists in them. */
export function textArguments({ tokens, partners }: Groovy, { from, to }: Range): Argument[] {
  const found: Argument[] = [];
  const groups: { readonly start: number; readonly end: number }[] = [];
  for (let index = from; index < Math.min(to, from + MOST); index++) {
    const token = tokens[index]!;
    while (groups.length > 0 && groups.at(-1)!.end <= index) groups.pop();
    if (/^[([]$/.test(signOf(token))) groups.push({ start: index, end: partners[index]! });
    if (token.kind !== "text") continue;
    const labelled = isSign(tokens[index - 1], ":") && index - 2 >= from;
    found.push({
      label: labelled ? tokens[index - 2]!.text : null,
      index,
      group: groups.at(-1)?.start ?? -1,
    });
  }
  return found;
}

/** The texts with which a call names what it is about; what else has a label is a setting of it, or of a call among its arguments. */
export function namingTexts(file: Groovy, range: Range): Token[] {
  return textArguments(file, range)
    .filter(({ label }) => label === null || label === "job" || label === "identifier")
    .map(({ index }) => file.tokens[index]!);
}
