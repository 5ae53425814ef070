import { Lexer } from "yaml";
import { plainLine } from "../host/redact.ts";
import { holdsSecret } from "../host/secret_names.ts";

/** What is wrong with a text, and where people look for it. */
export interface Mistake {
  readonly offset: number;
  readonly what: string;
}

/** The place that the parser names. */
interface Place {
  readonly text: string;
  readonly offset: number;
  /** The line from there on. */
  readonly rest: string;
}

type Reading = (place: Place) => string | Mistake;

const LINES_UP_WITH_NONE = "this line begins at a column at which none above it does";
const NEEDS_QUOTES: Reading = ({ rest }) => `a value that begins with "${rest[0]}" needs quotes`;
const UNCLOSED: Reading = ({ text, offset }) => ({
  offset: lastQuote(text.slice(0, offset)),
  what: "the quote that opens here is not closed",
});

/** The parser's sentences, and what people have most likely done; the first that fits counts. */
const READINGS: readonly (readonly [said: RegExp, Reading])[] = [
  [/^Tabs/, () => "a tab cannot indent YAML"],
  [/^Source contains multiple documents/, () => "a second document starts here"],
  [/^Plain value cannot start/, NEEDS_QUOTES],
  [/^(?:Alias|Anchor) cannot be an empty string/, NEEDS_QUOTES],
  [/^Missing closing ["']quote/, UNCLOSED],
  [/^Nested mappings/, (place) =>
    /:(?:\s|$)/.test(place.rest) ? 'a value that holds ": " needs quotes' : {
      offset: nextWord(place.text, place.offset + place.rest.length),
      what: "this line is indented further than the one above, which has its value already",
    }],
  [/^A block sequence may not/, ({ text, offset }) => ({
    offset: nextWord(text, offset),
    what: 'this "-" is in line with no list above it',
  })],
  [/^(?:All mapping items|Sequence item without)/, ({ text, offset }) => ({
    offset: nextWord(text, offset),
    what: LINES_UP_WITH_NONE,
  })],
  [/^Implicit (?:map )?keys/, ({ rest }) => {
    const word = /^[\w.-]+/.exec(rest)?.[0];
    if (word === undefined) return "this is neither a key nor a value";
    return /^[\w.-]+:\S/.test(rest)
      ? `a blank is missing behind "${word}:"`
      : `a ":" is missing behind "${plainLine(holdsSecret(word) ? word : rest.trim(), 40)}"`;
  }],
  [/^Flow sequence in block/, () => 'a "[" before this is not closed'],
  [/^Flow map in block/, () => 'a "{" before this is not closed'],
  [/^Missing , or :/, () => 'a "," or a ":" is missing before this'],
  [/^Unexpected flow-/, ({ rest }) => `nothing has opened this "${rest[0]}"`],
  [/^Unexpected block-seq-ind/, () => "a list begins on the line below its key"],
  [/^Unexpected scalar at node end/, () => "behind a closing quote nothing more can stand"],
  [/^(?:Block scalar header|Not a YAML token)/, () => 'behind "|" or ">" nothing more can stand on the line'],
  [/^Block scalar values/, () => 'the text of a "|" or ">" is indented further than its key'],
  [
    /^Invalid escape sequence/,
    ({ rest }) => `"${plainLine(rest.slice(0, 2))}" means nothing in double quotes: write it in single ones`,
  ],
];

/** What a sentence of the parser about `text` means, in plain words. */
export function mistakeOf(text: string, said: string, offset: number): Mistake {
  const end = text.indexOf("\n", offset);
  const rest = text.slice(offset, end < 0 ? undefined : end);
  const line = text.slice(text.lastIndexOf("\n", offset - 1) + 1);
  if (/^(?:<{7}|={7}|>{7})(?![<=>])/.test(line)) return { offset, what: "a merge conflict is left here" };
  const reading = READINGS.find(([sentence]) => sentence.test(said))?.[1];
  const mistake = reading?.({ text, offset, rest }) ?? "this is no YAML";
  return typeof mistake === "string" ? { offset, what: mistake } : mistake;
}

/** Where the next thing begins that is not blank. */
function nextWord(text: string, offset: number): number {
  const word = text.slice(offset).search(/\S/);
  return word < 0 ? offset : offset + word;
}

/** Marks that the lexer adds, which stand nowhere in the text. */
const MARKS = new Set(["\x02", "\x18", "\x1f"]);

/** Where the last quoted string begins. */
function lastQuote(text: string): number {
  let [at, last] = [0, 0];
  for (const lexeme of new Lexer().lex(text)) {
    if (MARKS.has(lexeme)) continue;
    if (/^["']/.test(lexeme)) last = at;
    at += lexeme.length;
  }
  return last;
}
