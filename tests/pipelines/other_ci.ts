import { assertEquals } from "@std/assert";
import type { Job, Pipeline } from "../../src/pipelines/model.ts";
import { publishers } from "../../src/pipelines/publishing_jobs.ts";
import { type Pipelines, readPipelines } from "../../src/pipelines/read.ts";
import { repository } from "../doctor/repository.ts";

/** What is read of a repository with these files. */
export async function read(files: Readonly<Record<string, string>>): Promise<Pipelines> {
  const root = await repository(new Map(Object.entries(files)));
  try {
    return await readPipelines(root);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

/** The one pipeline of a repository, which has no problem. */
export async function only(files: Readonly<Record<string, string>>): Promise<Pipeline> {
  const { pipelines, problems } = await read(files);
  assertEquals(problems.map(({ message }) => message), []);
  assertEquals(pipelines.length, 1);
  return pipelines[0]!;
}

/** What is wrong with a repository's files: `PATH:LINE CODE: MESSAGE`. */
export async function problemsOf(files: Readonly<Record<string, string>>): Promise<string[]> {
  const { problems } = await read(files);
  return problems.map(({ at, code, message }) => `${at.path}:${at.start.line} ${code}: ${message}`);
}

/** A job by its name. */
export function job(pipeline: Pipeline, id: string): Job {
  return pipeline.jobs.find((each) => each.id === id)!;
}

/** The scripts of a job, in order. */
export function scripts(pipeline: Pipeline, id: string): string[] {
  return job(pipeline, id).steps.flatMap(({ run }) => run ? [run.value.trim()] : []);
}

/** When a job runs: `tag v* | push main`, `never`, `?` behind it where a run decides. */
export function runs({ triggers = [], live }: Job): string {
  const all = triggers.map(({ event, tags, branches, tagsIgnored, branchesIgnored, protectedOnly }) =>
    [
      ...protectedOnly ? ["protected"] : [],
      event,
      ...tags ?? [],
      ...branches ?? [],
      ...[...tagsIgnored ?? [], ...branchesIgnored ?? []].map((each) => `!${each}`),
    ].join(" ")
  );
  return live === "no" ? "never" : all.join(" | ") + (live === "unknown" ? " ?" : "");
}

/** What a pipeline publishes: `JOB CLIENT KEYLESS PATH:LINE:COLUMN`. */
export function published(pipeline: Pipeline): string[] {
  return publishers(pipeline).filter(({ live }) => live !== "no").map(({ chain, invocation }) => {
    const { path, start } = invocation.at;
    const names = chain.map(({ id }) => id).join(" › ");
    return `${names} ${invocation.client} ${invocation.keyless} ${path}:${start.line}:${start.column}`;
  });
}
