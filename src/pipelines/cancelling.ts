import type { RefKind } from "./events.ts";
import type { Concurrency, Job, Pipeline, Trigger } from "./model.ts";
import { trueIn } from "./reached.ts";

/**
 * The groups in which every run of a trigger ends the one that is under way, because the expression behind `cancel-in-progress:` is true
 * in it. `names`: what its refs are called, `null` where nobody knows.
 */
export async function cancellingGroups(
  { pipeline, chain }: { readonly pipeline: Pipeline; readonly chain: readonly Job[] },
  trigger: Trigger,
  ref: RefKind | null,
  names: readonly (string | null)[],
): Promise<readonly Concurrency[]> {
  const found: Concurrency[] = [];
  for (const [index, { concurrency }] of [pipeline, ...chain].entries()) {
    if (concurrency?.cancels !== "unknown" || !concurrency.cancelsAt) continue;
    const { value } = concurrency.cancelsAt;
    const answers = await Promise.all(names.map((name) => trueIn(value, trigger, ref, name, index > 1)));
    if (answers.length > 0 && answers.every((answer) => answer === "yes")) found.push(concurrency);
  }
  return found;
}
