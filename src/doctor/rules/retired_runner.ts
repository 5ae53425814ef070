import type { Job } from "../../pipelines/model.ts";
import { neededBy } from "../artifacts.ts";
import { onceAWorkflow } from "../once_a_workflow.ts";
import { isAtGithub } from "../retired_actions.ts";
import type { Publishing, Report, Rule, Subject } from "../rule.ts";
import { goneSince } from "../runners.ts";

/** A job that asks for a machine which GitHub no longer has does not run, and nothing that needs it. */
export const retiredRunner: Rule = {
  code: "retired-runner",
  severity: "error",
  confidence: "likely",
  phase: "publishing jobs",
  check: (subject) => onceAWorkflow(subject, withoutMachine, [...subject.publishing, ...subject.suspected]),
};

/** The first job without a machine: the one that publishes, or one that has to end well before. */
function withoutMachine(publishing: Publishing, { remotes }: Subject): Report | null {
  // Elsewhere labels are the owner's.
  const atGithub = isAtGithub(remotes);
  if (atGithub === false) return null;
  const { job, invocation, suspected } = publishing;
  const needed = [...neededBy(publishing)].filter(({ live }) => live === "yes");
  const label = labelOf(job, "every");
  const [first] = label === null ? needed.filter((each) => labelOf(each, "any") !== null) : [job];
  if (!first) return null;
  const gone = label ?? labelOf(first, "any")!;
  return {
    severity: atGithub ? "error" : "warning",
    message: `Job "${job.id}" ${
      suspected ? "never runs" : "publishes nothing"
    }, because GitHub has no machine for ${gone}${first === job ? "" : `, which job "${first.id}" asks for`}`,
    at: first.runner!.at,
    label: `gone since ${goneSince(gone)}`,
    related: [{ at: invocation.at, message: suspected ? "may publish" : "would publish" }],
    why: [
      first === job
        ? "The job waits for a machine that never comes, until GitHub ends it."
        : "That job waits for a machine that never comes, until GitHub ends it, and the publishing one needs it.",
    ],
    next: [`use ${newerThan(gone)}`, "where a machine of your own has that label: nothing"],
  };
}

/** The label that GitHub has no machine for: of any leg of the job's matrix, or the first one where it is so for every leg. */
function labelOf({ runner, continueOnError }: Job, legs: "any" | "every"): string | null {
  const labels = runner?.labels ?? [];
  if (continueOnError || labels.some((label) => label.toLowerCase() === "self-hosted")) return null;
  const gone = labels.filter((label) => goneSince(label) !== null);
  return legs === "any" || gone.length === labels.length ? gone[0] ?? null : null;
}

function newerThan(label: string): string {
  if (/^macos/i.test(label)) return "macos-15, or macos-15-intel for a processor of Intel";
  return /^windows/i.test(label) ? "windows-2022 or windows-2025" : "ubuntu-24.04 or ubuntu-latest";
}
