import { ownTable } from "../../formats/own_table.ts";
import { actionName } from "../../pipelines/publishing.ts";
import { allSteps, commandsOf, type PlacedCommand } from "../../pipelines/placed_commands.ts";
import type { Job, Settings, Step } from "../../pipelines/model.ts";
import type { Location } from "../../problem.ts";
import type { Report, Rule, Subject } from "../rule.ts";

/** Actions that write to the repository with the token of an input, or of a variable, by default the job's own. */
const WRITERS = ownTable<{ readonly does: string; readonly token: readonly string[] }>({
  "softprops/action-gh-release": { does: "makes a release", token: ["token"] },
  "ncipollo/release-action": { does: "makes a release", token: ["token"] },
  "actions/create-release": { does: "makes a release", token: [] },
  "marvinpinto/action-automatic-releases": { does: "makes a release", token: ["repo_token"] },
  "changesets/action": { does: "pushes tags and opens pull requests", token: ["github-token"] },
  "googleapis/release-please-action": { does: "makes releases and opens pull requests", token: ["token"] },
  "stefanzweifel/git-auto-commit-action": { does: "pushes a commit", token: [] },
  "mathieudutour/github-tag-action": { does: "pushes a tag", token: ["github_token"] },
});

const OWN = /^\$\{\{\s*(?:secrets\.GITHUB_TOKEN|github\.token)\s*\}\}$/i;

/** A job that also tags or makes a release needs `contents: write`, which a block for `id-token` alone takes away. */
export const missingContentsWrite: Rule = {
  code: "missing-contents-write",
  severity: "error",
  confidence: "likely",
  phase: "publishing jobs",
  *check(subject) {
    const pipelines = new Set(subject.publishing.flatMap(({ pipeline, called }) => [pipeline, called]));
    for (
      const job of [...pipelines].filter(({ vendor }) => vendor === "github").flatMap(({ jobs }) => jobs)
    ) {
      const { permissions } = job;
      if (job.live === "no" || permissions.allows("contents", "write") !== "no") continue;
      const writer = firstWriter(job, subject);
      if (!writer) continue;
      yield {
        message: `Job "${job.id}" ${writer.does} and has no \`contents: write\``,
        at: permissions.at ?? job.at,
        label: permissions.replaced
          ? "a job's block replaces the workflow's; scopes that it does not name become none"
          : "scopes that are not named here are none",
        related: [{ at: writer.at, message: writer.does }],
        why: [writer.why],
        next: [`add \`contents: write\` to the permissions of job "${job.id}"`],
        fix: permissions.granting("contents", "write"),
      } satisfies Report;
    }
  },
};

/** Something that writes to the repository, and what comes of it without the permission. */
interface Writer {
  readonly does: string;
  readonly at: Location;
  readonly why: string;
}

const REFUSED =
  "GitHub refuses it with 403 (Resource not accessible by integration), perhaps after the package is out.";
const REFUSED_FIRST =
  "semantic-release tries that before anything else, and stops with EGITNOPERMISSION: no version is published.";

function firstWriter(job: Job, { sources }: Subject): Writer | null {
  const steps = allSteps(job.steps).filter(({ live }) => live !== "no");
  for (const step of steps) {
    const writer = step.uses && WRITERS[actionName(step.uses.value)];
    if (writer && ownToken(writer.token, step.with, step.env, job.env)) {
      return { does: writer.does, at: step.uses!.at, why: REFUSED };
    }
    const release = step.publishes.find(({ client }) => client === "semantic-release");
    if (release && pushesWithOwnToken(step, steps, job)) {
      return { does: "pushes a tag with semantic-release", at: release.at, why: REFUSED_FIRST };
    }
    for (const command of commandsOf(step, sources)) {
      const does = writes(command, step, steps, job);
      if (does) return { does, at: command.at, why: REFUSED };
    }
  }
  return null;
}

/** Whether none of the places where another token could be given has one. */
function ownToken(inputs: readonly string[], given: Settings, ...envs: readonly Settings[]): boolean {
  const values = [
    ...inputs.map((name) => given.get(name)?.value),
    ...["GITHUB_TOKEN", "GH_TOKEN"].flatMap((name) => envs.map((env) => env.get(name)?.value)),
  ].filter((value) => value !== undefined && value !== "");
  return values.every((value) => OWN.test(value!.trim()));
}

/** Whether semantic-release, which tries to push before anything else, has the job's own token and no other. */
function pushesWithOwnToken(step: Step, steps: readonly Step[], job: Job): boolean {
  const has = (name: string) => [step.env, job.env].some((env) => env.has(name));
  return (has("GH_TOKEN") || has("GITHUB_TOKEN")) && !has("GIT_CREDENTIALS") &&
    ownToken([], new Map(), step.env, job.env) && checkoutsOf(steps).every(isOrdinary) &&
    !hasOtherLogin(steps);
}

function checkoutsOf(steps: readonly Step[]): Step[] {
  return steps.filter(({ uses }) => uses && actionName(uses.value) === "actions/checkout");
}

function isOrdinary({ with: inputs }: Step): boolean {
  return ["token", "ssh-key", "repository"].every((input) => !inputs.get(input)?.value);
}

/** Whether git is given another address, or another credential for it. */
function hasOtherLogin(steps: readonly Step[]): boolean {
  return steps.some(({ run }) =>
    run &&
    /\bgit\s{1,20}remote\s{1,20}(?:set-url|add)\b|url\..{0,300}insteadOf|git config.{0,300}(?:url|credential|extraheader)|\.git-credentials|\.netrc/
      .test(
        run.value,
      )
  );
}

function writes(
  { program, args, env }: PlacedCommand,
  step: Step,
  steps: readonly Step[],
  job: Job,
): string | null {
  const own = ownToken([], new Map(), step.env, job.env) && !env.has("GH_TOKEN") && !env.has("GITHUB_TOKEN");
  if (program === "gh" && args[0] === "release" && ["create", "upload", "edit"].includes(args[1] ?? "")) {
    const here = !args.some((word) => /^(?:-R|--repo)/.test(word));
    const token = [step.env, job.env].some((each) => each.has("GH_TOKEN") || each.has("GITHUB_TOKEN"));
    return own && here && token ? `runs gh release ${args[1]}` : null;
  }
  if (program !== "git" || args[0] !== "push" || args.includes("--dry-run")) return null;
  // A checkout with a token of its own pushes with that; so does an address in the command.
  const checkouts = checkoutsOf(steps);
  const plain = checkouts.length > 0 &&
    checkouts.every((each) => isOrdinary(each) && each.with.get("persist-credentials")?.value !== "false");
  return plain && !hasOtherLogin(steps) && own && !args.some((word) => /:\/\/|@|\$/.test(word))
    ? "pushes to the repository"
    : null;
}
