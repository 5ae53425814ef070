import type { Job, Step } from "../pipelines/model.ts";
import type { Publishing } from "./rule.ts";

/** An output of a step, under the step's own name for it. */
export interface Output {
  readonly step: Step;
  readonly name: string;
}

/** The jobs that `needs` of the job at a level of the chain can name. */
export function siblingsAt({ chain, pipeline }: Publishing, level: number): readonly Job[] {
  return level === 0 ? pipeline.jobs : chain[level - 1]!.calls!.pipeline!.jobs;
}

/** What `steps.ID.outputs.NAME` means in a job; `null` where no step of that name is seen. */
export function ofStep({ steps }: Job, id: string, name: string): Output | null {
  const step = steps.find((each) => each.id !== null && same(each.id, id));
  return step ? { step, name } : null;
}

/** What `needs.ID.outputs.NAME` means beside these jobs, where that job hands on the output of a step as its own, unchanged. */
export function ofNeeded(siblings: readonly Job[], id: string, name: string): Output | null {
  const job = siblings.find((one) => same(one.id, id));
  const value = [...job?.outputs ?? []].find(([key]) => same(key, name))?.[1].value ?? "";
  const [, step, output] = /^\s*\$\{\{\s*steps\.([\w-]+)\.outputs\.([\w-]+)\s*\}\}\s*$/.exec(value) ?? [];
  return job && step !== undefined ? ofStep(job, step, output!) : null;
}

function same(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
