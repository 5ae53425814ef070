import { asks } from "../../pipelines/asking.ts";
import { invocations } from "../../pipelines/commands.ts";
import type { StartedScript } from "../../pipelines/model.ts";
import { allSteps, commandsOf, type PlacedCommand } from "../../pipelines/placed_commands.ts";
import { publishesAt } from "../clients.ts";
import {
  hasOpenOptions,
  installsByAction,
  installsListed,
  runsDependencies,
  runsScripts,
} from "../installs.ts";
import { meantForOidc } from "../oidc.ts";
import type { Report, Rule } from "../rule.ts";

/** Every dependency whose code runs in the job that may publish could publish in its place. */
export const buildBesideIdToken: Rule = {
  code: "build-beside-id-token",
  severity: "info",
  phase: "publishing jobs",
  *check(subject) {
    for (const each of [...subject.publishing, ...subject.suspected]) {
      const { job, invocation, pipeline, called } = each;
      if (pipeline.vendor !== "github" || meantForOidc(subject, each) === "no") continue;
      // Tools that are named one by one are another matter: the rule mutable-tool looks at them.
      const steps = allSteps(job.steps).filter(({ live }) => live !== "no");
      const commands = steps.flatMap((step) => commandsOf(step, subject.sources));
      const mayLeaveOut = ({ at }: PlacedCommand) =>
        [at, pipeline, called].some(({ path }) => subject.sources.get(path)?.includes("ignore-scripts"));
      const install = commands.find((command) =>
        bringsDependencies(command) && !(hasOpenOptions(command) && mayLeaveOut(command))
      )?.at ?? steps.find(installsByAction)?.uses?.at ??
        steps.flatMap(({ started = [] }) =>
          started
        ).find(installsInside)?.at;
      const run = install ? undefined : commands.find(runsDependencies);
      const at = install ?? run?.at;
      if (!at) continue;
      yield {
        message: `Job "${job.id}" may publish, and ${run ? "runs the code of" : "installs"} dependencies`,
        at,
        label: run ? "runs the code of every dependency here" : "brings the code of every dependency here",
        related: [each.suspected ? { at: invocation.at, message: "may publish here" } : publishesAt(each)],
        why: [
          "Code that runs in a job with `id-token: write` can ask for a token and publish; at TanStack it did.",
        ],
        next: [
          run
            ? "test in a job without `id-token` that this one needs, and only publish here"
            : "build and test in a job without `id-token`, hand the files over as an artifact, and only publish here",
        ],
      } satisfies Report;
    }
  },
};

function bringsDependencies(command: Pick<PlacedCommand, "program" | "args">): boolean {
  return installsListed(command) && runsScripts(command);
}

/** Whether a script that a step starts installs them whatever happens: one that asks something may leave it out. */
function installsInside({ text }: StartedScript): boolean {
  return /\b(?:install|ci|sync)\b/.test(text) && !asks(text) && invocations(text).some(bringsDependencies);
}
