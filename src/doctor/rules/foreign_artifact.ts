import { plainLine } from "../../host/redact.ts";
import { allNeeded } from "../../pipelines/needed_jobs.ts";
import { actionName } from "../../pipelines/publishing.ts";
import type { PublishInvocation, Setting, Step } from "../../pipelines/model.ts";
import { artifactsOf, directoryOf, literalParts, namesLike, type Upload } from "../artifacts.ts";
import { stepsUntil } from "../before_publishing.ts";
import type { Publishing, Report, Rule, Subject } from "../rule.ts";
import { waitsFor } from "../taken_artifacts.ts";

/** Whoever unpacks every artifact of a run where twine looks uploads them all, and twine takes packages of Python alone. */
export const foreignArtifact: Rule = {
  code: "foreign-artifact",
  severity: "error",
  confidence: "likely",
  phase: "publishing jobs",
  *check(subject) {
    const seen = new Set<Setting>();
    for (const job of subject.publishing) {
      const report = job.pipeline.vendor === "github" ? reportOf(job, subject) : null;
      if (!report || seen.has(report.uses)) continue;
      seen.add(report.uses);
      yield report.report;
    }
  },
};

function reportOf(job: Publishing, subject: Subject): { uses: Setting; report: Report } | null {
  const directory = wholeDirectory(job);
  if (directory === null) return null;
  const steps = stepsUntil(job);
  const index = steps.findIndex(({ step, condition }) => condition === null && mixes(step) === directory);
  if (index < 0 || steps.slice(index).some(({ step }) => sorts(step))) return null;
  const { uses, with: inputs } = steps[index]!.step;
  const fits = namesLike(inputs.get("pattern")?.value || "*");
  const all = artifactsOf(job.pipeline).uploads.filter((upload) =>
    upload.always && fits?.(literalParts(upload.name).join("x")) && foreignIn(upload, subject) !== null
  );
  const before = waitsFor(job);
  const awaited = all.find((upload) => before.has(upload.job));
  const foreign = awaited ?? all.find((upload) => mayComeBefore(upload, job));
  if (!uses || !foreign) return null;
  const name = plainLine(foreign.name, 60);
  return {
    uses,
    report: {
      ...awaited ? {} : { severity: "warning" },
      message:
        `Job "${job.job.id}" uploads all that is in ${directory}/ to PyPI, also the artifact "${name}", which is no Python package`,
      at: inputs.get("pattern")?.at ?? uses.at,
      label: `unpacks it into ${directory}/ with the others`,
      related: [
        {
          at: foreign.step.with.get("path")!.at,
          message: `"${name}" is made of ${foreignIn(foreign, subject)}`,
        },
        { at: job.invocation.at, message: `takes every file in ${directory}/` },
      ],
      why: [
        'twine stops before it uploads anything: "Unknown distribution format", or "No PKG-INFO in archive".',
        ...awaited ? [] : [`Job "${foreign.job.id}" may be done by then; nothing waits for it.`],
      ],
      next: [
        "take the packages alone: give their artifacts names that begin alike, and download them with `pattern:`",
      ],
    },
  };
}

/** Whether a job may be done when one publishes that does not wait for it: it runs whenever that one does, and does not wait for it in turn. */
function mayComeBefore({ job }: Upload, { pipeline: { jobs }, job: publishing }: Publishing): boolean {
  return jobs.includes(job) && jobs.includes(publishing) && job !== publishing && job.condition === null &&
    job.live === "yes" && !allNeeded(job, jobs).has(publishing);
}

/** The directory of which every file is uploaded to PyPI, whatever it is; `null` where only some are. */
function wholeDirectory({ invocation, step }: Publishing): string | null {
  if (invocation.client === "pypa/gh-action-pypi-publish" && step.inner.length === 0) {
    return directoryOf(
      step.with.get("packages-dir")?.value || step.with.get("packages_dir")?.value || "dist",
    );
  }
  return invocation.client === "twine" ? ofGlob(invocation) : null;
}

function ofGlob({ args, directory }: PublishInvocation): string | null {
  const [, place] = args.map((word) => /^([\w./-]+)\/\*$/.exec(word)).find((each) => each !== null) ?? [];
  return place === undefined || directory !== "." ? null : directoryOf(place);
}

/** The directory into which a step unpacks every artifact, or those of a pattern, side by side; `null` where it does nothing like it. */
function mixes({ uses, with: inputs, live }: Step): string | null {
  if (!uses || live !== "yes" || actionName(uses.value) !== "actions/download-artifact") return null;
  const others = ["name", "artifact-ids", "run-id", "github-token", "repository"];
  return inputs.get("merge-multiple")?.value === "true" && !others.some((input) => inputs.has(input))
    ? directoryOf(inputs.get("path")?.value ?? ".")
    : null;
}

/** Whether a step may take files away. */
function sorts({ run, uses, inner }: Step): boolean {
  return run !== null && /\b(?:rm|mv|find|unlink|rmtree|Remove-Item|Move-Item|del)\b/.test(run.value) ||
    uses !== null && (inner.length > 0 || /^\.{1,2}\//.test(uses.value));
}

/** What twine has never taken: it knows wheels, archives of the source, eggs, signatures and attestations by their names. */
const FOREIGN =
  /\.(?:json|jsonl|txt|md|html|xml|ya?ml|toml|csv|exe|msi|dll|so|dylib|lib|node|wasm|vsix|jar|aar|nupkg|gem|crate|tgz|deb|rpm|dmg|pkg|apk|tar\.xz|tar\.zst|7z|sha256|log)$/i;

/** The files of an artifact that are no packages of Python for sure, as written; `null` where they may be. */
function foreignIn({ step }: Upload, { project }: Subject): string | null {
  const names = project.packages.filter(({ kind }) => kind === "pypi").map(({ name }) => plain(name));
  const lines = (step.with.get("path")?.value ?? "").split("\n").map((line) => line.trim());
  const line = lines.find((each) => {
    const file = each.split("/").at(-1)!;
    const isSource = /\.tar\.gz$/i.test(file) && names.length > 0;
    return !each.startsWith("!") && file.length < 200 &&
      (FOREIGN.test(file) || isSource && !isOfAny(file, names));
  });
  return line === undefined ? null : plainLine(line, 60);
}

/** Whether a file's name, up to what nobody knows of it, may be that of a package's source: the package's name, `-`, its version. */
function isOfAny(file: string, names: readonly string[]): boolean {
  const known = plain(/^[^*?[{$]*/.exec(file)![0]);
  return names.some((name) => {
    const start = `${name}_`;
    return start.startsWith(known) || known.startsWith(start) && /^v?\d/.test(known.slice(start.length));
  });
}

/** Names of files have `_` or `-` where a package has `-`, `_` or `.` (PEP 503, PEP 625). */
function plain(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, "_");
}
