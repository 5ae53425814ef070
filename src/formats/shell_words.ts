import type { ShellWord } from "./shell.ts";
import { elementsOf } from "./shell_arrays.ts";
import type { ShellState } from "./shell_state.ts";
import type { Command, Word } from "./shell_tree.ts";

/** The words of a command, from its name on, as far as its script says what they are; `start`: where it stands, if not in this text. */
export function wordsOf(
  { name, suffix }: Command,
  state: ShellState,
  start: number | undefined,
): (ShellWord & { readonly end: number })[] {
  const written = [name, ...suffix].filter((part): part is Word => part?.type === "Word");
  return written.flatMap(({ value, pos, end }) =>
    elementsOf(value, state.arrays).flatMap((each) => state.wordsOf(each))
      .map((text) => ({ text, start: start ?? pos, end }))
  );
}
