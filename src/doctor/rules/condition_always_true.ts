import type { Job, Setting, Step } from "../../pipelines/model.ts";
import { yesOf } from "../answers.ts";
import { stepsUntil } from "../before_publishing.ts";
import type { Publishing, Report, Rule, Subject } from "../rule.ts";
import { yamlFix } from "../yaml_fix.ts";

/** Text beside `${{ }}` makes a condition a string that is not empty, which is true; the line break of a block scalar is such text. */
export const conditionAlwaysTrue: Rule = {
  code: "condition-always-true",
  severity: "warning",
  phase: "publishing jobs",
  *check(subject) {
    for (const each of subject.publishing) {
      const { chain, step, invocation } = each;
      for (const holder of [...chain, step] as readonly (Job | Step)[]) {
        const { condition } = holder;
        const answer = condition && holder === step ? answerIn(condition, each) : null;
        if (answer) yield neverEmpty(condition!, answer, each, subject);
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

const BARE = /^\s*(?:\$\{\{\s*env\.([\w-]+)\s*\}\}|env\.([\w-]+)\s*)$/;

/** The variable for which a condition asks, and for nothing else, where its value is an answer that is never empty. */
function answerIn({ value }: Setting, publishing: Publishing): Setting | null {
  const { step, job, called } = publishing;
  const name = BARE.exec(value)?.slice(1).find((each) => each !== undefined);
  const setting = name && (step.env.get(name) ?? job.env.get(name) ?? called.env.get(name));
  if (!setting || yesOf(setting.value) === null) return null;
  // What a script sets wins over everything but the step's own.
  const isSet = stepsUntil(publishing).some(({ step: { run } }) =>
    run !== null && run.value.includes("GITHUB_ENV") && run.value.includes(name)
  );
  return isSet && !step.env.has(name) ? null : setting;
}

function neverEmpty(
  condition: Setting,
  { name, value, at }: Setting,
  { invocation }: Publishing,
  subject: Subject,
): Report {
  const question = `env.${name} == '${yesOf(value)}'`;
  return {
    message: "The condition of the publishing step is always true",
    at: condition.at,
    label: "true for every text that is not empty",
    related: [
      { at, message: "a text that is never empty" },
      { at: invocation.at, message: "publishes whatever the condition says" },
    ],
    why: [
      "A variable holds a text, also where an expression says `false`; and a text that is not empty is true.",
    ],
    next: [`ask what it says: \`${question}\``],
    fix: () =>
      yamlFix(
        condition.at,
        subject,
        { safe: false, description: `ask ${question}` },
        (file) => file.set(condition.at, question),
      ),
  };
}

function isText({ value }: Setting): boolean {
  return value.includes("${{") && !/^\s*\$\{\{(?:(?!\}\}).)*\}\}$/s.test(value);
}
