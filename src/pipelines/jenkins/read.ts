import { withLibraries } from "../../formats/on_demand.ts";
import { SourceText } from "../../formats/positions.ts";
import { inner, NOWHERE, type Surroundings } from "../credentials.ts";
import { identityPermissions } from "../identity_permissions.ts";
import { afterScript } from "../lines.ts";
import type { Job, Pipeline, PublishInvocation, Settings, Step, Trigger } from "../model.ts";
import { plainStep } from "../plain_step.ts";
import { distinctTriggers, plainTrigger } from "../plain_trigger.ts";
import { publishedByScript } from "../publishing.ts";
import type { Repository } from "../repository.ts";
import { interpreterOf, type Script } from "../script.ts";
import { readScript, type ScriptRead } from "../scripts.ts";
import type { Bindings } from "./bindings.ts";
import { type Groovy, groovy } from "./groovy.ts";
import { interpolationsIn, scriptOf } from "./shell.ts";
import type { ShellStep, Stage } from "./stage.ts";
import { stagesOf } from "./stages.ts";

/** Reads pipelines of Jenkins in these files. */
export async function readJenkins(
  repository: Repository,
  paths: readonly string[],
): Promise<readonly Pipeline[]> {
  const pipelines: Pipeline[] = [];
  for (const path of paths) {
    const text = await repository.text(path);
    if (text !== null) pipelines.push(await pipelineOf(new SourceText(text, path), repository));
  }
  return pipelines;
}

async function pipelineOf(source: SourceText, repository: Repository): Promise<Pipeline> {
  const file = groovy(source.body);
  const { stages, bindings, unseen, schedule, concurrency } = stagesOf(file, source);
  const start = source.wordAt(0);
  // What starts it is set in Jenkins; a branch that changed does in any case.
  const usual = [plainTrigger("push", start), ...schedule ? [schedule] : []];
  const jobs: Job[] = [];
  // Stages share a workspace: what one writes into it the next ones find.
  let around: Surroundings = { ...NOWHERE, env: inner(new Map(), bindings, "pipeline"), oidc: "no" };
  for (const stage of stages) {
    const read = await jobOf(stage, bindings, around, usual, source, repository);
    jobs.push(read.job);
    around = read.after;
  }
  return {
    vendor: "jenkins",
    path: source.path,
    file: source.path.split("/").at(-1)!,
    name: null,
    text: source.text,
    triggers: distinctTriggers([...usual, ...jobs.flatMap(({ triggers }) => triggers ?? [])]),
    env: bindings,
    permissionsAt: null,
    concurrency,
    jobs,
    commentedOut: await withLibraries(() => commentedOut(file, source)),
    unseen,
    wantedSecrets: new Map(),
  };
}

async function jobOf(
  stage: Stage,
  pipeline: Bindings,
  before: Surroundings,
  usual: readonly Trigger[],
  source: SourceText,
  repository: Repository,
): Promise<{ readonly job: Job; readonly after: Surroundings }> {
  let around = before;
  const env = inner(before.env, stage.bindings, "job");
  const steps: Step[] = [];
  for (const step of stage.steps) {
    const script = scriptOf(step.script, source);
    around = afterScript(script, around);
    const found = await readScript(script, {
      files: repository,
      around: { ...around, env: inner(env, step.bindings, "step") },
      ...interpreterOf(shellOf(step) ?? "sh -e", false),
      directory: step.directory,
    });
    const bindings = new Map([...pipeline, ...stage.bindings, ...step.bindings]);
    steps.push(stepOf(step, script, found, bindings, source));
  }
  return { job: plainJob(stage, steps, usual), after: around };
}

function plainJob(stage: Stage, steps: readonly Step[], usual: readonly Trigger[]): Job {
  return {
    id: stage.id,
    at: stage.at,
    extent: stage.extent,
    environment: null,
    permissions: identityPermissions("no"),
    env: stage.bindings,
    steps,
    runner: stage.runner,
    container: stage.container,
    condition: stage.condition,
    live: stage.live,
    needs: [],
    concurrency: null,
    timeout: null,
    continueOnError: null,
    idTokens: [],
    calls: null,
    triggers: stage.triggers ?? usual,
  };
}

function stepOf(
  step: ShellStep,
  { text }: Script,
  found: ScriptRead,
  bindings: Bindings,
  source: SourceText,
): Step {
  const first = step.script[0]!;
  const last = step.script.at(-1)!;
  const run = { name: step.program, value: text, at: source.span(first.start, last.end), keyAt: step.at };
  return {
    ...plainStep(step.at, run, { extent: step.at, directory: step.directory }),
    shell: shellOf(step),
    env: step.bindings as Settings,
    live: step.live,
    publishes: found.publishes.map((each) => withCredentialIds(each, step.tolerated)),
    unseen: found.unseen,
    interpolations: interpolationsIn(step.script, step.program, bindings, source),
  };
}

function withCredentialIds(publish: PublishInvocation, tolerated: boolean): PublishInvocation {
  return {
    ...publish,
    tolerated: publish.tolerated || tolerated,
    credentials: publish.credentials.map((use) => ({
      ...use,
      secret: /^credentials\('(.*)'\)$/.exec(use.value)?.[1] ?? use.secret,
    })),
  };
}

/** How keyless calls the shell of a step. */
function shellOf({ program }: ShellStep): string | null {
  return /sh$/i.test(program) && program !== "pwsh" ? null : program === "bat" ? "cmd" : program;
}

/** Steps that would publish and stand in comments. */
function commentedOut({ comments }: Groovy, source: SourceText): PublishInvocation[] {
  return comments.flatMap(({ start, end }) => {
    const comment = source.body.slice(start, end);
    return [...comment.matchAll(/\b(?:sh|bat|powershell|pwsh)\b[\s(]*(?:script:\s*)?(["']{1,3})(.*?)\1/gs)]
      .flatMap(
        (match) => {
          const at = source.span(start + match.index, start + match.index + match[0].length);
          return publishedByScript(match[2]!, NOWHERE, () => at);
        },
      );
  });
}
