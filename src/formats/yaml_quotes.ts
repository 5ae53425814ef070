import { type Document, isScalar, visit } from "yaml";

/**
 * The text with the line breaks of one quoted string as blanks, so that offsets stay; `null` where no string is cut off. The parser cuts
 * a string off where a line of it is indented no more than its key, which YAML forbids and which GitHub's and most other parsers take.
 */
export function withWholeQuotes(text: string, document: Document.Parsed): string | null {
  const cut = document.errors.find(({ message }) => message.startsWith("Missing closing"))?.pos[0];
  if (cut === undefined) return null;
  let start: number | undefined;
  visit(document, (_, node) => {
    if (!isScalar(node) || !node.type?.startsWith("QUOTE_") || !node.range) return;
    if (node.range[0] < cut && cut <= node.range[1]) start = node.range[0];
  });
  if (start === undefined) return null;
  const string = /"(?:[^"\\]|\\[^])*"|'(?:[^']|'')*'/y;
  string.lastIndex = start;
  const whole = string.exec(text)?.[0];
  // Behind the end of a string nothing but a comment stands on its line; else the quote is another one's.
  if (whole === undefined || !/^[ \t]*(?:#.*)?(?:\r?\n|$)/.test(text.slice(start + whole.length))) {
    return null;
  }
  return text.slice(0, start) + whole.replace(/[\r\n]/g, " ") + text.slice(start + whole.length);
}
