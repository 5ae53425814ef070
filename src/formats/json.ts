import { type Node, type ParseError, parseTree, printParseErrorCode } from "jsonc-parser";
import { type Location, UsageError } from "../problem.ts";
import { type Located, MAX_DEPTH, type Parsed, type Value } from "./located.ts";
import { SourceText } from "./positions.ts";
import { nestedTooDeeply, syntaxProblem } from "./problems.ts";

/**
 * Parses strict JSON: comments and trailing commas are mistakes, as they are for npm. Of a key that stands twice the last one counts.
 * `path` is relative to the project's root.
 *
 * @throws {UsageError} `json-syntax`, `nested-too-deeply`
 */
export function parseJson(text: string, path: string): Parsed {
  const source = new SourceText(text, path);
  const tooDeepAt = deepOffset(source.body);
  if (tooDeepAt !== null) throw new UsageError(nestedTooDeeply(source, tooDeepAt));
  const errors: ParseError[] = [];
  const tree = parseTree(source.body, errors, { disallowComments: true });
  if (errors.length > 0 || !tree) throw new UsageError(problemsOf(source, errors));
  return { source, root: convert(source, tree, null) };
}

function convert(source: SourceText, node: Node, keyAt: Location | null): Located {
  return { value: valueOf(source, node), at: spanOf(source, node), keyAt };
}

function valueOf(source: SourceText, node: Node): Value {
  if (node.type === "array") return (node.children ?? []).map((child) => convert(source, child, null));
  if (node.type !== "object") return node.value as Value;
  const table = new Map<string, Located>();
  for (const property of node.children ?? []) {
    const [key, value] = property.children!;
    table.set(key!.value as string, convert(source, value!, spanOf(source, key!)));
  }
  return table;
}

function spanOf(source: SourceText, node: Node): Location {
  return source.span(node.offset, node.offset + node.length);
}

/** Where brackets are open deeper than {@link MAX_DEPTH}, before a recursive parser meets them. */
function deepOffset(text: string): number | null {
  let depth = 0;
  for (const { 0: token, index } of text.matchAll(/"(?:[^"\\]|\\.)*"?|[[\]{}]/gs)) {
    if (token === "[" || token === "{") depth++;
    else if (token === "]" || token === "}") depth--;
    if (depth > MAX_DEPTH) return index;
  }
  return null;
}

function problemsOf(source: SourceText, errors: readonly ParseError[]) {
  // What follows the first mistake is mostly its echo.
  const [first] = errors;
  const what = first ? WORDS[printParseErrorCode(first.error)] ?? "this is no JSON" : "the file is empty";
  return syntaxProblem("json-syntax", source, first?.offset ?? 0, what);
}

const WORDS: Readonly<Record<string, string>> = {
  InvalidSymbol: "this is no JSON value",
  InvalidNumberFormat: "this is no number",
  PropertyNameExpected: "a key in double quotes is expected here",
  ValueExpected: "a value is expected here",
  ColonExpected: "a colon is expected here",
  CommaExpected: "a comma is missing before this",
  CloseBraceExpected: "a closing brace is missing",
  CloseBracketExpected: "a closing bracket is missing",
  EndOfFileExpected: "the file should end before this",
  InvalidCommentToken: "JSON has no comments",
  UnexpectedEndOfComment: "JSON has no comments",
  UnexpectedEndOfString: "this string has no closing quote",
  UnexpectedEndOfNumber: "this number is not complete",
  InvalidUnicode: "this is no \\uXXXX escape",
  InvalidEscapeCharacter: "this escape does not exist in JSON",
  InvalidCharacter: "a control character must be written as an escape",
};
