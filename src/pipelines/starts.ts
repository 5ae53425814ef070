import { ownTable } from "../formats/own_table.ts";
import { type AskedRef, askedRefs, DEFAULT_BRANCH, OTHER_NAME } from "./asked_refs.ts";
import { asks, mayRefrain, scriptMayRefrain } from "./asking.ts";
import { answerOf } from "./conditions.ts";
import { PREFIXES, type RefKind, refKindsOf, refOf } from "./events.ts";
import type { Answer, Job, Step, Trigger } from "./model.ts";
import { type WithSecrets, withSecrets } from "./given_secrets.ts";
import { asOutsidersLike, isOpen, mayAskWho } from "./outsiders.ts";
import { absentParts } from "./payloads.ts";
import type { PublishingJob } from "./publishing_jobs.ts";
import { accepts, shutsOut } from "./ref_filter.ts";
import { neverFires } from "./strangers.ts";

/** One way in which a pipeline starts. */
export interface Start {
  readonly trigger: Trigger;
  /** What kind of ref the run is for; `null` for events whose runs can be for any. */
  readonly ref: RefKind | null;
  /** Whether the publishing step runs then. */
  readonly publishes: Answer;
  /** The only refs for which it may, where the conditions on the way say so; absent: all that the trigger lets through. */
  readonly only?: OnlyRefs;
  /** Whether people without write access can meet every condition on the way. */
  readonly openToAll?: true;
  /** Whether it publishes in runs for the repository's own branches, as all that is asked on the way is whether there is a secret. */
  readonly withSecrets?: true;
  /** Of a `workflow_run`: whether it publishes where the run before it was one of a pull request, whose author names the branch. */
  readonly afterPullRequest?: Answer;
}

/** Refs by name. */
export interface OnlyRefs {
  /** In words: names, what they begin with (`release*`), `the default branch`. */
  readonly names: readonly string[];
  /** Whether the publishing step runs for each of them. */
  readonly publishes: Answer;
}

/** Every way in which a publishing step is reached, or is not: by the conditions on the way, and by those of the jobs that it needs. */
export async function startsOf(job: PublishingJob): Promise<readonly Start[]> {
  const own = job.job.triggers ?? job.pipeline.triggers;
  // Other vendors' conditions are in their triggers, as far as they can be read.
  if (job.pipeline.vendor !== "github") {
    const publishes = job.pipeline.vendor !== "jenkins" && asksNothing(job) ? "yes" : "unknown";
    return own.map((trigger) => ({ trigger, ref: REFS[trigger.event] ?? null, publishes }));
  }
  const starts: Start[] = [];
  for (const trigger of job.pipeline.triggers) {
    for (const ref of refsOf(trigger)) {
      const asIs = neverFires(trigger) || shutsOut(trigger, ref) ? "no" : agreed(
        await Promise.all(namesOf(trigger, ref).map((name) => reached(job, trigger, ref, undefined, name))),
      );
      const only = asIs === "unknown" ? await onlyFor(job, trigger, ref) : null;
      const publishes = only?.publishes === "no" ? "no" : asIs;
      const openToAll = publishes === "unknown" && isOpen(trigger) &&
        !mayAskWho([...job.pipeline.jobs, ...job.called.jobs]) &&
        await reached(job, trigger, ref, { condition: asOutsidersLike }) === "yes";
      // An environment may be closed to the branch, and then so are its secrets.
      const asked = publishes === "unknown" && trigger.event === "pull_request" &&
        job.job.environment === null;
      const secrets = asked ? withSecrets(job) : null;
      const given = secrets !== null && await reached(job, trigger, ref, secrets) === "yes";
      const after = trigger.event === "workflow_run"
        ? {
          afterPullRequest: await reached(
            job,
            trigger,
            ref,
            { condition: asOutsidersLike },
            null,
            OF_PULL_REQUEST,
          ),
        }
        : {};
      starts.push({
        trigger,
        ref,
        publishes,
        ...only ? { only } : {},
        ...openToAll ? { openToAll } : {},
        ...given ? { withSecrets: given } : {},
        ...after,
      });
    }
  }
  return starts;
}

/** Events whose runs are for whichever ref people push or choose. */
const FOR_ANY_REF = ["push", "workflow_dispatch"];

/** For which refs alone a step may publish, or for none, by the names that the trigger lists or that the conditions on the way ask for; `null` where nobody can know. */
async function onlyFor(job: PublishingJob, trigger: Trigger, ref: RefKind | null): Promise<OnlyRefs | null> {
  if (ref === null || !FOR_ANY_REF.includes(trigger.event)) return null;
  const listed = namesOf(trigger, ref).flatMap((name) => name ?? []);
  const conditions: string[] = [];
  const known = listed.length > 0 ? {} : { "event.repository.default_branch": DEFAULT_BRANCH };
  const ask = (name: string) => reached(job, trigger, ref, {}, name, known, conditions);
  const others = listed.length > 0 ? "no" : await ask(OTHER_NAME);
  if (others !== "no") return null;
  const candidates: readonly AskedRef[] | null = listed.length > 0
    ? listed.map((name) => ({ pattern: name, example: name }))
    : askedRefs(conditions, ref);
  if (!candidates || candidates.length === 0) return null;
  const answers = await Promise.all(candidates.map(({ example }) => ask(example)));
  const fitting = candidates.flatMap(({ pattern, example }, index) => {
    const isOpen = listed.length > 0 || accepts(trigger, refOf(ref, example));
    return isOpen && answers[index] !== "no" ? [{ pattern, answer: answers[index]! }] : [];
  });
  if (fitting.length === 0 && answers.some((each) => each !== "no")) return null;
  const names = fitting.map(({ pattern }) => pattern);
  return { names, publishes: names.length > 0 ? agreed(fitting.map(({ answer }) => answer)) : "no" };
}

/** What a run says of the one before it that was for a pull request, and went well. */
const OF_PULL_REQUEST = {
  "event.workflow_run.event": "pull_request",
  "event.workflow_run.conclusion": "success",
};

/** What other vendors' pushes are of. */
const REFS = ownTable<RefKind>({ push: "branch", tag: "tag" });

/** Whether a job of another CI than GitHub's publishes whenever its pipeline starts: nothing on the way, in its scripts or in what it needs asks anything. */
export function asksNothing({ pipeline, chain, job, step, invocation }: PublishingJob): boolean {
  const seen = new Set<Job>();
  const always = (one: Job, siblings: readonly Job[]): boolean =>
    seen.has(one) ||
    seen.add(one).size <= MOST_NEEDED && (one.condition === null || onEveryBranch(one, one === job)) &&
      one.live === "yes" &&
      one.needs.every((id) => {
        const other = siblings.find((each) => each.id === id);
        return other !== undefined && always(other, siblings);
      });
  return step.live === "yes" && !scriptMayRefrain(invocation) &&
    chain.every((each, level) =>
      always(each, level === 0 ? pipeline.jobs : chain[level - 1]!.calls!.pipeline!.jobs)
    ) &&
    !job.steps.some(({ run }) => run !== null && asks(run.value));
}

/** Whether the `filters:` of a job of CircleCI are of tags alone, which keep no branch out, or `some` that its trigger names; with a text they are an expression. */
function onEveryBranch({ condition, triggers }: Job, some: boolean): boolean {
  return condition?.value === "" &&
    triggers?.some(({ event, branches, branchesIgnored }) =>
        event === "push" && !branches && (some || !branchesIgnored)
      ) === true;
}

/** The kinds of refs that a trigger lets through. */
function refsOf(
  { event, types, tags, branches, tagsIgnored, branchesIgnored }: Trigger,
): readonly (RefKind | null)[] {
  const kinds = refKindsOf(event, types);
  if (!kinds) return [null];
  if (event !== "push") return kinds;
  const onlyTags = (tags || tagsIgnored) && !branches && !branchesIgnored;
  const onlyBranches = (branches || branchesIgnored) && !tags && !tagsIgnored;
  return onlyTags ? ["tag"] : onlyBranches ? ["branch"] : kinds;
}

/** More of them than anybody lists are as good as not known. */
const MOST_NAMES = 10;

/** The names of the refs whose pushes a trigger lets through, where it lists them; else one that nobody knows. */
function namesOf({ event, tags, branches }: Trigger, ref: RefKind | null): readonly (string | null)[] {
  const names = event !== "push" ? null : ref === "tag" ? tags : ref === "branch" ? branches : null;
  const isKnown = names && names.length > 0 && names.length <= MOST_NAMES &&
    names.every((name) => /^[\w./-]+$/.test(name));
  return isKnown ? names : [null];
}

/** The answer where all are the same. */
function agreed([first, ...others]: readonly Answer[]): Answer {
  return first !== undefined && others.every((each) => each === first) ? first : "unknown";
}

/** Jobs that a job may need, directly or not, and their conditions are still asked. */
const MOST_NEEDED = 100;

/** Events whose payload has no `action`. */
const WITHOUT_ACTION = ["push", "workflow_dispatch", "schedule"];

/** What every run of a `workflow_run` that follows one workflow alone says of that: what it is called, or the path of one without a name. */
function followedBy({ event, workflows = [] }: Trigger): Readonly<Record<string, string>> {
  const [name] = workflows;
  return event === "workflow_run" && workflows.length === 1 && !/[*?+[!]/.test(name!)
    ? { "event.workflow.name": name!, "event.workflow_run.name": name! }
    : {};
}

async function reached(
  job: PublishingJob,
  trigger: Trigger,
  ref: RefKind | null,
  as: Partial<WithSecrets> = {},
  name: string | null = null,
  known: Readonly<Record<string, string>> = {},
  asked: string[] = [],
): Promise<Answer> {
  const { event, types } = trigger;
  const github: Record<string, string> = event === "workflow_call"
    ? {}
    : { ...followedBy(trigger), ...known, event_name: event };
  if (WITHOUT_ACTION.includes(event)) github["event.action"] = "";
  else if (types?.length === 1) github["event.action"] = types[0]!;
  if (ref === "tag" || ref === "branch") github.ref_type = ref;
  if (ref && name !== null) {
    github.ref_name = name;
    github.ref = github["event.ref"] = PREFIXES[ref] + name;
  }
  const ask = (condition: string, isCalled: boolean) => {
    asked.push(condition);
    const nothing = absentParts(condition, event, isCalled);
    const run = { github, refPrefix: ref ? PREFIXES[ref] : null, ...nothing.size > 0 ? { nothing } : {} };
    return answerOf(as.condition?.(condition) ?? condition, run);
  };
  const answers: Answer[] = [];
  for (const [index, each] of job.chain.entries()) {
    const siblings = index === 0 ? job.pipeline.jobs : job.chain[index - 1]!.calls!.pipeline!.jobs;
    answers.push(await jobRuns(each, siblings, index > 0, new Set()));
  }
  if (job.step.condition) answers.push(await ask(job.step.condition.value, job.chain.length > 1));
  if (mayRefrain(job, as.script)) answers.push("unknown");
  return all(answers);

  async function jobRuns(
    one: Job,
    siblings: readonly Job[],
    isCalled: boolean,
    seen: Set<string>,
  ): Promise<Answer> {
    const asked = one.condition ? await ask(one.condition.value, isCalled) : "yes";
    const own = asked === "yes" && mayStop(one, job.step) ? "unknown" : asked;
    // Such a condition lets a job run although one that it needs was skipped.
    if (own === "no" || /\b(?:always|failure|cancelled)\s*\(/.test(one.condition?.value ?? "")) return own;
    const needed: Answer[] = [];
    if (seen.size > MOST_NEEDED) return "unknown";
    for (const id of one.needs) {
      const other = siblings.find((each) => each.id === id);
      if (other && !seen.has(id)) needed.push(await jobRuns(other, siblings, isCalled, seen.add(id)));
    }
    return all([own, ...needed]);
  }
}

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
