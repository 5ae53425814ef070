import type { Job } from "../../pipelines/model.ts";
import { allSteps } from "../../pipelines/placed_commands.ts";
import { neededBy } from "../artifacts.ts";
import { listed } from "../clients.ts";
import { fewOf } from "../few_places.ts";
import { onceAWorkflow } from "../once_a_workflow.ts";
import { isAtGithub, type Retirement, retirementOf } from "../retired_actions.ts";
import type { Publishing, Report, Rule, Subject } from "../rule.ts";

/** GitHub fails every job with an old version of one of these actions, before its first step. */
export const retiredAction: Rule = {
  code: "retired-action",
  severity: "error",
  confidence: "likely",
  phase: "publishing jobs",
  check: (subject) => onceAWorkflow(subject, refused),
};

/** What is refused of what a job, and those that it needs, use, as it stands in the file. */
function refusedFor(publishing: Publishing, sources: Subject["sources"]): { job: Job; action: Retirement }[] {
  const jobs = [publishing.job, ...neededBy(publishing)].filter(({ live }) => live !== "no");
  return jobs.flatMap((job) =>
    allSteps(job.steps).flatMap(({ uses }) => {
      const action = uses && retirementOf(uses, sources);
      return action ? [{ job, action }] : [];
    })
  ).sort((one, other) => one.action.uses.at.start.offset - other.action.uses.at.start.offset);
}

/** Nobody reads more names. */
const FEW = 4;

/** The first that is refused, with all jobs that publish nothing for it. */
function refused(
  publishing: Publishing,
  { sources, remotes }: Subject,
  rest: readonly Publishing[],
): Report | null {
  // GitHub's Enterprise Server runs them.
  const atGithub = isAtGithub(remotes);
  if (atGithub === false) return null;
  const used = refusedFor(publishing, sources);
  const [first, ...others] = used;
  // What the publishing job itself uses is what people go to repair.
  const isOwn = (each: { job: Job }) => each.job === publishing.job;
  if (!first) return null;
  const { action: { name, version, uses, since }, job } = first;
  const isSame = ({ action }: { action: Retirement }) => action.name === name && action.version === version;
  const also = rest.map((each) => ({ publishing: each, used: refusedFor(each, sources) }));
  const held = [{ publishing, used }, ...also.filter((each) => each.used.some(isSame))];
  const names = [...new Set(held.map((each) => `"${each.publishing.job.id}"`))];
  const few = names.length > FEW ? [...names.slice(0, FEW - 1), `${names.length - FEW + 1} more`] : names;
  const isNamed = held.some((each) => each.publishing.job === job);
  const isCertain = held.every((each) => each.used.some((one) => one.job === each.publishing.job));
  return {
    severity: atGithub ? "error" : "warning",
    ...atGithub && isCertain ? { confidence: "certain" as const } : {},
    message: `${
      names.length > 1 ? `Jobs ${listed(few)} publish` : `Job ${few} publishes`
    } nothing, because GitHub refuses ${name} v${version}${isNamed ? "" : ` in job "${job.id}"`}`,
    at: uses.at,
    label: `refused since ${since}`,
    related: [
      ...fewOf(
        others.sort((one, other) => Number(isOwn(other)) - Number(isOwn(one))).map(({ action }) => ({
          at: action.uses.at,
          message: action.since === since ? "and here" : `and v${action.version} here, since ${action.since}`,
        })),
      ),
      ...fewOf(held.map((each) => ({ at: each.publishing.invocation.at, message: "would publish" }))),
    ],
    why: [
      `GitHub fails every job with such an action: "uses a deprecated version of \`${name}: v${version}\`". Its Enterprise Server still runs it.`,
    ],
    next: [...new Set(used.flatMap(({ action: { next } }) => next))],
  };
}
