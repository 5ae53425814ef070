import type { Pipeline } from "./model.ts";
import { mentionsPublishing } from "./mentions.ts";
import { refusedShape } from "./refused.ts";
import { mentionsReleases, waitsForReleases } from "./release_makers.ts";
import type { Repository } from "./repository.ts";
import { skimmed } from "./skimmed.ts";
import { pipelineOf, WORKFLOWS } from "./workflow.ts";
import { worthReading } from "./worth_reading.ts";

/** Reads every workflow of a repository, with the local actions and workflows that they use. `whole`: also those in which nothing can publish. */
export async function readGithub(repository: Repository, whole = false): Promise<readonly Pipeline[]> {
  const pipelines: Pipeline[] = [];
  for (const { name, isDirectory } of await repository.list(WORKFLOWS)) {
    if (isDirectory || !/\.ya?ml$/.test(name)) continue;
    const path = `${WORKFLOWS}/${name}`;
    const text = await repository.text(path);
    if (text === null) continue;
    const read = whole || await worthReading(text, repository)
      ? await readWhole(path, text, repository)
      : skimmed(path, text);
    if (read) pipelines.push(read);
  }
  if (!pipelines.some((each) => waitsForReleases(each))) return pipelines;
  const all: Pipeline[] = [];
  for (const each of pipelines) {
    const skimmedOnly = each.skimmedJobs !== undefined && mentionsReleases(each.text);
    const read = skimmedOnly ? await readWhole(each.path, each.text, repository) : each;
    if (read) all.push(read);
  }
  return all;
}

async function readWhole(path: string, text: string, repository: Repository): Promise<Pipeline | null> {
  const file = await repository.parsed([path]);
  const refused = file && refusedShape(file.root);
  if (refused && mentionsPublishing(text)) {
    repository.problems.push(refused);
    return null;
  }
  return file && await pipelineOf(file, repository, null);
}
