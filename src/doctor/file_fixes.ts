import { parserOf } from "../formats/by_name.ts";
import type { Edit } from "../formats/edit.ts";
import { DateTime, isList, isTable, type Located } from "../formats/located.ts";
import { KeylessError } from "../problem.ts";

/** How often each value stands in a file, by its keys and itself. */
type Counts = ReadonlyMap<string, number>;

/** A file and the edits that it takes, each of which means beside the others what it means alone. */
export class FileFixes {
  readonly #path: string;
  readonly #source: string;
  readonly #edits: readonly Edit[];
  /** The text after the edits. */
  readonly text: string;

  constructor(path: string, source: string, edits: readonly Edit[] = []) {
    this.#path = path;
    this.#source = source;
    this.#edits = edits;
    this.text = edited(source, edits);
  }

  /** The file with these edits too; `overlapping` when others are in their way, `broken` when they are wrong by themselves. */
  with(edits: readonly Edit[]): FileFixes | "overlapping" | "broken" {
    if (!fit(edits, this.#source)) return "broken";
    const added = edits.filter((edit) => !this.#edits.some((each) => same(each, edit)));
    // Where one ends and the other begins, neither knows what becomes of the other.
    const touched = added.some((edit) =>
      this.#edits.some((each) => edit.start <= each.end && each.start <= edit.end)
    );
    if (touched) return "overlapping";
    const all = new FileFixes(this.#path, this.#source, [...this.#edits, ...added]);
    // Of a file that is broken already only its comments are changed.
    if (!valuesOf(this.#source, this.#path)) return all;
    const alone = valuesOf(edited(this.#source, added), this.#path);
    if (!alone) return "broken";
    return this.#edits.length === 0 || this.#isSum(alone, all.text) ? all : "overlapping";
  }

  /** Whether in `text` what was added changes what it changes alone: an entry must not land elsewhere because another one is gone. */
  #isSum(alone: Counts, text: string): boolean {
    const [first, before, after] = [this.#source, this.text, text].map((each) => valuesOf(each, this.#path));
    if (!first || !before || !after) return false;
    const of = (counts: Counts, value: string) => counts.get(value) ?? 0;
    return [...new Set([first, before, after, alone].flatMap((counts) => [...counts.keys()]))].every((
      value,
    ) => of(after, value) - of(before, value) === of(alone, value) - of(first, value));
  }
}

/** Whether the edits lie in the text, in order, without overlapping. */
function fit(edits: readonly Edit[], text: string): boolean {
  return inOrder(edits).every(({ start, end }, index, all) =>
    start >= (all[index - 1]?.end ?? 0) && start <= end && end <= text.length
  );
}

function same(one: Edit, other: Edit): boolean {
  return one.start === other.start && one.end === other.end && one.text === other.text;
}

function inOrder(edits: readonly Edit[]): readonly Edit[] {
  return edits.toSorted((a, b) => a.start - b.start || a.end - b.end);
}

function edited(text: string, edits: readonly Edit[]): string {
  return inOrder(edits).reduceRight(
    (made, edit) => made.slice(0, edit.start) + edit.text + made.slice(edit.end),
    text,
  );
}

/** Nothing where nobody knows how the file is read; `null` when it cannot be. */
function valuesOf(text: string, path: string): Counts | null {
  const counts = new Map<string, number>();
  const count = (leaf: string) => counts.set(leaf, (counts.get(leaf) ?? 0) + 1);
  const visit = (located: Located, keys: string) => {
    const { value } = located;
    if (isTable(located)) {
      count(`${keys}{}`);
      for (const [key, inner] of located.value) visit(inner, `${keys}${JSON.stringify(key)}:`);
    } else if (isList(located)) {
      count(`${keys}[]`);
      // Without its index, for what stands behind another item moves up with it.
      for (const item of located.value) visit(item, `${keys}-:`);
    } else count(`${keys}${typeof value} ${value instanceof DateTime ? value.text : value}`);
  };
  try {
    const parsed = parserOf(path)?.(text, path);
    if (parsed) visit(parsed.root, "");
    return counts;
  } catch (error) {
    if (error instanceof KeylessError) return null;
    throw error;
  }
}
