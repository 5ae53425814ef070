import type { Repository } from "../repository.ts";

/** Where people keep pipelines of Jenkins; its own default is `Jenkinsfile` at the root. */
const DIRECTORIES = ["", "jenkins", ".jenkins", "ci"];
const NAME = /^(?:Jenkinsfile(?:[._-][\w.-]+)?|[\w.-]+\.[Jj]enkinsfile)$/;
/** What is about such a file, or makes one. */
const NO_PIPELINE =
  /\.(?:md|txt|rst|adoc|j2|erb|tpl|tmpl|template|example|sample|bak|orig|ya?ml|json|sh|py)$/i;
/** The language of such a file, and of much else. */
const GROOVY = /\.groovy$/;
/** What a pipeline begins with; a library has it in a function. */
const PIPELINE = /^(?:pipeline|node)\b[ \t]{0,9}(?:\([^\n)]{0,200}\)[ \t]{0,9})?\{/m;

/** The paths of a repository's files with pipelines of Jenkins, where people usually keep them. */
export async function jenkinsfiles(repository: Repository): Promise<readonly string[]> {
  const found: string[] = [];
  for (const directory of DIRECTORIES) {
    for (const { name, isFile } of await repository.list(directory)) {
      const path = directory === "" ? name : `${directory}/${name}`;
      if (isFile && await isJenkinsfile(path, name, repository)) found.push(path);
    }
  }
  return found;
}

/** Directories of the root in which CI has its things. */
const OF_CI =
  /^(?:\.?ci|\.?ci-?cd|\.github|\.?jenkins|scripts?|build|tools?|pipelines?|deploy|deployment|releases?|dev-?ops|ops|automation|packaging)$/i;
/** Jenkins has the libraries there which pipelines call. */
const NOT_LIBRARY = /^(?!(?:vars|src|resources|node_modules)$)/;
/** More of them nobody has for that. */
const MOST_DIRECTORIES = 50;
const DEEPEST = 2;

/** The same below every directory that CI has its things in; for repositories in which nothing else publishes. */
export async function hiddenJenkinsfiles(repository: Repository): Promise<readonly string[]> {
  const found: string[] = [];
  const directories = [{ path: "", depth: 0 }];
  for (const { path: directory, depth } of directories) {
    for (const { name, isFile, isDirectory } of await repository.glance(directory || ".")) {
      const path = directory === "" ? name : `${directory}/${name}`;
      const goesOn = isDirectory && depth < DEEPEST && directories.length < MOST_DIRECTORIES &&
        (depth === 0 ? OF_CI : NOT_LIBRARY).test(name);
      if (goesOn) directories.push({ path, depth: depth + 1 });
      if (isFile && !DIRECTORIES.includes(directory) && await isJenkinsfile(path, name, repository)) {
        found.push(path);
      }
    }
  }
  return found.toSorted();
}

async function isJenkinsfile(path: string, name: string, repository: Repository): Promise<boolean> {
  if (GROOVY.test(name)) return PIPELINE.test(await repository.peek(path) ?? "");
  return NAME.test(name) && !NO_PIPELINE.test(name);
}
