import { ownTable } from "../formats/own_table.ts";
import type { Location } from "../problem.ts";
import { inner, type Variable } from "./credentials.ts";
import { gitCredentials } from "./git_credentials.ts";
import { isJobToken } from "./job_token.ts";
import type { Job, Pipeline, Settings, Step, Trigger } from "./model.ts";
import { allSteps, commandsOf, type PlacedCommand } from "./placed_commands.ts";
import { startsByItself } from "./publishing_jobs.ts";
import { actionName } from "./publishing.ts";
import { releaseWork } from "./release_tools.ts";

type Made = "release" | "tag";

/** A step that makes releases, or tags, in the repository. */
export interface ReleaseMaker {
  /** The workflow that starts. */
  readonly pipeline: Pipeline;
  readonly makes: readonly Made[];
  /** The full name of the one tag that it makes, where it says which, or what that begins with. */
  readonly ref: { readonly begins: string; readonly whole: boolean } | null;
  /** Whether it does so with the token that GitHub gives every job, as far as that can be seen. */
  readonly byJobToken: boolean;
  /** What is asked on the way to it, by its job, the jobs that call that one, and its step. */
  readonly conditions: readonly string[];
  readonly at: Location;
}

const ACTION_NAMES = [
  "release-please-action",
  "action-gh-release",
  "ncipollo/release-action",
  "create-release",
  "release-drafter",
  "semantic-release",
  "goreleaser",
  "release-plz",
];
const COMMANDS = /\bgh release (?:create|edit)\b|\bgit push\b.{0,200}tags\b/;

/** Whether a workflow may make releases or tags; by its text alone, because most have nothing to do with publishing. */
export function mentionsReleases(text: string): boolean {
  return ACTION_NAMES.some((name) => text.includes(name)) ||
    (text.includes("gh release") || text.includes("git push")) &&
      (COMMANDS.test(text) || /\bgit tag\b/.test(text));
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
    jobsIn(pipeline).flatMap(({ job, called, conditions }) => {
      const outer = inner(inner(new Map(), called.env, "pipeline"), job.env, "job");
      return allSteps(job.steps).filter(({ live }) => live !== "no").flatMap((step) =>
        makesIn(step, job, inner(outer, step.env, "step"), sources).map((made) => ({
          pipeline,
          conditions: [...conditions, ...conditionOf(step)],
          ...made,
        }))
      );
    })
  );
}

function jobsIn(
  called: Pipeline,
  above: readonly string[] = [],
): { job: Job; called: Pipeline; conditions: readonly string[] }[] {
  return called.jobs.filter(({ live }) => live !== "no").flatMap((job) => {
    const conditions = [...above, ...conditionOf(job)];
    return [
      { job, called, conditions },
      ...job.calls?.pipeline ? jobsIn(job.calls.pipeline, conditions) : [],
    ];
  });
}

function conditionOf({ condition }: Pick<Job | Step, "condition">): string[] {
  return condition ? [condition.value] : [];
}

type Maker = Omit<ReleaseMaker, "pipeline" | "conditions">;
type Variables = ReadonlyMap<string, Pick<Variable, "value">>;

function makesIn(step: Step, job: Job, env: Variables, sources: ReadonlyMap<string, string>): Maker[] {
  const { uses, with: inputs } = step;
  const action = uses && ACTIONS[actionName(uses.value)];
  const makes = action?.makes(inputs, sources) ?? NOTHING;
  if (uses && action && makes.length > 0) {
    const given = inputs.get(action.token)?.value ?? env.get("GITHUB_TOKEN")?.value;
    return [{ makes, ref: null, byJobToken: given === undefined || isJobToken(given), at: uses.at }];
  }
  const tools = releaseWork(step, { sources, remote: null }).flatMap(({ makes, variable, given, at }) =>
    makes === "release" || makes === "release and tag"
      ? [{
        makes: makes === "release" ? RELEASE : BOTH,
        ref: null,
        byJobToken: isJobToken(given ?? env.get(variable ?? "")?.value),
        at,
      }]
      : []
  );
  if (tools.length > 0) return tools;
  if (!mayMake(step.run?.value ?? "")) return [];
  return commandsOf(step, sources).flatMap((command) => madeBy(command, job, env, sources) ?? []);
}

const BOTH: readonly Made[] = ["release", "tag"];
const RELEASE: readonly Made[] = ["release"];
const NOTHING: readonly Made[] = [];

/** Only a script with these words has a command that makes one. */
function mayMake(script: string): boolean {
  return script.includes("release") || (script.includes("push") && script.includes("tag"));
}

/** Actions that make releases. Of a draft a person makes one later, a prerelease or a tag with a fixed name is no release of a version. */
const ACTIONS = ownTable<{
  readonly token: string;
  readonly makes: (inputs: Settings, sources: ReadonlyMap<string, string>) => readonly Made[];
}>({
  "googleapis/release-please-action": { token: "token", makes: releasesByPlease },
  "google-github-actions/release-please-action": { token: "token", makes: releasesByPlease },
  "softprops/action-gh-release": { token: "token", makes: publishesRelease },
  "ncipollo/release-action": { token: "token", makes: publishesRelease },
  "actions/create-release": { token: "token", makes: publishesRelease },
  "release-drafter/release-drafter": {
    token: "token",
    makes: (inputs) => inputs.get("publish")?.value === "true" ? BOTH : NOTHING,
  },
  "cycjimmy/semantic-release-action": {
    token: "token",
    makes: (inputs) => inputs.has("dry_run") ? NOTHING : BOTH,
  },
  "python-semantic-release/python-semantic-release": {
    token: "github_token",
    makes: madeByPythonSemanticRelease,
  },
});

function releasesByPlease(inputs: Settings, sources: ReadonlyMap<string, string>): readonly Made[] {
  const named = inputs.get("config-file")?.value;
  const config = sources.get(named ?? "release-please-config.json");
  // A file elsewhere may ask for drafts.
  const drafts = config === undefined
    ? named !== undefined
    : /"(?:draft|skip-github-release)"\s*:\s*true/.test(config);
  const releases = !drafts && !inputs.has("skip-github-release") && !inputs.has("repo-url") &&
    !/^(?:release-pr|manifest-pr)$/.test(inputs.get("command")?.value ?? "");
  return releases ? BOTH : NOTHING;
}

function publishesRelease(inputs: Settings): readonly Made[] {
  const isOn = (name: string) => !["", "false"].includes(inputs.get(name)?.value ?? "");
  const named = ["tag_name", "tag"].map((name) => inputs.get(name)?.value ?? "").find((value) =>
    value !== ""
  );
  const elsewhere = inputs.has("repository") || inputs.has("repo");
  const ofVersion = named === undefined || named.includes("$");
  return !elsewhere && !isOn("draft") && !isOn("prerelease") && ofVersion ? BOTH : NOTHING;
}

/** Without a push it makes nothing that others see. */
function madeByPythonSemanticRelease(inputs: Settings): readonly Made[] {
  const given = (name: string) => inputs.get(name)?.value ?? "";
  const shut = ["push", "tag"].some((name) => given(name) === "false");
  if (shut || !["", "false"].includes(given("no_operation_mode"))) return NOTHING;
  return ["", "true"].includes(given("vcs_release")) ? BOTH : ["tag"];
}

function madeBy(
  { program, args, env: own, at }: PlacedCommand,
  job: Job,
  env: Variables,
  sources: ReadonlyMap<string, string>,
): Maker | null {
  if (args.some((word) => ELSEWHERE.test(word))) return null;
  const token = ["GH_TOKEN", "GITHUB_TOKEN"].map((name) => own.get(name) ?? env.get(name)?.value)
    .find((value) => value !== undefined);
  const released: Maker = { makes: BOTH, ref: null, byJobToken: isJobToken(token), at };
  if (program === "semantic-release") return released;
  if (program === "gh" && args[0] === "release") {
    if (args[1] !== "create") return args.includes("--draft=false") ? released : null;
    const [tag = "", ...others] = args.slice(2);
    const isFixed = /^[a-z][\w.-]*$/i.test(tag);
    if (
      isFixed || others.some((word, index) => MAY_BE_OPTION.test(word) && !others[index - 1]?.startsWith("-"))
    ) {
      return null;
    }
    return OF_THE_RUN.test(tag) ? { ...released, makes: RELEASE } : released;
  }
  if (program !== "git" || !args.includes("push")) return null;
  const named =
    args.map((word) => /^\+?(?:[^:]+:)?(refs\/tags\/[^:]+)$/.exec(word)?.[1]).find((ref) =>
      ref !== undefined
    ) ?? pushedByName(args, job, sources);
  const all = args.some((word) => /^--(?:follow-)?tags$/.test(word)) && makesTags(job, sources);
  if (!all && named === undefined) return null;
  const ref = all
    ? null
    : { begins: /^[^$*`\\\ue000]*/.exec(named!)![0], whole: !/[$*`\\\ue000]/.test(named!) };
  return { makes: ["tag"], ref, byJobToken: gitCredentials(job) === "job token", at };
}

/** A rehearsal, a draft, a prerelease, something that is taken away, another repository. */
const ELSEWHERE = /^(?:--dry-run|-n|--draft|-d|--delete|--prerelease|-p|-R|--repo(?:=.*)?)$/;

/** What may be one of these words in some runs. */
const MAY_BE_OPTION = /^\$\{?\w+\}?$|^\$\{\{[^]*\}\}$/;

/** The tag that has started the run, which is there. */
const OF_THE_RUN =
  /^(?:\$\{\{\s*github\.ref_name\s*\}\}|\$\{?GITHUB_REF_NAME\}?|\$\{GITHUB_REF(?:##?[\w/*]+)\})$/;

/** A name of what makes tags. */
const TAGGING = /^[\w:@./-]{0,60}(?:version|release|bump|\btag)[\w:@./-]{0,60}$/i;
/** Options with which git makes no tag. */
const NO_TAG = /^(?:-[dlnv]\d*|--(?:delete|list|verify|contains|points-at|merged|no-merged|sort).*)$/;

/** Whether anything in a job seems to make the tags that it pushes: `--follow-tags` is often written where there are none. */
function makesTags({ steps }: Job, sources: ReadonlyMap<string, string>): boolean {
  return allSteps(steps).some((step) =>
    TAGGING.test(actionName(step.uses?.value ?? "")) ||
    commandsOf(step, sources).some(({ program, args }) =>
      program === "git"
        ? args[0] === "tag" && args.length > 1 && !args.some((word) => NO_TAG.test(word))
        : !args.includes("--no-git-tag-version") &&
          [program, ...args].some((word) => !word.startsWith("-") && TAGGING.test(word))
    )
  );
}

/** The full name of a tag that is pushed by the name that `git tag` has been given in the same job: `git push origin v1`. */
function pushedByName(args: readonly string[], job: Job, sources: ReadonlyMap<string, string>) {
  const [, ...pushed] = args.slice(args.indexOf("push") + 1).filter((word) => !word.startsWith("-"));
  const made = new Set(
    allSteps(job.steps).flatMap((step) => commandsOf(step, sources)).flatMap(({ program, args }) =>
      program === "git" && args[0] === "tag" && !args.some((word) => NO_TAG.test(word)) ? args.slice(1) : []
    ),
  );
  const name = pushed.find((word) => made.has(word));
  return name === undefined ? undefined : `refs/tags/${name}`;
}
