import type { Job } from "../../pipelines/model.ts";
import { allSteps } from "../../pipelines/placed_commands.ts";
import { neededBy } from "../artifacts.ts";
import { fewOf } from "../few_places.ts";
import { onceAWorkflow } from "../once_a_workflow.ts";
import { isAtGithub, retirementOf } from "../retired_actions.ts";
import type { Publishing, Report, Rule, Subject } from "../rule.ts";

/** GitHub fails every job with an old version of one of these actions, before its first step. */
export const retiredAction: Rule = {
  code: "retired-action",
  severity: "error",
  confidence: "likely",
  phase: "publishing jobs",
  check: (subject) => onceAWorkflow(subject, refused),
};

/** The first that is refused of what the job, and those that it needs, use. */
function refused(publishing: Publishing, { sources, remotes }: Subject): Report | null {
  // GitHub's Enterprise Server runs them.
  const atGithub = isAtGithub(remotes);
  if (atGithub === false) return null;
  const jobs = [publishing.job, ...neededBy(publishing)].filter(({ live }) => live !== "no");
  const used = jobs.flatMap((job) =>
    allSteps(job.steps).flatMap(({ uses }) => {
      const action = uses && retirementOf(uses, sources);
      return action ? [{ job, action }] : [];
    })
  ).sort((one, other) => one.action.uses.at.start.offset - other.action.uses.at.start.offset);
  const [first, ...others] = used;
  // What the publishing job itself uses is what people go to repair.
  const isOwn = (each: { job: Job }) => each.job === publishing.job;
  if (!first) return null;
  const { action: { name, version, uses, since }, job } = first;
  return {
    severity: atGithub ? "error" : "warning",
    ...atGithub && job === publishing.job ? { confidence: "certain" as const } : {},
    message: `Job "${publishing.job.id}" publishes nothing, because GitHub refuses ${name} v${version}${
      job === publishing.job ? "" : ` in job "${job.id}"`
    }`,
    at: uses.at,
    label: `refused since ${since}`,
    related: [
      ...fewOf(
        others.sort((one, other) => Number(isOwn(other)) - Number(isOwn(one))).map(({ action }) => ({
          at: action.uses.at,
          message: action.since === since ? "and here" : `and v${action.version} here, since ${action.since}`,
        })),
      ),
      { at: publishing.invocation.at, message: "would publish" },
    ],
    why: [
      `GitHub fails every job with such an action: "uses a deprecated version of \`${name}: v${version}\`". Its Enterprise Server still runs it.`,
    ],
    next: [...new Set(used.flatMap(({ action: { next } }) => next))],
  };
}
