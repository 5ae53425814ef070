import { plainLine } from "../../host/redact.ts";
import type { Job, Setting, Step } from "../../pipelines/model.ts";
import { neededBy } from "../artifacts.ts";
import { bringsDirectory } from "../left_in_workspace.ts";
import type { Publishing, Report, Rule, Subject } from "../rule.ts";
import { operatorOf } from "../runners.ts";
import { yamlFix } from "../yaml_fix.ts";

/** A local action that is not in the repository fails its job, and what would be published behind it is not. */
export const localActionMissing: Rule = {
  code: "local-action-missing",
  severity: "error",
  phase: "publishing jobs",
  *check(subject) {
    const said = new Set<string>();
    for (const publishing of [...subject.publishing, ...subject.suspected]) {
      const { pipeline: { vendor, triggers } } = publishing;
      // In a workflow that only others call, it is an action of theirs.
      if (vendor !== "github" || triggers.every(({ event }) => event === "workflow_call")) continue;
      const jobs = [publishing.job, ...neededBy(publishing)];
      for (const missing of jobs.flatMap((job) => missingIn(job, publishing))) {
        const { path, start } = missing.uses.at;
        const place = `${path}:${start.offset}`;
        if (said.has(place)) continue;
        said.add(place);
        const report = reportOf(missing, publishing, subject);
        if (report) yield report;
      }
    }
  },
};

/** A step whose local action is not there, and those before it. */
interface Missing {
  readonly job: Job;
  readonly uses: Setting;
  readonly meant: string | null;
  readonly before: readonly Step[];
  /** Whether a condition may leave it out although the job publishes. */
  readonly mayBeLeftOut: boolean;
}

/** Conditions that are met although a step before has failed. */
const WHATEVER_FAILED = /\b(?:always|failure|cancelled)\s*\(/;

/** The first local action that is missing, of those without which a job does not come to publish. */
function missingIn(job: Job, { job: own, step }: Publishing): Missing[] {
  const condition = job === own ? step.condition?.value ?? null : null;
  if (condition !== null && WHATEVER_FAILED.test(condition)) return [];
  const last = job === own ? job.steps.indexOf(step) : job.steps.length - 1;
  const before: Step[] = [];
  const found = firstIn(job.steps.slice(0, last + 1), false);
  return found ? [{ job, before, ...found }] : [];

  function firstIn(steps: readonly Step[], mayBeLeftOut: boolean): Omit<Missing, "job" | "before"> | null {
    for (const each of steps) {
      const { uses, live, missingAction, continueOnError, inner } = each;
      if (live === "no") continue;
      const open = mayBeLeftOut || live !== "yes" && each.condition?.value !== condition;
      if (uses && missingAction && !continueOnError) {
        return { uses, meant: missingAction.meant, mayBeLeftOut: open };
      }
      const within = continueOnError ? null : firstIn(inner, open);
      if (within) return within;
      before.push(each);
    }
    return null;
  }
}

function reportOf(missing: Missing, publishing: Publishing, subject: Subject): Report | null {
  const { job, uses, meant, before, mayBeLeftOut } = missing;
  const path = uses.value.replace(/^\.\//, "").replace(/(?<!\/)\/+$/, "");
  const brings = before.map((step) => ({ step, answer: bringsDirectory(step, path, subject.sources) }));
  if (brings.some(({ answer }) => answer === "yes")) return null;
  const doubtful = brings.find(({ answer }) => answer === "unknown")?.step;
  const isFresh = job.runner?.labels?.length &&
    job.runner.labels.every((label) => operatorOf(label) === "github");
  const isSure = !doubtful && isFresh;
  const name = plainLine(uses.value, 100);
  const where = meant ? null : doubtful?.run ?? doubtful?.uses;
  return {
    ...isSure && !mayBeLeftOut
      ? {}
      : isSure || meant
      ? { severity: "warning" as const, confidence: "likely" as const }
      : { severity: "unverified" as const },
    message: `Job "${job.id}" ${
      isSure || meant ? "fails" : "may fail"
    } at ${name}, which is not in the repository`,
    at: uses.at,
    label: meant ? `the action lies in ${meant}` : "no action.yml, action.yaml or Dockerfile there",
    related: [
      ...where ? [{ at: where.at, message: "what this leaves behind nobody knows" }] : [],
      { at: publishing.invocation.at, message: "would publish" },
    ],
    why: [
      `GitHub ends a job ${
        mayBeLeftOut ? "that comes there " : ""
      }with "Can't find 'action.yml', 'action.yaml' or 'Dockerfile'", and nothing is published.`,
    ],
    next: [
      meant ? `did you mean \`./${meant}\`?` : "correct the path, or add the action",
      ...isSure || meant ? [] : ["where a step before makes it, leave it as it is"],
    ],
    fix: meant
      ? () =>
        yamlFix(
          uses.at,
          subject,
          { safe: false, description: `use ./${meant}` },
          (file) => file.set(uses.at, `./${meant}`),
        )
      : null,
  };
}
