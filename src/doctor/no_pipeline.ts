import { plainLine } from "../host/redact.ts";
import { WORKFLOWS } from "../pipelines/workflow.ts";
import { UsageError } from "../problem.ts";

/** What to say to whoever names a file that is none of the CI's; `read` are those that are. */
export function noPipeline(path: string, read: ReadonlyMap<string, string>): UsageError {
  const files = [...read.keys()].map((file) => plainLine(file)).join(", ");
  return new UsageError({
    code: "not-a-pipeline",
    message: `${plainLine(path)} is no CI file that keyless reads`,
    why: [
      `It reads the workflows in ${WORKFLOWS}, .gitlab-ci.yml, .circleci/config.yml and Jenkinsfiles, and what they use of this repository.`,
    ],
    next: [
      files ? `name one of: ${files}` : `add a workflow to ${WORKFLOWS} first`,
      "or name none to look at all",
    ],
  });
}
