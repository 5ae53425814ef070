import { joined, type ShellCommand, type ShellWord } from "./shell.ts";

/**
 * The commands of a PowerShell script, in the order in which they stand: what matters for finding programs and their arguments, not a
 * whole grammar. `$env:NAME` becomes `${NAME}`, as in other shells.
 */
export function powershellCommands(script: string): readonly ShellCommand[] {
  return new Reader(script).read();
}

/** Ends a command, or stands between two. */
const SEPARATOR = /&&|\|\||[;|{}()\n]/y;
const BLANKS = /(?:[ \t\r]|`\r?\n)+/y;
const COMMENT = /<#[\s\S]*?(?:#>|$)|#[^\n]*/y;
const HERE_STRING = /@(["'])[ \t]*\r?\n([\s\S]*?)\r?\n\1@/y;
const SINGLE = /'((?:[^']|'')*)'/y;
const DOUBLE = /"((?:[^"`]|`[\s\S]|"")*)"/y;
const BARE = /(?:`[^\r\n]|\$\{[^}\n]{0,200}\}|\$\([^()\n]{0,500}\)|[^\s;|{}()"'`])+/y;
const ASSIGNED = /^\$(?:\{?env:(\w+)\}?|(\w+))$/i;
/** Built-in commands are called so; everything else is a program, whose failure PowerShell does not stop at. */
const BUILT_IN =
  /^(?:\$|[A-Z]\w*-\w+$|(?:if|else|elseif|foreach|for|while|do|try|catch|finally|function|param|return|throw|exit|switch|cd|echo|rm|cp|mv|ls|cat|mkdir|pushd|popd)$)/i;

class Reader {
  readonly #commands: ShellCommand[] = [];
  readonly #stack: (string | null)[] = [];
  #words: (ShellWord & { readonly end: number; readonly quoted: boolean })[] = [];
  #variables: ReadonlyMap<string, string | null> = new Map();
  #directory: string | null = ".";
  /** How many blocks are around: what changes in one may never have happened. */
  #depth = 0;
  #at = 0;

  constructor(readonly script: string) {}

  read(): readonly ShellCommand[] {
    while (this.#at < this.script.length) {
      if (this.#match(BLANKS) || this.#match(COMMENT)) continue;
      const separator = this.#match(SEPARATOR)?.[0];
      if (separator === undefined) {
        this.#word();
        continue;
      }
      // What is given a block is a function, which may define a task of that name.
      if (separator === "{" && this.#words.length > 1 && this.#words.at(-1)!.text !== "@") this.#words = [];
      this.#end();
      if (separator === "{") this.#depth++;
      if (separator === "}") this.#depth = Math.max(0, this.#depth - 1);
    }
    this.#end();
    const isTolerated = this.#tolerance();
    return this.#commands.map((command) => ({ ...command, tolerated: isTolerated(command) }));
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.script);
    if (found) this.#at += found[0].length;
    return found;
  }

  #word(): void {
    const start = this.#at;
    let text = "";
    let quoted = false;
    for (;;) {
      const here = this.#match(HERE_STRING) ?? null;
      const single = here ? null : this.#match(SINGLE);
      const double = here || single ? null : this.#match(DOUBLE);
      const bare = here || single || double ? null : this.#match(BARE);
      quoted ||= Boolean(here || single || double);
      if (here) text += here[2];
      else if (single) text += single[1]!.replaceAll("''", "'");
      else if (double) text += variables(double[1]!.replace(/`(.)|"(")/gs, "$1$2"));
      else if (bare) text += variables(bare[0].replace(/`(.)/gs, "$1"));
      else break;
    }
    // A quote that is never closed.
    if (this.#at === start) text = this.script[this.#at++]!;
    this.#words.push({ text, start, end: this.#at, quoted });
  }

  #end(): void {
    let words = this.#words;
    this.#words = [];
    const [name, equals, ...value] = words;
    const raw = name && this.script.slice(name.start, name.end);
    const assigned = raw !== undefined && equals?.text === "=" ? ASSIGNED.exec(raw) : null;
    if (assigned) {
      if (value.length === 1 || value[0]?.quoted) {
        this.#variables = new Map(this.#variables).set((assigned[1] ?? assigned[2])!, value[0]!.text);
        return;
      }
      words = value;
    }
    if (words[0] && /^[&.]$/.test(words[0].text)) words = words.slice(1);
    const [first] = words;
    // A string by itself is a value; it runs only behind `&`.
    if (!first || (first.quoted && words.length === 1)) return;
    this.#commands.push({
      words,
      assignments: new Map(),
      variables: this.#variables,
      start: first.start,
      end: words.at(-1)!.end,
      tolerated: false,
      directory: this.#directory,
      input: null,
    });
    this.#move(words.map(({ text }) => text));
  }

  #move([name = "", ...args]: readonly string[]): void {
    if (/^(?:pushd|push-location)$/i.test(name)) this.#stack.push(this.#directory);
    if (/^(?:popd|pop-location)$/i.test(name)) this.#directory = this.#stack.pop() ?? null;
    if (!/^(?:cd|chdir|sl|set-location|pushd|push-location)$/i.test(name)) return;
    const to = args.find((word) => !word.startsWith("-"))?.replaceAll("\\", "/");
    this.#directory = to === undefined || this.#depth > 0 ? null : joined(this.#directory, to);
  }

  /** The exit code of a program counts only when no other program comes behind it, or when the script looks at it. */
  #tolerance(): (command: ShellCommand) => boolean {
    const { script } = this;
    const last = this.#commands.findLast(({ words }) => !BUILT_IN.test(words[0]!.text));
    const asks = Math.max(
      ...[...script.matchAll(/LASTEXITCODE|\$\?/gi)].slice(-1).map(({ index }) => index),
      -1,
    );
    const stops = /PSNativeCommandUseErrorActionPreference\s*=\s*\$true/i.test(script);
    return ({ start, end }) =>
      !stops && last !== undefined && start < last.start && asks < end &&
      !/^\s*(?:&&|\|\|)/.test(script.slice(end, end + 80));
  }
}

function variables(text: string): string {
  return text.replace(/\$(?:\{env:(\w+)\}|env:(\w+))/gi, (_, braced, plain) => `\${${braced ?? plain}}`);
}
