import { plainLine } from "../host/redact.ts";
import type { Job, Pipeline, Step } from "../pipelines/model.ts";
import { unanswered } from "../pipelines/unanswered.ts";
import { suggest } from "../suggest.ts";
import type { Report } from "./rule.ts";

const LOST = "A release would end without an error and without a package.";

/** What to say of a job or a step on the way of `chain` whose condition asks another one for what it never answers; nothing where it does not. */
export function askedInVain(dead: Job | Step, chain: readonly Job[], pipeline: Pipeline): Partial<Report> {
  const level = chain.indexOf(dead as Job);
  if (level < 0) return ofStep(dead as Step, chain.at(-1)!);
  const job = chain[level]!;
  const jobs = level === 0 ? pipeline.jobs : chain[level - 1]!.calls!.pipeline!.jobs;
  const [first] = unanswered(job, jobs);
  if (!first) return {};
  const other = plainLine(first.job);
  if (first.output === null) {
    return {
      why: [`Job "${job.id}" sees nothing of job "${other}", as it does not need it.`, LOST],
      next: [`give job "${job.id}" \`needs: ${other}\``],
    };
  }
  const output = plainLine(first.output);
  return first.step === undefined
    ? {
      why: [`Job "${other}" declares no output "${output}", so it is empty here.`, LOST],
      next: [
        `declare it in job "${other}", e.g. \`outputs: { ${output}: "\${{ steps.STEP.outputs.${output} }}" }\``,
      ],
    }
    : {
      why: [
        `Job "${other}" takes "${output}" from step "${first.step}", and no step of it has that id, so it is empty here.`,
        LOST,
      ],
      next: [`give the step that is meant \`id: ${first.step}\`, or name the id that it has`],
    };
}

const ASKED = /(?<![\w.-])steps\.([\w-]+)/gi;

/** What to say of a step whose condition asks for one that is not there. */
function ofStep({ condition }: Step, { id, steps }: Job): Partial<Report> {
  const ids = steps.flatMap((step) => step.id ?? []);
  const asked = [...condition?.value.replace(/'[^']*'/g, "''").matchAll(ASKED) ?? []].map(([, name]) =>
    name!
  );
  const lost = asked.find((name) => !ids.some((each) => each.toLowerCase() === name.toLowerCase()));
  if (lost === undefined) return {};
  const meant = suggest(lost, ids);
  return {
    why: [`No step of job "${id}" has the id "${lost}", so what it is asked for is empty.`, LOST],
    next: [
      meant === null
        ? `give the step that is meant \`id: ${lost}\``
        : `ask step "${plainLine(meant)}": \`steps.${plainLine(meant)}\``,
    ],
  };
}
