import { suggest } from "../../suggest.ts";
import type { Step } from "../../pipelines/model.ts";
import {
  type Artifacts,
  artifactsOf,
  majorOf,
  mayBeCalled,
  nameOf,
  neededBy,
  type Upload,
  uploadsOf,
} from "../artifacts.ts";
import { leftBehind } from "../left_artifacts.ts";
import { missedPart } from "../missed_artifacts.ts";
import type { Publishing, Report, Rule, Subject } from "../rule.ts";
import { namesTaken, takenTooEarly } from "../taken_artifacts.ts";
import { unpackedElsewhere } from "../unpacked.ts";
import { yamlFix } from "../yaml_fix.ts";

/** A job that publishes what another one has built gets nothing, because the artifact between them fails or lands elsewhere. */
export const artifactNeverArrives: Rule = {
  code: "artifact-never-arrives",
  severity: "error",
  phase: "publishing jobs",
  *check(subject) {
    const jobs = new Map(subject.publishing.map((each) => [each.job, each]));
    const conflicts = new Set<Step>();
    for (const publishing of jobs.values()) {
      const { pipeline } = publishing;
      if (pipeline.vendor !== "github") continue;
      for (const [step, report] of nameConflicts(publishing, subject)) {
        if (!conflicts.has(step)) yield report;
        conflicts.add(step);
      }
      const artifacts = artifactsOf(pipeline);
      const lost = nameWithoutUpload(publishing, artifacts, subject) ??
        takenTooEarly(publishing, artifacts, subject.sources);
      const elsewhere = lost ?? unpackedElsewhere(publishing, artifacts, subject);
      if (elsewhere) yield elsewhere;
      const missed = elsewhere
        ? null
        : missedPart(publishing, artifacts, subject) ?? leftBehind(publishing, artifacts);
      if (missed) yield missed;
    }
  },
};

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

/** A download by a name that nothing in the run uploads. */
function nameWithoutUpload(
  publishing: Publishing,
  { uploads, complete }: Artifacts,
  subject: Subject,
): Report | null {
  for (const name of namesTaken(publishing, subject.sources)) {
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
