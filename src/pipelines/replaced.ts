import { UNKNOWN } from "./commands.ts";

/** A text in which something else stands in some places. */
export interface Replaced {
  readonly text: string;
  /** Where a place of it was in the text before. */
  readonly original: (offset: number) => number;
}

/** So many characters may come into a text; more are as good as not known. */
const MOST = 100_000;

/** `text` with values in the place of each match of `pattern`; where nobody knows one, with as many characters that nobody knows. */
export function replaced(
  text: string,
  pattern: RegExp,
  valueOf: (match: RegExpMatchArray) => string | null,
): Replaced {
  const pieces: {
    readonly from: number;
    readonly to: number;
    readonly start: number;
    readonly end: number;
  }[] = [];
  let result = "";
  let left = MOST;
  let done = 0;
  for (const match of text.matchAll(pattern)) {
    const [found] = match;
    const end = match.index + found.length;
    const value = valueOf(match);
    left -= value?.length ?? 0;
    result += text.slice(done, match.index);
    const from = result.length;
    result += value === null || left < 0 ? UNKNOWN.repeat(found.length) : value;
    if (result.length - from !== found.length) {
      pieces.push({ from, to: result.length, start: match.index, end });
    }
    done = end;
  }
  const original = (offset: number) => {
    const piece = pieces.findLast(({ from }) => from < offset);
    if (!piece) return offset;
    return offset < piece.to ? piece.start : piece.end + offset - piece.to;
  };
  return { text: result + text.slice(done), original };
}

/** The variables that the line of a program sets which runs recipes: `NAME=value`. */
export function settingsIn(words: readonly string[]): ReadonlyMap<string, string> {
  return new Map(words.flatMap((word) => {
    const [, name, value] = /^([A-Za-z_][\w-]*)=([^$`\ue000]*|\$\{\{.*\}\})$/s.exec(word) ?? [];
    return name === undefined ? [] : [[name, value!] as const];
  }));
}
