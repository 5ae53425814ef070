import { locatedYaml, parseYaml } from "../../src/formats/yaml.ts";
import type { Pipeline, PublishInvocation } from "../../src/pipelines/model.ts";
import { publishers } from "../../src/pipelines/publishing_jobs.ts";
import { pipelineOf } from "../../src/pipelines/workflow.ts";

/** The pipeline of a workflow, in a repository with these other files. */
export function pipeline(text: string, others: Readonly<Record<string, string>> = {}): Promise<Pipeline> {
  const parsed = (path: string, content: string) => locatedYaml(parseYaml(content, path));
  const files = {
    parsed: (paths: readonly string[]) => {
      const path = paths.find((each) => others[each] !== undefined);
      return Promise.resolve(path === undefined ? null : parsed(path, others[path]!));
    },
    text: (path: string) => Promise.resolve(others[path] ?? null),
  };
  return pipelineOf(parsed(".github/workflows/release.yml", text), files, null);
}

/** What a job with these steps publishes. */
export async function published(
  steps: string,
  around: { env?: string; permissions?: string; others?: Readonly<Record<string, string>> } = {},
): Promise<PublishInvocation[]> {
  const indented = steps.trimEnd().split("\n").map((line) => `      ${line}`).join("\n");
  const text = [
    "on: release",
    "jobs:",
    "  publish:",
    "    runs-on: ubuntu-latest",
    ...around.permissions ? [`    permissions: ${around.permissions}`] : [],
    ...around.env ? [`    env: ${around.env}`] : [],
    "    steps:",
    indented,
    "",
  ].join("\n");
  return publishers(await pipeline(text, around.others)).map(({ invocation }) => invocation);
}
