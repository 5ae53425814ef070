import { groupsIn, isOfAll, mayCancelIn } from "./groups.ts";
import type { Pipeline } from "./model.ts";
import { mentionsPublishing } from "./mentions.ts";
import { plainLine } from "../host/redact.ts";
import { refusal } from "./refusal.ts";
import { refusedShape } from "./refused.ts";
import { mentionsReleases, waitsForReleases } from "./release_makers.ts";
import type { PlacedProblem, Repository } from "./repository.ts";
import { skimmed } from "./skimmed.ts";
import { localWorkflow, pipelineOf, WORKFLOWS } from "./workflow.ts";
import { worthReading } from "./worth_reading.ts";

/**
 * Reads every workflow of a repository, with the local actions and workflows that they use. `whole`: also those in which nothing can
 * publish; `declared`: file names of workflows that are meant to.
 */
export async function readGithub(
  repository: Repository,
  whole = false,
  declared: ReadonlySet<string> = new Set(),
): Promise<readonly Pipeline[]> {
  const pipelines: Pipeline[] = [];
  for (const { name, isDirectory } of await repository.list(WORKFLOWS)) {
    if (isDirectory || !/\.ya?ml$/.test(name)) continue;
    const path = `${WORKFLOWS}/${name}`;
    const text = await repository.text(path);
    if (text === null) continue;
    const meant = declared.has(name);
    const read = whole || meant || await worthReading(text, repository)
      ? await readWhole(path, text, repository, meant)
      : skimmed(path, text);
    if (read) pipelines.push(read);
  }
  const waits = pipelines.some((each) => waitsForReleases(each));
  const groups = pipelines.flatMap(groupsIn).filter(isOfAll);
  if (!waits && groups.length === 0) return pipelines;
  const all: Pipeline[] = [];
  for (const each of pipelines) {
    const { text, skimmedJobs } = each;
    const matters = waits && mentionsReleases(text) || mayCancelIn(text, groups);
    const read = skimmedJobs !== undefined && matters
      ? await readWhole(each.path, text, repository, false)
      : each;
    if (read) all.push(read);
  }
  return all;
}

async function readWhole(
  path: string,
  text: string,
  repository: Repository,
  meant: boolean,
): Promise<Pipeline | null> {
  const file = await repository.parsed([path]);
  if (!file) return null;
  const refused = refusedShape(file.root);
  if (refused && (meant || mentionsPublishing(text))) {
    repository.problems.push(refused);
    return null;
  }
  const pipeline = await pipelineOf(file, repository, null);
  const problem = refused ?? await missingCall(pipeline, repository);
  if (!problem) return pipeline;
  if (!meant && !mentionsPublishing(text) && !await publishesByOthers(pipeline)) return pipeline;
  repository.problems.push(problem);
  return null;
}

/** The first call of a workflow of this repository that is not there. */
async function missingCall({ jobs }: Pipeline, repository: Repository): Promise<PlacedProblem | null> {
  for (const { id, calls } of jobs) {
    const path = calls && !calls.pipeline && localWorkflow(calls.reference);
    if (!path || !await repository.isAbsent(path)) continue;
    return refusal(
      calls.at,
      `job "${id}" calls ${plainLine(calls.reference)}, which is not there`,
      "correct the name, or add the workflow",
    );
  }
  return null;
}

/** Whether something publishes that only the files say which a workflow names. */
async function publishesByOthers(pipeline: Pipeline): Promise<boolean> {
  const { publishers } = await import("./publishing_jobs.ts");
  return publishers(pipeline).length > 0;
}
