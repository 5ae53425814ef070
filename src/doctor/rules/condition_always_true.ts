import { literally } from "../../formats/literally.ts";
import { plainLine } from "../../host/redact.ts";
import type { Job, Setting, Step } from "../../pipelines/model.ts";
import { actionName } from "../../pipelines/publishing.ts";
import type { Location } from "../../problem.ts";
import { yesOf } from "../answers.ts";
import { stepsUntil } from "../before_publishing.ts";
import type { Publishing, Report, Rule, Subject } from "../rule.ts";
import { ofNeeded, ofStep, siblingsAt } from "../step_outputs.ts";
import { yamlFix } from "../yaml_fix.ts";

/** Text beside `${{ }}` makes a condition a string that is not empty, which is true; the line break of a block scalar is such text. */
export const conditionAlwaysTrue: Rule = {
  code: "condition-always-true",
  severity: "warning",
  phase: "publishing jobs",
  *check(subject) {
    for (const each of subject.publishing) {
      const { chain, step, invocation } = each;
      for (const [level, holder] of [...chain, step].entries()) {
        const { condition } = holder;
        const answer = condition && (outputIn(condition, each, level) ??
          (holder === step ? variableIn(condition, each) : null));
        if (answer) yield neverEmpty(condition, answer, nameOf(holder), each, subject);
        const taken = condition && switchIn(condition, each);
        if (!condition) continue;
        if (!isText(condition)) {
          if (taken) yield onEitherWay(condition, taken, nameOf(holder), each, subject);
          continue;
        }
        const block = condition.value.slice(condition.value.trimEnd().length).includes("\n");
        yield {
          message: `The condition of ${nameOf(holder)} is always true`,
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
            ...taken
              ? [`and ask \`inputs.${plainLine(taken.name, 60)}\`: of github.event.inputs, 'false' is true`]
              : [],
          ],
        } satisfies Report;
      }
    }
  },
};

function nameOf(holder: Job | Step): string {
  return "needs" in holder ? `job "${holder.id}"` : "the publishing step";
}

/** Something that says yes or no, and is not empty either way. */
interface Answer {
  readonly at: Location;
  /** The comparison that hears what it says. */
  readonly question: string;
}

const OUTPUT = /^\s*(?:\$\{\{)?\s*((steps|needs)\.([\w-]+)\.outputs\.([\w-]+))\s*(?:\}\})?\s*$/i;

/** Outputs that are `false` where there is nothing to tell (src/index.ts of each). */
const ANSWERS: Readonly<Record<string, readonly string[]>> = {
  "changesets/action": ["published", "haschangesets", "has-changesets"],
  "googleapis/release-please-action": ["releases_created", "prs_created"],
};

/** The output for which a condition asks, and for nothing else, where it is an answer that is never empty. */
function outputIn({ value }: Setting, publishing: Publishing, level: number): Answer | null {
  const [, path, context, id, name] = OUTPUT.exec(value) ?? [];
  if (path === undefined) return null;
  const { job, chain } = publishing;
  const output = context!.toLowerCase() === "steps"
    ? ofStep(job, id!, name!)
    : ofNeeded(siblingsAt(publishing, Math.min(level, chain.length - 1)), id!, name!);
  const uses = output?.step.uses;
  if (!uses || !ANSWERS[actionName(uses.value)]?.includes(output.name.toLowerCase())) return null;
  return { at: uses.at, question: `${path} == 'true'` };
}

const VARIABLE = /^\s*(?:\$\{\{\s*env\.([\w-]+)\s*\}\}|env\.([\w-]+)\s*)$/;

/** The variable for which a condition asks, and for nothing else, where its value is an answer that is never empty. */
function variableIn({ value }: Setting, publishing: Publishing): Answer | null {
  const { step, job, called } = publishing;
  const name = VARIABLE.exec(value)?.slice(1).find((each) => each !== undefined);
  const setting = name && (step.env.get(name) ?? job.env.get(name) ?? called.env.get(name));
  const yes = setting && yesOf(setting.value);
  if (!setting || yes === null) return null;
  // What a script sets wins over everything but the step's own.
  const isSet = stepsUntil(publishing).some(({ step: { run } }) =>
    run !== null && run.value.includes("GITHUB_ENV") && run.value.includes(name)
  );
  return isSet && !step.env.has(name) ? null : { at: setting.at, question: `env.${name} == '${yes}'` };
}

function neverEmpty(
  condition: Setting,
  { at, question }: Answer,
  holder: string,
  { invocation }: Publishing,
  subject: Subject,
): Report {
  return {
    message: `The condition of ${holder} is always true`,
    at: condition.at,
    label: "true for every text that is not empty",
    related: [
      { at, message: "gives a text that is never empty" },
      { at: invocation.at, message: "publishes whatever the condition says" },
    ],
    why: ["It is a text, also where it says `false`; and a text that is not empty is true."],
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

/** A switch by the text that the event has of it, as a part of a condition that asks for nothing else of it. */
const BARE = /(?:^|&&|\|\||(?<!\w)\()\s*github\.event\.inputs\.([\w-]+)\s*(?=$|&&|\|\||\))/gi;
/** What makes something else of an expression in parentheses than whether it is true. */
const TURNED = /!\s*\(|\)\s*[=!<>]|[=<>]\s*\(/;

/** The switch whose text a condition takes for its answer; `null` where it takes none, and where nobody starts the workflow by hand to publish. */
function switchIn({ value }: Setting, { pipeline, starts }: Publishing): Setting | null {
  const expression = value.replace(/'[^']*'/g, "''").replaceAll("${{", "").replaceAll("}}", "").trim();
  const byHand = starts.filter(({ trigger, publishes }) =>
    trigger.event === "workflow_dispatch" && publishes !== "no"
  );
  if (byHand.length === 0 || TURNED.test(expression)) return null;
  const names = [...expression.matchAll(BARE)].map(([, name]) => name!.toLowerCase());
  return [...pipeline.switches?.values() ?? []].find((each) =>
    each.value === "boolean" && names.includes(each.name.toLowerCase()) &&
    byHand.every(({ trigger: { filled } }) => filled?.includes(each.name.toLowerCase()))
  ) ?? null;
}

function onEitherWay(
  condition: Setting,
  { name, keyAt }: Setting,
  holder: string,
  { invocation }: Publishing,
  subject: Subject,
): Report {
  const input = plainLine(name, 60);
  const repaired = condition.value.replaceAll(
    new RegExp(`(?<![\\w.])github\\.event\\.(?=inputs\\.${literally(name)}(?![\\w-]))`, "gi"),
    "",
  );
  return {
    message: `The condition of ${holder} takes the switch "${input}" for on, also where it is off`,
    at: condition.at,
    label: "of github.event.inputs, 'false' is true",
    related: [
      { at: keyAt, message: "may be off" },
      { at: invocation.at, message: "publishes either way" },
    ],
    why: [
      "The event has the inputs as texts, and a text that is not empty is true; in `inputs` a switch is one.",
    ],
    next: [`ask \`inputs.${input}\``],
    ...repaired.includes("\n") ? {} : {
      fix: () =>
        yamlFix(
          condition.at,
          subject,
          { safe: false, description: `ask inputs.${input}` },
          (file) => file.set(condition.at, repaired),
        ),
    },
  };
}

function isText({ value }: Setting): boolean {
  return value.includes("${{") && !/^\s*\$\{\{(?:(?!\}\}).)*\}\}$/s.test(value);
}
