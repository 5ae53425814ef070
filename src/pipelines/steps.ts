import { entriesOf, get, isList, type Located, textOf } from "../formats/located.ts";
import type { SourceText } from "../formats/positions.ts";
import { liveness } from "./conditions.ts";
import { inner, type Surroundings } from "./credentials.ts";
import type { PublishInvocation, Setting, Settings, Step } from "./model.ts";
import type { Files } from "./repository.ts";
import { COMMAND_INPUTS, MINT_ACTIONS } from "./publishers.ts";
import { actionName, publishedByAction, publishedByRun } from "./publishing.ts";
import { settingOf, settingsOf, textAsSeen } from "./settings.ts";
import { lineOf } from "./yaml_text.ts";

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
  const run = settingOf(item, "run");
  const uses = settingOf(item, "uses");
  const inputs = settingsOf(item, "with");
  const env = settingsOf(item, "env");
  const here = { ...around, env: inner(around.env, env, "step") };
  const shell = textOf(item, "shell")?.value ?? context.shell;
  const composite = uses ? await stepsOfComposite(uses, inputs, context, here) : [];
  const continueOnError = settingOf(item, "continue-on-error");
  const published = [
    ...run && isPosix(shell) ? publishedByRun(context.source, run, here) : [],
    ...uses ? publishedByUse(uses, inputs, context, here) : [],
    ...composite.filter((step) => step.live !== "no").flatMap((step) => step.publishes),
  ];
  return {
    id: textOf(item, "id")?.value ?? null,
    name: textOf(item, "name")?.value ?? null,
    at: lineOf(context.source, item.at),
    extent: item.at,
    uses,
    run,
    shell,
    with: inputs,
    env,
    condition: settingOf(item, "if"),
    live: await liveness(get(item, "if")),
    continueOnError,
    inner: composite,
    publishes: continueOnError?.value === "true"
      ? published.map((publish) => ({ ...publish, tolerated: true }))
      : published,
    unseen: [],
  };
}

function publishedByUse(
  uses: Setting,
  inputs: Settings,
  context: StepContext,
  around: Surroundings,
): PublishInvocation[] {
  const command = COMMAND_INPUTS[actionName(uses.value)];
  const script = command === undefined ? undefined : inputs.get(command);
  if (script) return publishedByRun(context.source, script, around);
  const publish = publishedByAction(uses.value, inputs, around, uses.at);
  return publish ? [publish] : [];
}

const DEEPEST = 5;

/** The steps of the local action that a step uses; none of one of another repository, which nobody can read from here. */
async function stepsOfComposite(
  uses: Setting,
  given: Settings,
  context: StepContext,
  around: Surroundings,
): Promise<Step[]> {
  const directory = /^(?:\.|\$)\/(.*)$/.exec(uses.value)?.[1]?.replace(/\/+$/, "");
  if (directory === undefined || context.depth >= DEEPEST || directory.split("/").includes("..")) return [];
  const prefix = directory === "" ? "" : `${directory}/`;
  const action = await context.files.parsed([`${prefix}action.yml`, `${prefix}action.yaml`]);
  if (!action) return [];
  return await stepsOf(get(action.root, "runs", "steps"), {
    ...context,
    source: action.source,
    around: { ...around, inputs: inputsOf(action.root, given, around) },
    shell: null,
    depth: context.depth + 1,
  });
}

/** What the action's steps see as `inputs`: what the caller gives, with its own inputs put in, else the default. */
function inputsOf(
  action: Located,
  given: Settings,
  around: Surroundings,
): ReadonlyMap<string, string> {
  return new Map(
    entriesOf(action, "inputs").map(([name, input]) => {
      const value = given.get(name)?.value ?? textAsSeen(get(input, "default"));
      const outer = /^\s*\$\{\{\s*inputs\.([\w-]+)\s*\}\}\s*$/.exec(value)?.[1];
      return [name, outer === undefined ? value : around.inputs.get(outer) ?? value];
    }),
  );
}

/** An action that mints publishes nothing itself; it stands for a publish command that cannot be seen, say in a script file. */
function withMint(steps: readonly Step[]): Step[] {
  const published = steps.flatMap((step) => step.publishes);
  return steps.map((step) => {
    const mint = step.uses === null ? undefined : MINT_ACTIONS[actionName(step.uses.value)];
    if (!mint || published.some((publish) => publish.kind === mint.kind && publish.keyless === "yes")) {
      return step;
    }
    const own: PublishInvocation = {
      ...mint,
      keyless: "yes",
      packages: [],
      registry: null,
      at: step.at,
      inScript: null,
      args: [],
      credentials: [],
      tolerated: false,
      directory: null,
    };
    return { ...step, publishes: [own] };
  });
}

/** Scripts of other languages are no shell scripts. */
function isPosix(shell: string | null): boolean {
  return shell === null || shell.includes("${{") ||
    /^(?:bash|sh|zsh|pwsh|powershell|cmd)\b/.test(shell.trim());
}
