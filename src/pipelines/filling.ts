import { UNKNOWN } from "./commands.ts";

/** So many characters may come into a text; more are as good as not known. */
const MOST = 1_000_000;

/** `text` with other words in the place of each match of `pattern`; values that name each other must not make gigabytes of it. */
export function filling(
  text: string,
  pattern: RegExp,
  valueOf: (match: RegExpMatchArray) => string,
): string {
  let left = MOST;
  let filled = "";
  let done = 0;
  for (const match of text.matchAll(pattern)) {
    const value = valueOf(match);
    left -= value.length;
    filled += text.slice(done, match.index) + (left < 0 ? UNKNOWN : value);
    done = match.index + match[0].length;
  }
  return filled + text.slice(done);
}
