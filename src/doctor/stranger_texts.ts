import { expressionsIn, type Flow, flowsOf, type WrittenExpression } from "../formats/expression_text.ts";
import type { Setting, Settings, Step } from "../pipelines/model.ts";
import { mayAskWho } from "../pipelines/outsiders.ts";
import { COMMAND_INPUTS } from "../pipelines/publishers.ts";
import { actionName } from "../pipelines/publishing.ts";
import type { PublishingJob } from "../pipelines/publishing_jobs.ts";

/** A text that people without rights in the repository write. */
export interface StrangerText {
  /** In lower case; `*` for an index. */
  readonly path: string;
  /** Events whose runs have it. */
  readonly events: readonly string[];
  /** Whether who writes it also starts the run. */
  readonly byStarter?: true;
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

/** What the expressions of a place mean by `env.NAME` and `inputs.NAME`. */
interface Scope {
  readonly env: readonly Settings[];
  readonly inputs: Settings | null;
  /** Where the inputs are given. */
  readonly outer: Scope | null;
}

/** Every expression in the scripts of a job that puts texts of strangers into them, also by variables and inputs. */
export function strangersIn(
  { called, chain, job }: Pick<PublishingJob, "called" | "chain" | "job">,
): StrangersInScript[] {
  const scope = chain.slice(0, -1).reduce<Scope>((outer, { calls }) => ({
    env: [],
    inputs: calls!.with,
    outer: { ...outer, env: [] },
  }), { env: [], inputs: null, outer: null });
  return [...inSteps(job.steps, { ...scope, env: [called.env, job.env] }, [], false)];
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
    yield* inSteps(step.inner, { env: here.env, inputs: step.with, outer: here }, asked, isAsked, outer);
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
    const [head, name, more] = flow.path.split(".");
    if (own.length > 0 || name === undefined || more !== undefined) return own;
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

function isIn({ path }: StrangerText, flow: Flow): boolean {
  return path === flow.path || flow.whole && path.startsWith(`${flow.path}.`);
}

/** A setting, whatever the case of its name's letters. */
function named(settings: Settings, name: string): Setting | undefined {
  return [...settings.values()].find((each) => each.name.toLowerCase() === name);
}
