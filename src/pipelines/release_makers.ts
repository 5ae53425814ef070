import { ownTable } from "../formats/own_table.ts";
import type { Location } from "../problem.ts";
import { inner, type Variable } from "./credentials.ts";
import type { Job, Pipeline, Settings, Step, Trigger } from "./model.ts";
import { allSteps, commandsOf, type PlacedCommand } from "./placed_commands.ts";
import { startsByItself } from "./publishing_jobs.ts";
import { actionName } from "./publishing.ts";

/** A step that makes releases, or tags, in the repository. */
export interface ReleaseMaker {
  /** The workflow that starts. */
  readonly pipeline: Pipeline;
  readonly makes: readonly ("release" | "tag")[];
  /** Whether it does so with the token that GitHub gives every job, as far as that can be seen. */
  readonly byJobToken: boolean;
  readonly at: Location;
}

const ACTION_NAMES = [
  "release-please-action",
  "action-gh-release",
  "ncipollo/release-action",
  "create-release",
  "release-drafter",
  "semantic-release",
];
const COMMANDS = /\bgh release (?:create|edit)\b|\bgit push\b.{0,200}tags\b/;

/** Whether a workflow may make releases or tags; by its text alone, because most have nothing to do with publishing. */
export function mentionsReleases(text: string): boolean {
  return ACTION_NAMES.some((name) => text.includes(name)) ||
    (text.includes("gh release") || text.includes("git push")) && COMMANDS.test(text);
}

/** Whether a trigger is for tags alone. */
export function isOfTags({ event, tags, tagsIgnored, branches, branchesIgnored }: Trigger): boolean {
  return event === "push" && (tags ?? tagsIgnored) !== null && (branches ?? branchesIgnored) === null;
}

/** Whether a workflow starts for releases or tags alone. */
export function waitsForReleases({ vendor, triggers }: Pipeline): boolean {
  return vendor === "github" && triggers.length > 0 &&
    triggers.every((trigger) => trigger.event === "release" || isOfTags(trigger));
}

/** Every step that makes releases or tags, of the workflows that start by themselves and of those that they call. */
export function releaseMakers(
  pipelines: readonly Pipeline[],
  sources: ReadonlyMap<string, string>,
): readonly ReleaseMaker[] {
  return pipelines.filter((each) => each.vendor === "github" && startsByItself(each)).flatMap((pipeline) =>
    jobsIn(pipeline).flatMap(({ job, called }) => {
      const outer = inner(inner(new Map(), called.env, "pipeline"), job.env, "job");
      return allSteps(job.steps).filter(({ live }) => live !== "no").flatMap((step) =>
        makesIn(step, job, inner(outer, step.env, "step"), sources).map((made) => ({ pipeline, ...made }))
      );
    })
  );
}

function jobsIn(called: Pipeline): { job: Job; called: Pipeline }[] {
  return called.jobs.filter(({ live }) => live !== "no").flatMap((job) => [
    { job, called },
    ...job.calls?.pipeline ? jobsIn(job.calls.pipeline) : [],
  ]);
}

type Made = Omit<ReleaseMaker, "pipeline">;
type Variables = ReadonlyMap<string, Pick<Variable, "value">>;

function makesIn(step: Step, job: Job, env: Variables, sources: ReadonlyMap<string, string>): Made[] {
  const { uses, with: inputs } = step;
  const action = uses && ACTIONS[actionName(uses.value)];
  if (uses && action?.makes(inputs, sources)) {
    const given = inputs.get(action.token)?.value ?? env.get("GITHUB_TOKEN")?.value;
    return [{ makes: ["release", "tag"], byJobToken: given === undefined || isJobToken(given), at: uses.at }];
  }
  if (!mayMake(step.run?.value ?? "")) return [];
  return commandsOf(step, sources).flatMap((command) => madeBy(command, job, env));
}

/** Only a script with these words has a command that makes one. */
function mayMake(script: string): boolean {
  return script.includes("release") || (script.includes("push") && script.includes("tags"));
}

/** Actions that make releases. Of a draft a person makes one later, a prerelease or a tag with a fixed name is no release of a version. */
const ACTIONS = ownTable<{
  readonly token: string;
  readonly makes: (inputs: Settings, sources: ReadonlyMap<string, string>) => boolean;
}>({
  "googleapis/release-please-action": { token: "token", makes: releasesByPlease },
  "google-github-actions/release-please-action": { token: "token", makes: releasesByPlease },
  "softprops/action-gh-release": { token: "token", makes: publishesRelease },
  "ncipollo/release-action": { token: "token", makes: publishesRelease },
  "actions/create-release": { token: "token", makes: publishesRelease },
  "release-drafter/release-drafter": {
    token: "token",
    makes: (inputs) => inputs.get("publish")?.value === "true",
  },
  "cycjimmy/semantic-release-action": { token: "token", makes: (inputs) => !inputs.has("dry_run") },
  "python-semantic-release/python-semantic-release": { token: "github_token", makes: () => true },
});

function releasesByPlease(inputs: Settings, sources: ReadonlyMap<string, string>): boolean {
  const named = inputs.get("config-file")?.value;
  const config = sources.get(named ?? "release-please-config.json");
  // A file elsewhere may ask for drafts.
  const drafts = config === undefined
    ? named !== undefined
    : /"(?:draft|skip-github-release)"\s*:\s*true/.test(config);
  return !drafts && !inputs.has("skip-github-release") && !inputs.has("repo-url") &&
    !/^(?:release-pr|manifest-pr)$/.test(inputs.get("command")?.value ?? "");
}

function publishesRelease(inputs: Settings): boolean {
  const isOn = (name: string) => !["", "false"].includes(inputs.get(name)?.value ?? "");
  const named = ["tag_name", "tag"].map((name) => inputs.get(name)?.value ?? "").find((value) =>
    value !== ""
  );
  const elsewhere = inputs.has("repository") || inputs.has("repo");
  return !elsewhere && !isOn("draft") && !isOn("prerelease") && (named === undefined || named.includes("$"));
}

function madeBy({ program, args, env: own, at }: PlacedCommand, job: Job, env: Variables): Made[] {
  if (args.some((word) => /^(?:--dry-run|-n|--draft|-d|--prerelease|-p|-R|--repo(?:=.*)?)$/.test(word))) {
    return [];
  }
  const token = (...names: string[]) =>
    names.map((name) => own.get(name) ?? env.get(name)?.value).find((value) => value !== undefined);
  if (program === "gh" && args[0] === "release" && (args[1] === "create" || args.includes("--draft=false"))) {
    const fixed = args[1] === "create" && /^[a-z][\w.-]*$/i.test(args[2] ?? "");
    return fixed
      ? []
      : [{ makes: ["release", "tag"], byJobToken: isJobToken(token("GH_TOKEN", "GITHUB_TOKEN")), at }];
  }
  if (program === "semantic-release") {
    return [{ makes: ["release", "tag"], byJobToken: isJobToken(token("GH_TOKEN", "GITHUB_TOKEN")), at }];
  }
  if (
    program === "git" && args.includes("push") &&
    args.some((word) => /^--(?:follow-)?tags$|^refs\/tags\//.test(word))
  ) {
    return [{ makes: ["tag"], byJobToken: pushesByJobToken(job), at }];
  }
  return [];
}

function isJobToken(value: string | undefined): boolean {
  return /^\s*\$\{\{\s*(?:secrets\.GITHUB_TOKEN|github\.token)\s*\}\}\s*$/i.test(value ?? "");
}

/** Whether git has the credentials that `actions/checkout` leaves there when nothing else is asked for. */
function pushesByJobToken(job: Job): boolean {
  const known = PUSHES.get(job) ?? pushesWithCheckout(job);
  PUSHES.set(job, known);
  return known;
}

/** Many commands of a job ask for the same. */
const PUSHES = new WeakMap<Job, boolean>();

function pushesWithCheckout({ steps }: Job): boolean {
  const all = allSteps(steps);
  const checkout = all.find(({ uses }) => uses !== null && actionName(uses.value) === "actions/checkout");
  const others = ["repository", "token", "ssh-key", "persist-credentials"].some((input) =>
    checkout?.with.has(input) && !isJobToken(checkout.with.get(input)!.value)
  );
  const changed = all.some(({ run }) =>
    /remote (?:set-url|add)|@github\.com|ssh-|insteadof|extraheader/i.test(run?.value ?? "")
  );
  return checkout !== undefined && !others && !changed;
}
