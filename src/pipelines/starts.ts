import { ownTable } from "../formats/own_table.ts";
import { type AskedRef, askedRefs, DEFAULT_BRANCH, OTHER_NAME } from "./asked_refs.ts";
import { asks, scriptMayRefrain } from "./asking.ts";
import { type RefKind, refKindsOf, refOf } from "./events.ts";
import { cancellingGroups } from "./cancelling.ts";
import type { Answer, Concurrency, Job, Trigger } from "./model.ts";
import { withSecrets } from "./given_secrets.ts";
import { asOutsidersLike, isOpen, mayAskWho } from "./outsiders.ts";
import type { PublishingJob } from "./publishing_jobs.ts";
import { type Assumed, MOST_NEEDED, reached } from "./reached.ts";
import { accepts, shutsOut } from "./ref_filter.ts";
import { neverFires } from "./strangers.ts";

/** One way in which a pipeline starts. */
export interface Start {
  readonly trigger: Trigger;
  /** What kind of ref the run is for; `null` for events whose runs can be for any. */
  readonly ref: RefKind | null;
  /** Whether the publishing step runs then. */
  readonly publishes: Answer;
  /** Whether the client itself publishes nothing in runs of such an event. */
  readonly refrains?: true;
  /** The only refs for which it may, where the conditions on the way say so; absent: all that the trigger lets through. */
  readonly only?: OnlyRefs;
  /** Whether people without write access can meet every condition on the way. */
  readonly openToAll?: true;
  /** Whether it publishes in runs for the repository's own branches, as all that is asked on the way is whether there is a secret. */
  readonly withSecrets?: true;
  /** Of a `workflow_run`: whether it publishes where the run before it was one of a pull request, whose author names the branch. */
  readonly afterPullRequest?: Answer;
  /** Groups in which such a run, which publishes a release, ends the one that is under way, by an expression; absent where there are none. */
  readonly ends?: readonly Concurrency[];
}

/** Refs by name. */
export interface OnlyRefs {
  /** In words: names, what they begin with (`release*`), `the default branch`. */
  readonly names: readonly string[];
  /** Whether the publishing step runs for each of them. */
  readonly publishes: Answer;
}

/**
 * Every way in which a publishing step is reached, or is not: by the conditions on the way, and by those of the jobs that it needs, in the
 * repository that the git remote names (`owner/repo`).
 */
export async function startsOf(
  job: PublishingJob,
  repository: string | null = null,
): Promise<readonly Start[]> {
  const own = job.job.triggers ?? job.pipeline.triggers;
  // Other vendors' conditions are in their triggers, as far as they can be read.
  if (job.pipeline.vendor !== "github") {
    const publishes = job.pipeline.vendor !== "jenkins" && asksNothing(job) ? "yes" : "unknown";
    return own.map((trigger) => ({ trigger, ref: REFS[trigger.event] ?? null, publishes }));
  }
  const starts: Start[] = [];
  for (const trigger of job.pipeline.triggers) {
    const reaches = (ref: RefKind | null, assumed: Assumed, asked?: string[]) =>
      reached(job, trigger, ref, { repository, ...assumed }, asked);
    for (const ref of refsOf(trigger)) {
      const idle = refrains(job, trigger, ref);
      const asIs = neverFires(trigger) || shutsOut(trigger, ref) || idle ? "no" : agreed(
        await Promise.all(namesOf(trigger, ref).map((name) => reaches(ref, { name }))),
      );
      const only = asIs === "unknown" ? await onlyFor(trigger, ref, reaches) : null;
      const publishes = only?.publishes === "no" ? "no" : asIs;
      const openToAll = publishes === "unknown" && isOpen(trigger) &&
        !mayAskWho([...job.pipeline.jobs, ...job.called.jobs]) &&
        await reaches(ref, { as: { condition: asOutsidersLike } }) === "yes";
      // An environment may be closed to the branch, and then so are its secrets.
      const asked = publishes === "unknown" && trigger.event === "pull_request" &&
        job.job.environment === null;
      const secrets = asked ? withSecrets(job) : null;
      const given = secrets !== null && await reaches(ref, { as: secrets }) === "yes";
      const after = trigger.event === "workflow_run"
        ? {
          afterPullRequest: await reaches(ref, {
            as: { condition: asOutsidersLike },
            github: OF_PULL_REQUEST,
          }),
        }
        : {};
      // What a pull request publishes is a preview.
      const releases = (only?.publishes ?? publishes) === "yes" && !trigger.event.startsWith("pull_request");
      const ends = releases
        ? await cancellingGroups(job, trigger, ref, only ? known(only.names) : namesOf(trigger, ref))
        : [];
      starts.push({
        trigger,
        ref,
        publishes,
        ...idle ? { refrains: idle } : {},
        ...only ? { only } : {},
        ...openToAll ? { openToAll } : {},
        ...given ? { withSecrets: given } : {},
        ...after,
        ...ends.length > 0 ? { ends } : {},
      });
    }
  }
  // Callers of this repository are looked at by themselves; another one would have to bring an event that starts nothing here.
  const inVain = starts.some(({ trigger }) => trigger.event !== CALL) &&
    starts.every(({ trigger, publishes }) =>
      publishes === "no" || trigger.event === CALL && publishes === "unknown"
    );
  const call = inVain ? starts.find(({ publishes }) => publishes === "unknown") : undefined;
  if (!call || await reached(job, call.trigger, call.ref, { repository, github: NO_EVENT }) !== "no") {
    return starts;
  }
  return starts.map((start) => start === call ? { ...start, publishes: "no" } : start);
}

/** Whether a client publishes nothing in such a run: semantic-release does so for branches alone, unless it is told that no CI runs it. */
function refrains(
  { step: { run, env, with: inputs }, invocation }: PublishingJob,
  { event }: Trigger,
  ref: RefKind | null,
): boolean {
  const { client, args, ignoresCi } = invocation;
  if (client !== "semantic-release" || ref !== "tag" && !event.startsWith("pull_request")) return false;
  const hides = ignoresCi || args.some((word) => /^--(?:no-)?ci\b|^\$/.test(word)) || inputs.has("ci") ||
    [...env].some(([name, { value }]) => HIDDEN.test(`${name}=${value}`)) || HIDDEN.test(run?.value ?? "");
  return !hides;
}

/** What hides from a program that a CI runs it, and for which event. */
const HIDDEN =
  /\b(?:CI=(?!true|1)|GITHUB_(?:ACTIONS|EVENT_NAME|REF)=)|\bunset\s.{0,100}\b(?:CI|GITHUB_\w{1,20})\b|\benv\s{1,9}-[iu]/;

const CALL = "workflow_call";
const NO_EVENT = { event_name: "" };

/** Events whose runs are for whichever ref people push or choose. */
const FOR_ANY_REF = ["push", "workflow_dispatch"];

/** For which refs alone a step may publish, or for none, by the names that the trigger lists or that the conditions on the way ask for; `null` where nobody can know. */
async function onlyFor(
  trigger: Trigger,
  ref: RefKind | null,
  reaches: (ref: RefKind, assumed: Assumed, asked: string[]) => Promise<Answer>,
): Promise<OnlyRefs | null> {
  if (ref === null || !FOR_ANY_REF.includes(trigger.event)) return null;
  const listed = namesOf(trigger, ref).flatMap((name) => name ?? []);
  const conditions: string[] = [];
  const github = listed.length > 0 ? {} : { "event.repository.default_branch": DEFAULT_BRANCH };
  const ask = (name: string) => reaches(ref, { name, github }, conditions);
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

/** Names that are no patterns; else one that nobody knows. */
function known(names: readonly string[]): readonly (string | null)[] {
  return names.every((name) => /^[\w./-]+$/.test(name)) ? names : [null];
}

/** The names of the refs whose pushes a trigger lets through, where it lists them; else one that nobody knows. */
function namesOf({ event, tags, branches }: Trigger, ref: RefKind | null): readonly (string | null)[] {
  const names = event !== "push" ? null : ref === "tag" ? tags : ref === "branch" ? branches : null;
  const isKnown = names && names.length > 0 && names.length <= MOST_NAMES;
  return isKnown ? known(names) : [null];
}

/** The answer where all are the same. */
function agreed([first, ...others]: readonly Answer[]): Answer {
  return first !== undefined && others.every((each) => each === first) ? first : "unknown";
}
