import { mentionsReleases, releaseMakers } from "../../pipelines/release_makers.ts";
import type { Publishing, Report, Rule, Subject } from "../rule.ts";

/** GitHub sends no `created` for a release that has been a draft: when that is published, nothing starts. */
export const createdMissesDrafts: Rule = {
  code: "created-misses-drafts",
  severity: "info",
  phase: "publishing jobs",
  *check(subject) {
    const { publishing } = subject;
    for (const [pipeline, jobs] of Map.groupBy(publishing, ({ pipeline }) => pipeline)) {
      const created = pipeline.vendor === "github"
        ? pipeline.triggers.find(({ event, types }) =>
          event === "release" && types?.length === 1 && types[0] === "created"
        )
        : undefined;
      const job = created &&
        jobs.find(({ starts, invocation: { kind } }) =>
          starts.some(({ trigger, publishes }) => trigger === created && publishes !== "no") &&
          !publishing.some((other) => other.invocation.kind === kind && startsOtherwise(other))
        );
      if (!job || madeByOthers(job, subject)) continue;
      yield {
        message: `${pipeline.file} publishes when a release is created, and not when a draft is published`,
        at: created!.at,
        label: "`created` does not come for drafts",
        related: [{ at: job.invocation.at, message: `publishes with ${job.invocation.client}` }],
        why: [
          "GitHub starts no workflow when a draft is made, and its page for a new release may save one by itself. Publishing it sends `published` alone: nothing would be published, and nothing would fail.",
        ],
        next: ["write `types: [published]`, which comes once for every release, with or without a draft"],
      } satisfies Report;
    }
  },
};

/** Whether a job publishes for something else that belongs to a release: a tag, a merge, another activity. */
function startsOtherwise({ starts }: Publishing): boolean {
  return starts.some(({ trigger: { event, types }, publishes }) =>
    publishes !== "no" && !BESIDE.test(event) &&
    (event !== "release" || types?.length !== 1 || types[0] !== "created")
  );
}

/** Events that start nothing by themselves when a release is published. */
const BESIDE =
  /^(?:workflow_dispatch|repository_dispatch|workflow_call|schedule|pull_request\w*|merge_group)$/;

/** Whether another workflow makes the releases: it makes no drafts, or says so. */
function madeByOthers({ pipeline }: Publishing, { pipelines, sources }: Subject): boolean {
  return pipelines.some(({ text }) => mentionsReleases(text)) &&
    releaseMakers(pipelines, sources).some((maker) =>
      maker.pipeline !== pipeline && maker.makes.includes("release")
    );
}
