import { CODES } from "../../doctor/engine.ts";
import pages from "../../explain/pages.json" with { type: "json" };
import { KNOWN } from "../../registries/known.ts";
import { GLOBAL_OPTIONS, VERBS } from "../table.ts";
import type { OptionSpec, Verb } from "../verb.ts";

/** The shells that keyless can complete in. */
export const SHELLS = ["bash", "zsh", "fish"] as const;

/** Names under which the program is installed. */
export const PROGRAMS = ["keyless", "keyless-open"] as const;

/** What may stand at a place: one of these words, a path, or anything. */
export type Values = readonly string[] | "file" | "directory" | "anything";

/** An option as a shell completes it. */
export interface CompletedOption {
  readonly long: string;
  readonly short: string | null;
  readonly help: string;
  /** What its value is called, and may be, and whether it stands behind `=` alone; `null` for a switch. */
  readonly value: { readonly name: string; readonly values: Values; readonly attached: boolean } | null;
  readonly repeatable: boolean;
}

/** A command as a shell completes it. */
export interface CompletedVerb {
  readonly name: string;
  readonly summary: string;
  readonly options: readonly CompletedOption[];
  /** Its arguments in order; the last may be given again where it is variadic. */
  readonly arguments: readonly {
    readonly name: string;
    readonly values: Values;
    readonly variadic: boolean;
  }[];
  /** Whether another program's words follow after `--`. */
  readonly command: boolean;
}

/** The options of every command. */
export const GLOBALS: readonly CompletedOption[] = GLOBAL_OPTIONS.map((option) => optionOf(option, ""));

/** Every command that help shows. */
export const COMPLETED: readonly CompletedVerb[] = VERBS.filter(({ hidden }) => !hidden).map(verbOf);

function verbOf({ name, summary, options, arguments: specs, command = false }: Verb): CompletedVerb {
  return {
    name,
    summary,
    options: options.map((option) => optionOf(option, name)),
    arguments: specs.map((spec) => ({
      name: spec.name,
      values: valuesOf(spec.name, name),
      variadic: spec.variadic,
    })),
    command,
  };
}

function optionOf(
  { long, short, help, value, bare, choices, repeatable }: OptionSpec,
  verb: string,
): CompletedOption {
  return {
    long,
    short: short ?? null,
    help,
    value: value === undefined
      ? null
      : { name: value, values: choices ?? valuesOf(value, verb), attached: bare !== undefined },
    repeatable: repeatable === true,
  };
}

/** What the name of a value or an argument stands for in the table. */
function valuesOf(name: string, verb: string): Values {
  switch (name) {
    case "CODE":
      return verb === "doctor" ? CODES : Object.keys(pages);
    case "COMMAND":
      return VERBS.filter(({ hidden }) => !hidden).map((each) => each.name);
    case "REGISTRY":
      return KNOWN.map((registry) => registry.name);
    case "SHELL":
      return SHELLS;
    case "FILE":
    case "PATH":
      return "file";
    case "DIR":
      return "directory";
    default:
      return "anything";
  }
}
