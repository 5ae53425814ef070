import { literally } from "../formats/literally.ts";
import { leftVariable } from "../pipelines/left_variable.ts";
import type { Job, Pipeline, Setting, Settings, Step } from "../pipelines/model.ts";
import { allSteps } from "../pipelines/placed_commands.ts";

/** Variables that are set together, and where. */
export interface VariableBlock {
  readonly pipeline: Pipeline;
  /** `null` for those of the whole pipeline. */
  readonly job: Job | null;
  readonly step: Step | null;
  readonly env: Settings;
}

/** Every block of variables of the pipelines; those of local composite actions too. */
export function variableBlocks(pipelines: readonly Pipeline[]): VariableBlock[] {
  return pipelines.flatMap((pipeline) => [
    { pipeline, job: null, step: null, env: pipeline.env },
    ...pipeline.jobs.flatMap((job) => [
      { pipeline, job, step: null, env: job.env },
      ...allSteps(job.steps).map((step) => ({ pipeline, job, step, env: step.env })),
    ]),
  ]).filter(({ env }) => env.size > 0);
}

/** The variables that all steps of a job see. */
const OF_JOB = new WeakMap<Job, { readonly called: Pipeline; readonly env: Settings }>();

/** The variables that a step sees; those of an inner block win. */
export function variablesAt(
  { called, job, step }: { readonly called: Pipeline; readonly job: Job; readonly step: Step },
): ReadonlyMap<string, Setting> {
  let all = OF_JOB.get(job);
  if (all?.called !== called) OF_JOB.set(job, all = { called, env: new Map([...called.env, ...job.env]) });
  const left = leftBefore(job, step);
  if (step.env.size === 0 && left.length === 0) return all.env;
  return new Map([...all.env, ...left.map(({ setting }) => [setting.name, setting] as const), ...step.env]);
}

/** A variable that a step leaves for all later ones of its job, and the place of that step. */
export interface LeftVariable {
  readonly place: number;
  readonly setting: Setting;
}

const LEFT = new WeakMap<Job, readonly LeftVariable[]>();

/** The variables that earlier steps of a job have left for one. */
export function leftBefore(job: Job, step: Step): readonly LeftVariable[] {
  let left = LEFT.get(job);
  if (!left) {
    left = job.steps.flatMap((each, place) => {
      const setting = leftVariable(each);
      return setting ? [{ place, setting }] : [];
    });
    LEFT.set(job, left);
  }
  if (left.length === 0) return left;
  const place = job.steps.findIndex((each) => each === step || allSteps([each]).includes(step));
  return left.filter((each) => each.place < place);
}

const COMMENT = /(?<=^|\s)#[^\n]*/gm;

/** Whether any text names it otherwise than to set it, or as a secret of that name. */
export function isRead(name: string, sources: ReadonlyMap<string, string>): boolean {
  const { bare, answers } = readingsOf(sources);
  const known = answers.get(name);
  if (known !== undefined) return known;
  const named = new RegExp(
    `(?<before>\\b(?:secrets|vars)\\.|\\$\\{|[$%{.])?\\b${literally(name)}\\b(?<set>["']?\\s{0,20}[:=])?`,
    "g",
  );
  const answer = [...sources].some(([path, text]) =>
    text.includes(name) &&
    [...bare(path).matchAll(named)].some(({ groups }) =>
      // A brace alone may begin a map of variables: `env: {NAME: …}`.
      groups!.before === undefined || groups!.before === "{"
        ? groups!.set === undefined
        : groups!.before.length < 3
    )
  );
  answers.set(name, answer);
  return answer;
}

/** Texts without their comments, and which variables are read in them. */
interface Readings {
  readonly bare: (path: string) => string;
  readonly answers: Map<string, boolean>;
}

const READINGS = new WeakMap<ReadonlyMap<string, string>, Readings>();

function readingsOf(sources: ReadonlyMap<string, string>): Readings {
  let readings = READINGS.get(sources);
  if (!readings) {
    const texts = new Map<string, string>();
    const bare = (path: string) => {
      const text = texts.get(path) ?? sources.get(path)!.replace(COMMENT, "");
      texts.set(path, text);
      return text;
    };
    readings = { bare, answers: new Map() };
    READINGS.set(sources, readings);
  }
  return readings;
}
