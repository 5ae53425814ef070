import { intersects, validRange } from "../formats/version_range.ts";
import type { Pipeline, Setting, Step } from "../pipelines/model.ts";
import { allSteps } from "../pipelines/placed_commands.ts";
import { actionName } from "../pipelines/publishing.ts";
import { followsPullRequests } from "../pipelines/run_before.ts";
import { asks } from "../pipelines/asking.ts";
import type { Start } from "../pipelines/starts.ts";
import { actionVersion } from "./action_version.ts";
import { stepsUntil } from "./before_publishing.ts";
import type { Publishing, Subject } from "./rule.ts";

/** A `workflow_run` that may follow a pull request of a stranger, and publishes. */
export interface RunBefore {
  readonly trigger: Start["trigger"];
  /** Whether nothing is known that keeps it from publishing. */
  readonly certain: boolean;
  /** Whether the branch has to have a name, which the one who opens the pull request gives it. */
  readonly named: boolean;
}

/** How a job is started behind runs for pull requests; `null` where it is not, or something asks which run it was. */
export function runBefore(publishing: Publishing, pipelines: readonly Pipeline[]): RunBefore | null {
  const run = publishing.starts.find(({ trigger, publishes }) =>
    trigger.event === "workflow_run" && publishes !== "no"
  );
  if (!run || run.afterPullRequest === "no") return null;
  const settled = run.afterPullRequest === "yes";
  if (!settled && mayAskForRun([publishing.pipeline, publishing.called])) return null;
  const follows = followsPullRequests(run.trigger, pipelines);
  // The branch of a pull request is called what its author likes: a fork's is usually `main`.
  const named = run.trigger.branches !== null || /workflow_run\.head_branch\b/.test(publishing.pipeline.text);
  if (follows === "no" || named && follows === "unknown") return null;
  return { trigger: run.trigger, certain: settled && follows === "yes", named };
}

/** What tells a push from a pull request of a stranger. */
const WHICH_RUN = /workflow_run\.(?:event|head_repository|pull_requests)\b/;

/** Whether a condition, a script that asks, or something that is handed to one, looks at the run before. */
function mayAskForRun(pipelines: readonly Pipeline[]): boolean {
  return pipelines.flatMap(({ jobs }) => jobs).some(({ condition, env, steps }) =>
    [condition, ...env.values(), ...allSteps(steps).flatMap(textsThatAsk)]
      .some((text) => text !== null && WHICH_RUN.test(text.value))
  );
}

function textsThatAsk({ condition, env, with: inputs, run }: Step): (Setting | null)[] {
  return [condition, ...env.values(), ...inputs.values(), run && asks(run.value) ? run : null];
}

/** Where a job takes files that the run before it has left; `null` where it does not. */
export function takesArtifacts({ job }: Publishing): Setting | null {
  const taken = allSteps(job.steps).filter(({ live }) => live !== "no").map(artifactsOf);
  return taken.find((each) => each !== null) ?? null;
}

function artifactsOf({ uses, with: inputs, run }: Step): Setting | null {
  const name = uses ? actionName(uses.value) : "";
  if (name === "actions/download-artifact" && inputs.has("run-id")) return uses;
  if (name === "dawidd6/action-download-artifact") return uses;
  return /\bgh run download\b.*workflow_run\.id\b/.test(run?.value ?? "") ? run : null;
}

/** The releases of actions/checkout that refuse commits of forks behind `pull_request_target`, and behind a `workflow_run` of theirs (actions/checkout#2454). */
const REFUSES = ">=2.8.0 <3.0.0 || >=3.7.0 <4.0.0 || >=4.4.0 <5.0.0 || >=5.1.0 <6.0.0 || >=6.1.0";
/** Commits of those who open pull requests. */
const THEIR_COMMIT =
  /github\.event\.(?:pull_request\.(?:head\.sha|merge_commit_sha)|workflow_run\.(?:head_sha|head_commit\.id))\b|\brefs\/pull\//;
const THEIR_REPOSITORY =
  /github\.event\.(?:pull_request\.head\.repo|workflow_run\.head_repository)\.full_name\b/;
const THEIR_COMMAND = /\bgh pr checkout\b|\bgit (?:fetch|pull)\b.*\bpull\/(?:\$|\d)/;

/** A commit of a stranger that a job asks for. */
export interface TakenCommit {
  readonly by: Setting;
  /** Whether actions/checkout refuses it. */
  readonly refused: boolean;
}

/** Where a job asks for the commit of whoever opened the pull request in place of its own; `null` where it does not. */
export function takesCommit(
  publishing: Publishing,
  event: string,
  { sources }: Pick<Subject, "sources">,
): TakenCommit | null {
  const isGuarded = event === "pull_request_target" || event === "workflow_run";
  for (const { step: { uses, run, with: inputs } } of stepsUntil(publishing)) {
    if (run && THEIR_COMMAND.test(run.value)) return { by: run, refused: false };
    if (!uses || actionName(uses.value) !== "actions/checkout" || inputs.has("path")) continue;
    const ref = inputs.get("ref");
    const repository = inputs.get("repository");
    const theirs = repository && THEIR_REPOSITORY.test(repository.value)
      ? repository
      : ref && THEIR_COMMIT.test(ref.value)
      ? ref
      : null;
    if (!theirs) continue;
    const refused = isGuarded && refuses(uses, inputs.get("allow-unsafe-pr-checkout"), sources);
    return { by: theirs, refused };
  }
  return null;
}

function refuses(uses: Setting, allowed: Setting | undefined, sources: Subject["sources"]): boolean {
  if (allowed && allowed.value !== "false") return false;
  const range = validRange(actionVersion(uses, sources));
  return range === null || intersects(range, REFUSES);
}
