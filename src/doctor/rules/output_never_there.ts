import type { Job, Setting, Step } from "../../pipelines/model.ts";
import { placeOfPath } from "../expression_place.ts";
import type { Publishing, Report, Rule } from "../rule.ts";
import { askingSettings, expressionsOf } from "../step_expressions.ts";

/** An output of a step that has not run yet, or of a job that is not needed, is empty, and nothing says so. */
export const outputNeverThere: Rule = {
  code: "output-never-there",
  severity: "warning",
  phase: "publishing jobs",
  *check({ publishing, sources }) {
    for (const one of publishing) {
      const { pipeline, job, step } = one;
      if (pipeline.vendor !== "github") continue;
      const asked = askedInVain(one);
      if (!asked) continue;
      const { setting, path, why } = asked;
      const decides = setting === step.condition || setting === job.condition;
      yield {
        message: `Job "${job.id}" ${
          decides ? "publishes only for" : "publishes with"
        } ${path}, which is empty: ${why}`,
        at: placeOfPath(setting, path, sources),
        label: "empty in every run",
        related: decides ? [{ at: one.invocation.at, message: "hangs on it" }] : [],
        why: [
          "What is not there is an empty text, and no error: a comparison with it never holds, and a command gets nothing in its place.",
        ],
        next: ["name the step or the job that hands it on, which has to run before"],
      } satisfies Report;
    }
  },
};

interface Asked {
  readonly setting: Setting;
  readonly path: string;
  readonly why: string;
}

/** The first output that the step that publishes, or the condition of its job, asks for in vain. */
function askedInVain(publishing: Publishing): Asked | null {
  const { job, step } = publishing;
  // Those of an action are about the steps of the action.
  const settings = job.steps.includes(step) ? askingSettings(step) : [];
  const asking = [
    ...job.condition ? [[job.condition, job] as const] : [],
    ...settings.map((setting) => [setting, step] as const),
  ].filter(([{ value }]) => ASKS.test(value));
  for (const [setting, owner] of asking) {
    for (const expression of expressionsOf(setting, owner)) {
      for (const [path, kind, name, output] of expression.replace(TEXT, "''").matchAll(OUTPUT)) {
        const why = kind!.toLowerCase() === "steps"
          ? missingStep(name!, job, step)
          : missingNeed(name!, output!, publishing);
        if (why !== null) return { setting, path: path!, why };
      }
    }
  }
  return null;
}

const ASKS = /\b(?:steps|needs)\.[\w-]+\.outputs\./i;
const TEXT = /'[^']*'/g;
/** Where another value stands behind it, it may be left out. */
const OUTPUT = /(?<![\w.-])(steps|needs)\.([\w-]{1,100})\.outputs\.([\w-]{1,100})(?![\w.-]|\s{0,9}\|\|)/gi;

function missingStep(name: string, { steps }: Job, step: Step): string | null {
  const place = steps.findIndex(({ id }) => id?.toLowerCase() === name.toLowerCase());
  const own = steps.indexOf(step);
  if (place >= 0 && place < own) return null;
  return place < 0
    ? "no step of the job is called so"
    : place === own
    ? "it is this step's own"
    : "that step comes later";
}

function missingNeed(name: string, output: string, { job, called }: Publishing): string | null {
  const same = (one: string, other: string) => one.toLowerCase() === other.toLowerCase();
  if (!job.needs.some((each) => same(each, name))) return `"${name}" is not among its needs`;
  const needed = called.jobs.find(({ id }) => same(id, name));
  if (!needed?.outputs || needed.calls) return null;
  return [...needed.outputs.keys()].some((each) => same(each, output))
    ? null
    : `job "${name}" hands on nothing of that name`;
}
