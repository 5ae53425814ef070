import type { Location } from "../../problem.ts";
import { suggest } from "../../suggest.ts";
import type { Setting, Step } from "../../pipelines/model.ts";
import { allSteps } from "../../pipelines/placed_commands.ts";
import { actionName } from "../../pipelines/publishing.ts";
import {
  type Artifacts,
  artifactsOf,
  majorOf,
  mayBeCalled,
  neededBy,
  type Upload,
  uploadsOf,
} from "../artifacts.ts";
import { stepsUntil } from "../before_publishing.ts";
import type { Publishing, Report, Rule, Subject } from "../rule.ts";
import { unpackedElsewhere } from "../unpacked.ts";
import { yamlFix } from "../yaml_fix.ts";

/** A job that publishes what another one has built gets nothing, because the artifact between them fails or lands elsewhere. */
export const artifactNeverArrives: Rule = {
  code: "artifact-never-arrives",
  severity: "error",
  phase: "publishing jobs",
  *check(subject) {
    const jobs = new Map(subject.publishing.map((each) => [each.job, each]));
    const retired = new Set<string>();
    const conflicts = new Set<Step>();
    for (const publishing of jobs.values()) {
      const { pipeline } = publishing;
      if (pipeline.vendor !== "github") continue;
      const old = retired.has(pipeline.path) ? null : retiredVersion(publishing, subject);
      if (old) {
        retired.add(pipeline.path);
        yield old;
      }
      for (const [step, report] of nameConflicts(publishing, subject)) {
        if (!conflicts.has(step)) yield report;
        conflicts.add(step);
      }
      const artifacts = artifactsOf(pipeline);
      const lost = nameWithoutUpload(publishing, artifacts, subject);
      const elsewhere = lost ?? unpackedElsewhere(publishing, artifacts, subject);
      if (elsewhere) yield elsewhere;
    }
  },
};

/** Versions before 4 of the actions for artifacts, which GitHub refuses and its Enterprise Server does not. */
function retiredVersion(publishing: Publishing, { sources, remotes }: Subject): Report | null {
  const atGithub = remotes.some((address) => /(?:^|[/@.])github\.com[/:]/i.test(address));
  if (remotes.length > 0 && !atGithub) return null;
  const jobs = [publishing.job, ...neededBy(publishing)].filter(({ live }) => live !== "no");
  const used = jobs.flatMap((job) =>
    allSteps(job.steps).flatMap(({ uses }) => uses && isRetired(uses, sources) ? [{ job, uses }] : [])
  ).sort((one, other) => one.uses.at.start.offset - other.uses.at.start.offset);
  const [first, ...others] = used;
  if (!first) return null;
  const { uses, job } = first;
  return {
    severity: atGithub ? "error" : "warning",
    confidence: "likely",
    message: `Job "${publishing.job.id}" publishes nothing, because GitHub refuses ${
      actionName(uses.value)
    } v${majorOf(uses, sources)}${job === publishing.job ? "" : ` in job "${job.id}"`}`,
    at: uses.at,
    label: "refused since January 2025",
    related: [
      ...others.slice(0, 3).map((each) => ({ at: each.uses.at, message: "and here" })),
      { at: publishing.invocation.at, message: "would publish" },
    ],
    why: [
      'GitHub fails every job with such an action: "uses a deprecated version of `actions/upload-artifact: v3`". Its Enterprise Server still runs v3.',
    ],
    next: [
      "use v4 or newer, the same for upload and download",
      "a name can be uploaded once in a run then, and hidden files stay out",
    ],
  };
}

function isRetired(uses: Setting, sources: ReadonlyMap<string, string>): boolean {
  const major = /^actions\/(?:upload|download)-artifact$/.test(actionName(uses.value))
    ? majorOf(uses, sources)
    : null;
  return major !== null && major < 4;
}

/** Uploads of one name, by jobs that the publishing one needs: by every leg of a matrix, or by two steps. */
function* nameConflicts(publishing: Publishing, { sources }: Subject): Iterable<[Step, Report]> {
  const first = new Map<string, Upload>();
  for (const upload of [...neededBy(publishing)].flatMap(uploadsOf)) {
    const { job, step, uses, name, always } = upload;
    const major = majorOf(uses, sources);
    const replaces = name.includes("${{") || step.with.has("overwrite");
    if (!always || replaces || step.continueOnError || major === null || major < 4) continue;
    const other = first.get(name);
    first.set(name, other ?? upload);
    // One workflow may be called twice.
    if (other ? other.step.at === step.at : !job.severalLegs) continue;
    const who = !other
      ? `Every leg of job "${job.id}" uploads`
      : other.job === job
      ? `Job "${job.id}" uploads twice`
      : `Jobs "${other.job.id}" and "${job.id}" both upload`;
    yield [step, {
      confidence: "likely",
      message: `${who} an artifact "${name}", and ${other ? "the second fails" : "all but the first fail"}`,
      at: nameOf(upload),
      label: other ? "the same again" : "the same for all of them",
      related: [
        ...other ? [{ at: nameOf(other), message: "uploaded here" }] : [],
        { at: publishing.invocation.at, message: "waits for it to publish" },
      ],
      why: [
        "Since v4 a name is taken once in a run: the next upload ends with 409 Conflict where it has files, and the publishing job is skipped.",
      ],
      next: [
        other
          ? `give each its own name, e.g. \`${name}-${job.id}\``
          : `give each leg its own: \`name: ${name}-\${{ strategy.job-index }}\``,
        `and download them with \`pattern: ${name}-*\` and \`merge-multiple: true\``,
      ],
    }];
  }
}

function nameOf({ step, uses }: Upload): Location {
  return step.with.get("name")?.at ?? uses.at;
}

/** A download by a name that nothing in the run uploads. */
function nameWithoutUpload(
  publishing: Publishing,
  { uploads, complete }: Artifacts,
  subject: Subject,
): Report | null {
  for (const { step, condition } of stepsUntil(publishing)) {
    const { uses, with: inputs, continueOnError } = step;
    if (!uses || actionName(uses.value) !== "actions/download-artifact" || isRetired(uses, subject.sources)) {
      continue;
    }
    const name = inputs.get("name");
    const ofAnother = ["run-id", "github-token", "repository"].some((input) => inputs.has(input));
    if (!name || ofAnother || condition || step.live !== "yes" || continueOnError) continue;
    if (name.value === "" || name.value.includes("${{")) continue;
    if (uploads.some((upload) => mayBeCalled(upload, name.value))) continue;
    const meant = suggest(name.value, uploads.map((upload) => upload.name));
    const near = uploads.find((upload) => upload.name === meant);
    if (!complete && !near) continue;
    return {
      severity: complete ? "error" : "warning",
      confidence: complete ? "certain" : "likely",
      message: `Job "${publishing.job.id}" publishes from the artifact "${name.value}", which no job uploads`,
      at: name.at,
      label: "no artifact of this name",
      related: [
        ...near ? [{ at: nameOf(near), message: `uploads "${near.name}"` }] : [],
        { at: publishing.invocation.at, message: "would publish" },
      ],
      why: ["The download fails, and the job publishes nothing."],
      next: [
        near
          ? `use one name in both places, e.g. \`name: ${near.name}\``
          : "upload what is to be published in a job before, under this name",
      ],
      fix: near && !near.name.includes("${{")
        ? () =>
          yamlFix(
            name.at,
            subject,
            { safe: false, description: `download ${near.name} for ${name.value}` },
            (file) => file.set(name.at, near.name),
          )
        : null,
    };
  }
  return null;
}
