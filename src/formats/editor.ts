import { KeylessError, type Location } from "../problem.ts";
import { Draft, type Edit, type Splice } from "./edit.ts";
import type { Located } from "./located.ts";
import { SourceText } from "./positions.ts";
import { sameValue, valueOf } from "./values.ts";

/** One way to do a step: what changes in the text, and what must change in the values. */
export interface Way {
  /** `null`: this text does not allow it. */
  readonly splices: readonly Splice[] | null;
  /** Changes the values of before into what must come out. */
  readonly change: (root: unknown) => void;
}

interface State<File> {
  readonly draft: Draft;
  readonly root: Located;
  /** Parsed only where another step follows. */
  readonly file: () => File;
}

/** How the text of a file is read. */
export interface Reader<File> {
  /** @throws {KeylessError} what is wrong with the text */
  parse(text: string, path: string): File;
  /** The values alone. @throws {KeylessError} as `parse` does */
  rootOf(text: string, path: string): Located;
}

/**
 * Changes a file step by step. The text of every step is parsed, and its values must be the ones that were wanted, all others
 * included: whatever else a text does to a step, it ends in no edits rather than in wrong ones.
 */
export abstract class Editor<File> {
  readonly #path: string;
  readonly #reader: Reader<File>;
  /** How much of the text is a byte order mark, which parsers do not see. */
  readonly #mark: number;
  /** `null` once a step was not possible. */
  #state: State<File> | null;

  /** `path` is relative to the project's root. */
  constructor(text: string, path: string, reader: Reader<File>) {
    const { body } = new SourceText(text, path);
    this.#path = path;
    this.#reader = reader;
    this.#mark = text.length - body.length;
    this.#state = this.#parsed(new Draft(body));
  }

  /** All steps as edits of the first text; `null` when one of them was not possible. */
  edits(): readonly Edit[] | null {
    const moved = (edit: Edit) => ({ ...edit, start: edit.start + this.#mark, end: edit.end + this.#mark });
    return this.#state && this.#state.draft.edits(this.#path).map(moved);
  }

  /** Takes the first way whose text means what was wanted. `current` tells where a place of the first text is now, -1 if nowhere. */
  protected attempt(
    waysOf: (file: File, current: (at: Location) => [start: number, end: number]) => readonly Way[],
  ): this {
    const before = this.#state;
    if (!before) return this;
    const current = ({ start, end }: Location): [number, number] => {
      const from = before.draft.current(start.offset - this.#mark);
      return from === null ? [-1, -1] : [from, from + end.offset - start.offset];
    };
    this.#state = null;
    for (const { splices, change } of waysOf(before.file(), current)) {
      const state = splices && this.#parsed(before.draft.splice(splices));
      if (!state) continue;
      const wanted = valueOf(before.root);
      change(wanted);
      if (!sameValue(valueOf(state.root), wanted)) continue;
      this.#state = state;
      break;
    }
    return this;
  }

  #parsed(draft: Draft): State<File> | null {
    try {
      const { text } = draft;
      const path = this.#path;
      return { draft, root: this.#reader.rootOf(text, path), file: () => this.#reader.parse(text, path) };
    } catch (error) {
      if (error instanceof KeylessError) return null;
      throw error;
    }
  }
}
