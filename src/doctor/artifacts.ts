import type { Location } from "../problem.ts";
import type { Job, Pipeline, Setting, Step } from "../pipelines/model.ts";
import { allNeeded, needsOf } from "../pipelines/needed_jobs.ts";
import { allSteps } from "../pipelines/placed_commands.ts";
import { actionName } from "../pipelines/publishing.ts";
import type { PublishingJob } from "../pipelines/publishing_jobs.ts";
import { actionVersion } from "./action_version.ts";

/** A step that leaves an artifact behind for the other jobs of its run. */
export interface Upload {
  readonly job: Job;
  readonly step: Step;
  readonly uses: Setting;
  /** As written, with the expressions in it. */
  readonly name: string;
  /** Whether it runs whenever its job does. */
  readonly always: boolean;
}

/** The artifacts of a run. */
export interface Artifacts {
  readonly uploads: readonly Upload[];
  /** Whether there can be no others: from actions or workflows that nobody can read from here. */
  readonly complete: boolean;
}

/** Actions that leave no artifact behind which is called as their user likes. */
const WITHOUT_ARTIFACTS =
  /^(?:actions\/(?!upload-|github-script$)[\w-]+|[\w-]+\/setup-[\w-]+|docker\/[\w-]+|pypa\/(?:cibuildwheel|gh-action-pypi-publish)|(?:pyo3|messense)\/maturin-action|dtolnay\/rust-toolchain|swatinem\/rust-cache|step-security\/harden-runner|softprops\/action-gh-release|codecov\/codecov-action|sigstore\/[\w-]+|rust-lang\/crates-io-auth-action)$/;

/** What the jobs of a workflow upload, and those of the workflows that it calls. */
export function artifactsOf({ jobs, triggers }: Pipeline): Artifacts {
  const all = jobs.flatMap((job) => [job, ...inside(job)]);
  const steps = all.flatMap((job) => allSteps(job.steps));
  const readable = all.every(({ calls }) => calls === null || calls.pipeline !== null) &&
    steps.every(({ uses, inner, live }) =>
      uses === null || live === "no" || inner.length > 0 || isUpload(uses) ||
      WITHOUT_ARTIFACTS.test(actionName(uses.value))
    );
  return {
    uploads: all.flatMap(uploadsOf),
    // A run of this workflow may be a part of another repository's.
    complete: readable && !triggers.some(({ event }) => event === "workflow_call"),
  };
}

/** What a job uploads, unless it never runs. */
export function uploadsOf(job: Job): Upload[] {
  return job.live === "no" ? [] : allSteps(job.steps).flatMap((step) => {
    const { uses, live, condition, with: inputs } = step;
    if (!uses || !isUpload(uses) || live === "no") return [];
    const merged = actionName(uses.value).endsWith("/merge");
    // Since 7.0 a single file may go without an archive, and is called by its own name.
    const asFile = !["true", undefined].includes(inputs.get("archive")?.value);
    const name = asFile
      ? "${{ file }}"
      : inputs.get("name")?.value || (merged ? "merged-artifacts" : "artifact");
    return [{ job, step, uses, name, always: condition === null && job.steps.includes(step) }];
  });
}

function isUpload({ value }: Setting): boolean {
  return /^actions\/upload-artifact(?:\/merge)?$/.test(actionName(value));
}

/** The jobs of the workflow that a job calls, and of those that they call. */
export function inside({ calls }: Job): Job[] {
  return calls?.pipeline?.jobs.flatMap((job) => [job, ...inside(job)]) ?? [];
}

/** Those of them that run whenever the call does: no condition is on the way to them. */
function surelyInside({ calls }: Job): Job[] {
  const jobs = calls?.pipeline?.jobs ?? [];
  return jobs.filter((job) => [job, ...allNeeded(job, jobs)].every(({ live }) => live === "yes"))
    .flatMap((job) => [job, ...surelyInside(job)]);
}

/** A condition that lets a job run although one that it needs has failed. */
const WHATEVER_FAILED = /\b(?:always|failure|cancelled)\s*\(/;

/** Where its name stands; without one the action. */
export function nameOf({ step, uses }: Upload): Location {
  return step.with.get("name")?.at ?? uses.at;
}

/** The jobs without which a publishing one does not start, with those of the workflows that they call; none where it runs whatever failed. */
export function neededBy({ chain, pipeline }: PublishingJob): ReadonlySet<Job> {
  const found = new Set<Job>();
  chain.forEach((job, level) => {
    follow(job, level === 0 ? pipeline.jobs : chain[level - 1]!.calls!.pipeline!.jobs);
  });
  return new Set([...found].flatMap((job) => [job, ...surelyInside(job)]));

  function follow(job: Job, siblings: readonly Job[]) {
    if (job.condition !== null && WHATEVER_FAILED.test(job.condition.value)) return;
    for (const other of needsOf(job, siblings)) {
      if (found.has(other) || other.continueOnError) continue;
      found.add(other);
      follow(other, siblings);
    }
  }
}

/** Whether an artifact may be called that, whatever the expressions in its name are. */
export function mayBeCalled(upload: Upload, name: string): boolean {
  return fits(literalParts(upload.name.toLowerCase()), name.toLowerCase());
}

/** What stands around the expressions of a name. */
export function literalParts(name: string): string[] {
  return name.split("${{").map((part, index) => index === 0 ? part : part.split("}}").slice(1).join("}}"));
}

/** Whether a name is made of these parts, with anything between two of them. No regular expression: on a hostile one it would not end. */
function fits(parts: readonly string[], name: string): boolean {
  const [first, ...middle] = parts;
  const last = middle.pop();
  if (last === undefined) return name === first;
  const end = name.length - last.length;
  if (!name.startsWith(first!) || end < first!.length || !name.endsWith(last)) return false;
  let at = first!.length;
  return middle.every((part) => {
    const found = name.indexOf(part, at);
    at = found + part.length;
    return found >= 0 && at <= end;
  });
}

/** The first number of an action's version; `null` where nobody can know. */
export function majorOf(uses: Setting, sources: ReadonlyMap<string, string>): number | null {
  // Both names of the default branch hold what comes next.
  if (/@(?:main|master)$/.test(uses.value)) return NEWEST;
  const version = actionVersion(uses, sources);
  return version === null ? null : Number(version.split(".")[0]);
}

const NEWEST = 99;

/** A directory as people compare it: `.`, `dist`, `a/b`; `null` where nobody can know where it is. */
export function directoryOf(written: string): string | null {
  const path = written.trim().replace(/^\$\{\{\s*github\.workspace\s*\}\}(?=\/|$)/, ".");
  if (/^[/~]|\$\{\{|\\|(?:^|\/)\.\.(?:\/|$)/.test(path)) return null;
  return path.split("/").filter((part) => part !== "" && part !== ".").join("/") || ".";
}

/** What says whether a name fits a pattern, where `*` is its only wildcard; `null` for any other. */
export function namesLike(pattern: string): ((name: string) => boolean) | null {
  return /[?[\]{}!()$\\]/.test(pattern) ? null : (name) => fits(pattern.split("*"), name);
}
