import { entriesOf, get, isList, isText, type Located, type Parsed, textOf } from "../formats/located.ts";
import type { SourceText } from "../formats/positions.ts";
import { liveness } from "./conditions.ts";
import type { Surroundings } from "./credentials.ts";
import type { PublishInvocation, Step } from "./model.ts";
import { COMMAND_INPUTS, MINT_ACTIONS } from "./publishers.ts";
import { actionName, publishedByAction, publishedByRun } from "./publishing.ts";
import { lineOf } from "./yaml_text.ts";

/** Reads a file of the repository that a workflow names. */
export interface Files {
  /** The first of the paths that is there, parsed; `null` when none is, or when it cannot be read. */
  parsed(paths: readonly string[]): Promise<Parsed | null>;
}

/** Where steps stand. */
export interface StepContext {
  readonly source: SourceText;
  readonly files: Files;
  readonly around: Surroundings;
  /** `defaults.run.shell`. */
  readonly shell: string | null;
  /** How many composite actions are around. */
  readonly depth: number;
}

/** The steps of a job or of a composite action. */
export async function stepsOf(list: Located | undefined, context: StepContext): Promise<Step[]> {
  const items = isList(list) ? list.value.flatMap(parallel) : [];
  const around: Surroundings = {
    ...context.around,
    minting: new Set([...context.around.minting, ...mintingSteps(items)]),
    scripts: [context.around.scripts, ...items.map((item) => textOf(item, "run")?.value ?? "")].join("\n"),
  };
  const steps: Step[] = [];
  for (const item of items) steps.push(await stepOf(item, context, around));
  return withMint(steps);
}

/** Steps that run side by side are written as a list in a step. */
function parallel(item: Located): readonly Located[] {
  const inner = get(item, "parallel");
  return isList(inner) ? inner.value : [item];
}

function mintingSteps(items: readonly Located[]): string[] {
  return items.flatMap((item) => {
    const uses = textOf(item, "uses")?.value;
    const id = textOf(item, "id")?.value;
    return id !== undefined && uses !== undefined && Object.hasOwn(MINT_ACTIONS, actionName(uses))
      ? [id]
      : [];
  });
}

async function stepOf(item: Located, context: StepContext, around: Surroundings): Promise<Step> {
  const run = textOf(item, "run");
  const uses = textOf(item, "uses");
  const inputs = texts(item, "with");
  const env = texts(item, "env");
  const here = { ...around, env: new Map([...around.env, ...env]) };
  return {
    name: textOf(item, "name")?.value ?? null,
    uses: uses?.value ?? null,
    run: run?.value ?? null,
    with: inputs,
    env,
    live: await liveness(get(item, "if")),
    at: lineOf(context.source, item.at),
    publishes: [
      ...run && isPosix(textOf(item, "shell")?.value ?? context.shell)
        ? publishedByRun(context.source, run, here)
        : [],
      ...uses ? await publishedByUse(item, uses, inputs, context, here) : [],
    ],
  };
}

async function publishedByUse(
  item: Located,
  uses: Located<string>,
  inputs: ReadonlyMap<string, string>,
  context: StepContext,
  around: Surroundings,
): Promise<PublishInvocation[]> {
  const local = /^(?:\.|\$)\/(.*)$/.exec(uses.value)?.[1];
  if (local !== undefined) return await publishedByComposite(local, inputs, context, around);
  const command = COMMAND_INPUTS[actionName(uses.value)];
  const script = command === undefined ? null : textOf(item, "with", command);
  if (script) return publishedByRun(context.source, script, around);
  const publish = publishedByAction(uses.value, inputs, around, uses.at);
  return publish ? [publish] : [];
}

const DEEPEST = 5;

async function publishedByComposite(
  path: string,
  given: ReadonlyMap<string, string>,
  context: StepContext,
  around: Surroundings,
): Promise<PublishInvocation[]> {
  const directory = path.replace(/\/+$/, "");
  if (context.depth >= DEEPEST || directory.split("/").includes("..")) return [];
  const prefix = directory === "" ? "" : `${directory}/`;
  const action = await context.files.parsed([`${prefix}action.yml`, `${prefix}action.yaml`]);
  if (!action) return [];
  const steps = await stepsOf(get(action.root, "runs", "steps"), {
    ...context,
    source: action.source,
    around: { ...around, inputs: inputsOf(action.root, given, around) },
    shell: null,
    depth: context.depth + 1,
  });
  return steps.filter((step) => step.live !== "no").flatMap((step) => step.publishes);
}

/** What the action's steps see as `inputs`: what the caller gives, with its own inputs put in, else the default. */
function inputsOf(
  action: Located,
  given: ReadonlyMap<string, string>,
  around: Surroundings,
): ReadonlyMap<string, string> {
  return new Map(
    entriesOf(action, "inputs").map(([name, input]) => {
      const value = given.get(name) ?? asText(get(input, "default"));
      const outer = /^\s*\$\{\{\s*inputs\.([\w-]+)\s*\}\}\s*$/.exec(value)?.[1];
      return [name, outer === undefined ? value : around.inputs.get(outer) ?? value];
    }),
  );
}

/** An action that mints publishes nothing itself; it stands for a publish command that cannot be seen, say in a script file. */
function withMint(steps: readonly Step[]): Step[] {
  const published = steps.flatMap((step) => step.publishes);
  return steps.map((step) => {
    const mint = step.uses === null ? undefined : MINT_ACTIONS[actionName(step.uses)];
    if (!mint || published.some((publish) => publish.kind === mint.kind && publish.keyless === "yes")) {
      return step;
    }
    const own: PublishInvocation = { ...mint, keyless: "yes", packages: [], registry: null, at: step.at };
    return { ...step, publishes: [own] };
  });
}

/** Scripts of other languages are no shell scripts. */
function isPosix(shell: string | null): boolean {
  return shell === null || shell.includes("${{") ||
    /^(?:bash|sh|zsh|pwsh|powershell|cmd)\b/.test(shell.trim());
}

/** The entries of a table as texts, as the runner sees them. */
export function texts(located: Located | undefined, ...keys: readonly string[]): ReadonlyMap<string, string> {
  return new Map(entriesOf(located, ...keys).map(([name, value]) => [name, asText(value)]));
}

function asText(value: Located | undefined): string {
  return value === undefined || value.value === null ? "" : isText(value) ? value.value : String(value.value);
}
