import type { SourceText } from "../formats/positions.ts";
import type { Location } from "../problem.ts";
import { type Arguments, type Invocation, invocations, sorted, UNKNOWN } from "./commands.ts";
import {
  credentialsOf,
  type GivenValue,
  keylessAnswer,
  type Surroundings,
  type Variable,
} from "./credentials.ts";
import type { PublishInvocation, Setting, Settings } from "./model.ts";
import { PUBLISH_ACTIONS, PUBLISH_COMMANDS, type PublishAction, type PublishCommand } from "./publishers.ts";
import { placeIn } from "./yaml_text.ts";

/** Where the part from `start` to `end` of a script stands in its file. */
type PlaceOf = (start: number, end: number) => Location;

/** Only a script with one of these words can publish; most have none, and parsing is what costs. */
const WORTH_PARSING = /publish|upload|release|keyless/;

/** What a script publishes. Dry runs do not. */
export function publishedByScript(
  script: string,
  around: Surroundings,
  placeOf: PlaceOf,
): PublishInvocation[] {
  if (!WORTH_PARSING.test(script)) return [];
  return invocations(script).flatMap((invocation) => {
    for (const row of PUBLISH_COMMANDS) {
      if (row.program !== invocation.program) continue;
      const args = sorted(invocation.args.filter((word) => !word.startsWith("+")), row.valued);
      if (publishes(row, args) && !isRehearsal(registryOf(row, args))) {
        return [fromCommand(row, args, invocation, around, placeOf)];
      }
    }
    return [];
  });
}

/** The same of a `run:`, or of an input that holds a script. */
export function publishedByRun(
  source: SourceText,
  script: Setting,
  around: Surroundings,
): PublishInvocation[] {
  return publishedByScript(script.value, around, (start, end) => placeIn(source, script, start, end));
}

function publishes(row: PublishCommand, { words, options }: Arguments): boolean {
  if (row.dry?.some((name) => isOn(options.get(name)))) return false;
  if (row.needs && !row.needs.some((name) => options.has(name))) return false;
  return row.verbs.some((verb) =>
    verb.every((word, index) => word === "*" ? words[index] !== undefined : words[index] === word)
  );
}

function registryOf(row: PublishCommand, { options }: Arguments): string | null {
  const named = row.registry?.flatMap((name) => options.get(name) ?? []).at(-1);
  return named === undefined || named.includes(UNKNOWN) ? null : named;
}

/** A registry on the machine itself is there for a test. */
function isRehearsal(registry: string | null): boolean {
  return registry !== null && /^https?:\/\/(?:localhost|127\.|0\.0\.0\.0|\[::1\])/.test(registry);
}

/** Whether a switch is on; one whose value nobody knows is not. */
function isOn(values: readonly string[] | undefined): boolean {
  return values !== undefined && !["false", "0", "no"].includes(values.at(-1)!) &&
    !/[$\ue000]/.test(values.at(-1)!);
}

function fromCommand(
  row: PublishCommand,
  args: Arguments,
  invocation: Invocation,
  outer: Surroundings,
  placeOf: PlaceOf,
): PublishInvocation {
  const at = placeOf(invocation.start, invocation.end);
  const own = [...invocation.env].map(([name, value]): [string, Variable] => [
    name,
    { value, scope: "command", at: null },
  ]);
  const around = { ...outer, env: new Map([...outer.env, ...own]) };
  const valuesOf = (names: readonly string[] = []) => names.flatMap((name) => args.options.get(name) ?? []);
  const decided = row.decides && valuesOf([row.decides.option]).at(-1);
  const given = row.tokens.options.flatMap((name): GivenValue[] =>
    (args.options.get(name) ?? []).map((value) => ({ name, value, at }))
  );
  const credentials = credentialsOf(row.tokens, given, around, "option", at);
  const keyless = invocation.minted || decided !== undefined && decided === row.decides?.oidc
    ? "yes"
    : decided !== undefined && decided === row.decides?.token
    ? "no"
    : keylessAnswer(row, credentials, around);
  return {
    client: row.client,
    kind: row.kind,
    keyless,
    packages: [...valuesOf(row.packages), ...workspaces(row, args)].filter((name) =>
      /^[@\w][\w./@-]*$/.test(name)
    ),
    registry: registryOf(row, args),
    at,
    inScript: null,
    args: invocation.args,
    credentials,
    tolerated: false,
    directory: null,
  };
}

/** The package that a verb names in place of its `*`. */
function workspaces(row: PublishCommand, { words }: Arguments): string[] {
  const verb = row.verbs.find((each) =>
    each.includes("*") && each.every((word, index) => word === "*" || words[index] === word)
  );
  return verb ? [words[verb.indexOf("*")]!] : [];
}

/** What an action publishes with these inputs; `null` for one that publishes nothing. */
export function publishedByAction(
  uses: string,
  inputs: Settings,
  around: Surroundings,
  at: Location,
): PublishInvocation | null {
  const name = actionName(uses);
  const row = PUBLISH_ACTIONS.find((action) => action.actions.includes(name));
  if (!row || !active(row, inputs)) return null;
  const registry = row.registry?.map((input) => inputs.get(input)?.value).find((value) =>
    value !== undefined && value !== ""
  );
  const given = row.tokens.options.flatMap((input) => inputs.get(input) ?? []);
  const credentials = credentialsOf(row.tokens, given, around, "input", at);
  return {
    client: row.client,
    kind: row.kind,
    keyless: keylessAnswer(row, credentials, around),
    packages: [],
    registry: registry === undefined || registry.includes("${{") ? null : registry,
    at,
    inScript: null,
    args: [],
    credentials,
    tolerated: false,
    directory: null,
  };
}

/** `owner/repo` of an action, in lower case; GitHub does not tell the letter case apart. */
export function actionName(uses: string): string {
  return uses.split("@")[0]!.toLowerCase();
}

function active(row: PublishAction, inputs: Settings): boolean {
  const value = (name: string) => inputs.get(name)?.value.trim() ?? "";
  if (row.dry?.some((name) => value(name) === "true")) return false;
  if (Object.entries(row.unless ?? {}).some(([name, unwanted]) => value(name) === unwanted)) return false;
  return Object.entries(row.when ?? {}).every(([name, wanted]) =>
    wanted === "given" ? value(name) !== "" : wanted.includes(value(name)) || value(name).includes("${{")
  );
}
