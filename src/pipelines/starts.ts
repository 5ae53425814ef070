import { ownTable } from "../formats/own_table.ts";
import type { Location } from "../problem.ts";
import { answerOf } from "./conditions.ts";
import { PREFIXES, type RefKind, refKindsOf } from "./events.ts";
import type { Answer, Job, Pipeline, Setting, Step, Trigger } from "./model.ts";
import { type WithSecrets, withSecrets } from "./given_secrets.ts";
import { asOutsidersLike, isOpen, mayAskWho } from "./outsiders.ts";
import { absentParts } from "./payloads.ts";
import type { PublishingJob } from "./publishing_jobs.ts";
import { shutsOut } from "./ref_filter.ts";
import { neverFires } from "./strangers.ts";

/** One way in which a pipeline starts. */
export interface Start {
  readonly trigger: Trigger;
  /** What kind of ref the run is for; `null` for events whose runs can be for any. */
  readonly ref: RefKind | null;
  /** Whether the publishing step runs then. */
  readonly publishes: Answer;
  /** Whether people without write access can meet every condition on the way. */
  readonly openToAll?: true;
  /** Whether it publishes in runs for the repository's own branches, as all that is asked on the way is whether there is a secret. */
  readonly withSecrets?: true;
  /** Of a `workflow_run`: whether it publishes where the run before it was one of a pull request, whose author names the branch. */
  readonly afterPullRequest?: Answer;
}

/** Every way in which a publishing step is reached, or is not: by the conditions on the way, and by those of the jobs that it needs. */
export async function startsOf(job: PublishingJob): Promise<readonly Start[]> {
  const own = job.job.triggers ?? job.pipeline.triggers;
  // Other vendors' conditions are in their triggers, as far as they can be read.
  if (job.pipeline.vendor !== "github") {
    const publishes = runsAlways(job) ? "yes" : "unknown";
    return own.map((trigger) => ({ trigger, ref: REFS[trigger.event] ?? null, publishes }));
  }
  const starts: Start[] = [];
  for (const trigger of job.pipeline.triggers) {
    for (const ref of refsOf(trigger)) {
      const publishes = neverFires(trigger) || shutsOut(trigger, ref) ? "no" : agreed(
        await Promise.all(namesOf(trigger, ref).map((name) => reached(job, trigger, ref, undefined, name))),
      );
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
        ...openToAll ? { openToAll } : {},
        ...given ? { withSecrets: given } : {},
        ...after,
      });
    }
  }
  return starts;
}

/** What a run says of the one before it that was for a pull request, and went well. */
const OF_PULL_REQUEST = {
  "event.workflow_run.event": "pull_request",
  "event.workflow_run.conclusion": "success",
};

/** What other vendors' pushes are of. */
const REFS = ownTable<RefKind>({ push: "branch", tag: "tag" });

/** Whether a job of GitLab or CircleCI publishes whenever its pipeline starts: nothing on the way, in its scripts or in what it needs asks anything. */
function runsAlways({ pipeline, chain, job, step, invocation }: PublishingJob): boolean {
  const seen = new Set<Job>();
  const always = (one: Job, siblings: readonly Job[]): boolean =>
    seen.has(one) ||
    seen.add(one).size <= MOST_NEEDED && (one.condition === null || onEveryBranch(one, one === job)) &&
      one.live === "yes" &&
      one.needs.every((id) => {
        const other = siblings.find((each) => each.id === id);
        return other !== undefined && always(other, siblings);
      });
  return pipeline.vendor !== "jenkins" && step.live === "yes" && invocation.inScript === null &&
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
  const ask = (condition: string) => {
    const nothing = absentParts(condition, event);
    const run = { github, refPrefix: ref ? PREFIXES[ref] : null, ...nothing.size > 0 ? { nothing } : {} };
    return answerOf(as.condition?.(condition) ?? condition, run);
  };
  const answers: Answer[] = [];
  for (const [index, each] of job.chain.entries()) {
    const siblings = index === 0 ? job.pipeline.jobs : job.chain[index - 1]!.calls!.pipeline!.jobs;
    answers.push(await jobRuns(each, siblings, new Set()));
  }
  if (job.step.condition) answers.push(await ask(job.step.condition.value));
  if (mayRefrain(job, as.script)) answers.push("unknown");
  return all(answers);

  async function jobRuns(one: Job, siblings: readonly Job[], seen: Set<string>): Promise<Answer> {
    const asked = one.condition ? await ask(one.condition.value) : "yes";
    const own = asked === "yes" && mayStop(one, job.step) ? "unknown" : asked;
    // Such a condition lets a job run although one that it needs was skipped.
    if (own === "no" || /\b(?:always|failure|cancelled)\s*\(/.test(one.condition?.value ?? "")) return own;
    const needed: Answer[] = [];
    if (seen.size > MOST_NEEDED) return "unknown";
    for (const id of one.needs) {
      const other = siblings.find((each) => each.id === id);
      if (other && !seen.has(id)) needed.push(await jobRuns(other, siblings, seen.add(id)));
    }
    return all([own, ...needed]);
  }
}

/** Conditions of a script: of a shell, and of PowerShell. In `npm test` nothing is asked. */
const CONDITIONS =
  /(?:^|[\s;&|('"])(?:if|case|(?<![\w-][ \t])test|unless|elif|\[\[?)(?=[\s(])|\bswitch\s*\(|\|\||\bexit\b/;
/** Programs that do something; what others say before an `&&` may be the answer to a question. */
const WORKS =
  /^(?:npm|pnpm|yarn|bun|npx|cargo|pip3?|python3?|uv|poetry|hatch|maturin|twine|make|\.\/gradlew|mvn|gem|bundle|dotnet|cd|cp|mv|rm|mkdir|echo|export|git (?:add|commit|push|pull|fetch|checkout|config))(?![\w-])(?!.*\s(?:-c|view|info|show)\b)/;
/** The head of a function, in either language. */
const FUNCTION = /\(\s{0,9}\)\s{0,99}\{|\bfunction\s[^{]{1,200}\{/gi;
/** What a script knows of the run that it is in. */
const RUN = /\bGITHUB_(?:REF|HEAD_REF|BASE_REF|EVENT)|\bgithub\.(?:event|ref|head_ref|base_ref)/;

/** Whether something may leave the publishing out that is no `if:`: what scripts ask, or an input that an expression decides. */
function mayRefrain(job: PublishingJob, as: WithSecrets["script"] = (script) => script): boolean {
  const { called, step, invocation } = job;
  if (invocation.inScript !== null || step.inner.length > 0) return true;
  if ([...step.with.values()].some(({ value }) => value.includes("${{") && RUN.test(value))) return true;
  // What stands behind the command decides nothing about it: `npm publish || true` publishes.
  if (step.run !== null && asks(as(textBefore(step.run, invocation.at, called)))) return true;
  // A check that ends the run where it is not one for a release.
  return called.jobs.flatMap(({ steps }) => steps).some(({ run }) =>
    run !== null && RUN.test(run.value) && /\bexit [1-9]/.test(run.value)
  );
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

/** Whether the step's script asks anything before it publishes. */
export function asksBefore({ step, invocation, called }: PublishingJob): boolean {
  return step.run !== null && asks(textBefore(step.run, invocation.at, called));
}

/** Whether it asks there, or its action is told, which ref or event the run is for: then it is not for all of them. */
export function asksForRun(job: PublishingJob): boolean {
  const { called, step } = job;
  if ([...step.with.values()].some(({ value }) => RUN.test(value))) return true;
  const script = step.run && asksBefore(job) ? textBefore(step.run, job.invocation.at, called) : "";
  return RUN.test(script) ||
    [called.env, job.job.env, step.env].some((settings) =>
      [...settings.values()].some(({ name, value }) => script.includes(name) && RUN.test(value))
    );
}

/** Whether a script asks anything. */
export function asks(script: string): boolean {
  if (CONDITIONS.test(script)) return true;
  const joined = script.replace(/\\\r?\n|\d?>&\d/g, " ");
  return joined.split("&&").slice(0, -1).some((part) => {
    const command = part.split(/[\n;|&]/).at(-1)!.replace(/^(?:["'({\s]|(?:do|then|sudo|\w+=\S*)\s)+/, "");
    return command !== "" && !WORKS.test(command);
  });
}

/** What a script holds before a place, as the file has it; all of it where the place is elsewhere, or in a function, which other lines call. */
function textBefore({ value, at }: Setting, place: Location, { path, text }: Pipeline): string {
  if (at.path !== path || place.path !== path) return value;
  const before = text.slice(at.start.offset, Math.max(place.start.offset, at.start.offset));
  const head = [...before.matchAll(FUNCTION)].at(-1);
  const braces = head ? before.slice(head.index).replace(/[^{}]/g, "") : "";
  return braces.split("{").length > braces.split("}").length ? value : before;
}

function all(answers: readonly Answer[]): Answer {
  return answers.includes("no") ? "no" : answers.includes("unknown") ? "unknown" : "yes";
}
