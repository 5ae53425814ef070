import type { Pipeline } from "./model.ts";
import { mentionsPublishing } from "./mentions.ts";
import { refusedShape } from "./refused.ts";
import { mentionsReleases } from "./release_makers.ts";
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
    if (!whole && !mentionsReleases(text) && !await worthReading(text, repository)) {
      pipelines.push(skimmed(path, text));
      continue;
    }
    const file = await repository.parsed([path]);
    const refused = file && refusedShape(file.root);
    if (refused && mentionsPublishing(text)) repository.problems.push(refused);
    else if (file) pipelines.push(await pipelineOf(file, repository, null));
  }
  return pipelines;
}
