// deno-lint-ignore-file no-explicit-any
/**
 * `@cliffy/command` without JSR: the part of its fluent interface that src/cli/app.ts uses, for words in the one form that stands
 * there (`VERB --switch --option=value words`). A parser library would cost every command more than it does here: what is wrong in a
 * command line was refused before. The eight type parameters are cliffy's (what a command has parsed so far); nothing depends on them.
 */

type Action = (options: any, ...words: any[]) => void | Promise<void>;

/** What an option is followed by: nothing, a text, or a text each time that it is given. */
type Kind = "switch" | "text" | "texts";

/** One command of a command line, or the program itself. */
export class Command<_A = any, _B = any, _C = any, _D = any, _E = any, _F = any, _G = any, _H = any> {
  readonly #options = new Map<string, Kind>();
  readonly #commands = new Map<string, Command<any, any, any, any, any, any, any, any>>();
  #required = 0;
  #act: Action = () => {};

  /** Names the program, which only its own help would show. */
  name(_name: string): this {
    return this;
  }

  /** Says what it does, which only its own help would show. */
  description(_text: string): this {
    return this;
  }

  /** Makes wrong usage an error that is thrown instead of an exit, which is what this profile always does. */
  throwErrors(): this {
    return this;
  }

  /** Like {@link throwErrors}. */
  noExit(): this {
    return this;
  }

  /** Declares arguments: `<one:string> [others...:string]`. */
  arguments(definition: string): this {
    this.#required = definition.split(" ").filter((word) => word.startsWith("<")).length;
    return this;
  }

  /** Declares an option: `--switch` or `--option <value:string>`; `collect` gathers the values of several. */
  option(flags: string, _description: string, settings: { collect?: boolean } = {}): this {
    const [flag, value] = flags.split(" ");
    this.#options.set(flag!, !value ? "switch" : settings.collect ? "texts" : "text");
    return this;
  }

  /** What to do with the options and the arguments. */
  action(act: Action): this {
    this.#act = act;
    return this;
  }

  /** Adds a command below this one. */
  command(name: string, command: Command<any, any, any, any, any, any, any, any>): this {
    this.#commands.set(name, command);
    return this;
  }

  /** Parses the words and runs the action of the command that they name. @throws {Error} where they do not fit */
  async parse(words: string[]): Promise<unknown> {
    const command = this.#commands.get(words[0] ?? "");
    if (command) await command.parse(words.slice(1));
    else await this.#run(words);
    return this;
  }

  async #run(words: readonly string[]): Promise<void> {
    const options: Record<string, unknown> = {};
    for (const flag of this.#options.keys()) if (flag.startsWith("--no-")) options[nameOf(flag)] = true;
    const rest: string[] = [];
    for (const word of words) {
      if (word.startsWith("--")) this.#read(word, options);
      else rest.push(word);
    }
    if (rest.length < this.#required) throw new Error("an argument is missing");
    await this.#act(options, ...rest);
  }

  #read(word: string, options: Record<string, unknown>): void {
    const equals = word.indexOf("=");
    const flag = equals < 0 ? word : word.slice(0, equals);
    const text = equals < 0 ? undefined : word.slice(equals + 1);
    const kind = this.#options.get(flag);
    if (kind === undefined || (kind === "switch") !== (text === undefined)) {
      throw new Error(`"${word}" does not fit`);
    }
    const key = nameOf(flag);
    if (kind === "switch") options[key] = !flag.startsWith("--no-");
    else options[key] = kind === "text" ? text : [...options[key] as string[] | undefined ?? [], text];
  }
}

/** `--github-output` is given as `githubOutput`, `--no-provenance` as `provenance`. */
function nameOf(flag: string): string {
  return flag.replace(/^--(?:no-)?/, "").replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}
