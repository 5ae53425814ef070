import { SCOPES } from "../../pipelines/permissions.ts";
import { publishers } from "../../pipelines/publishing_jobs.ts";
import type { Job, Pipeline, Setting } from "../../pipelines/model.ts";
import type { Report, Rule } from "../rule.ts";

/** GitHub refuses a run as a whole when a called workflow asks for a permission that its caller does not have. */
export const calleeAsksForMore: Rule = {
  code: "callee-asks-for-more",
  severity: "error",
  phase: "publishing jobs",
  *check({ pipelines }) {
    for (const pipeline of pipelines) {
      if (pipeline.vendor === "github" && publishers(pipeline).length > 0) yield* tooMuch(pipeline, pipeline);
    }
  },
};

function* tooMuch(pipeline: Pipeline, top: Pipeline): Iterable<Report> {
  // Whoever opens a pull request would get the token with it.
  const isForPulls = top.triggers.some(({ event }) => /^pull_request/.test(event));
  for (const job of pipeline.jobs) {
    const called = job.calls?.pipeline;
    if (!called) continue;
    const all = called.jobs.flatMap((inner) => refused(job, inner).map((asked) => ({ inner, asked })));
    // What a workflow asks for, all its jobs ask for.
    for (const same of Map.groupBy(all, ({ asked }) => asked.keyAt.start.offset).values()) {
      const found = report(job, called, [...new Set(same.map(({ inner }) => inner))], same[0]!.asked);
      yield isForPulls && same[0]!.asked.name === "id-token" ? { ...found, fix: null } : found;
    }
    yield* tooMuch(called, top);
  }
}

function refused(caller: Job, inner: Job): Setting[] {
  const publishes = inner.steps.some((step) => step.publishes.length > 0);
  return [...SCOPES].flatMap((scope) => {
    // A publishing job without id-token is what the rule missing-id-token is about.
    if (scope === "id-token" && publishes) return [];
    const { permissions } = inner;
    return [permissions.written(scope) ?? ofAll(inner, scope), permissions.writtenAbove(scope)].flatMap((
      asked,
    ) =>
      asked && (asked.value === "write" || asked.value === "read") &&
        caller.permissions.grants(scope, asked.value) === "no"
        ? [asked]
        : []
    );
  });
}

/** Scopes of which `read-all` and `write-all` do not always ask for that level. */
const APART = ["id-token", "models", "artifact-metadata", "repository-projects"];

function ofAll({ permissions: { all, at } }: Job, scope: string): Setting | null {
  return all && at && !APART.includes(scope) ? { name: scope, value: all, keyAt: at, at } : null;
}

function report(caller: Job, called: Pipeline, [one, ...more]: readonly Job[], asked: Setting): Report {
  const { permissions } = caller;
  const all = asked.keyAt === one!.permissions.at ? one!.permissions.all : null;
  const wanted = all ? `permissions: ${all}-all` : `${asked.name}: ${asked.value}`;
  const who = one!.permissions.writtenAbove(asked.name)?.keyAt.start.offset === asked.keyAt.start.offset
    ? `${called.file} asks`
    : more.length === 0
    ? `Job "${one!.id}" of ${called.file} asks`
    : `Job "${one!.id}" of ${called.file} and ${more.length} more of its jobs ask`;
  return {
    message: `${who} for \`${wanted}\`, which job "${caller.id}" does not have`,
    at: caller.calls!.at,
    label: "called here",
    related: [
      { at: asked.keyAt, message: "asked for" },
      ...permissions.at
        ? [{ at: permissions.at, message: `grants no \`${asked.name}: ${asked.value}\`` }]
        : [],
    ],
    why: [
      "A called workflow can have no more than its caller. GitHub does not start such a run at all (startup failure).",
    ],
    next: [
      all
        ? `write into ${called.file} the scopes that it needs, in place of ${wanted}`
        : `add \`${wanted}\` to the permissions of job "${caller.id}"`,
    ],
    fix: all ? null : permissions.granting(asked.name, asked.value as "read" | "write"),
  };
}
