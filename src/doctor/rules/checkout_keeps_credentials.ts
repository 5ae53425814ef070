import { allSteps, commandsOf } from "../../pipelines/placed_commands.ts";
import { actionName } from "../../pipelines/publishing.ts";
import type { Report, Rule } from "../rule.ts";

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

/** The checkout leaves the job's GitHub token in the git configuration, for every later step to read. */
export const checkoutKeepsCredentials: Rule = {
  code: "checkout-keeps-credentials",
  severity: "info",
  phase: "publishing jobs",
  *check({ publishing, sources }) {
    for (const { job, pipeline } of publishing) {
      const writes = job.permissions.allows("contents", "write");
      if (pipeline.vendor !== "github" || writes === "no") continue;
      const steps = allSteps(job.steps).filter(({ live }) => live !== "no");
      const checkout = steps.find(({ uses }) => uses && actionName(uses.value) === "actions/checkout");
      if (!checkout || checkout.with.get("persist-credentials")) continue;
      const needed = steps.some((step) =>
        step !== checkout && (step.unseen.length > 0 || PUSHES.test(step.uses?.value ?? "") ||
          RUNS_FILE.test(step.run?.value ?? "") || commandsOf(step, sources).some(({ program, args }) =>
            (program === "git" && ["push", "fetch", "pull", "submodule", "lfs"].includes(args[0] ?? "")) ||
            PUSHES.test(program) || args[0] === "gh-deploy" || pushesRelease(program, args) ||
            (STARTS.test(program) && !UPLOADS.test(args[0] ?? ""))
          ))
      );
      if (needed) continue;
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
