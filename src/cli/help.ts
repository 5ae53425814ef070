import type { Display } from "../host/terminal.ts";
import { fold } from "../report/fold.ts";
import { paint } from "../report/style.ts";
import { worded } from "../report/symbols.ts";
import { padded, width } from "../report/width.ts";
import { HOMEPAGE, VERSION } from "../version.ts";
import { GLOBAL_OPTIONS, VERBS } from "./table.ts";
import type { ArgumentSpec, OptionSpec, Verb } from "./verb.ts";

const EXITS: Readonly<Record<string, string>> = {
  "0": "done",
  "1": "problems found, or something failed",
  "2": "wrong usage or configuration",
  "70": "a bug in keyless",
};

/** What one sees who types `keyless` alone: the commands by the moment in which one needs them. */
export function welcome(display: Display): string {
  const groups = grouped();
  const names = (verbs: readonly Verb[]) =>
    verbs.map((verb) => verb.name === "help" ? "help COMMAND" : verb.name).join("  ");
  return page([
    ...title("keyless", ` ${VERSION}: publish packages without long-lived tokens`, display),
    "",
    ...definitions(groups.map(([group, verbs]) => [group, names(verbs)]), display),
    "",
    "Start here:  keyless doctor",
  ], display);
}

/** The whole program: every command with a line on what it does, the options that all of them take, the exit codes. */
export function programHelp(display: Display): string {
  return page([
    ...title("keyless", ` ${VERSION}: publish packages without long-lived tokens`, display),
    "",
    ...usage("keyless COMMAND [OPTION…] [ARGUMENT…]", display),
    ...grouped().flatMap(([group, verbs]) =>
      section(group, verbs.map((verb) => [verb.name, verb.summary]), display)
    ),
    ...section("Options of every command", GLOBAL_OPTIONS.map(optionRow), display),
    ...section("Exit codes", Object.entries({ ...EXITS, "3": "nothing to check or to publish" }), display),
    "",
    ...fold(
      `One command: keyless help COMMAND. A code in a message: keyless explain CODE. More: ${HOMEPAGE}`,
      display,
    ),
  ], display);
}

/** One command: usage, what it does, arguments, options, examples, exit codes. */
export function verbHelp(verb: Verb, display: Display): string {
  return page([
    ...title(`keyless ${verb.name}`, `: ${verb.summary}`, display),
    "",
    ...usage(glued(usageOf(verb)), display),
    ...verb.about.flatMap((paragraph) => ["", ...fold(paragraph, display)]),
    ...section("Arguments", verb.arguments.map(({ name, help }) => [name, help]), display),
    ...section("Options", verb.options.map(optionRow), display),
    ...section("Options of every command", GLOBAL_OPTIONS.map(optionRow), display),
    "",
    paint("Examples", "strong", display),
    ...verb.examples.flatMap(({ line, what }) => [
      ...fold(line, { width: display.width, first: "  ", rest: "      " }),
      ...fold(what, { width: display.width, first: "      " }).map((each) => paint(each, "faint", display)),
    ]),
    ...section("Exit codes", Object.entries({ ...EXITS, ...verb.exits }), display),
    "",
    ...fold(
      `More: ${verb.group === "More" ? HOMEPAGE : `${HOMEPAGE}/blob/main/docs/${verb.name}.md`}`,
      display,
    ),
  ], display);
}

/** How a command is written: `keyless exchange REGISTRY [--package NAME] (--print | --output FILE)`. */
export function usageOf(verb: Verb): string {
  const choice = verb.options.filter((option) => verb.exactlyOne?.includes(option.long));
  const others = verb.options.filter((option) => !choice.includes(option));
  return [
    "keyless",
    verb.name,
    ...verb.arguments.map(argumentUsage),
    ...others.map((option) => `[${optionName(option)}]${option.repeatable ? "…" : ""}`),
    ...(choice.length > 0 ? [`(${choice.map(optionName).join(" | ")})`] : []),
    ...(verb.command ? ["-- COMMAND…"] : []),
  ].join(" ");
}

function argumentUsage({ name, required, variadic }: ArgumentSpec): string {
  const words = variadic ? `${name}…` : name;
  return required ? words : `[${words}]`;
}

function optionName(option: OptionSpec): string {
  return option.value && option.bare === undefined ? `${option.long} ${option.value}` : option.long;
}

/** So many choices still fit beside their option. */
const FEW = 4;

function optionRow(option: OptionSpec): [string, string] {
  const many = option.choices !== undefined && option.choices.length > FEW;
  const value = many ? option.value : option.choices?.join("|") ?? option.value;
  const choices = many ? `: ${option.choices.join(", ")}` : "";
  const repeat = option.repeatable ? "; may be given several times" : "";
  return [
    (option.short ? `${option.short}, ` : "") + option.long +
    (option.bare === undefined ? value ? ` ${value}` : "" : `[=${value}]`),
    option.help + choices + repeat,
  ];
}

function grouped(): [string, Verb[]][] {
  return Object.entries(Object.groupBy(VERBS.filter((verb) => !verb.hidden), (verb) => verb.group)) as [
    string,
    Verb[],
  ][];
}

function title(name: string, rest: string, display: Display): string[] {
  return fold(paint(name, "strong", display) + rest, display);
}

/** With no-break spaces between options and their values, where no line ends. */
function glued(line: string): string {
  return line.replace(/(--[\w-]+) (?=[A-Z])/g, "$1\u00a0");
}

function usage(line: string, display: Display): string[] {
  return fold(line, { width: display.width, first: "Usage:  ", rest: "          " })
    .map((each) => each.replaceAll("\u00a0", " "));
}

function section(heading: string, rows: readonly (readonly [string, string])[], display: Display): string[] {
  return rows.length === 0
    ? []
    : ["", paint(heading, "strong", display), ...definitions(rows, display, "  ")];
}

/** Below so many columns a long name stands on a line of its own. */
const NARROWEST = 60;
const LONG = 6;

function definitions(rows: readonly (readonly [string, string])[], display: Display, indent = ""): string[] {
  const column = Math.max(...rows.map(([name]) => width(name)));
  return rows.flatMap(([name, meaning]) =>
    display.width < NARROWEST && column > LONG
      ? [indent + name, ...fold(meaning, { width: display.width, first: `${indent}    ` })]
      : fold(meaning, { width: display.width, first: `${indent}${padded(name, column)}   ` })
  );
}

function page(lines: readonly string[], display: Display): string {
  return worded(`${lines.join("\n")}\n`, display);
}
