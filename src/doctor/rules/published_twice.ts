import type { Job, Pipeline, Trigger } from "../../pipelines/model.ts";
import { actionName } from "../../pipelines/publishing.ts";
import type { Start } from "../../pipelines/starts.ts";
import { stepsUntil } from "../before_publishing.ts";
import { failsAgain } from "../fails_again.ts";
import { publicTarget, targetName, towards } from "../oidc.ts";
import { ownManifest } from "../own_manifest.ts";
import type { Publishing, Report, Rule } from "../rule.ts";
import { isVersionedBy, mayWriteVersion } from "../written_version.ts";

/** A registry takes a version once: where two steps, or the legs of a matrix, publish the same, all but one of them fail. */
export const publishedTwice: Rule = {
  code: "published-twice",
  severity: "warning",
  confidence: "likely",
  phase: "publishing jobs",
  *check(subject) {
    const jobs = subject.publishing.filter(({ pipeline }) => pipeline.vendor === "github");
    const decided = new Map<Job, boolean>();
    const inEveryLeg = ({ job, pipeline }: Publishing) => {
      const known = decided.get(job) ?? legsAreAlike(job, pipeline);
      decided.set(job, known);
      return known;
    };
    for (const [what, alike] of Map.groupBy(jobs, (each) => identity(each))) {
      if (what === null) continue;
      const repeated = alike.find((each) =>
        failsAgain(each) && isSure(each) && inEveryLeg(each) && !isElse(each)
      );
      if (repeated) yield ofLegs(repeated);
      const pair = firstPair(alike);
      if (pair) yield ofBoth(...pair);
    }
  },
};

/** Where more steps than that publish the same, the first ones are compared. */
const MOST = 30;

/** Two steps of which one, at least, fails when it comes second; that one is the last. */
function firstPair(alike: readonly Publishing[]): [Publishing, Publishing] | null {
  const few = alike.slice(0, MOST);
  for (const [index, one] of few.entries()) {
    for (const other of few.slice(index + 1)) {
      if (one.step === other.step || !meet(one, other) || isElse(one) || isElse(other)) continue;
      if (failsAgain(other)) return [one, other];
      if (failsAgain(one)) return [other, one];
    }
  }
  return null;
}

/** What a step publishes and where to, in crates and npm's packages, which come as one file: the same text for the same; `null` where that is not certain. */
function identity(job: Publishing): string | null {
  const { invocation, called, pipeline } = job;
  const { kind, directory, args, packages } = invocation;
  // Who calls a workflow may say what it publishes.
  if (directory === null || args.some((word) => /\$|\ue000/.test(word)) || called !== pipeline) return null;
  const target = publicTarget(invocation)?.name;
  if (target === undefined) return null;
  if (kind === "npm") return ownManifest(invocation) && `${target} ${ownManifest(invocation)}`;
  if (kind !== "crates") return null;
  const which = args.filter((word, index) =>
    OF_PACKAGES.test(word) || OF_PACKAGES.test(args[index - 1] ?? "")
  );
  return [target, directory, ...packages, ...which].join(" ");
}

/** Options of cargo that say which crates. */
const OF_PACKAGES = /^--(?:manifest-path|workspace|all|exclude)\b/;

/** Whether what a job publishes may be something else than the repository has at that place: it is renamed, or comes from elsewhere. */
function isElse(job: Publishing): boolean {
  const steps = stepsUntil(job).map(({ step }) => step);
  const called = steps.map(({ uses }) => uses === null ? "" : actionName(uses.value));
  return !called.includes("actions/checkout") || called.some((name) => /download/.test(name)) ||
    steps.some(({ run, uses, with: inputs }) =>
      run !== null && RENAMES.test(run.value) ||
      uses !== null && (inputs.has("ref") || inputs.has("repository"))
    );
}

const RENAMES =
  /\bpkg set\b[^\n]{0,200}\bname=|\.name\s{0,9}=(?!=)|\bsed\b[^\n]{0,200}\bname\b|\b(?:mv|cp)\b[^\n]{0,200}package\.json/;

/** Comments, and what says where a leg runs, and with which tools: none of it decides what it publishes. */
const OF_MACHINE =
  /(?<=\s)#[^\n]*|(?<![\w-])(?:name|runs-on|[a-z]+-version|toolchain|architecture|distribution|key|restore-keys|fail-fast|max-parallel|continue-on-error)["']?[ \t]{0,9}:[^,}\n]*(?:\}\}[^,}\n]*)*/g;

/** Whether a matrix makes several jobs of one, and nothing in it asks which leg it is. */
function legsAreAlike({ severalLegs, extent: { start, end } }: Job, { text }: Pipeline): boolean {
  return severalLegs === true &&
    !/\bmatrix\b(?!["']?[ \t]*:)/.test(text.slice(start.offset, end.offset).replace(OF_MACHINE, ""));
}

function isSure({ starts }: Publishing): boolean {
  return starts.some(({ publishes }) => publishes === "yes");
}

function ofLegs({ job, invocation }: Publishing): Report {
  return {
    message: `Job "${job.id}" publishes${towards(invocation)} in every leg of its matrix`,
    at: invocation.at,
    label: "runs in each of them, and is the same in all",
    related: [{ at: job.at, message: "has a matrix" }],
    why: [`${targetName(invocation)} takes a version once: the first leg publishes it, and the others fail.`],
    next: [
      "publish in a job of its own that has no matrix and needs this one",
      "or give the step a condition that one leg alone meets",
    ],
  };
}

/** Whether two steps publish one version, in one run or in two that the same thing starts. */
function meet(one: Publishing, other: Publishing): boolean {
  const sure = ({ starts }: Publishing) => starts.filter(({ publishes }) => publishes === "yes");
  const starts = sure(one).filter((start) =>
    sure(other).some(({ trigger, ref }) =>
      start.ref === ref &&
      (start.trigger === trigger || startsBoth(start.trigger, trigger, ref) && !ofPaths(one, other))
    )
  );
  // A version that a job writes for a tag is that of the tag; another one may be its own.
  const ofTag = one.job !== other.job &&
    starts.some(({ trigger, ref }) => ref === "tag" || trigger.event === "release");
  return starts.length > 0 && (ofTag || ![one, other].some(writesVersion));
}

function writesVersion(job: Publishing): boolean {
  return stepsUntil(job).some(({ step }) =>
    isVersionedBy(step) || step.run !== null && mayWriteVersion(step.run.value)
  );
}

/** Whether the same push or the same release starts two workflows. */
function startsBoth(one: Trigger, other: Trigger, ref: Start["ref"]): boolean {
  if (one.event !== other.event) return false;
  if (one.event === "release") return share(one.types, other.types);
  const ignored = [one, other].some(({ tagsIgnored, branchesIgnored }) => tagsIgnored ?? branchesIgnored);
  if (one.event !== "push" || ignored) return false;
  return ref === "tag" ? share(one.tags, other.tags) : share(one.branches, other.branches);
}

/** Whether two lists have something in common; `null` is everything. */
function share(one: readonly string[] | null, other: readonly string[] | null): boolean {
  return !one || !other || one.some((each) => other.includes(each));
}

/** Whether the files that a push changes decide whether a workflow starts. */
function ofPaths(...jobs: readonly Publishing[]): boolean {
  return jobs.some(({ pipeline }) => /^[ \t]*["']?paths/m.test(pipeline.text));
}

function ofBoth(earlier: Publishing, later: Publishing): Report {
  const { job, pipeline, invocation } = later;
  const sameJob = earlier.job === job;
  const where = earlier.pipeline === pipeline ? "" : ` of ${earlier.pipeline.file}`;
  return {
    message: sameJob
      ? `Job "${job.id}" publishes the same${towards(invocation)} twice`
      : `Job "${job.id}" publishes${towards(invocation)} what job "${earlier.job.id}"${where} publishes too`,
    at: invocation.at,
    label: sameJob ? "the second time" : "the same package, to the same registry",
    related: [{
      at: earlier.invocation.at,
      message: sameJob ? "the first time" : `published here${where && " too"}`,
    }],
    why: [
      `${targetName(invocation)} takes a version once, and ${
        where ? "what starts one of the workflows starts the other, too" : "both run"
      }: whichever comes second is refused.`,
    ],
    next: ["publish it in one place, and leave the other one out"],
  };
}
