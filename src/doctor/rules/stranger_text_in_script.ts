import { placeKey } from "../../problem.ts";
import { sourceIn } from "../../formats/positions.ts";
import { plainLine } from "../../host/redact.ts";
import { asOutsidersLike, isOpen, mayAskWho } from "../../pipelines/outsiders.ts";
import type { Job, Setting } from "../../pipelines/model.ts";
import type { PublishingJob } from "../../pipelines/publishing_jobs.ts";
import type { Start } from "../../pipelines/starts.ts";
import { followedForPullRequests } from "../../pipelines/run_before.ts";
import { placeIn } from "../../pipelines/yaml_text.ts";
import type { Bystander } from "../bystanders.ts";
import { publishesAt } from "../clients.ts";
import { meantForOidc, publicTarget, REFUSED_EVENTS } from "../oidc.ts";
import type { Publishing, Report, Rule, Subject } from "../rule.ts";
import { adviceFor, asVariable } from "../script_variable.ts";
import { strangersIn, type StrangersInScript, type StrangerText } from "../stranger_texts.ts";

/** What a stranger has to wait for, and how bad that is. */
interface Danger {
  readonly severity: "error" | "warning";
  readonly trigger: Start["trigger"];
  readonly why: string;
  /** The script by which it comes. */
  readonly through?: Setting;
}

/** GitHub writes the values of expressions into a script before any shell sees it, so a text with commands in it is run. */
export const strangerTextInScript: Rule = {
  code: "stranger-text-in-script",
  severity: "error",
  phase: "publishing jobs",
  *check(subject) {
    const { sources } = subject;
    const found = new Map<string, { each: Publishing; place: StrangersInScript; danger: Danger }>();
    const places = new Map<Job, readonly StrangersInScript[]>();
    for (const each of [...subject.publishing, ...subject.bystanders]) {
      if (each.pipeline.vendor !== "github") continue;
      const meant = besideOf(each) ? meantForOidc(subject, besideOf(each)!) : "yes";
      if (meant === "no") continue;
      const inJob = places.get(each.job) ?? strangersIn(each);
      places.set(each.job, inJob);
      for (const place of inJob) {
        if (besideOf(each) && place.outer !== each.step) continue;
        const worst = dangerOf(place, each, subject);
        if (worst === null) continue;
        const danger = meant === "likely" ? { ...worst, severity: "warning" as const } : worst;
        const { at } = place.script;
        const key = `${placeKey(at)}:${place.written.expression.trim().toLowerCase()}`;
        if (found.get(key)?.danger.severity !== "error") found.set(key, { each, place, danger });
      }
    }
    for (const [index, { each, place, danger }] of [...found.values()].entries()) {
      const { job } = each;
      const beside = besideOf(each);
      const { invocation } = beside ?? each;
      const { step, script, written } = place;
      const source = sourceIn(sources, script.at.path);
      const at = source ? placeIn(source, script, written.start, written.end) : script.at;
      yield {
        severity: danger.severity,
        message: `Whoever writes \`${
          plainLine(written.expression.trim(), 80)
        }\` can run commands in job "${job.id}", which ${
          beside
            ? `can request the OIDC token that job "${beside.job.id}" publishes with`
            : `publishes with ${invocation.client}`
        }`,
        at,
        label: `becomes part of the ${step.run ? "script" : "program"}`,
        related: [
          { at: danger.trigger.at, message: "starts the workflow" },
          ...danger.through ? [{ at: danger.through.at, message: "hands it on as an output" }] : [],
          publishesAt(beside ?? each),
        ],
        why: [
          "GitHub writes the text into the script before it runs, and quotes around it do not hold what has quotes in it.",
          ...beside ? [OF_THE_WORKFLOW] : [],
          danger.why,
        ],
        next: [
          adviceFor(step, written),
        ],
        fix: index < MOST_FIXES ? () => asVariable(step, written, job, sources) : null,
      } satisfies Report;
    }
  },
};

const OF_THE_WORKFLOW =
  "The registry asks which workflow a token is of, and not which job: without an environment it takes the one of any job with `id-token: write`.";

/** The job that publishes, of one beside it. */
function besideOf(each: Publishing | Bystander): PublishingJob | null {
  return "beside" in each ? each.beside : null;
}

/** Each fix parses its file anew. */
const MOST_FIXES = 50;

/** The worst that the texts of an expression can do in any run; `null` where strangers do not come in. */
function dangerOf(place: StrangersInScript, each: Publishing, subject: Subject): Danger | null {
  const beside = besideOf(each);
  const registry = beside && publicTarget(beside.invocation);
  const refused = registry ? REFUSED_EVENTS[registry.kind] : [];
  const dangers = each.starts.filter(({ publishes, trigger }) =>
    publishes !== "no" && !refused.includes(trigger.event)
  )
    .flatMap((start) =>
      place.texts.flatMap((text) => throughOutput(text, inRun(text, start, place, each, subject)))
    );
  return dangers.find(({ severity }) => severity === "error") ?? dangers[0] ?? null;
}

/** A script on the way may do more with a text than is seen. */
function throughOutput({ through }: StrangerText, danger: Danger | null): Danger[] {
  if (!danger) return [];
  return [through ? { ...danger, severity: "warning", through } : danger];
}

function inRun(
  text: StrangerText,
  { trigger, publishes, openToAll, afterPullRequest }: Start,
  place: StrangersInScript,
  each: Publishing,
  { pipelines }: Subject,
): Danger | null {
  const { event, types } = trigger;
  if (!text.events.includes(event)) return null;
  const { step, chain } = each;
  const freely = chain.every(({ environment }) => environment === null) &&
    (publishes === "yes" || openToAll === true || afterPullRequest === "yes") &&
    place.conditions.every(({ value }) => value === step.condition?.value);
  const warning = (why: string): Danger => ({ severity: "warning", trigger, why });
  switch (event) {
    case "push":
      return warning(COMMITTED);
    case "pull_request":
      // Runs for forks have no credentials, and who may push a branch can change the workflow in it, until it is merged.
      return types?.length === 1 && types[0] === "closed"
        ? warning("It can be changed until the merge, and who reviews looks at the code, and not at this.")
        : null;
    case "workflow_run": {
      const asked = [...chain.map(({ condition }) => condition), ...place.conditions]
        .map((condition) => condition?.value ?? "");
      if (text.path.endsWith(".head_branch") && isPinned(trigger, asked)) return null;
      if (asked.some((condition) => OF_PUSHES.test(condition))) return warning(COMMITTED);
      const followed = followedForPullRequests(trigger, pipelines);
      return followed && freely
        ? {
          severity: "error",
          trigger,
          why: `Anybody starts ${followed.file} with a pull request from a fork.`,
        }
        : warning("Where the other workflow runs for pull requests, it comes from whoever opens one.");
    }
    default: {
      const asked = place.isAsked || othersAsk(each) ||
        [...chain.map(({ condition }) => condition), ...place.conditions]
          .some((condition) => condition && ASKS_WHO.test(asOutsidersLike(condition.value)));
      if (asked && text.byStarter) return null;
      return freely && !asked && isOpen(trigger)
        ? { severity: "error", trigger, why: WRITERS[event] ?? "Anybody can write it." }
        : warning("Anybody can write it, also where somebody with rights starts the run.");
    }
  }
}

const KNOWN = new WeakMap<Job, boolean>();

/** Whether another job of the workflow may ask who has started the run. */
function othersAsk({ pipeline, called, job }: Publishing): boolean {
  const known = KNOWN.get(job) ??
    mayAskWho([...pipeline.jobs, ...called.jobs].filter((one) => one !== job));
  KNOWN.set(job, known);
  return known;
}

const WRITERS: Readonly<Record<string, string>> = {
  issue_comment: "Anybody can comment, and starts the workflow with it.",
  issues: "Anybody can open an issue, and starts the workflow with it.",
  pull_request_target: "Anybody can open a pull request, and its run has the rights of the repository.",
};

/** Conditions that may ask who has started the run. */
const ASKS_WHO =
  /author_association|\bactor\b|triggering_actor|\.user\.|\bsender\b|\b(?:needs|steps|vars)\./i;

const COMMITTED = "It comes from whoever wrote the commit; who merges it looks at the code, and not at this.";

/** A condition on the run before this one: not for a pull request. */
const OF_PUSHES = /workflow_run\.event\s*==\s*'(?!pull_request)/;

/** Whether conditions or filters leave over branches of the repository alone, or those that they name. */
function isPinned({ branches }: Start["trigger"], asked: readonly string[]): boolean {
  return branches?.every((branch) => !/[*?+[!]/.test(branch)) === true ||
    asked.some((condition) => OF_PUSHES.test(condition) || /workflow_run\.head_branch\s*==/.test(condition));
}
