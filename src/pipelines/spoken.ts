/** A line up to a place in it, where that is in a comment; in quotes `//` and `#` stand for something else. */
const IN_COMMENT = /^\s*(?:#|\/\/|\/?\*|;|--)|^(?:[^"'`]|"[^"]*"|'[^']*'|`[^`]*`)*\s(?:\/\/|#)\s/;

/** Words in the text of a program. */
export interface Spoken {
  readonly text: string;
  readonly index: number;
}

/** The first place that fits a pattern, and is no comment; `null` where none is. */
export function spoken(pattern: RegExp, text: string): Spoken | null {
  for (const found of allSpoken(pattern, text)) return found;
  return null;
}

/** Nobody reads a program to its end for a clearer word. */
const MOST = 20;

/** The place that says most clearly what is run; of those that say it alike the first. */
export function clearest(pattern: RegExp, text: string): Spoken | null {
  let best: Spoken | null = null;
  let least = Infinity;
  let left = MOST;
  for (const found of allSpoken(pattern, text)) {
    const doubt = doubtOf(text, found.index);
    if (doubt < least) [best, least] = [found, doubt];
    if (least === 0 || --left <= 0) break;
  }
  return best;
}

/** What is only told to people, and names of classes, run nothing. */
const SAID =
  /\b(?:console\.\w{1,20}|(?:log|logger|logging|winston|core)\.\w{1,20}|print\w{0,5}|puts|echo|log|warn|info|debug|error|fail|die|throw|raise|[A-Z]\w{0,40}Error|description|message|help|usage)\b\s{0,9}(?:[(=:]|new\b|["'`]|[A-Z]\w{0,40}\()|\bclass\s{1,9}$/;
/** Where a string begins with what is run, or a command of it does. */
const BEGINS = /["'`](?:[^"'`\n]{0,200}?(?:&&|;|\|\|)\s{0,9})?$/;

/** How little a place says that it is run: 0 where a string or a list begins with it, 1 in between, 2 in a sentence, 3 where it is told to people. */
function doubtOf(text: string, index: number): number {
  const line = lineBefore(text, index).slice(-300);
  if (SAID.test(line)) return 3;
  if (BEGINS.test(line)) return 0;
  return (line.match(/["'`]/g) ?? []).length % 2 === 0 ? 1 : 2;
}

function* allSpoken(pattern: RegExp, text: string): Generator<Spoken> {
  let quiet: readonly Span[] | null = null;
  let next = 0;
  let comment = 0;
  for (const { 0: found, index } of text.matchAll(new RegExp(pattern, `g${pattern.flags}`))) {
    if (index < comment) continue;
    quiet ??= quietIn(text);
    while (next < quiet.length && quiet[next]!.end <= index) next++;
    if (index >= (quiet[next]?.start ?? Infinity)) continue;
    if (!IN_COMMENT.test(lineBefore(text, index))) {
      yield { text: found, index };
      continue;
    }
    const end = text.indexOf("\n", index);
    comment = end < 0 ? text.length : end;
  }
}

function lineBefore(text: string, index: number): string {
  return text.slice(text.lastIndexOf("\n", index - 1) + 1, index);
}

/** A part of a text. */
interface Span {
  readonly start: number;
  readonly end: number;
}

/** From `/*` where that begins a line (inside of one it is often a pattern of paths), and what is between three quotes. */
const QUIET = /^[ \t]*(?<block>\/\*)(?:[^]*?\*\/|[^]*)|("""|''')[^]*?\2/gm;

/** The comments of several lines, and the strings that are statements, where Python says what a module or a function is for. */
function quietIn(text: string): Span[] {
  return [...text.matchAll(QUIET)].flatMap(({ 0: found, index, groups }) =>
    groups?.block || isStatement(text, index) ? [{ start: index, end: index + found.length }] : []
  );
}

/** Whether a string that begins at a place is one: nothing stands before it, and no line goes on in its own. */
function isStatement(text: string, index: number): boolean {
  const before = `${index > 300 ? "" : "\n"}${text.slice(Math.max(0, index - 300), index)}`;
  return /\n[ \t]*[rRuU]?$/.test(before) && !/[-+%&|(,=[{\\][ \t]*\n\s*[rRuU]?$/.test(before);
}
