import { plainLine } from "../host/redact.ts";
import type { Job, Setting, Step } from "../pipelines/model.ts";
import { allSteps } from "../pipelines/placed_commands.ts";
import { actionName } from "../pipelines/publishing.ts";
import { type Artifacts, nameOf, namesLike, type Upload } from "./artifacts.ts";
import { stepsUntil } from "./before_publishing.ts";
import { publicTarget } from "./oidc.ts";
import type { Publishing, Report } from "./rule.ts";
import { waitsFor } from "./taken_artifacts.ts";

/** The report on a job that waits for a source distribution, and publishes to PyPI without it; `null` where it takes it, or may have it from elsewhere. */
export function leftBehind(publishing: Publishing, { uploads }: Artifacts): Report | null {
  const { job, called, invocation } = publishing;
  if (invocation.kind !== "pypi" || publicTarget(invocation)?.name === "testpypi") return null;
  const steps = stepsUntil(publishing).map(({ step }) => step);
  const downloads = steps.filter(isDownload);
  const asked = downloads.map(askedOf);
  if (downloads.length === 0 || asked.includes(null) || steps.some(bringsFiles)) return null;
  const before = waitsFor(publishing);
  const built = uploads.filter(({ job }) => before.has(job));
  const takes = (upload: Upload) => asked.some((each) => mayTake(each!, upload));
  const taken = built.filter(takes);
  if (taken.length === 0 || taken.some((upload) => makesSource(upload.job))) return null;
  const left = built.find((upload) =>
    isSource(upload) && !takes(upload) && isMadeWith(upload.job, job) &&
    !called.jobs.some((other) => other !== job && takesByName(other, upload))
  );
  if (!left) return null;
  const what = plainLine(left.name, 60);
  const inputs = downloads[0]!.with;
  const where = inputs.get("path");
  return {
    severity: "warning",
    confidence: "likely",
    message: `Job "${job.id}" waits for job "${left.job.id}", and publishes without its artifact "${what}"`,
    at: asked[0]!.at,
    label: downloads.length > 1 ? "this is taken, and what the other steps name" : "nothing else is taken",
    related: [
      { at: nameOf(left), message: "uploaded here" },
      { at: invocation.at, message: "would publish" },
    ],
    why: ["Nothing fails: the version is published without its source distribution."],
    next: [
      `take it in a step of its own: \`with: { ${selecting(left)}${
        where ? `, path: ${plainLine(where.value, 60)}` : ""
      } }\``,
    ],
  };
}

function isDownload({ uses, live }: Step): boolean {
  return uses !== null && live !== "no" && actionName(uses.value) === "actions/download-artifact";
}

/** The name or the pattern that a step downloads; `null` where it takes all, or what nobody knows here. */
function askedOf({ with: inputs }: Step): Setting | null {
  const asked = inputs.get("name") ?? inputs.get("pattern") ?? null;
  return asked?.value && !inputs.has("artifact-ids") ? asked : null;
}

/** Whether a step may bring a source distribution by another way than from an artifact. */
function bringsFiles(step: Step): boolean {
  const { uses, run, with: inputs } = step;
  if (run) return BRINGS.test(run.value) || buildsSource(run.value);
  if (!uses || isDownload(step)) return false;
  return actionName(uses.value).endsWith("/maturin-action")
    ? inputs.get("command")?.value !== "upload"
    : BRINGS.test(uses.value);
}

const BRINGS = /sdist|artifact|download|build-|cache\b|\bcurl\b|\bwget\b|\bgsutil\b|\baws\b/i;

/** Whether what a step asks for may be the artifact: what stands before the first sign that is none of a name is alike. */
function mayTake(asked: Setting, { name }: Upload): boolean {
  const fits = name.includes("${{") || asked.name === "name" ? null : namesLike(asked.value);
  if (fits && !asked.value.includes("${{")) return fits(name);
  const [own, other] = [beginningOf(asked.value, asked.name === "pattern"), beginningOf(name, false)];
  return own === asked.value && other === name
    ? own === other
    : own.startsWith(other) || other.startsWith(own);
}

/** What a name or a pattern begins with, whatever its expressions and wildcards are. */
function beginningOf(text: string, isPattern: boolean): string {
  return (isPattern ? /^[^*?[\]{}!()+@|\\$]*/ : /^[^$]*/).exec(text)![0];
}

/** Whether an artifact is a source distribution by its name, and by what its job builds. */
function isSource({ name, job, always }: Upload): boolean {
  return always && /(?<![a-z])sdist(?![a-z])/i.test(beginningOf(name, false)) && makesSource(job);
}

function makesSource({ steps }: Job): boolean {
  return allSteps(steps).some(({ uses, run, with: inputs }) =>
    buildsSource(run?.value ?? "") ||
    uses !== null && !/^actions\//.test(uses.value) &&
      [...inputs.values()].some(({ value }) => buildsSource(value))
  );
}

/** Whether a text may be a command that makes a source distribution: a front end makes one unless it is asked for wheels alone. */
function buildsSource(text: string): boolean {
  return text.split("\n").some((line) =>
    /\bsdist\b/.test(line) || FRONT_END.test(line) && !WHEELS.test(line)
  );
}

const FRONT_END =
  /(?:\s-m|\bpipx run|\buvx|\buv|\bpoetry|\bhatch|\bflit|\bpdm|\brye)\s{1,9}build\b|\bpyproject-build\b|\b(?:flit|maturin)\s{1,9}publish\b|\spublish\s.{0,99}--build\b/;
const WHEELS = /--wheel\b|\s-w\b|\s-t[ =]?wheel|--format[ =]wheel|\s-f[ =]?wheel|--no-sdist/;

/** Whether a job runs whenever the publishing one does, as far as can be seen. */
function isMadeWith(job: Job, publishing: Job): boolean {
  const condition = job.condition?.value.trim();
  return job.live !== "no" && (condition === undefined || condition === publishing.condition?.value.trim());
}

/** Whether another job asks for the artifact, and not for all of them. */
function takesByName({ steps, live }: Job, upload: Upload): boolean {
  return live !== "no" && allSteps(steps).filter(isDownload).some((step) => {
    const asked = askedOf(step);
    return asked !== null && mayTake(asked, upload);
  });
}

/** The inputs that select an artifact. */
function selecting({ name }: Upload): string {
  return name.includes("${{")
    ? `pattern: ${plainLine(beginningOf(name, false), 60)}*, merge-multiple: true`
    : `name: ${plainLine(name, 60)}`;
}
