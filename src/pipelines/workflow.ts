import {
  entriesOf,
  get,
  isList,
  isTable,
  isText,
  type Located,
  type Parsed,
  textOf,
  textsOf,
} from "../formats/located.ts";
import { isSpent, spend } from "./budget.ts";
import { withLibraries } from "../formats/on_demand.ts";
import { commentedOut } from "./commented.ts";
import { concurrencyOf } from "./concurrency.ts";
import { answerOf, liveness } from "./conditions.ts";
import { inner, NOWHERE } from "./credentials.ts";
import { chosenInputs, environmentOf, givenInputs, type InputValues, switchesOf } from "./environment.ts";
import { legsOf } from "./matrix_legs.ts";
import {
  absentFromMatrix,
  filledByMatrix,
  hasSeveralLegs,
  runsSideBySide,
  valuesByMatrix,
} from "./matrix.ts";
import type { CalledWorkflow, Job, Permissions, Pipeline, Settings } from "./model.ts";
import { permissionsOf } from "./permissions.ts";
import { runnerOf } from "./runner.ts";
import { settingOf, settingsOf, textAsSeen, valuesOf } from "./settings.ts";
import type { Files } from "./repository.ts";
import { directoryNamed } from "./places.ts";
import { stepsOf } from "./steps.ts";
import { triggersOf } from "./triggers.ts";
import { unanswered } from "./unanswered.ts";
import { withWritten } from "./written_variables.ts";

/** Who calls a workflow: a job with its permissions, inputs and secrets. */
export interface Caller {
  readonly permissions: Permissions;
  readonly inputs: ReadonlyMap<string, string>;
  /** `null`: it hands over all of them. */
  readonly secrets: ReadonlySet<string> | null;
  /** Paths of the workflows on the way here, so that a circle ends. */
  readonly path: readonly string[];
}

/** The directory of workflows; GitHub looks into no other. */
export const WORKFLOWS = ".github/workflows";

/** GitHub allows ten levels. */
const DEEPEST = 10;

/** A workflow file as a pipeline; as the part of its caller when there is one. */
export async function pipelineOf(file: Parsed, files: Files, caller: Caller | null): Promise<Pipeline> {
  const { source, root } = file;
  const triggers = triggersOf(eventsIn(root));
  const onlyCalled = triggers.length > 0 && triggers.every((trigger) => trigger.event === "workflow_call");
  const inputs = caller
    ? givenInputs(caller.inputs)
    : chosenInputs(eventsIn(root), triggers.some(({ event }) => event !== "workflow_dispatch"));
  const given = caller ? inputsGiven(root, caller.inputs) : undefined;
  const jobs: Job[] = [];
  for (const [id, body] of entriesOf(root, "jobs")) {
    if (isTable(body)) jobs.push(await jobOf(id, body, file, files, caller, onlyCalled, inputs, given));
  }
  return {
    vendor: "github",
    path: source.path,
    file: source.path.split("/").at(-1)!,
    name: textOf(root, "name")?.value ?? null,
    text: source.text,
    triggers,
    env: settingsOf(root, "env"),
    permissionsAt: get(root, "permissions")?.keyAt ?? null,
    concurrency: concurrencyOf(get(root, "concurrency")),
    jobs: await Promise.all(jobs.map((job) => withNeeds(job, jobs))),
    commentedOut: await withLibraries(() => commentedOut(source)),
    unseen: [],
    ...given ? { inputs: given } : {},
    wantedSecrets: settingsOf(eventsIn(root), "workflow_call", "secrets"),
    switches: switchesOf(eventsIn(root)),
  };
}

/** A job of which it is known what its condition asks of other jobs in vain. */
async function withNeeds(job: Job, jobs: readonly Job[]): Promise<Job> {
  const nothing = new Set(unanswered(job, jobs).map(({ path }) => path));
  if (job.live !== "unknown" || nothing.size === 0) return job;
  const live = await answerOf(job.condition!.value, { github: {}, refPrefix: null, nothing });
  return live === "no" ? { ...job, live } : job;
}

/** What stands under `on:`; a parser of YAML 1.1 would have made `true` of the key. */
function eventsIn(root: Located): Located | undefined {
  return get(root, "on") ?? get(root, "true");
}

async function jobOf(
  id: string,
  body: Located,
  { source, root }: Parsed,
  files: Files,
  caller: Caller | null,
  onlyCalled: boolean,
  inputs: InputValues,
  given: Pipeline["inputs"],
): Promise<Job> {
  const permissions = permissionsOf({
    text: source.text,
    workflow: get(root, "permissions"),
    job: get(body, "permissions"),
    jobBody: body.at,
    caller: caller ? caller.permissions : onlyCalled ? "nobody" : null,
  });
  const pipelineEnv = inner(new Map(), settingsOf(root, "env"), "pipeline");
  const env = settingsOf(body, "env");
  const defaults = (key: string) =>
    textOf(body, "defaults", "run", key) ?? textOf(root, "defaults", "run", key);
  const runner = runnerOf(body);
  const directory = defaults("working-directory");
  const written = inner(pipelineEnv, env, "job");
  const filledIn = (text: string) => filledByMatrix(withWritten(text, written, source.text), body);
  return {
    id,
    at: body.keyAt ?? body.at,
    extent: body.at,
    environment: environmentOf(body, inputs),
    permissions,
    env,
    steps: await stepsOf(get(body, "steps"), {
      source,
      files,
      around: {
        ...NOWHERE,
        env: written,
        inputs: caller ? caller.inputs : new Map(),
        secrets: caller ? caller.secrets : null,
        oidc: permissions.allows("id-token", "write"),
        isWritten: true,
      },
      shell: defaults("shell")?.value ?? null,
      directory: directory ? directoryNamed(directory.value, filledIn) : ".",
      windows: isWindows(runner),
      filledIn,
      absent: (condition) => absentFromMatrix(condition, body),
      legs: () => legsOf(body),
      given,
      depth: 0,
    }),
    runner,
    container: containerOf(body),
    condition: settingOf(body, "if"),
    needs: namesIn(body, "needs"),
    concurrency: concurrencyOf(get(body, "concurrency")),
    timeout: settingOf(body, "timeout-minutes"),
    continueOnError: settingOf(body, "continue-on-error"),
    idTokens: [],
    outputs: settingsOf(body, "outputs"),
    byMatrix: (text) => valuesByMatrix(text, body),
    absentFromMatrix: (expression) => absentFromMatrix(expression, body),
    severalLegs: hasSeveralLegs(body),
    legsSideBySide: runsSideBySide(body),
    live: await liveness(get(body, "if"), given),
    calls: await callOf(body, source.path, files, permissions, caller),
  };
}

/** Whether a job runs on Windows, and on nothing else. */
function isWindows(runner: Job["runner"]): boolean {
  const labels = runner?.labels?.join(" ") ?? "";
  return /windows/i.test(labels) && !/ubuntu|linux|macos/i.test(labels);
}

function containerOf(body: Located): Job["container"] {
  const container = get(body, "container");
  return isTable(container) ? settingOf(container, "image") : settingOf(body, "container");
}

function namesIn(body: Located, key: string): readonly string[] {
  const single = textOf(body, key);
  return single ? [single.value] : textsOf(body, key).map(({ value }) => value);
}

/** The path of a workflow of this repository; `undefined` of another's. */
export function localWorkflow(reference: string): string | undefined {
  return /^[.$]\/(\.github\/workflows\/[^/]+\.ya?ml)$/.exec(reference)?.[1];
}

async function callOf(
  body: Located,
  path: string,
  files: Files,
  permissions: Permissions,
  caller: Caller | null,
): Promise<CalledWorkflow | null> {
  const uses = textOf(body, "uses");
  if (!uses) return null;
  const reference = uses.value;
  const isHere = /^[.$]\//.test(reference);
  const target = localWorkflow(isHere ? reference : `./${await files.own(reference) ?? ""}`);
  const way = [...caller?.path ?? [], path];
  const secrets = get(body, "secrets");
  const call = {
    reference,
    at: uses.at,
    with: settingsOf(body, "with"),
    secrets: isText(secrets) && secrets.value.trim() === "inherit" ? "inherit" as const : settingsOf(secrets),
    secretsAt: secrets ? secrets.keyAt ?? secrets.at : null,
  };
  if (target === undefined || way.includes(target) || way.length >= DEEPEST || isSpent(files, "followed")) {
    return { ...call, pipeline: null };
  }
  const called = await files.parsed([target]);
  const jobs = entriesOf(called?.root, "jobs");
  const steps = jobs.flatMap(([, job]) => {
    const list = get(job, "steps");
    return isList(list) ? list.value : [];
  });
  spend(files, "followed", 1 + jobs.length + steps.length);
  const handed: Caller = {
    permissions,
    inputs: calledInputs(called, call.with, caller?.inputs),
    secrets: call.secrets === "inherit"
      ? caller?.secrets ?? null
      : new Set([...call.secrets.keys()].map((name) => name.toUpperCase())),
    path: way,
  };
  return { ...call, pipeline: called && await pipelineOf(called, files, handed) };
}

/** What the called workflow sees as `inputs`: what the caller gives, with its own inputs put in, else the default. */
function calledInputs(
  called: Parsed | null,
  given: Settings,
  outer: ReadonlyMap<string, string> | undefined,
): ReadonlyMap<string, string> {
  const declared = entriesOf(called ? eventsIn(called.root) : undefined, "workflow_call", "inputs")
    .map(([name, input]): [string, string] => [name, textAsSeen(get(input, "default"))]);
  const own = [...valuesOf(given)].map(([name, value]): [string, string] => {
    const handedOn = /^\s*\$\{\{\s*inputs\.([\w-]+)\s*\}\}\s*$/.exec(value)?.[1];
    return [name, handedOn === undefined ? value : outer?.get(handedOn) ?? value];
  });
  return new Map([...declared, ...own]);
}

/** The same where it is no expression, as the switches that are declared as such, by names in lower case; numbers are left out. */
function inputsGiven(root: Located, seen: ReadonlyMap<string, string>): Pipeline["inputs"] {
  const values = new Map([...seen].map(([name, value]) => [name.toLowerCase(), value]));
  return new Map(
    entriesOf(eventsIn(root), "workflow_call", "inputs").flatMap(([name, input]) => {
      const type = textOf(input, "type")?.value ?? "";
      const value = values.get(name.toLowerCase()) ?? "";
      const switched = /^(?:|true|false)$/.test(value) ? value === "true" : null;
      const known = type === "string" ? value : type === "boolean" ? switched : null;
      return known === null || value.includes("${{") ? [] : [[name.toLowerCase(), known]];
    }),
  );
}
