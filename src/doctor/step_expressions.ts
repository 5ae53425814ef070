import { expressionsIn } from "../formats/expression_text.ts";
import type { Setting, Step } from "../pipelines/model.ts";

/** What a cache is called by: with an empty part in it, it is one all the same. */
const OF_CACHE = /^(?:(?:restore-)?keys?|cache-key|prefix-key|shared-key)$/;

/** The settings of a step that may ask for something, without what only a cache is called by. */
export function askingSettings({ uses, run, condition, with: inputs, env }: Step): readonly Setting[] {
  const given = [...inputs.values()].filter(({ name }) => !OF_CACHE.test(name));
  return [condition, uses, ...given, ...env.values(), run].filter((each) => each !== null);
}

/** The expressions in a setting of a step, or in the condition of a job. A condition is one without braces as well; elsewhere nothing else is. */
export function expressionsOf(setting: Setting, { condition }: Pick<Step, "condition">): readonly string[] {
  return setting === condition && !setting.value.includes("${{")
    ? [setting.value]
    : expressionsIn(setting.value).map(({ expression }) => expression);
}
