import { width } from "./width.ts";

/** How a paragraph is laid out. */
export interface Layout {
  /** Columns of the terminal. */
  readonly width: number;
  /** Before the first line. */
  readonly first?: string;
  /** Before every other line; default: as many blanks as `first` is wide. */
  readonly rest?: string;
}

/**
 * The lines of `text`, folded between words at the width. A word is never cut, because it may be a name, a path or a command.
 * A line break in `text` stays, and the blanks at the start of its lines too.
 */
export function fold(text: string, layout: Layout): string[] {
  const first = layout.first ?? "";
  const rest = layout.rest ?? " ".repeat(width(first));
  return text.split("\n").flatMap((line, index) =>
    foldLine(line, layout.width, index === 0 ? first : rest, rest)
  );
}

function foldLine(text: string, limit: number, first: string, rest: string): string[] {
  if (width(first + text) <= limit) return [(first + text).trimEnd()];
  const indent = /^ */.exec(text)![0];
  const lines: string[] = [];
  let line = first + indent;
  let columns = width(line);
  let empty = true;
  for (const word of text.slice(indent.length).split(" ")) {
    const wanted = width(word);
    if (!empty && columns + 1 + wanted > limit) {
      lines.push(line);
      line = rest + indent;
      columns = width(line);
      empty = true;
    }
    line += empty ? word : ` ${word}`;
    columns += empty ? wanted : 1 + wanted;
    empty = false;
  }
  return [...lines, line].map((each) => each.trimEnd());
}
