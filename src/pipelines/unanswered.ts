import type { Job } from "./model.ts";

/** What a condition asks of another job, and what no run answers. */
export interface Unanswered {
  /** In lower case: `needs.build.outputs.version`. */
  readonly path: string;
  /** The other job, as the condition calls it. */
  readonly job: string;
  /** The output that the job does not declare; `null` where the asking job does not need the other. */
  readonly output: string | null;
}

/** A question to another job, as conditions have it. */
const ASKED = /(?<![\w.-])needs\.([\w-]+)\.(?:outputs\.([\w-]+)|result)(?![\w-])/gi;

/** What the condition of a job asks of others that has no value in any run. A called workflow declares its outputs itself. */
export function unanswered(
  { condition, needs }: Pick<Job, "condition" | "needs">,
  jobs: readonly Job[],
): Unanswered[] {
  const text = condition?.value.replace(/'[^']*'/g, "''") ?? "";
  return [...text.matchAll(ASKED)].flatMap(([path, id, output]): Unanswered[] => {
    const same = (other: string) => other.toLowerCase() === id!.toLowerCase();
    const asked = { path: path.toLowerCase(), job: id! };
    if (!needs.some(same)) return [{ ...asked, output: null }];
    const other = jobs.find((each) => same(each.id));
    if (output === undefined || !other?.outputs || other.calls) return [];
    const declared = [...other.outputs.keys()].some((name) => name.toLowerCase() === output.toLowerCase());
    return declared ? [] : [{ ...asked, output }];
  });
}
