/** An edit of a file: `text` replaces the characters from `start` to `end` (offsets in UTF-16 units of the file's text). */
export interface Edit {
  readonly path: string;
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Other characters from `start` to `end` of some text. */
export type Splice = Omit<Edit, "path">;

/** A stretch of a draft: of the text that was there (`from` is its offset), or a new one. */
interface Piece {
  readonly from: number | null;
  readonly text: string;
}

/** A text that is changed step by step and still knows what it was, so that all steps together are edits of the first text. */
export class Draft {
  readonly #original: string;
  readonly #pieces: readonly Piece[];
  readonly text: string;

  constructor(text: string, pieces: readonly Piece[] = [{ from: 0, text }]) {
    this.#original = text;
    this.#pieces = pieces;
    this.text = pieces.map((piece) => piece.text).join("");
  }

  /** A draft after these changes: offsets in this draft's text, none overlapping another. */
  splice(splices: readonly Splice[]): Draft {
    return splices.toSorted((a, b) => b.start - a.start)
      .reduce((made: Draft, { start, end, text }) => made.replace(start, end, text), this);
  }

  /** A draft with other characters from `start` to `end`: offsets in this draft's text. */
  replace(start: number, end: number, text: string): Draft {
    const pieces: Piece[] = [];
    let offset = 0;
    let written = false;
    const write = () => {
      if (!written && text !== "") pieces.push({ from: null, text });
      written = true;
    };
    for (const piece of this.#pieces) {
      const part = (from: number, to: number) => {
        if (from >= to) return;
        pieces.push({
          from: piece.from === null ? null : piece.from + from,
          text: piece.text.slice(from, to),
        });
      };
      const { length } = piece.text;
      part(0, Math.min(start - offset, length));
      if (start <= offset + length) write();
      part(Math.max(end - offset, 0), length);
      offset += length;
    }
    write();
    return new Draft(this.#original, pieces);
  }

  /** Where a character of the first text stands now; `null` when it is gone. */
  current(original: number): number | null {
    let offset = 0;
    for (const { from, text } of this.#pieces) {
      if (from !== null && original >= from && original < from + text.length) return offset + original - from;
      offset += text.length;
    }
    return original === this.#original.length ? offset : null;
  }

  /** What makes this text of the first one, in order, none touching another. */
  edits(path: string): Edit[] {
    const edits: Edit[] = [];
    let done = 0;
    let text = "";
    const until = (start: number) => {
      if (text !== this.#original.slice(done, start)) edits.push({ path, start: done, end: start, text });
    };
    for (const piece of this.#pieces) {
      if (piece.from === null) {
        text += piece.text;
        continue;
      }
      until(piece.from);
      done = piece.from + piece.text.length;
      text = "";
    }
    until(this.#original.length);
    return edits;
  }
}
