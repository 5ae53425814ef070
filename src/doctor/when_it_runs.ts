import type { Trigger, Vendor } from "../pipelines/model.ts";
import type { Start } from "../pipelines/starts.ts";
import type { Publishing } from "./rule.ts";

/** What starts steps that publish, in words: `runs on tags v*, may run by hand`. */
export function whenItRuns(jobs: readonly Publishing[]): string {
  const surely = new Set<string>();
  const maybe = new Set<string>();
  for (const job of jobs) {
    const reached = job.starts.filter((start, _, all) => start.publishes !== "no" && !isNamesake(start, all));
    for (const start of reached) {
      const said = occasion(start, reached, job);
      // By hand for a tag, and perhaps for a branch, is perhaps by hand.
      const alike = reached.filter((other) =>
        other.trigger === start.trigger && occasion(other, reached, job) === said
      );
      (alike.every((each) => isSure(job, each)) ? surely : maybe).add(said);
    }
  }
  const rest = [...maybe].filter((each) => !surely.has(each));
  const said = [
    ...surely.size > 0 ? [`runs ${[...surely].join(", ")}`] : [],
    ...rest.length > 0 ? [`may run ${rest.join(", ")}`] : [],
  ];
  return said.length > 0 ? said.join(", ") : "nothing here starts it";
}

/** Whether it is for tags alone that are called like branches for which the same event comes to the step: nobody makes them. */
function isNamesake({ trigger, ref, only }: Start, starts: readonly Start[]): boolean {
  return ref === "tag" && only?.names.every((name) => !name.endsWith("*")) === true &&
    starts.some((other) =>
      other.trigger === trigger && other.ref === "branch" && other.only?.names.join() === only.names.join()
    );
}

/** Whether nothing on the way asks anything: what a script asks by itself is for it alone. */
function isSure({ live, pipeline, chain }: Publishing, { publishes, only }: Start): boolean {
  const waits = pipeline.vendor === "github" && chain.some(({ needs }) => needs.length > 0);
  return publishes === "yes" || only?.publishes === "yes" || live === "yes" && !waits;
}

/** One start, in words; the kind of its ref where the same event comes to the step for no other. */
function occasion(
  { trigger, ref, only }: Start,
  reached: readonly Start[],
  { starts, pipeline }: Publishing,
): string {
  const { event, tags, branches, branchesIgnored, manual, protectedOnly } = trigger;
  if (manual) return `by hand${isInEvery(reached) ? "" : startedIn(trigger, pipeline.vendor)}`;
  if (event === "tag" || event === "push" && ref === "tag") {
    return `on ${guarded(trigger)}tags${patterns(only?.names ?? tags)}`;
  }
  if (event === "push") {
    if (protectedOnly) return `on pushes to protected branches${patterns(only?.names ?? branches)}`;
    if (only) return `on pushes to${patterns(only.names)}`;
    if (pipeline.vendor === "jenkins" && !branches) return "in every build";
    return branches
      ? `on pushes to${patterns(branches)}`
      : branchesIgnored
      ? `on pushes to every branch but${patterns(branchesIgnored)}`
      : "on pushes to every branch";
  }
  if (only) {
    return `${happening(trigger, pipeline.vendor)} ${ref === "tag" ? "for tags" : "on"}${
      patterns(only.names)
    }`;
  }
  const left = starts.some((other) => other.trigger === trigger && !reached.includes(other));
  return `${happening(trigger, pipeline.vendor)}${left && ref === "tag" ? " for a tag" : ""}`;
}

function guarded({ protectedOnly }: Trigger): string {
  return protectedOnly ? "protected " : "";
}

/** Whether somebody starts a job in the pipelines of all branches and tags alike. */
function isInEvery(reached: readonly Start[]): boolean {
  return ["push", "tag"].every((wanted) =>
    reached.some(({ trigger: { event, manual, tags, branches, protectedOnly } }) =>
      event === wanted && manual && !tags && !branches && !protectedOnly
    )
  );
}

/** In what pipeline somebody starts a job. */
function startedIn(trigger: Trigger, vendor: Vendor): string {
  const { event, tags, branches, protectedOnly } = trigger;
  if (event === "tag") return ` for ${guarded(trigger)}tags${patterns(tags)}`;
  if (event === "push" && protectedOnly) return ` on protected branches${patterns(branches)}`;
  if (event === "push") return ` on${patterns(branches) || " every branch"}`;
  const when = happening(trigger, vendor);
  return when === EVENTS.web ? "" : ` ${when}`;
}

const EVENTS: Readonly<Record<string, string>> = {
  workflow_dispatch: "by hand",
  web: "by hand",
  schedule: "on a schedule",
  pull_request: "for pull requests",
  pull_request_target: "for pull requests",
  merge_request_event: "for merge requests",
  workflow_call: "when it is called",
  issue_comment: "on comments",
  merge_group: "in the merge queue",
  trigger: "by a trigger token",
  api: "by the API",
  pipeline: "by another pipeline",
};

function happening({ event, types, workflows = [] }: Trigger, vendor: Vendor): string {
  if (event === "release") return types ? `when a release is ${types.join(" or ")}` : "for releases";
  if (/^pull_request(?:_target)?$/.test(event) && types?.length === 1 && types[0] === "closed") {
    return "when a pull request is closed";
  }
  if (event === "workflow_run" && workflows.length > 0) {
    return `after ${workflows.map((name) => `"${name}"`).join(" or ")}`;
  }
  return Object.hasOwn(EVENTS, event) ? EVENTS[event]! : vendor === "github" ? `on ${event}` : event;
}

/** More of them than anybody reads in one line. */
const MOST = 3;

function patterns(written: readonly string[] | null): string {
  if (!written || written.length === 0) return "";
  const left = written.length - MOST;
  return ` ${written.slice(0, MOST).join(", ")}${left > 0 ? ` and ${left} more` : ""}`;
}
