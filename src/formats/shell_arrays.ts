import type { Assignment } from "./shell_tree.ts";

/** The arrays of a script by name, with their words as commands get them; `null` for one that nobody knows. */
export type ShellArrays = ReadonlyMap<string, readonly string[] | null>;

/** More words, and more arrays, than anybody makes commands of. */
const MOST = 100;

/** What stands before a word that has a place of its own. */
const SUBSCRIPT = /^\[[^\]]*\]\+?=/;

/** What an assignment of an array makes of them. */
export function withArray(arrays: ShellArrays, { name, append, value }: Assignment): ShellArrays {
  if (value.type !== "ArrayValue" || arrays.size >= MOST && !arrays.has(name)) return arrays;
  const words: string[] = [];
  let isKnown = true;
  for (const element of value.elements) {
    if (typeof element.value === "string" && !SUBSCRIPT.test(element.value)) {
      words.push(...elementsOf(element.value, arrays));
    } else isKnown = false;
  }
  const before = append ? arrays.get(name) ?? (arrays.has(name) ? null : []) : [];
  const all = isKnown && before ? [...before, ...words] : null;
  return new Map(arrays).set(name, all && all.length <= MOST ? all : null);
}

/** The words that a word comes to: `"${args[@]}"` is all of an array. */
export function elementsOf(word: string, arrays: ShellArrays): readonly string[] {
  const name = /^\$\{(\w+)\[[@*]\]\}$/.exec(word)?.[1];
  return (name === undefined ? null : arrays.get(name)) ?? [word];
}

/** What is known of them where nobody knows whether `after` came to be: what both begin with, and behind it who knows what. */
export function eitherOf(before: ShellArrays, after: ShellArrays): ShellArrays {
  if (before === after) return before;
  const either = new Map(after);
  for (const [name, words] of after) {
    const earlier = before.get(name);
    if (words === null || earlier === words) continue;
    const differs = words.findIndex((word, index) => (earlier ?? words)[index] !== word);
    const same = differs < 0 ? words : words.slice(0, differs);
    const open = `\${${name}[@]}`;
    either.set(name, earlier === null ? null : same.at(-1) === open ? same : [...same, open]);
  }
  return either;
}
