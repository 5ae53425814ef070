import type { Pipeline } from "./model.ts";
import type { Repository } from "./repository.ts";
import { pipelineOf, WORKFLOWS } from "./workflow.ts";

/** Reads every workflow of a repository, with the local actions and workflows that they use. */
export async function readGithub(repository: Repository): Promise<readonly Pipeline[]> {
  const pipelines: Pipeline[] = [];
  for (const { name, isDirectory } of await repository.list(WORKFLOWS)) {
    if (isDirectory || !/\.ya?ml$/.test(name)) continue;
    const file = await repository.parsed([`${WORKFLOWS}/${name}`]);
    if (file) pipelines.push(await pipelineOf(file, repository, null));
  }
  return pipelines;
}
