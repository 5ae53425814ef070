import type { Job } from "./model.ts";

/** What a condition asks of another job, and what no run answers. */
export interface Unanswered {
  /** In lower case: `needs.build.outputs.version`. */
  readonly path: string;
  /** The other job, as the condition calls it. */
  readonly job: string;
  /** The output that the job does not declare, or cannot fill; `null` where the asking job does not need the other. */
  readonly output: string | null;
  /** The id that the output asks for, and no step of the other job has; absent where it is not declared. */
  readonly step?: string;
}

/** A question to another job, as conditions have it. */
const ASKED = /(?<![\w.-])needs\.([\w-]+)\.(?:outputs\.([\w-]+)|result)(?![\w-])/gi;

/** What is nothing but an output of a step. */
const WHOLLY_OF_STEP = /^\s*\$\{\{\s*steps\.([\w-]+)\.outputs\.[\w-]+\s*\}\}\s*$/;

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
    const declared = [...other.outputs].find(([name]) => name.toLowerCase() === output.toLowerCase())?.[1];
    if (!declared) return [{ ...asked, output }];
    const step = WHOLLY_OF_STEP.exec(declared.value)?.[1];
    const isThere = step === undefined ||
      other.steps.some(({ id }) => id?.toLowerCase() === step.toLowerCase());
    return isThere ? [] : [{ ...asked, output, step }];
  });
}
