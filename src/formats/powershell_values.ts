/** A word, and where it stands. */
interface Part {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly quoted: boolean;
  readonly items: readonly string[];
}

/** What a list holds, and how many blocks were around where it was made. */
interface List {
  readonly items: readonly string[];
  readonly depth: number;
}

/** As in other shells. */
const MOST_VARIABLES = 300;
const MOST_ITEMS = 300;
/** Nobody keeps a longer command in a variable. */
const LONGEST = 2000;
const INVOKES = /^(?:iex|invoke-expression)$/i;
const STARTS = /^(?:start-process|saps)$/i;
/** The whole of a variable, or the beginning of a list in it. */
const VARIABLE = /^\$\{?(\w+)\}?$/;
const FIRST = /^\$(\w+)\[0\]$/;
const SPLAT = /^@(\w+)$/;

/** What a PowerShell script has put into variables, as far as it is written out. */
export class PowershellValues {
  variables: ReadonlyMap<string, string | null> = new Map();
  readonly #texts = new Map<string, string>();
  readonly #lists = new Map<string, List>();

  /** Takes in what a variable is set to; whether that is all that the words do. `depth`: how many blocks are around. */
  set(
    name: string,
    value: readonly Part[],
    { adds, depth }: { readonly adds: boolean; readonly depth: number },
  ): boolean {
    const key = name.toLowerCase();
    const [first, operator, between] = value;
    if (!first) return false;
    const isJoined = /^-join$/i.test(operator?.text ?? "") && between?.text.trim() === "";
    const items = this.#itemsOf(first, isJoined);
    if (adds) return this.#add(key, items ?? [first.text], depth);
    if (isJoined) {
      if (items) this.#setText(name, items.join(" "));
      return true;
    }
    if (items && value.length === 1) {
      if (this.#lists.size < MOST_VARIABLES) this.#lists.set(key, { items, depth });
      this.#texts.delete(key);
      return true;
    }
    if (value.length !== 1 && !first.quoted) return false;
    this.#setText(name, first.text);
    return true;
  }

  #setText(name: string, text: string): void {
    const key = name.toLowerCase();
    this.#lists.delete(key);
    if (this.variables.size >= MOST_VARIABLES && !this.variables.has(name)) return;
    this.variables = new Map(this.variables).set(name, text);
    this.#texts.set(key, text);
  }

  /** Adds to a list what it is sure to get. */
  #add(key: string, items: readonly string[], depth: number): boolean {
    const list = this.#lists.get(key);
    if (list && depth <= list.depth && list.items.length + items.length <= MOST_ITEMS) {
      this.#lists.set(key, { ...list, items: [...list.items, ...items] });
    }
    return true;
  }

  #itemsOf({ items, text, quoted }: Part, isJoined: boolean): readonly string[] | null {
    const name = isJoined || !quoted ? VARIABLE.exec(text)?.[1]?.toLowerCase() : undefined;
    const known = name === undefined ? undefined : this.#lists.get(name)?.items;
    if (known) return known;
    return items.length <= MOST_ITEMS && (items.length > 1 || isJoined) ? items : null;
  }

  /** The words of a command as it gets them, where they stand for lists; of what starts another program, that program's. */
  filledIn(words: readonly Part[]): readonly Part[] {
    const name = words[0]!.text;
    if (INVOKES.test(name)) return this.#invoked(words);
    const filled = this.#lists.size === 0 ? words : words.flatMap((word, index) => this.#spread(word, index));
    return STARTS.test(name) ? started(filled) ?? filled : filled;
  }

  /** A list as it is handed to a program. */
  #spread(word: Part, index: number): readonly Part[] {
    const name = (SPLAT.exec(word.text) ?? (index > 0 ? VARIABLE : FIRST).exec(word.text))?.[1];
    const list = name === undefined ? undefined : this.#lists.get(name.toLowerCase());
    return list ? list.items.map((text) => ({ ...word, text })) : [word];
  }

  /** The line that is run, where a variable has it. */
  #invoked(words: readonly Part[]): readonly Part[] {
    const [first, ...rest] = words.filter(({ text }) => !/^-command$/i.test(text));
    const name = rest.length === 1 ? VARIABLE.exec(rest[0]!.text)?.[1]?.toLowerCase() : undefined;
    const text = name === undefined
      ? undefined
      : this.#texts.get(name) ?? this.#lists.get(name)?.items.join(" ");
    return text === undefined || text.length > LONGEST ? words : [first!, { ...rest[0]!, text }];
  }
}

const OPTION = /^-([a-z]\w*)$/i;

/** The program that is started beside the script, with its arguments. */
function started([, ...words]: readonly Part[]): readonly Part[] | null {
  let program: Part | null = null;
  let args: Part | null = null;
  for (let at = 0; at < words.length; at++) {
    const option = OPTION.exec(words[at]!.text)?.[1]?.toLowerCase();
    if (option === undefined) {
      if (program === null) program = words[at]!;
      else args ??= words[at]!;
    } else if (/^(?:filepath|path)$/.test(option)) program = words[++at] ?? null;
    else if (/^arg/.test(option)) args = words[++at] ?? null;
    else if (!/^(?:wait|passthru|nonewwindow|loaduserprofile|usenewenvironment)$/.test(option)) at++;
  }
  if (!program) return null;
  const items = args === null ? [] : args.items.length > 1 ? args.items : args.text.split(/\s+/);
  return [program, ...items.filter((text) => text !== "").map((text) => ({ ...args!, text }))];
}
