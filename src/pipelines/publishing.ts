import {
  type Destination,
  isForeign,
  isRehearsal,
  registryAround,
  registryOf,
  registryValue,
} from "./destinations.ts";
import type { SourceText } from "../formats/positions.ts";
import { joined } from "../formats/shell.ts";
import type { Location } from "../problem.ts";
import { type Arguments, type Invocation, invocations, sorted } from "./commands.ts";
import { credentialsOf, type GivenValue, keylessAnswer, type Surroundings } from "./credentials.ts";
import type { Answer, PublishInvocation, Setting, Settings } from "./model.ts";
import { inRepository } from "./places.ts";
import { commandsOfProgram, PUBLISH_ACTIONS, type PublishAction, type PublishCommand } from "./publishers.ts";
import { type Script, scriptOf } from "./script.ts";

/** Where the part from `start` to `end` of a script stands in its file. */
type PlaceOf = Script["placeOf"];

/** Only a script with one of these words can publish by itself; most have none, and parsing is what costs. */
const WORTH_PARSING =
  /publi[sb]|upload|[rR]elease|deploy|push|keyless|\bnp\b|\bauto\b|goreleaser|Archives|bintray|\$\{?[A-Za-z]|\beval\b/;

/** What a script publishes by itself, without the scripts that it starts. Dry runs do not. */
export function publishedByScript(
  script: string,
  around: Surroundings,
  placeOf: PlaceOf,
): PublishInvocation[] {
  if (!WORTH_PARSING.test(script)) return [];
  return invocations(script).flatMap((invocation) =>
    published(invocation, { around, directory: ".", placeOf }) ?? []
  );
}

/** The same of a `run:`, or of an input that holds a script. */
export function publishedByRun(
  source: SourceText,
  script: Setting,
  around: Surroundings,
): PublishInvocation[] {
  return publishedByScript(script.value, around, scriptOf(source, script).placeOf);
}

/** Where a command stands. */
export interface CommandContext {
  readonly around: Surroundings;
  /** Where its script starts, relative to the root. */
  readonly directory: string | null;
  readonly placeOf: PlaceOf;
}

/** What a command publishes; `null` for one that publishes nothing, or only on the machine itself. */
export function published(invocation: Invocation, context: CommandContext): PublishInvocation | null {
  if (invocation.script && !invocation.script.orProgram) return null;
  for (const row of commandsOfProgram(invocation.program)) {
    const args = sorted(invocation.args.filter((word) => !/^\+[\w.-]+$/.test(word)), row.valued);
    if (!publishes(row, args)) continue;
    const around = surroundingsOf(invocation, context.around);
    const target = registryOf(row, args, around);
    if (row.executes && !executes(row, row.executes, args, invocation, { ...context, around })) continue;
    const rehearsed = row.dryEnv?.some((name) => around.env.get(name)?.value === "true") ||
      row.elsewhereEnv?.some((name) => around.env.has(name)) ||
      isRehearsal(target.registry ?? target.registryAs ?? null);
    if (!rehearsed) {
      return fromCommand(row, args, invocation, target, { ...context, around });
    }
  }
  return null;
}

function publishes(row: PublishCommand, { words, options }: Arguments): boolean {
  if (row.dry?.some((name) => isOn(options, name))) return false;
  if (row.needs && !row.needs.some((name) => options.has(name))) return false;
  const verb = verbOf(row, words);
  if (!verb) return false;
  const next = words[verb.length];
  return !(row.unless && next !== undefined && row.unless.test(next));
}

/** What such words are called says what is released, and not whether. */
const SAYS_WHAT = /level|version|bump|type|kind|part|tag|package|crate|name/i;

/** Whether a program does what it would do: it is told so, or a word that nobody knows may say so, and it is given a token for that. */
function executes(
  row: PublishCommand,
  switches: readonly string[],
  { words, options }: Arguments,
  { start, end }: Invocation,
  { around, placeOf }: CommandContext,
): boolean {
  return switches.some((name) => options.has(name)) ||
    words.some((word) => word.startsWith("$") && !SAYS_WHAT.test(word)) &&
      credentialsOf(row.tokens, [], around, "option", placeOf(start, end)).some(({ holds }) =>
        holds !== "none"
      );
}

function verbOf(
  { verbs, anywhere }: PublishCommand,
  words: readonly string[],
): PublishCommand["verbs"][number] | undefined {
  const fits = (part: string | RegExp, word: string | undefined) =>
    word !== undefined && (part === "*" || (typeof part === "string" ? part === word : part.test(word)));
  return verbs.find((verb) =>
    anywhere
      ? words.some((word) => fits(verb[0]!, word))
      : verb.every((part, index) => fits(part, words[index]))
  );
}

/** Whether a switch is on; one whose value nobody knows is not. */
function isOn(options: ReadonlyMap<string, readonly string[]>, switched: string): boolean {
  const [name, wanted] = switched.split("=");
  const value = options.get(name!)?.at(-1);
  if (value === undefined) return false;
  if (wanted !== undefined) return value.includes(wanted);
  return !["false", "0", "no"].includes(value) && !/[$\ue000]/.test(value);
}

/** What a command sees: also what its script and its own line set. */
function surroundingsOf({ env, variables }: Invocation, outer: Surroundings): Surroundings {
  if (env.size === 0 && variables.size === 0) return outer;
  const seen = new Map(outer.env);
  for (const [name, value] of variables) {
    if (value === null) seen.delete(name);
    // A variable that is only set is exported where it was one of the environment before.
    else seen.set(name, { value, scope: "command", at: null });
  }
  for (const [name, value] of env) seen.set(name, { value, scope: "command", at: null });
  return { ...outer, env: seen };
}

function fromCommand(
  row: PublishCommand,
  args: Arguments,
  invocation: Invocation,
  target: Destination,
  { around, directory, placeOf }: CommandContext,
): PublishInvocation {
  const at = placeOf(invocation.start, invocation.end);
  const valuesOf = (names: readonly string[] = []) => names.flatMap((name) => args.options.get(name) ?? []);
  const { options, properties } = row.tokens;
  const named = properties ? [...args.options.keys()].filter((name) => properties.test(name)) : [];
  const given = [...options, ...named].flatMap((name): GivenValue[] =>
    (args.options.get(name) ?? []).map((value) => ({ name, value, at }))
  );
  const switched = switchedBy(row, around);
  const credentials = switched === "yes" && row.kind !== null
    ? []
    : credentialsOf(row.tokens, given, around, "option", at, target.registry);
  const decided = decidedBy(row, valuesOf(row.decides && [row.decides.option]).at(-1)) ??
    (credentials.length === 0 ? switched : switched && "unknown");
  return {
    client: row.client,
    kind: row.kind,
    keyless: invocation.minted
      ? "yes"
      : decided ?? keylessAnswer(row, credentials, around, isForeign(row.kind, target.registry)),
    packages: [...valuesOf(row.packages), ...workspaces(row, args)].filter((name) =>
      /^[@\w][\w./@-]*$/.test(name)
    ),
    ...target,
    at,
    inScript: null,
    args: invocation.args,
    variables: invocation.variables,
    credentials,
    tolerated: invocation.tolerated,
    directory: workplace(row, args, invocation, directory),
  };
}

/** What an option or input decides by itself; `null` where it does not. */
function decidedBy({ decides }: Pick<PublishCommand, "decides">, value: string | undefined): Answer | null {
  if (!decides || value === undefined) return null;
  return value === decides.oidc ? "yes" : value === decides.token ? "no" : null;
}

/** What the variables decide that make it publish with OIDC; `null` where there are none, or none is set. */
function switchedBy({ oidcEnv = [] }: Pick<PublishCommand, "oidcEnv">, { env }: Surroundings): Answer | null {
  const set = oidcEnv.flatMap((name) => env.get(name)?.value ?? [])
    .filter((value) => value !== "" && value !== "false");
  if (set.length === 0) return null;
  return set.some((value) => !/[$\ue000]/.test(value)) ? "yes" : "unknown";
}

/** Where a command runs, relative to the root. */
function workplace(
  row: PublishCommand,
  { options }: Arguments,
  invocation: Invocation,
  directory: string | null,
): string | null {
  const here = invocation.directory === null ? null : joined(directory, invocation.directory);
  // The directories of programs that start others are known already.
  const named = STARTER_PROGRAMS.test(invocation.program)
    ? undefined
    : row.directory?.flatMap((name) => options.get(name) ?? []).at(-1);
  const there = named === undefined ? here : joined(here, named);
  return there === null || there.startsWith("/") || there.startsWith("..") ? null : there;
}

const STARTER_PROGRAMS = /^(?:npm|pnpm|yarn|bun|uv|poetry|pdm|hatch|rye)$/;

/** The package that a verb names in place of its `*`. */
function workspaces(row: PublishCommand, { words }: Arguments): string[] {
  const verb = verbOf(row, words);
  const at = verb?.indexOf("*") ?? -1;
  return at >= 0 ? [words[at]!] : [];
}

/** What an action publishes with these inputs; `null` for one that publishes nothing. */
export function publishedByAction(
  uses: string,
  inputs: Settings,
  around: Surroundings,
  at: Location,
  directory: string | null = ".",
): PublishInvocation | null {
  const name = actionName(uses);
  const row = PUBLISH_ACTIONS.find((action) => action.actions.includes(name) && active(action, inputs));
  if (!row) return null;
  const value = (names: readonly string[] = []) =>
    names.map((input) => inputs.get(input)?.value).find((each) => each !== undefined && each !== "");
  const named = value(row.registry);
  const target = named === undefined ? registryAround(row, around) : registryValue(named, around);
  const given = row.tokens.options.flatMap((input) => inputs.get(input) ?? []);
  const credentials = credentialsOf(row.tokens, given, around, "input", at, target.registry);
  const decided = decidedBy(row, value(row.decides && [row.decides.option]));
  const moved = value(row.directory);
  return {
    client: row.client,
    kind: row.kind,
    keyless: decided ?? keylessAnswer(row, credentials, around, isForeign(row.kind, target.registry)),
    packages: [],
    ...target,
    at,
    inScript: null,
    args: [],
    credentials,
    tolerated: false,
    directory: moved === undefined ? directory : inRepository(joined(".", moved), around.checkouts),
  };
}

/** `owner/repo` of an action, in lower case; GitHub does not tell the letter case apart. */
export function actionName(uses: string): string {
  return uses.split("@")[0]!.toLowerCase();
}

function active(row: PublishAction, inputs: Settings): boolean {
  const value = (name: string) => inputs.get(name)?.value.trim() ?? "";
  if (row.dry?.some((name) => value(name) === "true")) return false;
  if (row.arguments && !row.arguments.publishing.test(value(row.arguments.input))) return false;
  if (Object.entries(row.unless ?? {}).some(([name, unwanted]) => value(name) === unwanted)) return false;
  return Object.entries(row.when ?? {}).every(([name, wanted]) =>
    wanted === "given" ? value(name) !== "" : wanted.includes(value(name)) || value(name).includes("${{")
  );
}
