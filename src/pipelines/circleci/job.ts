import { get, isList, isTable, isText, type Located, textOf } from "../../formats/located.ts";
import type { SourceText } from "../../formats/positions.ts";
import { joined } from "../../formats/shell.ts";
import { inner, NOWHERE, type Surroundings } from "../credentials.ts";
import { identityPermissions } from "../identity_permissions.ts";
import { afterScript } from "../lines.ts";
import type { Answer, Job, Settings, Step } from "../model.ts";
import { plainStep } from "../plain_step.ts";
import { inRepository } from "../places.ts";
import type { Repository } from "../repository.ts";
import { interpreterOf, type Script } from "../script.ts";
import { readScript } from "../scripts.ts";
import { asSetting, settingOf, settingsOf, textAsSeen } from "../settings.ts";
import { lineOf, placeIn } from "../yaml_text.ts";
import { checkoutDirectories } from "./checkouts.ts";
import { all } from "./conditions.ts";
import { goesOnBehind } from "./halt.ts";
import { asksForToken, tokensIn } from "./oidc.ts";
import { filled, type Parameters, withParameters } from "./parameters.ts";
import { givenBy, lookedUp, parametersOf } from "./scope.ts";
import { type Expanded, expandedSteps, handedSteps, isHarmless } from "./steps.ts";
import type { Use } from "./workflows.ts";

/** What a job stands in. */
export interface JobContext {
  readonly root: Located;
  readonly source: SourceText;
  readonly repository: Repository;
  /** How many steps may still come. */
  readonly left: { count: number };
}

/** A job of CircleCI as a workflow uses it; `null` when there is none of the name. */
export async function jobOf(use: Use, context: JobContext): Promise<Job | null> {
  const found = lookedUp(context.root, "jobs", use.job);
  if (!found) return null;
  const isOrb = "orb" in found;
  const { located, scope } = isOrb
    ? { located: { value: null, at: use.at, keyAt: null }, scope: context.root }
    : found;
  const parameters = parametersOf(located, use.given);
  const body = withoutSteps(located, parameters);
  const executor = executorOf(body, scope, parameters);
  const within = { scope, parameters, live: "yes" as const, way: [], left: context.left };
  const outside = { ...within, scope: context.root, parameters: new Map() };
  const expanded = [
    ...expandedSteps(use.preSteps, outside),
    ...isOrb ? handedSteps(use.given, outside) : expandedSteps(get(located, "steps"), within),
    ...expandedSteps(use.postSteps, outside),
  ];
  const env: Settings = new Map([
    ...settingsOf(executor, "environment"),
    ...settingsOf(image(executor), "environment"),
    ...settingsOf(image(body), "environment"),
    ...settingsOf(body, "environment"),
  ]);
  const shell = textOf(body, "shell") ?? textOf(executor, "shell");
  const directory = textOf(body, "working_directory") ?? textOf(executor, "working_directory");
  const root = directory?.value ?? "~/project";
  const places = expanded.flatMap(({ checkout }) => checkout ?? []);
  const checkouts = (places.length > 0 ? places : ["."]).flatMap((each) => checkoutDirectories(each, root));
  const prepared = expanded.filter(({ checkout }) => checkout === undefined).map((step) =>
    prepare(step, context.source, shell?.value ?? null)
  );
  const scripts = prepared.flatMap(({ script }) => script ? [script] : []);
  const asked = scripts.some(({ text }) => asksForToken(text) || /\bkeyless\b/.test(text));
  const isUnseen = isOrb || expanded.some(({ unseen }) => unseen.length > 0);
  const oidc: Answer = asked ? "yes" : isUnseen ? "unknown" : "no";
  let around: Surroundings = { ...NOWHERE, env: inner(new Map(), env, "job"), oidc, checkouts };
  let goesOn: Answer = "yes";
  const steps: Step[] = [];
  for (const each of prepared) {
    if (each.script) around = afterScript(each.script, around);
    const step = await stepOf(each, { around, context, root });
    steps.push(goesOn === "yes" ? step : { ...step, live: all([step.live, goesOn]) });
    if (each.script) goesOn = all([goesOn, goesOnBehind(each.script.text, use.triggers)]);
  }
  const resource = settingOf(body, "resource_class") ?? settingOf(executor, "resource_class");
  return {
    ...plainJob(use, located, oidc),
    env,
    steps,
    runner: resource ? { labels: [resource.value], group: null, at: resource.at } : null,
    container: settingOf(image(body), "image") ?? settingOf(image(executor), "image"),
    idTokens: scripts.flatMap(({ text, placeOf }) => tokensIn(text, placeOf)),
    calls: isOrb ? callOf(use, found) : null,
  };
}

function plainJob(use: Use, { at, keyAt }: Pick<Located, "at" | "keyAt">, oidc: Answer): Job {
  return {
    id: use.name,
    at: keyAt ?? at,
    extent: at,
    environment: null,
    permissions: identityPermissions(oidc),
    env: new Map(),
    steps: [],
    runner: null,
    container: null,
    condition: use.filters,
    live: use.live,
    needs: use.needs,
    concurrency: null,
    timeout: null,
    continueOnError: null,
    idTokens: [],
    calls: null,
    triggers: use.triggers,
    contexts: use.contexts,
    ...use.workflow === undefined ? {} : { workflow: use.workflow },
  };
}

/** What a job of an orb stands for, which nobody can read from here. */
function callOf({ job, at }: Use, { orb, at: secretsAt }: { orb: string; at: Located["at"] }): Job["calls"] {
  const reference = `${orb} ${job.split("/")[1]}`;
  return isHarmless(orb, job)
    ? null
    : { reference, at, with: new Map(), secrets: "inherit", secretsAt, pipeline: null };
}

function withoutSteps(job: Located, parameters: Parameters): Located {
  if (!isTable(job)) return job;
  const entries = [...job.value].filter(([key]) => key !== "steps" && key !== "parameters");
  return withParameters({ ...job, value: new Map(entries) }, parameters);
}

/** The executor that a job names; a remote orb's is not known. */
function executorOf(job: Located, scope: Located, outer: Parameters): Located | undefined {
  const written = get(job, "executor");
  const name = textAsSeen(isTable(written) ? get(written, "name") : written);
  const found = name ? lookedUp(scope, "executors", name) : null;
  if (!found || "orb" in found) return undefined;
  const given = isTable(written)
    ? givenBy(withParameters(written, outer), ["name"])
    : new Map<string, Located>();
  return withParameters(found.located, parametersOf(found.located, given));
}

/** The first image, in which the steps run. */
function image(located: Located | undefined): Located | undefined {
  const docker = get(located, "docker");
  return isList(docker) ? docker.value[0] : undefined;
}

/** A step with its script. */
interface Prepared {
  readonly expanded: Expanded;
  readonly command: Located<string> | null;
  readonly script: Script | null;
  readonly shell: string | null;
}

function prepare(expanded: Expanded, source: SourceText, jobShell: string | null): Prepared {
  const { run, parameters } = expanded;
  const command = isText(run) ? run : textOf(run, "command");
  const shell = textOf(run, "shell")?.value ?? jobShell;
  if (!command) return { expanded, command: null, script: null, shell };
  const { text, back } = filled(command.value, parameters);
  const script = {
    text,
    placeOf: (start: number, end: number) => placeIn(source, command, back(start), back(end)),
  };
  return { expanded, command, script, shell };
}

/** How CircleCI starts a script where nobody says otherwise. */
const SHELL = "bash -eo pipefail";

interface StepContext {
  readonly around: Surroundings;
  readonly context: JobContext;
  /** Where the job works. */
  readonly root: string;
}

async function stepOf(
  { expanded, command, script, shell }: Prepared,
  { around, context: { source, repository }, root }: StepContext,
): Promise<Step> {
  const { run, parameters, live, at, unseen } = expanded;
  if (!command || !script) {
    return plainStep(lineOf(source, at), null, { live, unseen });
  }
  const env = settingsOf(run && withParameters(run, parameters), "environment");
  const directory = directoryOf(textOf(run, "working_directory")?.value ?? ".", root, around.checkouts);
  const found = await readScript(script, {
    files: repository,
    around: { ...around, env: inner(around.env, env, "step") },
    ...interpreterOf(shell ?? SHELL, false),
    directory,
  });
  return plainStep(lineOf(source, at), { ...asSetting("run", command), value: script.text }, {
    extent: at,
    name: textOf(run, "name")?.value ?? null,
    shell,
    env,
    live,
    publishes: found.publishes,
    unseen: [...unseen, ...found.unseen],
    directory,
  });
}

/** A `working_directory:` seen from where the job checks the repository out; `null` where that is outside, or not known. */
function directoryOf(written: string, root: string, checkouts: readonly string[]): string | null {
  const directory = joined(".", inRepository(written, [root, ...checkouts])!);
  return directory === null || /^(?:\/|\.\.)/.test(directory) ? null : directory;
}
