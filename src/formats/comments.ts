import { parseTOML } from "toml-eslint-parser";
import { Lexer } from "yaml";
import type { Location } from "../problem.ts";
import { SourceText } from "./positions.ts";

/** A comment of a file. */
export interface Comment {
  /** From its sign to the end of the line. */
  readonly at: Location;
  /** With its sign. */
  readonly text: string;
  /** Whether nothing else stands on its line. */
  readonly alone: boolean;
  /** Whether it belongs to a script inside the file, as in `run: |`. */
  readonly inner: boolean;
}

/**
 * The comments of a file, by the rules of its format, which its name tells: YAML, TOML, INI (`#` and `;` where a line begins; in `.npmrc`
 * behind a value too), Groovy (`//`), and anything with `#`, such as shell and Makefiles. JSON has none, and neither has what is no
 * valid TOML.
 */
export function commentsOf(text: string, path: string): Comment[] {
  const source = new SourceText(text, path);
  const found = FORMATS.find(([name]) => name.test(path))?.[1] ?? inScript;
  return found(source).map(({ start, inner }) => {
    const line = source.body.lastIndexOf("\n", start - 1) + 1;
    const next = source.body.indexOf("\n", start);
    const words = source.body.slice(start, next < 0 ? undefined : next).trimEnd();
    return {
      at: source.span(start, start + words.length),
      text: words,
      alone: source.body.slice(line, start).trim() === "",
      inner,
    };
  });
}

/** Where a comment begins, in the body of the source. */
interface Start {
  readonly start: number;
  readonly inner: boolean;
}

/** A format that is not here has comments as shell has them. */
const FORMATS: readonly (readonly [RegExp, (source: SourceText) => Start[]])[] = [
  [/\.ya?ml$/, inYaml],
  [/\.toml$|(^|\/)\.cargo\/(config|credentials)$/, inToml],
  [/(^|\/)\.npmrc$/, ({ body }) => inLines(body, 0, /^\s*[#;]|(?<=\s)[#;]/g)],
  [/(^|\/)\.(pypirc|gitignore)$|\.(cfg|ini)$/, ({ body }) => inLines(body, 0, /^\s*[#;]/g)],
  [/(^|\/)Jenkinsfile[^/]*$|\.groovy$/, ({ body }) => inLines(body, 0, /^\s*\/\/|(?<=\s)\/\//g)],
  [/\.json5?$|\.lock$/, () => []],
];

function inScript({ body }: SourceText): Start[] {
  return inLines(body, 0, HASH);
}

const HASH = /^\s*#|(?<=\s)#/g;

/** The first sign of each line that does not stand in quotes. */
function inLines(text: string, offset: number, sign: RegExp, inner = false): Start[] {
  const found: Start[] = [];
  for (const { 0: line, index } of text.matchAll(/[^\n]+/g)) {
    let quote = "";
    let seen = 0;
    for (const match of line.matchAll(sign)) {
      quote = openQuote(line.slice(seen, match.index), quote);
      seen = match.index;
      if (quote !== "") continue;
      const blanks = match[0].length - match[0].trimStart().length;
      found.push({ start: offset + index + match.index + blanks, inner });
      break;
    }
  }
  return found;
}

/** The quote that is open behind a text, seen what was open before it; empty for none. */
function openQuote(text: string, before: string): string {
  let open = before;
  for (const [sign] of text.matchAll(/\\.|["']/g)) {
    if (sign === open) open = "";
    else if (open === "" && sign.length === 1) open = sign;
  }
  return open;
}

/** Tokens of the lexer that stand for nothing in the text: a document or a scalar begins, a flow collection ends too early. */
const MARKERS = ["\x02", "\x18", "\x1f"];
/** A block whose lines stay lines, as a script's must. */
const LITERAL = /^\|[-+\d]*$/;

function inYaml({ body }: SourceText): Start[] {
  const found: Start[] = [];
  let offset = 0;
  let scalar = false;
  let literal = false;
  for (const token of new Lexer().lex(body)) {
    if (MARKERS.includes(token)) {
      scalar = token === "\x1f";
      continue;
    }
    if (scalar && literal) { for (const each of inLines(token, offset, HASH, true)) found.push(each); }
    else if (!scalar && token.startsWith("#")) found.push({ start: offset, inner: false });
    if (scalar) literal = false;
    else if (LITERAL.test(token)) literal = true;
    scalar = false;
    offset += token.length;
  }
  return found;
}

function inToml({ body }: SourceText): Start[] {
  try {
    return parseTOML(body).comments.map(({ range }) => ({ start: range[0], inner: false }));
  } catch {
    // Whoever reads the file says what is wrong with it.
    return [];
  }
}
