import { get, isList, type Located, textOf } from "../formats/located.ts";
import type { SourceText } from "../formats/positions.ts";
import { withLibraries } from "../formats/on_demand.ts";
import type { KnownRun } from "../formats/expression.ts";
import { absentSteps } from "./absent_steps.ts";
import { actionCommand } from "./action_commands.ts";
import {
  commandsGiven,
  containerSaysPublish,
  isAskedToPublish,
  isGiven,
  isRehearsal,
} from "./asked_actions.ts";
import { isSpent, spend, spendCrowd } from "./budget.ts";
import { invocations } from "./commands.ts";
import { liveness } from "./conditions.ts";
import { inputsOf, knownInputs, withInputs } from "./composite_inputs.ts";
import { inner, type Surroundings } from "./credentials.ts";
import { actionSaysPublish, actionSaysRelease, handsCredential, handsUpload } from "./hints.ts";
import { handedTool, isHanded } from "./handed_tools.ts";
import { actionFile, localPath, localSaysPublish, missingAction } from "./local_actions.ts";
import { type Leg, readInLegs } from "./matrix_legs.ts";
import { withMint } from "./minted.ts";
import type { PublishInvocation, Setting, Settings, Step, Unseen } from "./model.ts";
import type { Files } from "./repository.ts";
import { fetchesSecrets } from "./outside.ts";
import { directoryNamed, inRepository } from "./places.ts";
import { settingsLetPublish, withSettings } from "./publisher_settings.ts";
import { COMMAND_INPUTS, MINT_ACTIONS, PUBLISH_ACTIONS, SCRIPT_INPUTS } from "./publishers.ts";
import { actionName, publishedByAction } from "./publishing.ts";
import { type Interpreter, interpreterOf, type Script, scriptOf, type ScriptRead } from "./scripts.ts";
import { settingOf, settingsOf } from "./settings.ts";
import { after, rememberLeaving, rememberSeen } from "./step_effects.ts";
import { MINTING } from "./written_tokens.ts";
import { lineOf } from "./yaml_text.ts";

/** Where steps stand. */
export interface StepContext {
  readonly source: SourceText;
  readonly files: Files;
  readonly around: Surroundings;
  /** `defaults.run.shell`. */
  readonly shell: string | null;
  /** `defaults.run.working-directory`, relative to the root; `null` when nobody can know. */
  readonly directory: string | null;
  /** Whether the runner's own shell is PowerShell. */
  readonly windows: boolean;
  /** A text of the workflow with what the job's matrix puts into it; `null` where that is not one text. */
  readonly filledIn: (text: string) => string | null;
  /** What a condition asks of the job's matrix that it does not have. */
  readonly absent: (condition: string) => ReadonlySet<string>;
  /** The legs of the job's matrix, as far as they are written out. */
  readonly legs: () => readonly Leg[];
  /** What a workflow is given by the one that calls it; absent where nothing does. */
  readonly given?: KnownRun["inputs"];
  /** Where the composite action lies whose steps they are. */
  readonly action?: string;
  /** How many composite actions are around. */
  readonly depth: number;
}

const NOTHING: ScriptRead = { publishes: [], unseen: [] };

/** The steps of a job or of a composite action. */
export async function stepsOf(list: Located | undefined, context: StepContext): Promise<Step[]> {
  const items = isList(list) ? list.value.flatMap(parallel) : [];
  let around: Surroundings = {
    ...context.around,
    minting: new Set([...context.around.minting, ...mintingSteps(items)]),
  };
  const steps: Step[] = [];
  spendCrowd(context.files, items.length);
  for (const item of items) {
    const step = await stepOf(item, context, around, items);
    steps.push(step);
    around = after(step, context.source, around);
  }
  return await withMint(steps);
}

/** Steps that run side by side are written as a list in a step. */
function parallel(item: Located): readonly Located[] {
  const inner = get(item, "parallel");
  return isList(inner) ? inner.value.flatMap(parallel) : [item];
}

/** Ids of steps whose outputs are minted tokens. */
function mintingSteps(items: readonly Located[]): string[] {
  return items.flatMap((item) => {
    const id = textOf(item, "id")?.value;
    if (id === undefined) return [];
    const uses = textOf(item, "uses")?.value;
    const mints = uses === undefined
      ? MINTING.test(textOf(item, "run")?.value ?? "")
      : MINT_ACTIONS[actionName(uses)]?.gives === "output";
    return mints ? [id] : [];
  });
}

async function stepOf(
  item: Located,
  context: StepContext,
  around: Surroundings,
  beside: readonly Located[],
): Promise<Step> {
  const run = settingOf(item, "run");
  const uses = settingOf(item, "uses");
  const inputs = settingsOf(item, "with");
  const env = settingsOf(item, "env");
  const here = { ...around, env: inner(around.env, env, "step") };
  if (run) rememberSeen(run, here);
  const shell = textOf(item, "shell")?.value ?? context.shell;
  const directory = inRepository(directoryOf(item, context), around.checkouts);
  const composite = uses ? await stepsOfComposite(uses, inputs, context, here) : null;
  const missing = uses && !composite ? await missingAction(uses, context, here) : null;
  const continueOnError = settingOf(item, "continue-on-error");
  const live = composite?.steps.filter((step) => step.live !== "no") ?? [];
  const command = uses && inputs.get(COMMAND_INPUTS[actionName(uses.value)] ?? "");
  const script = run ? givenWhole(run, here) : command && (givenWhole(command, here) ?? command);
  const own = run
    ? await readRun(run, shell, directory, context, here)
    : uses
    ? await readUse(uses, textOf(item, "name")?.value ?? "", inputs, composite !== null, context, here)
    : NOTHING;
  if (run && own.leaving) rememberLeaving(run, own.leaving);
  const published = [...own.publishes, ...live.flatMap((step) => step.publishes)];
  return {
    id: textOf(item, "id")?.value ?? null,
    name: textOf(item, "name")?.value ?? null,
    at: lineOf(context.source, item.at),
    extent: item.at,
    uses,
    run,
    ...script ? { script } : {},
    shell,
    with: inputs,
    env,
    condition: settingOf(item, "if"),
    live: await liveness(
      get(item, "if"),
      context.action === undefined ? context.given : knownInputs(around),
      (text) => new Set([...context.absent(text), ...absentSteps(text, beside)]),
    ),
    continueOnError,
    inner: composite?.steps ?? [],
    ...composite ? { inputNames: composite.inputNames } : {},
    ...missing ? { missingAction: missing } : {},
    publishes: continueOnError?.value === "true"
      ? published.map((publish) => ({ ...publish, tolerated: true }))
      : published,
    unseen: [...own.unseen, ...live.flatMap((step) => step.unseen)],
    ...own.started ? { started: own.started } : {},
    ...own.startedCommands ? { startedCommands: own.startedCommands } : {},
    directory,
  };
}

function directoryOf(item: Located, context: StepContext): string | null {
  const setting = textOf(item, "working-directory");
  if (!setting) return context.directory;
  return directoryNamed(setting.value, context.filledIn);
}

async function readRun(
  run: Setting,
  shell: string | null,
  directory: string | null,
  { source, files, windows, legs, action }: StepContext,
  around: Surroundings,
): Promise<ScriptRead> {
  const whole = givenWhole(run, around);
  const written = scriptOf(source, run);
  const script = whole
    ? { text: whole.value, placeOf: () => written.placeOf(0, run.value.length) }
    : withInputs(written, around);
  const scripts = [...around.scripts, script];
  const read = await readInLegs(script, {
    files,
    around: { ...around, scripts },
    ...interpreterOf(shell, windows),
    directory,
    ...action === undefined ? {} : { action },
  }, legs);
  if (read.publishes.length + read.unseen.length > 0) return read;
  const [, , variable, output] = WHOLLY.exec(run.value) ?? [];
  if (!whole && (variable ?? output) !== undefined && mayUpload(around)) {
    return { publishes: [], unseen: [{ reference: run.value.trim(), at: run.at }] };
  }
  const tool = isHanded(script.text, around) ? await toolOf(script, interpreterOf(shell, windows)) : null;
  return tool ? { publishes: [], unseen: [tool] } : read;
}

/** A script that is nothing but an input, or a variable, with its text where that is known; `null` elsewhere. */
function givenWhole(run: Setting, { env, inputs }: Surroundings): Setting | null {
  const [, input, variable] = WHOLLY.exec(run.value) ?? [];
  const value = input === undefined ? env.get(variable ?? "")?.value : inputs.get(input);
  return value === undefined || value.includes("${{") ? null : { ...run, value };
}

/** The tool that a script hands a credential to. */
async function toolOf(script: Script, { shell, options }: Interpreter): Promise<Unseen | null> {
  return shell && handedTool(script, await withLibraries(() => invocations(script.text, shell, options)));
}

/** A script that is nothing but one expression. */
const WHOLLY =
  /^\s*\$\{\{\s*(?:inputs\.([\w-]+)|env\.(\w+)|((?:steps|needs)\.[\w-]+\.outputs\.[\w-]+))\s*\}\}\s*$/;

/** Whether a command that nobody knows could publish with what it sees. */
function mayUpload({ oidc, env }: Surroundings): boolean {
  return oidc === "yes" || [...env].some(([name, { value }]) => handsUpload(name, value));
}

async function readUse(
  uses: Setting,
  title: string,
  inputs: Settings,
  read: boolean,
  context: StepContext,
  around: Surroundings,
): Promise<ScriptRead> {
  const name = actionName(uses.value);
  const command = inputs.get(COMMAND_INPUTS[name] ?? "") ?? actionCommand({ uses, with: inputs })?.line;
  if (command) return await readRun(command, "bash", ".", context, around);
  const publish = publishedByAction(uses.value, inputs, around, uses.at);
  if (publish && isSpent(context.files, "publishes")) {
    return { publishes: [], unseen: [{ reference: uses.value, at: uses.at }] };
  }
  if (publish) {
    spend(context.files, "publishes", 1);
    const answer = await settingsLetPublish(publish, context.files);
    const others = await publishedElsewhere(publish, SCRIPT_INPUTS[name] ?? [], inputs, context, around);
    return {
      publishes: answer === "yes" ? [await withSettings(publish, context.files), ...others] : others,
      unseen: answer === "unknown" ? [{ reference: uses.value, at: uses.at }] : [],
    };
  }
  const known = read || isRehearsal(inputs) || name in MINT_ACTIONS || fetchesSecrets(name) ||
    PUBLISH_ACTIONS.some(({ actions }) => actions.includes(name));
  const says = actionSaysPublish(uses.value.toLowerCase()) || containerSaysPublish(name, inputs) ||
    isGiven(actionSaysRelease(name) ? handsCredential : handsUpload, name, inputs, around) ||
    around.oidc === "yes" && isAskedToPublish(name, title, inputs) ||
    !known && await localSaysPublish(uses, inputs, context, around) ||
    !known && await givenPublishes(commandsGiven(name, inputs), context, around);
  return known || !says ? NOTHING : { publishes: [], unseen: [{ reference: uses.value, at: uses.at }] };
}

/** What the script of an action publishes to registries of other kinds than the action itself does. */
async function publishedElsewhere(
  { kind, directory }: PublishInvocation,
  names: readonly string[],
  inputs: Settings,
  context: StepContext,
  around: Surroundings,
): Promise<readonly PublishInvocation[]> {
  const script = names.flatMap((name) => inputs.get(name) ?? [])[0];
  const { publishes } = script ? await readRun(script, "bash", directory, context, around) : NOTHING;
  return publishes.filter((each) => each.kind !== null && each.kind !== kind);
}

/** Whether a command that an action is given publishes; whether the action runs it nobody knows. */
async function givenPublishes(
  commands: readonly Setting[],
  context: StepContext,
  around: Surroundings,
): Promise<boolean> {
  for (const command of commands) {
    const { publishes, unseen } = await readRun(command, "bash", ".", context, around);
    if (publishes.length + unseen.length > 0) return true;
  }
  return false;
}

const DEEPEST = 5;

/** The steps of the local action that a step uses; `null` for one that has none, and for one of another repository, which nobody can read from here. */
async function stepsOfComposite(
  uses: Setting,
  given: Settings,
  context: StepContext,
  around: Surroundings,
): Promise<{ readonly steps: Step[]; readonly inputNames: readonly string[] } | null> {
  const path = await localPath(uses, context, around);
  if (path === null || context.depth >= DEEPEST || isSpent(context.files, "followed")) return null;
  const action = await actionFile(path, context);
  const steps = action ? get(action.root, "runs", "steps") : undefined;
  if (!action || !isList(steps)) return null;
  spend(context.files, "followed", 1 + steps.value.length);
  const seen = inputsOf(action.root, given, around);
  const inner = await stepsOf(steps, {
    ...context,
    source: action.source,
    around: { ...around, ...seen },
    shell: null,
    directory: ".",
    action: path === "" ? "." : path,
    depth: context.depth + 1,
  });
  return { steps: inner, inputNames: [...seen.inputs.keys()] };
}
