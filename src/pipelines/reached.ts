import { CONTEXTS, type KnownRun } from "../formats/expression.ts";
import { plainText } from "../formats/expression_plain.ts";
import { expressionsIn } from "../formats/expression_text.ts";
import { mayRefrain } from "./asking.ts";
import { answerOf } from "./conditions.ts";
import { PREFIXES, type RefKind } from "./events.ts";
import type { WithSecrets } from "./given_secrets.ts";
import type { Answer, Job, Pipeline, Step, Trigger } from "./model.ts";
import { needsOf } from "./needed_jobs.ts";
import { absentParts, presentParts } from "./payloads.ts";
import type { PublishingJob } from "./publishing_jobs.ts";

/** Jobs that a job may need, directly or not, and their conditions are still asked. */
export const MOST_NEEDED = 100;

/** What is taken for granted of a run. */
export interface Assumed {
  /** Conditions and scripts in place of those that are written. */
  readonly as?: Partial<WithSecrets>;
  /** What the ref is called. */
  readonly name?: string | null;
  /** More of the context `github`. */
  readonly github?: Readonly<Record<string, string>>;
  /** `owner/repo` of the git remote. */
  readonly repository?: string | null;
}

/** Whether a publishing step is reached in runs of a trigger for a kind of ref; `asked` takes every expression on which that depends. */
export async function reached(
  { pipeline, chain, job, step, invocation, ...rest }: PublishingJob,
  trigger: Trigger,
  ref: RefKind | null,
  { as = {}, name = null, github: more = {}, repository = null }: Assumed = {},
  asked: string[] = [],
): Promise<Answer> {
  const github = contextOf(trigger, ref, name, more);
  const known = (expression: string, called: Pipeline | null): KnownRun => {
    asked.push(expression);
    const run = knownOf(expression, trigger, ref, github, called !== null);
    return called?.inputs ? { ...run, inputs: called.inputs } : run;
  };
  const answers: Answer[] = [];
  let last = levelOf(pipeline.jobs, null);
  for (const [index, each] of chain.entries()) {
    const called = index > 0 ? chain[index - 1]!.calls!.pipeline : null;
    if (called) last = levelOf(called.jobs, called);
    answers.push(await last.runs(each));
  }
  // Without its token it fails.
  for (const { condition } of [step, ...invocation.login ? [invocation.login] : []]) {
    if (condition) answers.push(await last.meets(condition.value, job));
  }
  if (mayRefrain({ pipeline, chain, job, step, invocation, ...rest }, as.script)) answers.push("unknown");
  return all(answers);

  /** The jobs of one workflow. */
  function levelOf(siblings: readonly Job[], called: Pipeline | null) {
    const decided = new Map<Job, Answer>();
    const succeeded = new Map<Job, Answer>();
    return { runs, meets };

    async function runs(one: Job): Promise<Answer> {
      const answer = decided.get(one);
      if (answer) return answer;
      if (decided.size > MOST_NEEDED) return "unknown";
      // Jobs that wait for each other keep nothing from running that something else does not.
      decided.set(one, "yes");
      const condition = one.condition?.value ?? "";
      // Without such a function GitHub puts `success() &&` before it: PipelineTemplateConverter.cs of actions/runner.
      const asks = STATUS.test(condition);
      const before = asks && !/success/i.test(condition) ? "unknown" : await succeeds(one);
      const own = one.condition ? await meets(condition, one, before) : "yes";
      const ended = own === "yes" && mayStop(one, step) ? "unknown" : own;
      const result = asks ? ended : all([ended, before]);
      decided.set(one, result);
      return result;
    }

    /** Whether `success()` is true for a job: it asks all before, and one that was skipped is none that succeeded (actions/runner#2205). */
    async function succeeds(one: Job): Promise<Answer> {
      const known = succeeded.get(one);
      if (known) return known;
      if (succeeded.size > MOST_NEEDED) return "unknown";
      succeeded.set(one, "yes");
      const others: Answer[] = [];
      for (const other of needsOf(one, siblings)) {
        others.push(await runs(other));
        // One that says for itself when it runs may run behind one that was skipped.
        if (STATUS.test(other.condition?.value ?? "")) others.push(await succeeds(other));
      }
      const result = all(others);
      succeeded.set(one, result);
      return result;
    }

    /** Whether a condition of a job, or of one of its steps, is met; `before`: what `success()` says. */
    async function meets(condition: string, one: Job, before: Answer = "unknown"): Promise<Answer> {
      const needs = await handedOn(condition, one);
      const run = { ...known(condition, called), ...needs.size > 0 ? { needs } : {} };
      const written = as.condition?.(condition) ?? condition;
      const text = before === "no"
        ? written.replace(SUCCESS, (part, call?: string) => call ? "false" : part)
        : written;
      const answer = await answerOf(text, run);
      if (answer !== "unknown" || !names(text, repository)) return answer;
      // Forks have another name: only that it is met here says something.
      const here = { repository, repository_owner: repository.split("/")[0]! };
      return await answerOf(text, { ...run, github: { ...github, ...here } }) === "yes" ? "yes" : answer;
    }

    /** What jobs hand on to one that asks them for it, where this is known before anything runs. */
    async function handedOn(condition: string, { needs }: Job): Promise<ReadonlyMap<string, string>> {
      const texts = new Map<string, string>();
      for (const [path, id, output] of condition.matchAll(NEEDED)) {
        const other = siblings.find((each) =>
          each.id.toLowerCase() === id!.toLowerCase() && needs.includes(each.id)
        );
        const answer = other ? await runs(other) : "unknown";
        const text = answer === "no"
          ? output === undefined ? "skipped" : ""
          : answer === "yes" && output !== undefined && !other!.calls
          ? outputOf(other!, output)
          : null;
        if (text !== null) texts.set(path.toLowerCase().slice("needs.".length), text);
      }
      return texts;
    }

    /** An output that is a text, or one expression about the run. */
    function outputOf({ outputs }: Job, name: string): string | null {
      const written = [...outputs ?? []].find(([each]) => each.toLowerCase() === name.toLowerCase())?.[1];
      if (!written) return null;
      const [first] = expressionsIn(written.value);
      if (!first) return written.value;
      const isWhole = first.start === 0 && first.end === written.value.length;
      return isWhole ? plainText(first.expression, known(first.expression, called), CONTEXTS) : null;
    }
  }
}

/** What is known of a run where it is asked in an expression. */
function knownOf(
  expression: string,
  trigger: Trigger,
  ref: RefKind | null,
  github: Readonly<Record<string, string>>,
  isCalled: boolean,
): KnownRun {
  const nothing = absentParts(expression, trigger.event, isCalled);
  const present = presentParts(expression, trigger);
  return {
    github,
    refPrefix: ref ? PREFIXES[ref] : null,
    ...nothing.size > 0 ? { nothing } : {},
    ...present.size > 0 ? { present } : {},
  };
}

/** Whether an expression of a workflow is true in runs of a trigger for a kind of ref, or for the one of a name. */
export function trueIn(
  expression: string,
  trigger: Trigger,
  ref: RefKind | null,
  name: string | null,
  isCalled: boolean,
): Promise<Answer> {
  return answerOf(expression, knownOf(expression, trigger, ref, contextOf(trigger, ref, name, {}), isCalled));
}

/** A question to a job that another one needs. */
const NEEDED = /(?<![\w.-])needs\.([\w-]+)\.(?:outputs\.([\w-]+)|result)(?![\w-])/gi;

/** Whether a condition names a repository or its owner. */
function names(condition: string, repository: string | null): repository is string {
  const text = condition.toLowerCase();
  return repository !== null && text.includes("github.repository") &&
    [repository, repository.split("/")[0]!].some((name) => text.includes(`'${name.toLowerCase()}'`));
}

/** Events whose payload has no `action`. */
const WITHOUT_ACTION = ["push", "workflow_dispatch", "schedule"];

/** What the ref of a pull request is called but for its number: nobody asks for this one. */
const SOME_PULL_REQUEST = "0/merge";

/** What is known of the context `github` in runs of a trigger. */
function contextOf(
  trigger: Trigger,
  ref: RefKind | null,
  name: string | null,
  more: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const { event, types } = trigger;
  const github: Record<string, string> = event === "workflow_call"
    ? { ...more }
    : { ...followedBy(trigger), ...more, event_name: event };
  if (WITHOUT_ACTION.includes(event)) github["event.action"] = "";
  else if (types?.length === 1) github["event.action"] = types[0]!;
  // That of a pull request is one, too: GITHUB_REF_TYPE has no third value.
  if (ref) github.ref_type = ref === "tag" ? "tag" : "branch";
  if (ref && name !== null) {
    github.ref_name = name;
    github.ref = github["event.ref"] = PREFIXES[ref] + name;
  } else if (ref === "pull") {
    github.ref_name = SOME_PULL_REQUEST;
  }
  return github;
}

/** What every run of a `workflow_run` that follows one workflow alone says of that: what it is called, or the path of one without a name. */
function followedBy({ event, workflows = [] }: Trigger): Readonly<Record<string, string>> {
  const [name] = workflows;
  return event === "workflow_run" && workflows.length === 1 && !/[*?+[!]/.test(name!)
    ? { "event.workflow.name": name!, "event.workflow_run.name": name! }
    : {};
}

/** Functions with which a job says itself whether it runs behind one that was skipped or has failed. */
const STATUS = /\b(?:always|failure|cancelled|success)\s*\(/i;
/** The one that is false where a job before was skipped; a text may have it too. */
const SUCCESS = /'[^']*'|\b(success\s*\(\s*\))/gi;

/** Conditions that ask how something has ended. */
const ENDED = /\b(?:always|failure|cancelled)\s*\(|\.(?:result|outcome|conclusion)\b/;

/** Whether a step of a job, until `last` where that is its own, ends the run on a condition. */
function mayStop({ steps }: Job, last: Step): boolean {
  const end = steps.indexOf(last);
  return steps.slice(0, end < 0 ? undefined : end).some(({ condition, live, run }) =>
    condition !== null && live === "unknown" && !ENDED.test(condition.value) &&
    /\bexit [1-9]/.test(run?.value ?? "")
  );
}

function all(answers: readonly Answer[]): Answer {
  return answers.includes("no") ? "no" : answers.includes("unknown") ? "unknown" : "yes";
}
