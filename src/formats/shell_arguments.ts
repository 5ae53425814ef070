/** The words that a script or a function is started with: `null` for one that nobody knows, or for all of them. */
export type ShellArguments = readonly (string | null)[] | null;

/** What words are filled with. */
export interface Filling {
  readonly args: ShellArguments;
  readonly variables: ReadonlyMap<string, string | null>;
}

/** All arguments, or those from one on. */
const ALL = /^\$(?:[@*]|\{[@*](?::(\d+))?\})$/;
/** An argument or a variable, and what stands for it where it is not given. */
const ONE = /\$(?:(\d)|([A-Za-z_]\w*)|\{(\w+)(?::?-([^$`{}]*))?\})/g;
/** What the arguments alone say; also `${!name}`. */
export const OF_ARGUMENTS = /\$(?:[@*1-9]|\{[@*1-9!])/;

/** The words that a word comes to, each `null` where nobody can know it. */
export function filledIn(word: string, { args, variables }: Filling): readonly (string | null)[] {
  const all = ALL.exec(word);
  if (all) return args?.slice(Math.max(1, Number(all[1] ?? 1)) - 1) ?? [null];
  let isKnown = true;
  const text = word.replace(
    ONE,
    (_, digit?: string, name?: string, braced?: string, otherwise?: string) => {
      const asked = digit ?? name ?? braced!;
      const isArgument = /^[1-9]/.test(asked);
      const value = !isArgument ? variables.get(asked) : args === null ? null : valueAt(args, Number(asked));
      if (isArgument && value === "" && otherwise !== undefined) return otherwise;
      if (typeof value !== "string" || /[$`]/.test(value)) isKnown = false;
      return value ?? "";
    },
  );
  if (!isKnown || /[$`\ue000]/.test(text)) return [null];
  return text === "" ? [] : [text];
}

function valueAt(args: readonly (string | null)[], place: number): string | null {
  const value = args[place - 1];
  return value === undefined ? "" : value;
}

/** Whether only the arguments say what a word is, by themselves or by a variable. */
export function isOfArguments(word: string, variables: Filling["variables"]): boolean {
  if (OF_ARGUMENTS.test(word)) return true;
  const name = /^\$\{?(\w+)\}?$/.exec(word)?.[1];
  return name !== undefined && OF_ARGUMENTS.test(variables.get(name) ?? "");
}

/** Whether a word is all arguments, of which there may be none. */
export function isAll(word: string): boolean {
  return ALL.test(word);
}
