import { type Document, isCollection, visit } from "yaml";

/** A text, and where what was changed in it ends. */
export interface Joined {
  readonly text: string;
  readonly end: number;
}

/**
 * The text with the lines of one flow collection (`[…]`, `{…}`) as one, so that offsets stay; `null` where none is cut off. The parser
 * cuts one off where a line of it is indented no more than its key, which YAML forbids and which GitHub's and most other parsers take.
 */
export function withWholeFlow(text: string, document: Document.Parsed): Joined | null {
  const cut = document.errors.find(({ code, message }) =>
    code === "BAD_INDENT" && message.startsWith("Flow")
  );
  if (!cut) return null;
  let start: number | undefined;
  visit(document, (_, node) => {
    if (!isCollection(node) || !node.flow || !node.range) return;
    if (node.range[0] < cut.pos[0] && node.range[0] > (start ?? -1)) start = node.range[0];
  });
  return start === undefined ? null : joinedFrom(text, start);
}

/** Nobody writes longer ones. */
const LONGEST = 20_000;
const QUOTED = /"(?:[^"\\]|\\[^])*"|'(?:[^']|'')*'/y;

/** The text with the line breaks and the comments between a bracket and its partner as blanks; `null` where it has none. */
function joinedFrom(text: string, start: number): Joined | null {
  let depth = 0;
  let joined = "";
  for (let at = start; at < Math.min(text.length, start + LONGEST);) {
    const sign = text[at]!;
    const begins = /[\s,:[{]/.test(text[at - 1] ?? " ");
    let piece = /[\r\n]/.test(sign) ? " " : sign;
    if (begins && /["']/.test(sign)) {
      QUOTED.lastIndex = at;
      const quoted = QUOTED.exec(text)?.[0];
      if (quoted === undefined) return null;
      piece = quoted.replace(/[\r\n]/g, " ");
    } else if (begins && sign === "#") {
      const end = text.indexOf("\n", at);
      piece = " ".repeat((end < 0 ? text.length : end) - at);
    } else if (/[[{]/.test(sign)) depth++;
    else if (/[\]}]/.test(sign)) depth--;
    joined += piece;
    at += piece.length;
    if (depth === 0) return { text: text.slice(0, start) + joined + text.slice(at), end: at };
  }
  return null;
}
