import { Command } from "@cliffy/command";
import { changeDirectory } from "../host/directory.ts";
import { VERSION } from "../version.ts";
import type { CallRequest, Options } from "./arguments.ts";
import type { CommandModule } from "./commands.ts";
import { withStrayErrors } from "./stray.ts";
import type { Io, OptionSpec, Verb } from "./verb.ts";

/** What a command has parsed so far is part of cliffy's types; options that are added in a loop have no such type. */
interface Declared {
  option(flags: string, help: string, settings: { readonly collect: boolean }): Declared;
  arguments(definition: string): Declared;
  action(act: (options: unknown, ...words: unknown[]) => void): Declared;
}

/** The program, which has one command. */
interface Program {
  command(name: string, command: Declared): { parse(words: string[]): Promise<unknown> };
}

interface Parsed {
  readonly options: Readonly<Record<string, unknown>>;
  readonly words: readonly string[];
}

/** Runs a command that the table has accepted; resolves with its exit code. */
export async function run(
  request: CallRequest,
  io: Io,
  load: (verb: string) => Promise<CommandModule>,
): Promise<number> {
  const { verb, globals, command } = request;
  const { options, words } = await parse(verb, canonical(request));
  if (typeof globals.directory === "string") changeDirectory(globals.directory);
  const { run } = await load(verb.name);
  const call = { verb: verb.name, arguments: words, options: byLongName(verb, options), command, io };
  return await withStrayErrors(() => run(call));
}

/** The words in the one form that both parser libraries read alike: each option with its value in one word, before the arguments. */
function canonical({ verb, options, arguments: words }: CallRequest): string[] {
  const written = Object.entries(options).flatMap(([name, value]) =>
    value === true ? [`--${name}`] : [value].flat().map((each) => `--${name}=${each}`)
  );
  return [verb.name, ...written, ...words];
}

async function parse(verb: Verb, words: string[]): Promise<Parsed> {
  let parsed: Parsed | undefined;
  let command: Declared = new Command().description(verb.summary);
  for (const option of verb.options) {
    const value = option.value ? ` <${option.value.toLowerCase()}:string>` : "";
    command = command.option(option.long + value, option.help, { collect: option.repeatable === true });
  }
  if (verb.arguments.length > 0) command = command.arguments(verb.arguments.map(argument).join(" "));
  // Every argument is declared as text, and every option has a name.
  command = command.action((options, ...given) => {
    parsed = { options: options as Parsed["options"], words: given as string[] };
  });
  const program: Program = new Command().name("keyless").description(`keyless ${VERSION}`).noExit();
  await program.command(verb.name, command).parse(words);
  return parsed!;
}

function argument({ name, required, variadic }: Verb["arguments"][number]): string {
  const text = `${name.toLowerCase()}${variadic ? "..." : ""}:string`;
  return required ? `<${text}>` : `[${text}]`;
}

/** The libraries name `--github-output` `githubOutput`, and `--no-provenance` `provenance: false`. */
function byLongName(verb: Verb, parsed: Readonly<Record<string, unknown>>): Options {
  const options: Record<string, Options[string]> = {};
  for (const { long } of verb.options) {
    const value = valueOf(long, parsed);
    if (value !== undefined) options[long.slice(2)] = value;
  }
  return options;
}

function valueOf(
  long: OptionSpec["long"],
  parsed: Readonly<Record<string, unknown>>,
): Options[string] | undefined {
  const negated = long.startsWith("--no-");
  const key = long.slice(negated ? 5 : 2).replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
  if (negated) return parsed[key] === false ? true : undefined;
  return parsed[key] as Options[string] | undefined;
}
