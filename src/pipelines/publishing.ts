import type { Located } from "../formats/located.ts";
import type { SourceText } from "../formats/positions.ts";
import type { Location } from "../problem.ts";
import { type Arguments, type Invocation, invocations, sorted, UNKNOWN } from "./commands.ts";
import { keylessAnswer, type Surroundings } from "./credentials.ts";
import type { PublishInvocation } from "./model.ts";
import { PUBLISH_ACTIONS, PUBLISH_COMMANDS, type PublishAction, type PublishCommand } from "./publishers.ts";
import { placeIn } from "./yaml_text.ts";

/** What a script publishes, with its places as offsets in it. */
export interface ScriptPublish extends Omit<PublishInvocation, "at"> {
  readonly start: number;
  readonly end: number;
}

/** Only a script with one of these words can publish; most have none, and parsing is what costs. */
const WORTH_PARSING = /publish|upload|release|keyless/;

/** What a script publishes. Dry runs do not. */
export function publishedByScript(script: string, around: Surroundings): ScriptPublish[] {
  if (!WORTH_PARSING.test(script)) return [];
  return invocations(script).flatMap((invocation) => {
    for (const row of PUBLISH_COMMANDS) {
      if (row.program !== invocation.program) continue;
      const args = sorted(invocation.args.filter((word) => !word.startsWith("+")), row.valued);
      if (publishes(row, args) && !isRehearsal(registryOf(row, args))) {
        return [fromCommand(row, args, invocation, around)];
      }
    }
    return [];
  });
}

/** The same, with places in the file that the script stands in. */
export function publishedByRun(
  source: SourceText,
  script: Located<string>,
  around: Surroundings,
): PublishInvocation[] {
  return publishedByScript(script.value, around).map(({ start, end, ...publish }) => ({
    ...publish,
    at: placeIn(source, script, start, end),
  }));
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
): ScriptPublish {
  const around = { ...outer, env: new Map([...outer.env, ...invocation.env]) };
  const valuesOf = (names: readonly string[] = []) => names.flatMap((name) => args.options.get(name) ?? []);
  const decided = row.decides && valuesOf([row.decides.option]).at(-1);
  const keyless = invocation.minted || decided !== undefined && decided === row.decides?.oidc
    ? "yes"
    : decided !== undefined && decided === row.decides?.token
    ? "no"
    : keylessAnswer(row, valuesOf(row.tokens.options), around);
  return {
    client: row.client,
    kind: row.kind,
    keyless,
    packages: [...valuesOf(row.packages), ...workspaces(row, args)].filter((name) =>
      /^[@\w][\w./@-]*$/.test(name)
    ),
    registry: registryOf(row, args),
    start: invocation.start,
    end: invocation.end,
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
  inputs: ReadonlyMap<string, string>,
  around: Surroundings,
  at: Location,
): PublishInvocation | null {
  const name = actionName(uses);
  const row = PUBLISH_ACTIONS.find((action) => action.actions.includes(name));
  if (!row || !active(row, inputs)) return null;
  const registry = row.registry?.map((input) => inputs.get(input)).find((value) =>
    value !== undefined && value !== ""
  );
  return {
    client: row.client,
    kind: row.kind,
    keyless: keylessAnswer(row, row.tokens.options.flatMap((input) => inputs.get(input) ?? []), around),
    packages: [],
    registry: registry === undefined || registry.includes("${{") ? null : registry,
    at,
  };
}

/** `owner/repo` of an action, in lower case; GitHub does not tell the letter case apart. */
export function actionName(uses: string): string {
  return uses.split("@")[0]!.toLowerCase();
}

function active(row: PublishAction, inputs: ReadonlyMap<string, string>): boolean {
  const value = (name: string) => inputs.get(name)?.trim() ?? "";
  if (row.dry?.some((name) => value(name) === "true")) return false;
  if (Object.entries(row.unless ?? {}).some(([name, unwanted]) => value(name) === unwanted)) return false;
  return Object.entries(row.when ?? {}).every(([name, wanted]) =>
    wanted === "given" ? value(name) !== "" : wanted.includes(value(name)) || value(name).includes("${{")
  );
}
