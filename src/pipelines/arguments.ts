/** Arguments sorted into what is a word, and what is an option and its value. */
export interface Arguments {
  readonly words: readonly string[];
  readonly options: ReadonlyMap<string, readonly string[]>;
}

/** Sorts arguments; options of `valued` take the next word when they have no `=`. */
export function sorted(args: readonly string[], valued: readonly string[]): Arguments {
  const words: string[] = [];
  const options = new Map<string, string[]>();
  const add = (name: string, value: string) => {
    const values = options.get(name);
    if (values) values.push(value);
    else options.set(name, [value]);
  };
  for (let index = 0; index < args.length; index++) {
    const word = args[index]!;
    if (word === "--") {
      for (const each of args.slice(index + 1)) words.push(each);
      break;
    }
    const [, name, value] = /^(--?[^=]+)(?:=(.*))?$/s.exec(word) ?? [];
    if (name === undefined) words.push(word);
    else if (value !== undefined || !valued.includes(name)) add(name, value ?? "");
    else add(name, args[++index] ?? "");
  }
  return { words, options };
}

/** Where the first word stands that is no option. */
export function firstWord(args: readonly string[], valued: readonly string[]): number {
  let at = 0;
  while (args[at]?.startsWith("-")) {
    if (args[at] === "--") return at + 1;
    at += valued.includes(args[at]!) ? 2 : 1;
  }
  return at;
}
