import type { Repository } from "../repository.ts";

/** Where people keep pipelines of Jenkins; its own default is `Jenkinsfile` at the root. */
const DIRECTORIES = ["", "jenkins", ".jenkins", "ci"];
const NAME = /^(?:Jenkinsfile(?:[._-][\w.-]+)?|[\w.-]+\.[Jj]enkinsfile)$/;
/** What is about such a file, or makes one. */
const NO_PIPELINE =
  /\.(?:md|txt|rst|adoc|j2|erb|tpl|tmpl|template|example|sample|bak|orig|ya?ml|json|sh|py)$/i;

/** The paths of a repository's files with pipelines of Jenkins. */
export async function jenkinsfiles(repository: Repository): Promise<readonly string[]> {
  const found: string[] = [];
  for (const directory of DIRECTORIES) {
    for (const { name, isFile } of await repository.list(directory)) {
      if (isFile && NAME.test(name) && !NO_PIPELINE.test(name)) {
        found.push(directory === "" ? name : `${directory}/${name}`);
      }
    }
  }
  return found;
}
