const ASCII = /^[\x20-\x7e]*$/;
// deno-lint-ignore no-control-regex
const COLOURS = /\x1b\[\d+m/g;
/** Our own signs take one column each. With them and ASCII most screens need no segmenter, which takes long to load. */
const SIGNS = "…✓✗·→–›«»│╭├╰─━⋮\u00a0";
const VARIANT = "\u{fe0f}";

/** Wide and full-width blocks of Unicode's EastAsianWidth.txt, first and last code point. */
const WIDE: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x2e80, 0x303e],
  [0x3041, 0x33ff],
  [0x3400, 0x4dbf],
  [0x4e00, 0xa4cf],
  [0xa960, 0xa97f],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe10, 0xfe19],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x20000, 0x3fffd],
];

let segmenter: Intl.Segmenter | undefined;

/** What people see as one character each. */
export function characters(text: string): string[] {
  if (simple(text)) return [...text];
  segmenter ??= new Intl.Segmenter("en", { granularity: "grapheme" });
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}

/** Columns that `text` takes on a terminal; colour codes take none. */
export function width(text: string): number {
  if (ASCII.test(text)) return text.length;
  const bare = text.includes("\x1b") ? text.replace(COLOURS, "") : text;
  if (simple(bare)) return bare.length;
  return characters(bare).reduce((sum, character) => sum + columns(character), 0);
}

/** `text` with blanks behind it up to `columns`. */
export function padded(text: string, columns: number): string {
  return text + " ".repeat(Math.max(0, columns - width(text)));
}

/** Whether every UTF-16 unit is a character of one column. */
function simple(text: string): boolean {
  for (const character of text) {
    if ((character < " " || character > "~") && !SIGNS.includes(character)) return false;
  }
  return true;
}

function columns(character: string): number {
  if (character.includes(VARIANT)) return 2;
  return Array.from(character, ofCodePoint).reduce((widest, each) => Math.max(widest, each), 0);
}

function ofCodePoint(character: string): number {
  // Unicode's classes are made where they are used, because that takes long too.
  if (/^[\p{Mn}\p{Me}\p{Cf}\p{Cc}]$/u.test(character)) return 0;
  const code = character.codePointAt(0)!;
  const wide = WIDE.some(([first, last]) => code >= first && code <= last);
  return wide || /^\p{Emoji_Presentation}$/u.test(character) ? 2 : 1;
}
