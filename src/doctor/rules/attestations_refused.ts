import { intersects, validRange } from "../../formats/version_range.ts";
import type { Answer } from "../../pipelines/model.ts";
import { actionVersion } from "../action_version.ts";
import { meantForOidc, publicTarget } from "../oidc.ts";
import type { Publishing, Report, Rule, Subject } from "../rule.ts";

const ACTION = "pypa/gh-action-pypi-publish";
/** Since then it makes attestations unless told otherwise. */
const BY_DEFAULT = ">=1.11.0";

/** PyPI's action signs with the identity of the workflow that started, and signs no file twice. */
export const attestationsRefused: Rule = {
  code: "attestations-refused",
  severity: "error",
  confidence: "likely",
  phase: "publishing jobs",
  *check(subject) {
    const attesting = subject.publishing.filter((each) => attests(each, subject) !== "no");
    for (const [index, each] of attesting.entries()) {
      if (each.called.path !== each.pipeline.path) yield asSure(fromCalled(each), [each], subject);
      const first = attesting.slice(0, index).find((other) => signsBefore(other, each));
      if (first) yield asSure(twice(first, each), [first, each], subject);
    }
  },
};

/** Whether a step makes attestations: with a password the action makes none, and neither for other indexes. */
function attests(job: Publishing, subject: Subject): Answer {
  const { invocation, step } = job;
  if (invocation.client !== ACTION || !step.uses?.value.startsWith(`${ACTION}@`)) return "no";
  if (meantForOidc(subject, job) === "no" || publicTarget(invocation) === null) return "no";
  const input = step.with.get("attestations");
  if (input) return input.value === "true" ? "yes" : "no";
  const range = validRange(actionVersion(step.uses, subject.sources));
  if (range !== null) return intersects(range, BY_DEFAULT) ? "yes" : "no";
  return /@[\da-f]{7,40}$/.test(step.uses.value) ? "unknown" : "yes";
}

/** A report that is open where nobody knows which version a commit is. */
function asSure(report: Report, jobs: readonly Publishing[], subject: Subject): Report {
  if (jobs.every((job) => attests(job, subject) === "yes")) return report;
  return {
    ...report,
    severity: "unverified",
    why: [
      ...report.why ?? [],
      "That is so since version 1.11 of the action; nothing says which one the commit is.",
    ],
    next: ["write the version behind the commit, as a comment: `# v1.13.0`", ...report.next ?? []],
  };
}

function fromCalled({ pipeline, called, chain, job, invocation }: Publishing): Report {
  const call = chain[0]?.calls;
  return {
    message: `Job "${job.id}" signs for PyPI as ${pipeline.file}, and publishes as ${called.file}`,
    at: invocation.at,
    label: "makes attestations",
    related: call ? [{ at: call.at, message: "called here" }] : [],
    why: [
      "An attestation names the workflow that started, and PyPI's publisher the one that is called; so PyPI refuses the upload with 400 " +
      '("Invalid attestations").',
    ],
    next: [
      `publish in a job of ${pipeline.file} itself, and register that file`,
      "or add `attestations: false` to the step",
    ],
  };
}

/** Whether one step has signed the files of another, in a run that reaches both. */
function signsBefore(first: Publishing, second: Publishing): boolean {
  const [one, other] = [first.step.condition?.value, second.step.condition?.value];
  const together = one === undefined || other === undefined || one === other;
  return first.job === second.job && first.pipeline === second.pipeline && together &&
    filesOf(first) === filesOf(second);
}

function filesOf({ step }: Publishing): string {
  const written = step.with.get("packages-dir") ?? step.with.get("packages_dir");
  return (written?.value ?? "dist").replace(/^\.\//, "").replace(/(?<!\/)\/+$/, "");
}

function twice(first: Publishing, { job, invocation }: Publishing): Report {
  return {
    message: `Job "${job.id}" signs the same files twice, and the second time fails`,
    at: invocation.at,
    label: "finds their attestations there",
    related: [{ at: first.invocation.at, message: "makes them" }],
    why: ['The action stops before the upload: "already have publish attestations".'],
    next: [
      "publish to each index in a job of its own, which downloads the files anew",
      "or add `attestations: false` to the first step",
    ],
  };
}
