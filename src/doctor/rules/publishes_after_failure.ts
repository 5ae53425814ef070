import { plainLine } from "../../host/redact.ts";
import type { Job, Setting } from "../../pipelines/model.ts";
import { type StepBefore, stepsUntil } from "../before_publishing.ts";
import { towards } from "../oidc.ts";
import type { Publishing, Report, Rule } from "../rule.ts";

/** `always()` lets a step or a job run whatever has failed before: the tests, the build. */
export const publishesAfterFailure: Rule = {
  code: "publishes-after-failure",
  severity: "warning",
  phase: "publishing jobs",
  *check({ publishing }) {
    const seen = new Set<Setting>();
    for (const each of publishing) {
      if (each.pipeline.vendor !== "github") continue;
      for (const found of [ofStep(each), ...each.chain.map(ofJob)]) {
        if (!found || seen.has(found.condition)) continue;
        seen.add(found.condition);
        yield reportOf(each, found);
      }
    }
  },
};

/** A condition that is met whatever has failed before, and what that may be. */
interface Whatever {
  readonly condition: Setting;
  readonly before: string;
}

function ofStep(job: Publishing): Whatever | null {
  const { step: { condition } } = job;
  if (!condition || !isWhatever(condition.value)) return null;
  const before = stepsUntil(job).slice(0, -1).filter(mayFail).at(-1)?.step;
  return before
    ? { condition, before: before.name ? `step "${plainLine(before.name, 60)}"` : "a step before" }
    : null;
}

/** Whether a step runs a script that may fail: tests, a build. */
function mayFail({ step: { run, continueOnError, live } }: StepBefore): boolean {
  return run !== null && continueOnError === null && live !== "no";
}

function ofJob({ condition, needs }: Job): Whatever | null {
  if (!condition || needs.length === 0 || !isWhatever(condition.value)) return null;
  return { condition, before: `job "${needs.at(-1)}"` };
}

/** Whether a condition lets run what comes after a failure, and does not ask in any way how things went. */
function isWhatever(condition: string): boolean {
  return /\balways\s*\(|!\s*cancelled\s*\(/.test(condition) &&
    !/\b(?:success|failure)\s*\(|(?<![\w.-])(?:needs|steps)\s*[.[]|\bjob\s*\.\s*status\b/.test(condition);
}

function reportOf({ job, invocation }: Publishing, { condition, before }: Whatever): Report {
  return {
    message: `Job "${job.id}" publishes${towards(invocation)} also where ${before} has failed`,
    at: condition.at,
    label: "met whatever has failed",
    related: [{ at: invocation.at, message: "publishes all the same" }],
    why: [
      "What is published cannot be taken back: a version that failed its tests, or was built by half, is out.",
    ],
    next: [
      "remove the condition: without one, it runs where everything before went well",
      "where some may be skipped: `if: ${{ !failure() && !cancelled() }}`",
    ],
  };
}
