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
    peek: (path: string) => Promise.resolve(others[path] ?? null),
    own: () => Promise.resolve(null),
    isAbsent: (path: string) => Promise.resolve(others[path] === undefined),
  };
  return pipelineOf(parsed(".github/workflows/release.yml", text), files, null);
}

/** What is around the steps of a job. */
export interface JobAround {
  readonly env?: string;
  readonly permissions?: string;
  readonly runsOn?: string;
  /** Further keys of the job, one a line. */
  readonly job?: string;
  readonly others?: Readonly<Record<string, string>>;
}

/** A workflow with one job of these steps. */
export function workflowWith(steps: string, around: JobAround = {}): string {
  const indented = (text: string, by: string) =>
    text.trimEnd().split("\n").map((line) => `${by}${line}`).join("\n");
  return [
    "on: release",
    "jobs:",
    "  publish:",
    `    runs-on: ${around.runsOn ?? "ubuntu-latest"}`,
    ...around.permissions ? [`    permissions: ${around.permissions}`] : [],
    ...around.env ? [`    env: ${around.env}`] : [],
    ...around.job ? [indented(around.job, "    ")] : [],
    "    steps:",
    indented(steps, "      "),
    "",
  ].join("\n");
}

/** What a job with these steps publishes. */
export async function published(steps: string, around: JobAround = {}): Promise<PublishInvocation[]> {
  const found = await pipeline(workflowWith(steps, around), around.others);
  return publishers(found).map(({ invocation }) => invocation);
}

/** What a job with these steps may publish, and nobody can read. */
export async function unseen(steps: string, around: JobAround = {}): Promise<string[]> {
  const { jobs } = await pipeline(workflowWith(steps, around), around.others);
  return jobs.flatMap((job) => job.steps.flatMap((step) => step.unseen.map(({ reference }) => reference)));
}
