import { plainLine } from "../host/redact.ts";
import { UsageError } from "../problem.ts";
import { suggest } from "../suggest.ts";
import { GLOBAL_OPTIONS, verbOf, VERBS } from "./table.ts";
import type { Call, OptionSpec, Verb } from "./verb.ts";

/** Values of options by long name without dashes. */
export type Options = Call["options"];

/** What the command line asks for, checked against the table. */
export type Request =
  | { readonly kind: "version" }
  /** `topic` is `null` for the program; `brief` where nobody asked for help. */
  | { readonly kind: "help"; readonly topic: Verb | null; readonly brief: boolean }
  | CallRequest;

/** A command with everything that it needs to know: plain data, which can pass from one bundle to another. */
export interface CallRequest {
  readonly kind: "call";
  readonly verb: Verb;
  readonly arguments: readonly string[];
  readonly options: Options;
  readonly globals: Options;
  readonly command: readonly string[];
}

/** Reads a command line. Help and version win over whatever else is wrong in it. @throws {UsageError} */
export function readArguments(argv: readonly string[]): Request {
  const end = argv.indexOf("--");
  const words = end < 0 ? argv : argv.slice(0, end);
  if (words.some((word) => word === "--help" || word === "-h")) {
    return {
      kind: "help",
      topic: words.map(verbOf).find((verb) => verb !== undefined) ?? null,
      brief: false,
    };
  }
  if (words.some((word) => word === "--version" || word === "-V")) return { kind: "version" };

  const reader = new Reader(words);
  reader.read();
  const { verb, positional } = reader;
  const command = end < 0 ? [] : argv.slice(end + 1);
  if (!verb) {
    if (end >= 0) throw wrong("command-unexpected", 'There is no command before "--"', ['leave "--" out']);
    return { kind: "help", topic: null, brief: true };
  }
  if (verb.name === "help") {
    checkCommand(verb, end >= 0, command, positional);
    checkExtra(verb, positional, []);
    return {
      kind: "help",
      topic: positional[0] === undefined ? null : knownVerb(positional[0]),
      brief: false,
    };
  }
  checkMissing(verb, positional);
  checkCommand(verb, end >= 0, command, positional);
  checkExtra(verb, positional, command);
  checkExactlyOne(verb, reader.options);
  return {
    kind: "call",
    verb,
    arguments: positional,
    options: reader.options,
    globals: reader.globals,
    command,
  };
}

/** The global options that matter before the rest is known to be right: how to show what is wrong. */
export function readWishes(argv: readonly string[]): Options {
  const end = argv.indexOf("--");
  const words = end < 0 ? argv : argv.slice(0, end);
  const at = words.indexOf("--color");
  const color = words.find((word) => word.startsWith("--color="))?.slice(8) ??
    (at < 0 ? undefined : words[at + 1]);
  return {
    ...(words.includes("--json") ? { json: true } : {}),
    ...(words.includes("--debug") ? { debug: true } : {}),
    ...(color === undefined ? {} : { color }),
  };
}

class Reader {
  verb: Verb | undefined;
  readonly positional: string[] = [];
  readonly options: Record<string, true | string | readonly string[]> = {};
  readonly globals: Record<string, true | string | readonly string[]> = {};
  readonly #words: string[];

  constructor(words: readonly string[]) {
    this.#words = [...words];
  }

  read(): void {
    for (let word = this.#words.shift(); word !== undefined; word = this.#words.shift()) {
      if (word.length > 1 && word.startsWith("-")) this.#option(word);
      else if (!this.verb) this.verb = knownVerb(word);
      else this.positional.push(word);
    }
  }

  #option(word: string): void {
    const equals = word.indexOf("=");
    const name = equals < 0 ? word : word.slice(0, equals);
    const own = this.verb?.options.find((option) => option.long === name || option.short === name);
    const spec = own ?? GLOBAL_OPTIONS.find((option) => option.long === name || option.short === name);
    if (!spec) throw unknownOption(name, this.verb);
    const given = own ? this.options : this.globals;
    const key = spec.long.slice(2);
    const value = this.#value(spec, equals < 0 ? undefined : word.slice(equals + 1));
    const before = given[key];
    if (before !== undefined && !spec.repeatable) {
      throw wrong(
        "option-repeated",
        `${spec.long} is given twice`,
        [`leave one ${spec.long} out`],
        this.verb,
      );
    }
    given[key] = spec.repeatable
      ? [...(before as readonly string[] | undefined) ?? [], value as string]
      : value;
  }

  #value(spec: OptionSpec, attached: string | undefined): true | string {
    if (!spec.value) {
      if (attached === undefined) return true;
      throw wrong(
        "option-value-unexpected",
        `${spec.long} takes no value`,
        [`write ${spec.long} alone`],
        this.verb,
      );
    }
    const next = this.#words[0];
    const value = attached ?? spec.bare ??
      (next?.startsWith("-") && next !== "-" ? undefined : this.#words.shift());
    if (value === undefined || value === "") {
      throw wrong("option-value-missing", `${spec.long} needs a value: ${spec.value}`, [
        `write ${spec.long} ${spec.choices?.join("|") ?? spec.value}`,
        ...(value === undefined && next !== undefined
          ? [`a value that begins with "-" is written ${spec.long}=VALUE`]
          : []),
      ], this.verb);
    }
    if (spec.choices && !spec.choices.includes(value)) {
      const near = suggest(value, spec.choices);
      throw wrong("option-value-unknown", `${spec.long} cannot be "${value}"`, [
        ...(near ? [`did you mean ${spec.long} ${near}?`] : []),
        `one of: ${spec.choices.join(", ")}`,
      ], this.verb);
    }
    return value;
  }
}

function knownVerb(name: string): Verb {
  const verb = verbOf(name);
  if (verb) return verb;
  const option = GLOBAL_OPTIONS.find(({ long, value }) => long === `--${name}` && value === undefined)?.long;
  const near = option ?? suggest(name, VERBS.filter((other) => !other.hidden).map((other) => other.name));
  throw wrong("unknown-command", `There is no command "${name}"`, [
    ...(near ? [`did you mean keyless ${near}?`] : []),
    "all commands: keyless help",
  ]);
}

function unknownOption(name: string, verb: Verb | undefined): UsageError {
  const known = [...verb?.options ?? [], ...GLOBAL_OPTIONS];
  // `--no-color`, as many programs call it.
  const never = known.find(({ long, choices }) =>
    `--no-${long.slice(2)}` === name && choices?.includes("never")
  );
  const near = never ? `${never.long} never` : suggest(name, known.map((option) => option.long));
  const elsewhere = VERBS.filter((other) =>
    !other.hidden && other.options.some((option) => option.long === name)
  );
  const message = verb ? `${verb.name} has no option ${name}` : `There is no option ${name} before a command`;
  return wrong("unknown-option", message, [
    ...(near ? [`did you mean ${near}?`] : []),
    ...(!near && elsewhere.length
      ? [`${name} is an option of ${elsewhere.map((other) => other.name).join(", ")}`]
      : []),
  ], verb);
}

function checkCommand(
  verb: Verb,
  separator: boolean,
  command: readonly string[],
  positional: readonly string[],
): void {
  if (!verb.command) {
    if (!separator) return;
    throw wrong("command-unexpected", `${verb.name} runs no command, so nothing can follow "--"`, [
      'leave "--" out',
    ], verb);
  }
  if (command.length > 0 && command[0] !== "") return;
  const wanted = verb.arguments.length;
  const example = ["keyless", verb.name, ...positional.slice(0, wanted), "--", ...positional.slice(wanted)]
    .join(" ");
  throw wrong("command-missing", `${verb.name} needs a command after "--"`, [
    positional.length > wanted ? `write ${example}` : `for example: ${verb.examples[0]!.line}`,
  ], verb);
}

function checkMissing(verb: Verb, given: readonly string[]): void {
  const empty = given.indexOf("");
  const missing = verb.arguments.find((argument, index) => argument.required && given[index] === undefined);
  if (missing || empty >= 0) {
    const { name, help } = missing ?? verb.arguments[Math.min(empty, verb.arguments.length - 1)]!;
    throw wrong("argument-missing", missing ? `${verb.name} needs ${name}` : `${name} is empty`, [
      `${name}: ${help}`,
      ...(missing ? [] : ["an empty word often is a variable that is not set"]),
    ], verb);
  }
}

function checkExtra(verb: Verb, given: readonly string[], command: readonly string[]): void {
  if (verb.arguments.at(-1)?.variadic || given.length <= verb.arguments.length) return;
  const extra = given.slice(verb.arguments.length);
  throw wrong(
    "argument-unexpected",
    `${verb.name} takes ${
      verb.arguments.length === 0
        ? "no arguments"
        : verb.arguments.length === 1
        ? "one argument"
        : `${verb.arguments.length} arguments`
    }, so "${extra.join(" ")}" is too much`,
    command.length > 0 ? ['options and words of the command come after "--"'] : [],
    verb,
  );
}

function checkExactlyOne(verb: Verb, options: Options): void {
  if (!verb.exactlyOne) return;
  const given = verb.exactlyOne.filter((long) => options[long.slice(2)] !== undefined);
  if (given.length === 1) return;
  if (given.length > 1) {
    throw wrong("options-conflict", `${given.join(" and ")} exclude each other`, ["keep one of them"], verb);
  }
  throw wrong("option-missing", `${verb.name} needs one of ${verb.exactlyOne.join(", ")}`, [
    `for example: ${verb.examples[0]!.line}`,
  ], verb);
}

function wrong(code: string, message: string, next: readonly string[], verb?: Verb): UsageError {
  const steps = verb ? [...next, `all options: keyless help ${verb.name}`] : next;
  return new UsageError({ code, message: plainLine(message), next: steps.map((step) => plainLine(step)) });
}
