import { expressionsIn, type Flow, flowsOf, type WrittenExpression } from "../formats/expression_text.ts";
import type { Job, Setting, Settings, Step } from "../pipelines/model.ts";
import { mayAskWho } from "../pipelines/outsiders.ts";
import { COMMAND_INPUTS } from "../pipelines/publishers.ts";
import { actionName } from "../pipelines/publishing.ts";
import type { PublishingJob } from "../pipelines/publishing_jobs.ts";
import { variablesBehind } from "./handed_outputs.ts";

/** A text that people without rights in the repository write. */
export interface StrangerText {
  /** In lower case; `*` for an index. */
  readonly path: string;
  /** Events whose runs have it. */
  readonly events: readonly string[];
  /** Whether who writes it also starts the run. */
  readonly byStarter?: true;
  /** The script that hands it on as an output, where it comes by one. */
  readonly through?: Setting;
}

const DISCUSSIONS = ["discussion", "discussion_comment"];
const ISSUES = ["issues", "issue_comment"];
const PULL_REQUESTS = ["pull_request", "pull_request_target"];
const WORDS_OF_A_COMMIT = ["message", "author.name", "author.email", "committer.name", "committer.email"];

const TEXTS: readonly StrangerText[] = [
  { path: "comment.body", events: ["issue_comment", "discussion_comment"], byStarter: true } as const,
  ...["issue.title", "issue.body"].map((path) => ({ path, events: ISSUES })),
  ...["discussion.title", "discussion.body"].map((path) => ({ path, events: DISCUSSIONS })),
  ...["title", "body", "head.ref", "head.label"].map((name) => ({
    path: `pull_request.${name}`,
    events: PULL_REQUESTS,
  })),
  ...["head_commit", "commits.*"].flatMap((commit) =>
    WORDS_OF_A_COMMIT.map((word) => ({ path: `${commit}.${word}`, events: ["push"] }))
  ),
  ...["head_branch", "display_title", ...WORDS_OF_A_COMMIT.map((word) => `head_commit.${word}`)]
    .map((name) => ({ path: `workflow_run.${name}`, events: ["workflow_run"] })),
].map((text) => ({ ...text, path: `github.event.${text.path}` }))
  .concat({ path: "github.head_ref", events: PULL_REQUESTS });

/** An expression that puts texts of strangers into a script. */
export interface StrangersInScript {
  readonly step: Step;
  /** The job's own step: the same, or one that uses an action with it. */
  readonly outer: Step;
  /** `run:`, or the input of the action that runs it. */
  readonly script: Setting;
  readonly written: WrittenExpression;
  readonly texts: readonly StrangerText[];
  /** Conditions on the way to it, in its job. */
  readonly conditions: readonly Setting[];
  /** Whether a step before it may ask who has started the run. */
  readonly isAsked: boolean;
}

/** What the expressions of a place mean by `env.NAME`, `inputs.NAME`, `steps.ID.outputs.NAME` and `needs.ID.outputs.NAME`. */
interface Scope {
  readonly env: readonly Settings[];
  /** Those beside it, with the variables that all of them have. */
  readonly steps: readonly Step[];
  readonly shared: readonly Settings[];
  readonly jobs: readonly Job[];
  readonly inputs: Settings | null;
  /** Where the inputs are given. */
  readonly outer: Scope | null;
}

/** Every expression in the scripts of a job that puts texts of strangers into them, also by variables and inputs. */
export function strangersIn(
  { called, chain, job }: Pick<PublishingJob, "called" | "chain" | "job">,
): StrangersInScript[] {
  const scope = chain.slice(0, -1).reduce<Scope>((outer, { calls }) => ({
    ...NOWHERE,
    inputs: calls!.with,
    outer: { ...outer, env: [] },
  }), NOWHERE);
  return [
    ...inSteps(job.steps, ofJob(job, { ...scope, shared: [called.env], jobs: called.jobs }), [], false),
  ];
}

const NOWHERE: Scope = { env: [], steps: [], shared: [], jobs: [], inputs: null, outer: null };

/** The steps of a job; `scope` shares what all jobs of the workflow have. */
function ofJob({ env, steps }: Job, scope: Scope): Scope {
  const shared = [...scope.shared, env];
  return { ...scope, env: shared, shared, steps };
}

function* inSteps(
  steps: readonly Step[],
  scope: Scope,
  conditions: readonly Setting[],
  isAskedBefore: boolean,
  around: Step | null = null,
): Iterable<StrangersInScript> {
  let isAsked = isAskedBefore;
  for (const step of steps) {
    if (step.live === "no") continue;
    const here = { ...scope, env: [...scope.env, step.env] };
    const asked = step.condition ? [...conditions, step.condition] : conditions;
    const script = scriptOf(step);
    const outer = around ?? step;
    for (const written of script ? expressionsIn(script.value) : []) {
      const texts = textsIn(written, here, new Set());
      if (texts.length > 0) {
        yield { step, outer, script: script!, written, texts, conditions: asked, isAsked };
      }
    }
    const inner = {
      env: here.env,
      steps: step.inner,
      shared: here.env,
      jobs: [],
      inputs: step.with,
      outer: here,
    };
    yield* inSteps(step.inner, inner, asked, isAsked, outer);
    isAsked ||= mayAskWho([{ steps: [step] }]);
  }
}

/** Inputs of actions that are run as scripts. */
function scriptOf({ run, uses, with: inputs }: Step): Setting | null {
  if (run || !uses) return run;
  const name = actionName(uses.value);
  const input = name === "actions/github-script" ? "script" : COMMAND_INPUTS[name];
  return input === undefined ? null : inputs.get(input) ?? null;
}

/** What comes in by an expression; `seen` are the variables and inputs that were followed. */
function textsIn(
  { expression }: WrittenExpression,
  scope: Scope,
  seen: Set<Setting>,
): readonly StrangerText[] {
  const found = flowsOf(expression).flatMap((flow) => {
    const own = TEXTS.filter((text) => isIn(text, flow));
    const [head, name, more, output] = flow.path.split(".");
    if (own.length > 0 || name === undefined) return own;
    if (more === "outputs" && output !== undefined) return handedOn(head!, name, output, scope, seen);
    if (more !== undefined) return own;
    const [value, there] = head === "env"
      ? [scope.env.map((env) => named(env, name)).findLast((each) => each !== undefined), scope]
      : head === "inputs" && scope.inputs
      ? [named(scope.inputs, name), scope.outer!]
      : [undefined, scope];
    if (!value || seen.has(value)) return [];
    seen.add(value);
    return expressionsIn(value.value).flatMap((each) => textsIn(each, there, seen));
  });
  return [...new Set(found)];
}

/** What comes in by an output of a step, or of a job that is needed. */
function handedOn(
  head: string,
  id: string,
  output: string,
  scope: Scope,
  seen: Set<Setting>,
): readonly StrangerText[] {
  if (head === "needs") {
    const job = scope.jobs.find((each) => each.id.toLowerCase() === id);
    const value = job?.outputs && named(job.outputs, output);
    if (!value || seen.has(value)) return [];
    seen.add(value);
    const [workflow] = scope.shared;
    const there = ofJob(job, { ...scope, shared: [workflow!] });
    return expressionsIn(value.value).flatMap((each) => textsIn(each, there, seen));
  }
  const step = head === "steps" ? scope.steps.find((each) => each.id?.toLowerCase() === id) : undefined;
  if (!step?.run) return [];
  const { run } = step;
  const there = { ...scope, env: [...scope.shared, step.env] };
  return variablesBehind(run.value, output).flatMap((name) => {
    const value = there.env.map((env) => env.get(name)).findLast((each) => each !== undefined);
    if (!value || seen.has(value)) return [];
    seen.add(value);
    return expressionsIn(value.value).flatMap((each) => textsIn(each, there, seen))
      .map((text) => ({ ...text, through: run }));
  });
}

function isIn({ path }: StrangerText, flow: Flow): boolean {
  return path === flow.path || flow.whole && path.startsWith(`${flow.path}.`);
}

/** A setting, whatever the case of its name's letters. */
function named(settings: Settings, name: string): Setting | undefined {
  return [...settings.values()].find((each) => each.name.toLowerCase() === name);
}
