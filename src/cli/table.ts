import type { OptionSpec, Verb } from "./verb.ts";
import { BEFORE_RELEASE } from "./verbs/before_release.ts";
import { MORE } from "./verbs/more.ts";
import { RELEASING } from "./verbs/releasing.ts";

/** Options that every command takes. */
export const GLOBAL_OPTIONS: readonly OptionSpec[] = [
  { long: "--json", help: "one JSON object on stdout, errors too" },
  { long: "--quiet", short: "-q", help: "no progress" },
  { long: "--verbose", short: "-v", help: "say more about what happens" },
  { long: "--debug", help: "show the stack of an unexpected error" },
  { long: "--color", value: "WHEN", choices: ["auto", "always", "never"], help: "colour the output" },
  { long: "--directory", short: "-C", value: "DIR", help: "work in DIR" },
  { long: "--help", short: "-h", help: "show help" },
  { long: "--version", short: "-V", help: "show the version" },
];

/** Every verb, in the order of help. */
export const VERBS: readonly Verb[] = [...BEFORE_RELEASE, ...RELEASING, ...MORE];

/** The verb of this name. */
export function verbOf(name: string): Verb | undefined {
  return VERBS.find((verb) => verb.name === name);
}
