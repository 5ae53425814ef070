import { dirname, join } from "@std/path";
import { kindOf } from "../host/files.ts";
import { WORKFLOWS } from "../pipelines/workflow.ts";

const CI_FILES = [WORKFLOWS, ".gitlab-ci.yml", ".circleci/config.yml", "Jenkinsfile"];

/** Whether the project lies below the root of its git repository, where the CI files are: those belong to the whole repository. */
export async function hasCiAbove(root: string): Promise<boolean> {
  for (let directory = root; await kindOf(join(directory, ".git")) === null;) {
    const parent = dirname(directory);
    if (parent === directory) return false;
    directory = parent;
    const kinds = await Promise.all(CI_FILES.map((file) => kindOf(join(parent, file))));
    if (kinds.some((kind) => kind !== null) && await kindOf(join(parent, ".git")) !== null) return true;
  }
  return false;
}
