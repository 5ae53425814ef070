import { Block, type Head, type Parameter, parametersIn, type Part, type Place } from "./powershell_parts.ts";
import { executed } from "./powershell_run.ts";
import { PowershellText } from "./powershell_text.ts";
import { PowershellValues } from "./powershell_values.ts";
import { joined, type ShellCommand, type ShellOptions, type ShellWord } from "./shell.ts";

/**
 * The commands of a PowerShell script, in the order in which they stand: what matters for finding programs and their arguments, not a
 * whole grammar. `$env:NAME` becomes `${NAME}`, as in other shells.
 */
export function powershellCommands(
  script: string,
  { calls = [] }: Pick<ShellOptions, "calls"> = {},
): readonly ShellCommand[] {
  return executed(script, new Reader(script).read(), calls);
}

/** A word, and what is known of how it is written. */
interface Word extends ShellWord {
  text: string;
  end: number;
  readonly quoted: boolean;
  /** The parts between its commas. */
  readonly items: string[];
  /** Whether it ends in a comma, behind which the list goes on. */
  isOpen: boolean;
}

/** Ends a command, or stands between two. */
const SEPARATOR = /&&|\|\||[;|{}()\n]/y;
const BLANKS = /(?:[ \t\r]|`\r?\n)+/y;
const COMMENT = /<#[\s\S]*?(?:#>|$)|#[^\n]*/y;
const COMMA = /,/y;
/** What a method is given that is called within a word. */
const METHOD = /\([^()\n]{0,500}\)/y;
const TARGET = /^(?:\[[\w.[\]]{1,100}\])?\$\w/;
const ASSIGNED = /^\$(?:\{?env:(\w+)\}?|(\w+))$/i;
/** What asks for the exit code of the program before. */
const ASKS = /LASTEXITCODE|\$\?/i;
/** A condition that asks only whether a variable of the environment holds any text, and what it leads to. */
const ENDS_WELL = /[ \t]*\([ \t]*\$env:(\w+)[ \t]*\)\s{0,99}\{\s{0,99}exit[ \t]+0\s{0,99}\}/iy;
const LOOP = /^(?:foreach|for|while|do|%|foreach-object)$/i;
const PARAM = /^param$/i;
const FUNCTION = /^(?:function|filter)$/i;

class Reader extends PowershellText {
  readonly #parts: Part[] = [];
  readonly #values = new PowershellValues();
  readonly #stack: (string | null)[] = [];
  #words: Word[] = [];
  #directory: string | null = ".";
  /** The blocks around, the innermost last: what changes in one may never have happened. */
  readonly #blocks: Block[] = [];
  /** What stands in front of a block, each with the brackets around it. */
  readonly #heads: (Head & { readonly parens: number })[] = [];
  #parameters: readonly Parameter[] = [];
  #parens = 0;
  /** The variable of the environment that is given the answer of what stands in these brackets. */
  #answer: { readonly name: string; readonly parens: number } | null = null;
  /** Whether the command before decides whether this one runs. */
  #depends = false;
  read(): readonly Part[] {
    while (this.at < this.script.length) {
      if (this.match(BLANKS) || this.match(COMMENT)) continue;
      const separator = this.match(SEPARATOR)?.[0];
      if (separator === undefined) this.#word();
      else if (separator !== "(" || !this.#list() && !this.#method()) this.#separated(separator);
    }
    this.#end();
    return this.#parts;
  }

  #separated(separator: string): void {
    const names = this.#words.map(({ text }) => text);
    if (separator === "\n" && names.length === 1 && PARAM.test(names[0]!)) return;
    if (/^[{(\n]$/.test(separator)) this.#head(names, separator);
    // What is given a block is a function, which may define a task of that name.
    if (separator === "{" && names.length > 1 && names.at(-1) !== "@") this.#words = [];
    const depth = this.#parts.length;
    const sets = this.#end();
    if (this.#parts.length > depth) this.#depends = false;
    if (separator === "&&" || separator === "||") this.#depends = true;
    else if (separator === "\n" || separator === ";") this.#depends &&= separator === "\n";
    if (separator === "(") {
      this.#parens++;
      if (sets !== null) this.#answer = { name: sets, parens: this.#parens };
    } else if (separator === ")") {
      if (this.#answer?.parens === this.#parens) this.#answer = null;
      this.#parens = Math.max(0, this.#parens - 1);
    } else if (separator === "{") this.#open();
    else if (separator === "}") this.#blocks.pop();
  }

  /** Takes in what stands in front of a block, or of the brackets in front of one. */
  #head(names: readonly string[], separator: string): void {
    const [first = "", second] = names;
    const parens = this.#parens;
    if (FUNCTION.test(first) && second !== undefined) {
      this.#heads.push({ kind: "function", name: second.replace(/^\w+:/, "").toLowerCase(), parens });
      this.#parameters = separator === "(" ? parametersIn(this.script, this.at) : [];
    } else if (
      LOOP.test(first) && (separator !== "\n" || names.length === 1) &&
      !names.some((word) => /^-parallel$/i.test(word))
    ) {
      this.#heads.push({ kind: "loop", parens });
    } else if (PARAM.test(first) && separator === "(") {
      const block = this.#blocks.at(-1);
      if (block?.kind === "function") block.parameters = parametersIn(this.script, this.at);
      else if (!block) {
        this.#parts.push({ kind: "parameters", parameters: parametersIn(this.script, this.at) });
      }
    }
  }

  #open(): void {
    const head = this.#heads.at(-1)?.parens === this.#parens
      ? this.#heads.pop()!
      : { kind: "other" as const };
    const isFunction = head.kind === "function";
    this.#blocks.push(new Block(head, isFunction ? this.#parameters : [], this.#place()));
  }

  /** Takes the elements between brackets for one word, where they are written out; they end a `@`. */
  #list(): boolean {
    const sign = this.#words.at(-1);
    if (!sign || this.script.slice(sign.start, sign.end) !== "@" || sign.end !== this.at - 1) return false;
    const items = this.elements();
    if (items === null) return false;
    this.#words.pop();
    const text = items.join(" ");
    this.#words.push({ text, start: sign.start, end: this.at, quoted: false, items, isOpen: false });
    return true;
  }

  /** Takes what stands between brackets for the end of a word that calls a method. */
  #method(): boolean {
    const word = this.#words.length > 1 ? this.#words.at(-1)! : null;
    if (
      word?.end !== this.at - 1 || !/\.\w+$/.test(this.script.slice(Math.max(0, word.end - 40), word.end))
    ) {
      return false;
    }
    this.at--;
    const called = this.match(METHOD);
    if (!called) {
      this.at++;
      return false;
    }
    word.text += called[0];
    word.end = this.at;
    return true;
  }

  #word(): void {
    const start = this.at;
    const items: string[] = [];
    let text = "";
    let quoted = false;
    for (;;) {
      const part = this.text();
      if (part) {
        text += part.text;
        quoted ||= part.quoted;
        items.push(part.text);
      } else if (this.match(COMMA)) text += ",";
      else break;
    }
    // A quote that is never closed.
    if (this.at === start) text = this.script[this.at++]!;
    if (ASKS.test(this.script.slice(start, this.at))) {
      this.#parts.push({
        kind: "asks",
        ...this.#place(),
        ...this.#answer ? { answer: this.#answer.name } : {},
      });
    }
    const isOpen = text.endsWith(",");
    const before = this.#words.length > 1 ? this.#words.at(-1) : undefined;
    if (!before?.isOpen) {
      this.#words.push({ text, start, end: this.at, quoted, items, isOpen });
      return;
    }
    before.text += text;
    before.items.push(...items);
    before.end = this.at;
    before.isOpen = isOpen;
  }

  #place(): Place {
    return this.#blocks.at(-1)?.inside ?? { owner: null, loops: [] };
  }

  /** Ends a command; the variable of the environment that is set to what follows, where nothing else stands in it. */
  #end(): string | null {
    let words: readonly Word[] = this.#words;
    this.#words = [];
    const [name, equals, ...value] = words;
    if (!name) return null;
    // `while` behind a block has none of its own.
    if (this.#heads.at(-1)?.parens === this.#parens && !isHead(name.text)) this.#heads.pop();
    const isAssignment = /^\+?=$/.test(equals?.text ?? "");
    const assigned = isAssignment ? ASSIGNED.exec(this.script.slice(name.start, name.end)) : null;
    // A property, or a variable of a type: only what is behind the sign is run.
    if (isAssignment && !assigned && TARGET.test(name.text)) words = value;
    if (assigned) {
      const [, ofEnvironment, own] = assigned;
      const depth = this.#blocks.length;
      if (this.#values.set((ofEnvironment ?? own)!, value, { adds: equals!.text === "+=", depth })) {
        return null;
      }
      if (ofEnvironment !== undefined && value.length === 0) return ofEnvironment.toLowerCase();
      words = value;
    }
    const [sign] = words;
    const isCalled = sign !== undefined && /^[&.]$/.test(sign.text);
    if (isCalled) words = words.slice(1);
    const [first] = words;
    // A string by itself is a value; it runs only behind `&` and `.`.
    if (!first || (!isCalled && first.quoted && words.length === 1)) return null;
    const run = this.#values.filledIn(words);
    const texts = run.map(({ text }) => text);
    this.#parts.push({
      kind: "command",
      ...this.#place(),
      command: {
        words: run,
        assignments: new Map(),
        variables: this.#values.variables,
        start: first.start,
        end: words.at(-1)!.end,
        tolerated: false,
        directory: this.#directory,
        input: null,
        ...sign?.text === "." ? { sourced: true as const } : {},
      },
      ends: this.#endsWell(texts, first),
    });
    this.#move(texts);
    return null;
  }

  /** Whether a command ends the script as if all had gone well: `true`, or the variable of the environment whose answer it takes for that. */
  #endsWell([name = "", code]: readonly string[], { end }: Word): true | string | null {
    const isSure = this.#blocks.every(({ kind }) => kind === "function") && !this.#depends;
    if (/^exit$/i.test(name)) return isSure && code === "0" ? true : null;
    if (!isSure || !/^if$/i.test(name)) return null;
    ENDS_WELL.lastIndex = end;
    return ENDS_WELL.exec(this.script)?.[1]?.toLowerCase() ?? null;
  }

  #move([name = "", ...args]: readonly string[]): void {
    if (/^(?:pushd|push-location)$/i.test(name)) this.#stack.push(this.#directory);
    if (/^(?:popd|pop-location)$/i.test(name)) this.#directory = this.#stack.pop() ?? null;
    if (!/^(?:cd|chdir|sl|set-location|pushd|push-location)$/i.test(name)) return;
    const to = args.find((word) => !word.startsWith("-"))?.replaceAll("\\", "/");
    this.#directory = to === undefined || this.#blocks.length > 0 ? null : joined(this.#directory, to);
  }
}

function isHead(word: string): boolean {
  return LOOP.test(word) || FUNCTION.test(word);
}
