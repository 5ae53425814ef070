import { intersects, validRange } from "../../formats/version_range.ts";
import type { Step } from "../../pipelines/model.ts";
import { allSteps } from "../../pipelines/placed_commands.ts";
import { actionVersion } from "../action_version.ts";
import type { Publishing, Report, Rule, Subject } from "../rule.ts";

const ACTION = "pypa/gh-action-pypi-publish";
/** Since then the action runs an image that it finds by the name of the step's own action. */
const BY_IMAGE = ">=1.12.0";

/** PyPI's action runs in a container of Linux, and finds its image by the step that uses it. */
export const pypiActionMisplaced: Rule = {
  code: "pypi-action-misplaced",
  severity: "error",
  phase: "publishing jobs",
  *check(subject) {
    for (const publishing of subject.publishing) {
      if (publishing.invocation.client !== ACTION) continue;
      const systems = otherSystems(publishing);
      if (systems.length > 0) yield elsewhere(publishing, systems);
      const inner = innerStep(publishing);
      if (inner && runsImage(inner, subject)) yield inside(publishing, inner);
    }
  },
};

/** Labels of machines without Linux on which the step runs. */
function otherSystems({ job, step }: Publishing): readonly string[] {
  const labels = job.runner?.labels ?? [];
  const others = labels.filter((label) => /^(?:windows|macos)\b/i.test(label));
  // Of a matrix, a condition may choose the leg that publishes.
  const chosen = others.length < labels.length && (step.condition !== null || job.condition !== null);
  return chosen ? [] : others;
}

function elsewhere({ job, invocation }: Publishing, systems: readonly string[]): Report {
  return {
    message: `Job "${job.id}" publishes with ${ACTION} on ${systems.join(" and ")}, and it needs Linux`,
    at: job.runner!.at,
    label: "has no containers of Linux",
    related: [{ at: invocation.at, message: "runs in a container" }],
    why: ["The step fails: actions in containers run on Linux alone."],
    next: ["build here, hand the files over as an artifact, and publish in one job on ubuntu-latest"],
  };
}

/** The step of a local action that publishes; `null` for one of the workflow itself. */
function innerStep({ step, invocation }: Publishing): Step | null {
  return allSteps(step.inner).find(({ uses }) =>
    uses?.at.path === invocation.at.path &&
    uses.at.start.offset === invocation.at.start.offset
  ) ?? null;
}

function runsImage({ uses }: Step, { sources }: Subject): boolean {
  const range = validRange(actionVersion(uses!, sources));
  return range !== null && intersects(range, BY_IMAGE);
}

function inside({ job, step }: Publishing, { uses }: Step): Report {
  return {
    confidence: "likely",
    message:
      `Job "${job.id}" publishes with ${ACTION} inside of another action, where it does not find its image`,
    at: uses!.at,
    label: "used by an action",
    related: [{ at: step.at, message: "which is used here" }],
    why: ['It looks for its image under the name of the outer action, and stops with "manifest unknown".'],
    next: ["use it in a step of the workflow itself", "or publish with uv or twine here"],
  };
}
