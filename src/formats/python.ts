import type { Located } from "./located.ts";
import { SourceText } from "./positions.ts";

/** What a `setup.py` says without being run. */
export interface SetupCall {
  /** A keyword argument that is a plain string. */
  text(keyword: string): Located<string> | null;
  /** A keyword argument that is a list or tuple of plain strings; `null` when it is anything else. */
  texts(keyword: string): readonly Located<string>[] | null;
  /** Whether the argument is there at all, computed or not. */
  has(keyword: string): boolean;
}

/** The first `setup(…)` or `setuptools.setup(…)` of a Python program; `null` when there is none. Nothing is executed. */
export function readSetupCall(text: string, path: string): SetupCall | null {
  const source = new SourceText(text, path);
  const tokens = tokenize(source.body);
  const call = tokens.findIndex((token, i) =>
    token.text === "setup" && tokens[i + 1]?.text === "(" && tokens[i - 1]?.text !== "def"
  );
  if (call < 0) return null;
  const given = keywordArguments(tokens.slice(call + 2));
  const keyAts = new Map(given.map(({ key }) => [key.text, source.span(key.start, key.end)]));
  const valueOf = (keyword: string) => given.find(({ key }) => key.text === keyword)?.value;
  const locate = (keyword: string, value: readonly Token[]): Located<string> | null => {
    // Neighbouring strings are one string.
    const parts = value.map((token) => token.string);
    if (parts.length === 0 || parts.some((part) => part === null)) return null;
    return {
      value: parts.join(""),
      at: source.span(value[0]!.start, value.at(-1)!.end),
      keyAt: keyAts.get(keyword) ?? null,
    };
  };
  return {
    text: (keyword) => locate(keyword, valueOf(keyword) ?? []),
    texts(keyword) {
      const value = valueOf(keyword) ?? [];
      if (!["[", "("].includes(value[0]?.text ?? "") || !["]", ")"].includes(value.at(-1)!.text)) return null;
      const elements = splitAtCommas(value.slice(1, -1)).map((element) => locate(keyword, element));
      return elements.some((element) => element === null) ? null : elements as Located<string>[];
    },
    has: (keyword) => keyAts.has(keyword),
  };
}

/** A piece of a Python program, or of TOML, whose strings and brackets are the same. */
export interface Token {
  /** A name, a number, a bracket, an operator; of a string its source. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** The value of a string without escapes and placeholders; `null` for everything else. */
  readonly string: string | null;
}

const TOKEN =
  /#[^\n]*|(?<prefix>[rbuf]{0,2})(?<quote>"""|'''|"|')(?<body>(?:\\.|(?!\k<quote>).)*)(?:\k<quote>|$)|[\p{L}_][\p{L}\p{N}_]*|\d[\w.]*|[^\s\w]/gisu;

/** All of them but blanks and comments. */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  for (const match of text.matchAll(TOKEN)) {
    if (match[0].startsWith("#")) continue;
    const { prefix = "", body } = match.groups ?? {};
    const plain = body !== undefined && /^[ru]?$/i.test(prefix) &&
      (!body.includes("\\") || /r/i.test(prefix));
    tokens.push({
      text: match[0],
      start: match.index,
      end: match.index + match[0].length,
      string: plain ? body : null,
    });
  }
  return tokens;
}

/** `key=value` of a call, from behind its opening bracket to its closing one. */
function keywordArguments(tokens: readonly Token[]): { key: Token; value: readonly Token[] }[] {
  return splitAtCommas(tokens).flatMap((argument) => {
    const [key, equals, ...value] = argument;
    return key && equals?.text === "=" ? [{ key, value }] : [];
  });
}

/** The parts between the commas that stand in no inner bracket; ends where the surrounding bracket closes. */
export function splitAtCommas(tokens: readonly Token[]): Token[][] {
  const parts: Token[][] = [[]];
  let depth = 0;
  for (const token of tokens) {
    if (token.string === null && /^[([{]$/.test(token.text)) depth++;
    if (token.string === null && /^[)\]}]$/.test(token.text) && --depth < 0) break;
    if (depth === 0 && token.text === ",") parts.push([]);
    else parts.at(-1)!.push(token);
  }
  return parts.filter((part) => part.length > 0);
}
