import type { Job, Pipeline, Step } from "../../pipelines/model.ts";
import { allSteps, commandsOf } from "../../pipelines/placed_commands.ts";
import { actionName } from "../../pipelines/publishing.ts";
import type { Location } from "../../problem.ts";
import type { Report, Rule } from "../rule.ts";
import { holdsSecret } from "../secret_flow.ts";
import { variablesAt } from "../variables.ts";

/** Actions that push with what the checkout has left in the git configuration. */
const PUSHES = /changesets|covector|release|commit|push|pull-request|tag|semantic|lerna|version|gh-pages/i;
/** A line that runs a file of the project, which may push. */
const RUNS_FILE = /(?:^|[\n;&|])[ \t]*(?:(?:ba)?sh\s+|source\s+)?["']?\.{0,2}[\w@.-]{0,100}\/\w/;
/** What runs tasks and files, which may push too. */
const STARTS = /^(?:make|just|task|npm|pnpm|yarn|bun|nox|tox|rake|invoke|deno|node|python\d?|(?:ba)?sh)$/;
/** Clients that are asked for something else than to publish run scripts of the project. */
const UPLOADS = /^(?:publish|ci|install|i|add|config|set|pack|-m|-g|--global|--version)$/;

/** With these cargo's tools publish what is there, and push nothing. */
const PUSHES_NOTHING = /^--(?:no-push|no-git-push|no-git-commit|from-git|publish-as-is)$/;
/** What plugins of build tools call a release, which they commit, tag and push. */
const RELEASES = /^:?release(?:$|[: ])/;

/** Whether a command of a client is one of a plugin that pushes a commit and a tag before or after it publishes. */
function pushesRelease(program: string, args: readonly string[]): boolean {
  if (program === "cargo") {
    return /^(?:(?:smart-)?release\b|(?:workspaces|ws) (?:publish|version)\b)/.test(args.join(" ")) &&
      !args.some((word) => PUSHES_NOTHING.test(word));
  }
  return /^(?:mvnw?|gradlew?|sbt|gem)$/.test(program) && args.some((word) => RELEASES.test(word));
}

/** Whether a step pushes, or may. */
function mayPush(step: Step, sources: ReadonlyMap<string, string>): boolean {
  return step.unseen.length > 0 || PUSHES.test(actionName(step.uses?.value ?? "")) ||
    RUNS_FILE.test(step.run?.value ?? "") ||
    commandsOf(step, sources).some(({ program, args }) =>
      (program === "git" && ["push", "fetch", "pull", "submodule", "lfs"].includes(args[0] ?? "")) ||
      PUSHES.test(program) || args[0] === "gh-deploy" || pushesRelease(program, args) ||
      (STARTS.test(program) && !UPLOADS.test(args[0] ?? ""))
    );
}

/** The checkout leaves the job's GitHub token, or the one that it is given, in the git configuration, for every later step to read. */
export const checkoutKeepsCredentials: Rule = {
  code: "checkout-keeps-credentials",
  severity: "info",
  phase: "publishing jobs",
  *check({ publishing, sources }) {
    const seen = new Set<Job>();
    for (const { job, pipeline, called } of publishing) {
      if (pipeline.vendor !== "github" || seen.has(job)) continue;
      seen.add(job);
      const steps = allSteps(job.steps).filter(({ live }) => live !== "no");
      yield* inRemote(job, called, steps, sources);
      const checkout = steps.find(({ uses }) => uses && actionName(uses.value) === "actions/checkout");
      const writes = job.permissions.allows("contents", "write");
      const stored = checkout && storedToken(checkout);
      if (!checkout || writes === "no" && !stored || checkout.with.get("persist-credentials")) continue;
      if (steps.some((step) => step !== checkout && mayPush(step, sources))) continue;
      if (stored) {
        if (runsScripts(steps.slice(steps.indexOf(checkout) + 1))) yield ofStored(job, stored);
        continue;
      }
      yield {
        confidence: writes === "yes" ? "certain" : "likely",
        message: `Job "${job.id}" publishes, and leaves its GitHub token in the checkout`,
        at: checkout.uses!.at,
        label: "leaves the token where git finds it",
        related: job.permissions.at
          ? [{ at: job.permissions.at, message: "the token may write contents" }]
          : [],
        why: [
          writes === "yes"
            ? "Every later step can read it there, and push with it."
            : "Every later step can read it there, and push with it where the repository's default lets it write.",
        ],
        next: ["add `persist-credentials: false` to the checkout"],
      } satisfies Report;
    }
  },
};

/** Whether any of these steps runs what could read a file. */
function runsScripts(steps: readonly Step[]): boolean {
  return steps.some(({ run, publishes }) => run !== null || publishes.length > 0);
}

/** A secret that git is given. */
interface Stored {
  readonly secret: string;
  readonly at: Location;
}

/** The secret that a checkout is made with; `null` where that is the job's own token, or one that a step has made. */
function storedToken({ with: inputs }: Step): Stored | null {
  const token = inputs.get("token");
  const secret = secretIn(token?.value ?? "");
  return token && secret !== null ? { secret, at: token.at } : null;
}

function secretIn(value: string): string | null {
  const secret = /\bsecrets\.(?!GITHUB_TOKEN\b)([\w-]+)/i.exec(value)?.[1];
  return secret !== undefined && holdsSecret(value, secret) ? secret : null;
}

/** It was stored for more than this run. */
const LIVES_ON =
  "Every later step can read it there, also code of dependencies, and it is good for more than this run.";

function ofStored({ id }: Job, { secret, at }: Stored): Report {
  return {
    severity: "warning",
    confidence: "likely",
    message: `Job "${id}" publishes, and leaves the secret ${secret} in the checkout`,
    at,
    label: "stays where git finds it",
    why: [LIVES_ON],
    next: ["add `persist-credentials: false` to the checkout: nothing behind it is seen to push"],
  };
}

/** An address with a variable, or an expression, as its password. */
const PASSWORD =
  /:\/\/(?:[^\s/@:]{0,200}:)?(?:\$\{?(?<variable>\w{1,200})\}?|(?<expression>\$\{\{[^{}]{0,200}\}\}))@/;

/** A secret in the address of a remote, which no later step needs to push. */
function* inRemote(
  job: Job,
  called: Pipeline,
  steps: readonly Step[],
  sources: ReadonlyMap<string, string>,
): Generator<Report> {
  for (const [index, step] of steps.entries()) {
    const commands = commandsOf(step, sources);
    const set = commands.findIndex(({ program, args }) =>
      program === "git" && args[0] === "remote" && /^(?:set-url|add)$/.test(args[1] ?? "")
    );
    const last = commands.slice(set + 1).some(({ program, args }) =>
      program === "git" && args[0] === "remote"
    );
    if (set < 0 || last) continue;
    const later = steps.slice(index + 1);
    if (!runsScripts(later) || later.some((each) => mayPush(each, sources))) continue;
    const { args, at } = commands[set]!;
    const { variable, expression } = PASSWORD.exec(args.join(" "))?.groups ?? {};
    const value = variable === undefined
      ? expression
      : variablesAt({ called, job, step }).get(variable)?.value;
    const secret = secretIn(value ?? "");
    if (secret === null) continue;
    yield {
      severity: "warning",
      confidence: "likely",
      message: `Job "${job.id}" publishes, and leaves the secret ${secret} in the address of a remote`,
      at,
      label: "git writes it into .git/config",
      why: [LIVES_ON],
      next: [
        "push to the address itself, `git push https://…`, which git keeps nowhere; or take it out again behind the push, with `git remote set-url`",
      ],
    };
  }
}
