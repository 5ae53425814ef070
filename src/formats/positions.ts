import type { Location, Position, Problem } from "../problem.ts";

/**
 * A text whose places can be named. Lines end at `\n` (a `\r` before it belongs to the line). A byte order mark at the start counts
 * in offsets, which address the text as it is, and not in columns, which people count in an editor.
 */
export class SourceText {
  /** What parsers see: the text without its byte order mark. */
  readonly body: string;
  readonly #mark: number;
  #starts: readonly number[] | undefined;
  #line = 0;

  /** `path` is relative to the project's root, with `/`. */
  constructor(readonly text: string, readonly path: string) {
    this.#mark = text.startsWith("\ufeff") ? 1 : 0;
    this.body = text.slice(this.#mark);
  }

  /** Where the character at `offset` of `body` stands; offsets beyond the end mean the end. */
  position(offset: number): Position {
    const bounded = Math.min(Math.max(offset, 0), this.body.length);
    const starts = this.#starts ??= lineStarts(this.body);
    // Readers mostly ask for the line that they have asked for before, or the one below.
    let low = this.#line;
    if (bounded >= (starts[low + 1] ?? Infinity)) low++;
    if (bounded < starts[low]! || bounded >= (starts[low + 1] ?? Infinity)) {
      low = 0;
      let high = starts.length - 1;
      while (low < high) {
        const middle = (low + high + 1) >> 1;
        if (starts[middle]! <= bounded) low = middle;
        else high = middle - 1;
      }
    }
    this.#line = low;
    return { line: low + 1, column: bounded - starts[low]! + 1, offset: bounded + this.#mark };
  }

  /** The stretch from `start` up to, not including, `end`: offsets of `body`. */
  span(start: number, end: number): Location {
    return { path: this.path, start: this.position(start), end: this.position(Math.max(start, end)) };
  }

  /** What stands at a place of this text. */
  textAt({ start, end }: Location): string {
    return this.text.slice(start.offset, end.offset);
  }

  /** The word that stands at `offset`, or the one character that does, never beyond its line. */
  wordAt(offset: number): Location {
    const word = /[\w.-]+|[^\r\n]?/y;
    word.lastIndex = Math.min(offset, this.body.length);
    return this.span(offset, offset + (word.exec(this.body)?.[0].length ?? 0));
  }

  /** The offset in `body` of a line and column that start at 1. */
  offsetOf(line: number, column: number): number {
    const starts = this.#starts ??= lineStarts(this.body);
    return Math.min((starts[line - 1] ?? this.body.length) + column - 1, this.body.length);
  }

  /** `problem`, pointing at a place of this text. */
  problem(at: Location, problem: Problem): Problem {
    return { ...problem, at, source: this.text };
  }
}

const SOURCES = new WeakMap<ReadonlyMap<string, string>, Map<string, SourceText>>();

/** A file of `texts`, which are by path, as a source: one for all who ask, so that its lines are counted once. */
export function sourceIn(texts: ReadonlyMap<string, string>, path: string): SourceText | null {
  const text = texts.get(path);
  if (text === undefined) return null;
  const known = SOURCES.get(texts) ?? new Map<string, SourceText>();
  SOURCES.set(texts, known);
  const source = known.get(path);
  if (source?.text === text) return source;
  const made = new SourceText(text, path);
  known.set(path, made);
  return made;
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}
