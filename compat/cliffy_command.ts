// deno-lint-ignore-file no-explicit-any
/**
 * `@cliffy/command` without JSR, over `npm:commander`: the fluent interface that src/cli/app.ts uses. The eight type parameters
 * are cliffy's (what a command has parsed so far); nothing here depends on them.
 */
import { Command as Parser, Option } from "commander";

type Action = (options: any, ...words: any[]) => void | Promise<void>;

/** One command of a command line, or the program itself. */
export class Command<_A = any, _B = any, _C = any, _D = any, _E = any, _F = any, _G = any, _H = any> {
  readonly #parser = new Parser().exitOverride().helpOption(false).helpCommand(false)
    .configureOutput({ writeOut() {}, writeErr() {} });

  /** Names the program. */
  name(name: string): this {
    this.#parser.name(name);
    return this;
  }

  /** Says what it does. */
  description(text: string): this {
    this.#parser.description(text);
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
    for (const word of definition.split(" ")) this.#parser.argument(untyped(word));
    return this;
  }

  /** Declares an option: `--switch` or `--option <value:string>`; `collect` gathers the values of several. */
  option(flags: string, description: string, options: { collect?: boolean } = {}): this {
    const option = new Option(flags.split(" ").map(untyped).join(" "), description);
    if (options.collect) {
      option.argParser((value: string, before: string[] | undefined) => [...before ?? [], value]);
    }
    this.#parser.addOption(option);
    return this;
  }

  /** What to do with the options and the arguments. */
  action(act: Action): this {
    this.#parser.action((...given: unknown[]) => {
      // commander hands over the arguments first, then the options, then itself; a variadic argument is one array.
      const words = given.slice(0, -2);
      const options = given.at(-2);
      return act(options, ...words.flat().filter((word) => word !== undefined));
    });
    return this;
  }

  /** Adds a command below this one. */
  command(name: string, command: Command<any, any, any, any, any, any, any, any>): this {
    this.#parser.addCommand(command.#parser.name(name));
    return this;
  }

  /** Parses the words and runs the action of the command that they name. @throws {Error} where they do not fit */
  async parse(words: string[]): Promise<unknown> {
    await this.#parser.parseAsync(words, { from: "user" });
    return this;
  }
}

/** cliffy writes the type of a value behind its name; commander knows texts only. */
function untyped(word: string): string {
  return word.replace(/:\w+(?=[\]>])/, "");
}
