import type { Job, Setting, Step } from "../../pipelines/model.ts";
import type { Report, Rule } from "../rule.ts";

/** Text beside `${{ }}` makes a condition a string that is not empty, which is true; the line break of a block scalar is such text. */
export const conditionAlwaysTrue: Rule = {
  code: "condition-always-true",
  severity: "warning",
  phase: "publishing jobs",
  *check({ publishing }) {
    for (const { chain, step, invocation } of publishing) {
      for (const holder of [...chain, step] as readonly (Job | Step)[]) {
        const { condition } = holder;
        if (!condition || !isText(condition)) continue;
        const block = condition.value.slice(condition.value.trimEnd().length).includes("\n");
        yield {
          message: `The condition of ${
            "needs" in holder ? `job "${holder.id}"` : "the publishing step"
          } is always true`,
          at: condition.at,
          label: block ? "a block scalar ends with a line break, which is text" : "text beside `${{ }}`",
          related: [{ at: invocation.at, message: "publishes whatever the condition says" }],
          why: [
            "With text around it, the expression's value becomes a part of a string, and a string that is not empty is true.",
          ],
          next: [
            block
              ? "write `if: >-`, or leave `${{ }}` out"
              : "put the whole condition into one `${{ }}`, or leave `${{ }}` out",
          ],
        } satisfies Report;
      }
    }
  },
};

function isText({ value }: Setting): boolean {
  return value.includes("${{") && !/^\s*\$\{\{(?:(?!\}\}).)*\}\}$/s.test(value);
}
