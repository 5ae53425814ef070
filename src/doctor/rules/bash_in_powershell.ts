import type { Job, Step } from "../../pipelines/model.ts";
import { neededBy } from "../artifacts.ts";
import type { Publishing, Report, Rule } from "../rule.ts";

/** On Windows a script runs in PowerShell unless it names another shell, and PowerShell reads no Bash. */
export const bashInPowershell: Rule = {
  code: "bash-in-powershell",
  severity: "error",
  phase: "publishing jobs",
  *check({ publishing }) {
    const seen = new Set<Job["at"]>();
    for (const one of publishing) {
      if (one.pipeline.vendor !== "github") continue;
      for (const job of [one.job, ...neededBy(one)]) {
        if (seen.has(job.at)) continue;
        seen.add(job.at);
        const label = job.live !== "no" && !job.continueOnError ? windowsOf(job) : null;
        const step = label === null ? undefined : job.steps.find(isMeantForBash);
        if (step) yield reportOf(one, job, label!, step);
      }
    }
  },
};

/** The first of its labels that is a machine with Windows. */
function windowsOf({ runner }: Job): string | null {
  return runner?.labels?.find((label) => /^windows-/i.test(label)) ?? null;
}

/** Whether a step runs in every leg of its job, in the machine's own shell, and its script is Bash for sure. */
function isMeantForBash({ run, shell, condition, continueOnError, live }: Step): boolean {
  return run !== null && shell === null && condition === null && !continueOnError && live === "yes" &&
    !OTHERS.test(run.value) && BASH.some((parts) => parts.every((part) => part.test(run.value)));
}

/** What PowerShell ends at before it runs anything: it asks for a bracket behind these words. */
const BASH = [
  [/^[ \t]*if[ \t]+(?![ \t(])\S/m, /^[ \t]*fi[ \t]*(?:$|[;#|&>])/m],
  [/^[ \t]*(?:for[ \t]+\w{1,60}[ \t]+in\b|while[ \t]+(?![ \t(])\S)/m, /^[ \t]*done\b/m],
] as const;
/** A text of several lines, or another shell that one is handed to. */
const OTHERS = /@["']|\b(?:ba|z|da)?sh\b|\bwsl\b/;

function reportOf({ job: publishing, invocation }: Publishing, job: Job, label: string, step: Step): Report {
  const everywhere = job.runner!.labels!.every((each) => /^windows-/i.test(each));
  return {
    // Legs on other machines may have published before.
    severity: everywhere || job !== publishing ? "error" : "warning",
    message: `Job "${job.id}" runs a script of Bash in PowerShell on ${label}${
      job === publishing ? "" : `, and job "${publishing.id}" needs it to publish`
    }`,
    at: step.run!.at,
    label: "no PowerShell",
    related: [
      { at: job.runner!.at, message: "machines with Windows run scripts in PowerShell" },
      ...job === publishing ? [] : [{ at: invocation.at, message: "publishes behind it" }],
    ],
    why: ["PowerShell stops before the first line: it asks for a bracket behind `if`, `for` and `while`."],
    next: ["give the step `shell: bash`, which those machines have, too"],
  };
}
