import { plainLine } from "../../host/redact.ts";
import type { Job, Setting, Step } from "../../pipelines/model.ts";
import { actionName } from "../../pipelines/publishing.ts";
import { commandsBefore, stepsUntil } from "../before_publishing.ts";
import { namedPlace } from "../own_manifest.ts";
import type { Publishing, Report, Rule, Subject } from "../rule.ts";
import { operatorOf } from "../runners.ts";

/** A machine of GitHub starts with an empty directory: without a checkout there is no manifest to publish by. */
export const nothingCheckedOut: Rule = {
  code: "nothing-checked-out",
  severity: "error",
  phase: "publishing jobs",
  *check(subject) {
    const said = new Set<Job>();
    for (const publishing of subject.publishing) {
      const { job, invocation } = publishing;
      if (said.has(job)) continue;
      if (!startsEmpty(publishing)) continue;
      const early = earlyAction(publishing, subject);
      if (early) {
        said.add(job);
        yield earlyReport(early, publishing);
        continue;
      }
      const manifest = manifestOf(publishing);
      if (!manifest || !nothingBrings(publishing, subject)) continue;
      said.add(job);
      yield {
        message: `Job "${job.id}" runs ${
          invocation.inScript ? manifest : `${invocation.client} publish`
        } without a checkout`,
        at: invocation.at,
        label: `there is no ${manifest} here`,
        related: [{ at: job.at, message: "starts with an empty directory" }],
        why: [
          `No step before brings the repository's files, so ${
            invocation.inScript ? "the command that starts it fails" : `${invocation.client} stops`
          }.`,
        ],
        next: [CHECK_OUT],
      } satisfies Report;
    }
  },
};

const CHECK_OUT = "check the repository out before: `- uses: actions/checkout@v6`";

/** The first action of the repository itself that a job uses while it has none of the repository's files. */
function earlyAction(publishing: Publishing, { sources }: Subject): Setting | null {
  for (const { step, condition } of stepsUntil(publishing)) {
    const { uses, continueOnError } = step;
    if (uses?.value.startsWith("./")) return condition || continueOnError ? null : uses;
    if (!leavesEmpty(step, publishing, sources)) return null;
  }
  return null;
}

function earlyReport(uses: Setting, { job, invocation }: Publishing): Report {
  return {
    message: `Job "${job.id}" uses ${plainLine(uses.value, 100)} before a checkout`,
    at: uses.at,
    label: "the action is not there yet",
    related: [{ at: job.at, message: "starts with an empty directory" }, {
      at: invocation.at,
      message: "would publish",
    }],
    why: [
      'GitHub looks a local action up in the workspace when the step\'s turn comes, and ends the job: "Did you forget to run actions/checkout before running your local action?"',
    ],
    next: [CHECK_OUT],
  };
}

/** The file without which nothing is published; `null` where it is told where to look, or not known to need one. */
function manifestOf({ invocation }: Publishing): string | null {
  const { client, args, inScript, directory } = invocation;
  if (directory === null || /^(?:[/~]|\.\.)/.test(directory)) return null;
  if (inScript !== null) return plainLine(inScript.path, 100);
  if (client === "cargo") {
    return args[0] === "publish" && !args.some((word) => word.startsWith("--manifest-path") || word === "-C")
      ? "Cargo.toml"
      : null;
  }
  const isPlain = (client === "npm" || client === "pnpm") && args[0] === "publish" &&
    namedPlace(invocation) === undefined && !args.some((word) => /^(?:--prefix|--dir|-C)(?:=|$)/.test(word));
  return isPlain ? "package.json" : null;
}

function startsEmpty({ pipeline, job: { runner, container } }: Publishing): boolean {
  return pipeline.vendor === "github" && container === null && !!runner?.labels?.length &&
    runner.labels.every((label) => operatorOf(label) === "github");
}

/** Actions that leave the directory empty, as far as manifests go. */
const BRINGS_NONE =
  /^(?:actions\/(?:setup-[\w-]+|create-github-app-token)|pnpm\/(?:action-)?setup|oven-sh\/setup-bun|dtolnay\/rust-toolchain|actions-rs\/toolchain|actions-rust-lang\/setup-rust-toolchain|rust-lang\/crates-io-auth-action|swatinem\/rust-cache|step-security\/harden-runner)$/;
const PROGRAMS = ["echo", "ls", "cat", "pwd", "true", "set", "rustup", "sleep"];
/** What these do with an empty directory is to fail, or nothing. */
const VERBS: Readonly<Record<string, RegExp>> = {
  cargo: /^(?:login|build|check|test|clippy|fmt|package|publish|--version|-V)$/,
  npm: /^(?:ci|config|view|whoami|publish|--version|-v)$/,
  pnpm: /^(?:config|view|whoami|publish|--version|-v)$/,
  node: /^(?:--version|-v)$/,
};
/** Files outside of the directory that a script may write. */
const OUTSIDE = />>?\s{0,9}["']?(?:~\/|\$\{?(?:HOME|GITHUB_(?:ENV|OUTPUT|PATH|STEP_SUMMARY))\b)/g;

function nothingBrings(publishing: Publishing, { sources }: Subject): boolean {
  return stepsUntil(publishing).every(({ step }) => leavesEmpty(step, publishing, sources));
}

function leavesEmpty(step: Step, publishing: Publishing, sources: Subject["sources"]): boolean {
  const { uses, run, shell, inner, unseen } = step;
  if (unseen.length > 0 || inner.length > 0) return false;
  if (uses) return BRINGS_NONE.test(actionName(uses.value).toLowerCase());
  if (!run || shell !== null && !/^(?:ba)?sh\b/.test(shell)) return false;
  const text = run.value.replace(OUTSIDE, "");
  if (/[<>]|`|\$\(|\b(?:eval|source|cd|pushd)\b/.test(text)) return false;
  const commands = commandsBefore(step, publishing, sources);
  return (commands.length > 0 || step.publishes.includes(publishing.invocation)) &&
    commands.every(({ program, args }) =>
      PROGRAMS.includes(program) || (Object.hasOwn(VERBS, program) && VERBS[program]!.test(args[0] ?? ""))
    );
}
