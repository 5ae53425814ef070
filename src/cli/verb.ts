import type { Display } from "../host/terminal.ts";
import type { GroupName } from "../permissions.ts";

export interface OptionSpec {
  /** `--output` */
  readonly long: string;
  readonly short?: string;
  /** Name of the value as help shows it, e.g. `FILE`; absent for a switch. */
  readonly value?: string;
  /** What it means without a value; then one is only read behind `=`. */
  readonly bare?: string;
  /** May be given several times. */
  readonly repeatable?: boolean;
  /** The only values that are accepted. */
  readonly choices?: readonly string[];
  readonly help: string;
}

export interface ArgumentSpec {
  /** `REGISTRY`, `PACKAGE` */
  readonly name: string;
  readonly required: boolean;
  readonly variadic: boolean;
  readonly help: string;
}

/** One verb of the command line: everything that help, errors, completion and the permission audit need to know, without loading it. */
export interface Verb {
  readonly name: string;
  readonly group: "Before a release" | "Releasing" | "Credentials" | "Private registries" | "More";
  /** One line for the list of verbs. */
  readonly summary: string;
  /** What it does, a paragraph an element. */
  readonly about: readonly string[];
  readonly arguments: readonly ArgumentSpec[];
  readonly options: readonly OptionSpec[];
  /** Long names of options of which exactly one must be given. */
  readonly exactlyOne?: readonly string[];
  /** Whether words after `--` belong to a program that it runs. */
  readonly command?: boolean;
  readonly examples: readonly { readonly line: string; readonly what: string }[];
  /** Groups of src/permissions.ts that it may touch. */
  readonly permissions: readonly GroupName[];
  /** What an exit code means here, where that is not what it means everywhere. */
  readonly exits?: Readonly<Record<string, string>>;
  /** Not shown in help. */
  readonly hidden?: boolean;
}

/** What the command line said, checked against the table. */
export interface Call {
  readonly verb: string;
  readonly arguments: readonly string[];
  /** By long name without dashes: `true` for a switch, text, or texts for a repeatable one. */
  readonly options: Readonly<Record<string, true | string | readonly string[]>>;
  /** Words after `--`. */
  readonly command: readonly string[];
  readonly io: Io;
}

/** How a command talks to people and programs. */
export interface Io {
  readonly json: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly debug: boolean;
  readonly stdout: Display;
  readonly stderr: Display;
  /** Writes the result to stdout. */
  out(text: string): void;
  /** Writes progress and problems to stderr. */
  err(text: string): void;
}
