import { ownTable } from "../formats/own_table.ts";
import { changesLogin, gitCredentials, isCheckout, isOrdinary } from "../pipelines/git_credentials.ts";
import { isJobToken } from "../pipelines/job_token.ts";
import type { Job, Pipeline, Settings, StartedCommand, Step } from "../pipelines/model.ts";
import { allSteps, commandsOf, type PlacedCommand } from "../pipelines/placed_commands.ts";
import { actionName } from "../pipelines/publishing.ts";
import { type ReleaseWork, releaseWork } from "../pipelines/release_tools.ts";
import type { Location } from "../problem.ts";
import type { Subject } from "./rule.ts";
import { variablesAt } from "./variables.ts";

/** Something that writes to the repository with the job's own token, and what comes of it without the permission. */
export interface Writer {
  /** `makes a release` */
  readonly does: string;
  readonly at: Location;
  /** The command that starts the script in which it stands; absent where it is in none. */
  readonly startedAt?: Location;
  readonly why: string;
}

/** A job of a workflow. */
export interface PlacedJob {
  readonly called: Pipeline;
  readonly job: Job;
}

/** Actions that write to the repository with the token of an input, or of a variable, by default the job's own; or with what the checkout has left for git. */
const WRITERS = ownTable<{ readonly does: string; readonly token: readonly string[]; readonly git?: true }>({
  "softprops/action-gh-release": { does: "makes a release", token: ["token"] },
  "ncipollo/release-action": { does: "makes a release", token: ["token"] },
  "actions/create-release": { does: "makes a release", token: [] },
  "marvinpinto/action-automatic-releases": { does: "makes a release", token: ["repo_token"] },
  "changesets/action": { does: "pushes tags and opens pull requests", token: ["github-token"] },
  "googleapis/release-please-action": { does: "makes releases and opens pull requests", token: ["token"] },
  "stefanzweifel/git-auto-commit-action": { does: "pushes a commit", token: [], git: true },
  "mathieudutour/github-tag-action": { does: "pushes a tag", token: ["github_token"] },
});

const REFUSED =
  "GitHub refuses it with 403 (Resource not accessible by integration), perhaps after the package is out.";
const REFUSED_FIRST =
  "semantic-release tries that before anything else, and stops with EGITNOPERMISSION: no version is published.";
const REFUSED_TAG =
  "GitHub refuses it with 403 (Resource not accessible by integration) when the crate is out. The next run finds it published, and tags nothing either.";

/** The first step, or command of one, that writes to the repository with the job's own token; `null` where none is seen. */
export function firstWriter({ called, job }: PlacedJob, subject: Subject): Writer | null {
  const { sources } = subject;
  const steps = allSteps(job.steps).filter(({ live }) => live !== "no");
  for (const step of steps) {
    const env = variablesAt({ called, job, step });
    const writer = step.uses && WRITERS[actionName(step.uses.value)];
    const given = writer ? writer.token.map((name) => step.with.get(name)?.value) : [];
    if (writer && hasNoOther(env, given) && (!writer.git || gitCredentials(job) === "job token")) {
      return { does: writer.does, at: step.uses!.at, why: REFUSED };
    }
    const release = step.publishes.find(({ client }) => client === "semantic-release");
    if (release && releasesWithOwnToken(env, steps)) {
      return { does: "pushes a tag with semantic-release", at: release.at, why: REFUSED_FIRST };
    }
    const work = releaseWork(step, subject).find((each) => isOwn(each, env, job, subject));
    if (work) {
      const published = work.tool === "release-plz" && work.makes !== "pull request";
      return { does: work.does, at: work.at, why: published ? REFUSED_TAG : REFUSED };
    }
    for (const command of commandsOf(step, sources)) {
      const does = writes(command, env, job);
      if (does) return { does, at: command.at, why: REFUSED };
    }
    const found = startedWriter(step.startedCommands ?? [], env, job, subject);
    if (found) return found;
  }
  return null;
}

const PROPOSES = "whenever there is something to propose";
const REFUSED_PULL = "GitHub refuses it with 403 (Resource not accessible by integration)";

/** The first step, or command of one, with which a release tool opens pull requests with the job's own token; `null` where none is seen. */
export function firstOpener({ called, job }: PlacedJob, subject: Subject): Writer | null {
  for (const step of allSteps(job.steps).filter(({ live }) => live !== "no")) {
    const env = variablesAt({ called, job, step });
    const { uses, with: inputs } = step;
    const asked = !["command", "repo-url", "fork"].some((name) => inputs.has(name)) &&
      (inputs.get("skip-github-pull-request")?.value || "false") === "false";
    if (uses && RELEASE_PLEASE.test(uses.value) && asked && hasNoOther(env, [inputs.get("token")?.value])) {
      const why = `${REFUSED_PULL} ${PROPOSES}, and without the pull request nothing is released.`;
      return { does: "opens pull requests with release-please", at: uses.at, why };
    }
    const work = releaseWork(step, subject).filter((each) => isOwn(each, env, job, subject));
    const opens = work.find(({ tool, makes }) => tool === "release-plz" && makes === "pull request");
    if (opens) {
      const first = uses !== null && work.length > 1;
      return {
        does: "opens pull requests with release-plz",
        at: opens.at,
        why: first
          ? `The action does that before it publishes: ${PROPOSES}, ${REFUSED_PULL}, and the step ends there.`
          : `${REFUSED_PULL} ${PROPOSES}.`,
      };
    }
  }
  return null;
}

const RELEASE_PLEASE = /^(?:googleapis|google-github-actions)\/release-please-action@/i;

/** The first that writes in the scripts that a step starts, where none of them seems to work in another repository or with another token. */
function startedWriter(
  commands: readonly StartedCommand[],
  env: Settings,
  job: Job,
  { sources }: Subject,
): Writer | null {
  if (commands.some(({ program, args }) => program === "git" && OTHER_REPOSITORY.test(args[0] ?? ""))) {
    return null;
  }
  for (const command of commands) {
    const does = writes(command, env, job);
    if (does === null) continue;
    const others = [...sources].some(([path, text]) =>
      !path.startsWith(".github/workflows/") && (changesLogin(text) || SETS_TOKEN.test(text))
    );
    return others ? null : { does, at: command.at, startedAt: command.startedAt, why: REFUSED };
  }
  return null;
}

const OTHER_REPOSITORY = /^(?:clone|worktree|init|submodule)$/;

const TOKENS = ["GITHUB_TOKEN", "GH_TOKEN"];

/** Whether none of the places where another token could be given has one. */
function hasNoOther(env: Settings, given: readonly (string | undefined)[] = []): boolean {
  return [...given, ...TOKENS.map((name) => env.get(name)?.value)]
    .every((value) => value === undefined || value === "" || isJobToken(value));
}

/** Whether semantic-release, which tries to push before anything else, has the job's own token and no other. */
function releasesWithOwnToken(env: Settings, steps: readonly Step[]): boolean {
  return TOKENS.some((name) => env.has(name)) && !env.has("GIT_CREDENTIALS") && hasNoOther(env) &&
    steps.filter(isCheckout).every(isOrdinary) && !steps.some(({ run }) => run && changesLogin(run.value));
}

/** Whether a release tool works with the job's own token, as far as everything that could give it another one is seen. */
function isOwn({ variable, given }: ReleaseWork, env: Settings, job: Job, { sources }: Subject): boolean {
  if (variable === null) return gitCredentials(job) === "job token" && hasNoOther(env);
  const name = given === null ? variable : /^\$\{?(\w+)\}?$/.exec(given)?.[1];
  const value = name === undefined ? given! : env.get(name)?.value;
  return isJobToken(value) && !["GITLAB_TOKEN", "GITEA_TOKEN"].some((each) => env.has(each)) &&
    !allSteps(job.steps).some(({ run }) => run && SETS_TOKEN.test(run.value)) &&
    ![...sources].some(([path, text]) => !path.startsWith(".github/") && SETS_TOKEN.test(text));
}

/** What a script does that gives itself, or later steps, another token. */
const SETS_TOKEN = /\b(?:GITHUB|GH|GIT)_TOKEN=/;

function writes({ program, args, env: own }: PlacedCommand, env: Settings, job: Job): string | null {
  const plain = hasNoOther(env) && TOKENS.every((name) => !own.has(name));
  if (program === "gh" && args[0] === "release" && ["create", "upload", "edit"].includes(args[1] ?? "")) {
    const here = !args.some((word) => /^(?:-R|--repo)/.test(word));
    return plain && here && TOKENS.some((name) => env.has(name)) ? `runs gh release ${args[1]}` : null;
  }
  const pushes = pushesToOrigin(program, args) && gitCredentials(job) === "job token";
  return plain && pushes ? "pushes to the repository" : null;
}

/** Whether a command pushes to where the checkout came from. */
export function pushesToOrigin(program: string, args: readonly string[]): boolean {
  if (program !== "git" || args[0] !== "push") return false;
  const [remote = "origin"] = args.slice(1).filter((word) => !word.startsWith("-"));
  return remote === "origin" && !args.some((word) => /^(?:--dry-run|-n|--repo(?:=.*)?)$|:\/\/|@/.test(word));
}
