import type { Repository } from "../repository.ts";

/** So many directories are looked into for one pattern. */
const MOST_DIRECTORIES = 500;
/** More wildcards than anybody writes take longer than anybody waits. */
const MOST_WILDCARDS = 4;

/** The YAML files that GitLab's pattern means: `*` stays in a directory, `**` does not (docs.gitlab.com/ci/yaml/includes). */
export async function matchingFiles(pattern: string, repository: Repository): Promise<readonly string[]> {
  if (pattern.split(/\*+/).length - 1 > MOST_WILDCARDS) return [];
  const expression = new RegExp(
    `^${
      pattern.replace(/\*{2,}|\*|[^*]+/g, (part) =>
        part.startsWith("**") ? ".*" : part === "*" ? "[^/]*" : part.replace(/[\\^$.+?()[\]{}|]/g, "\\$&"))
    }$`,
  );
  const start = pattern.slice(0, pattern.indexOf("*")).replace(/(?<![^/])[^/]*$/, "").replace(/\/$/, "");
  const found: string[] = [];
  const open = [start];
  for (let count = 0; open.length > 0 && count < MOST_DIRECTORIES; count++) {
    const directory = open.pop()!;
    for (const { name, isDirectory } of await repository.list(directory)) {
      const path = directory === "" ? name : `${directory}/${name}`;
      if (isDirectory) {
        if (pattern.includes("**") && name !== ".git" && name !== "node_modules") open.push(path);
      } else if (/\.ya?ml$/.test(name) && expression.test(path)) found.push(path);
    }
  }
  return found.sort();
}
