import { allSteps, commandsOf } from "../../pipelines/placed_commands.ts";
import type { Answer, Job } from "../../pipelines/model.ts";
import { oidcNeed, SPEAKS } from "../oidc_need.ts";
import type { Report, Rule } from "../rule.ts";

/** `id-token: write` for the whole workflow reaches jobs that only build or test. */
export const idTokenTooWide: Rule = {
  code: "id-token-too-wide",
  severity: "warning",
  confidence: "likely",
  phase: "publishing jobs",
  *check({ publishing, suspected, sources }) {
    const withOidc = suspected.filter(({ invocation }) => invocation.keyless === "yes");
    for (const pipeline of new Set([...publishing, ...withOidc].map((each) => each.pipeline))) {
      if (pipeline.vendor !== "github" || !pipeline.permissionsAt) continue;
      const wide = pipeline.jobs.filter((job) =>
        job.permissions.from === "workflow" && job.permissions.allows("id-token", "write") === "yes" &&
        job.permissions.written("id-token") !== null
      );
      const needless = wide.filter((job) => needOf(job, sources) === "no");
      const doubtful = wide.filter((job) => needOf(job, sources) === "unknown");
      const [named, as] = needless.length === 0
        ? [doubtful, OPEN]
        : [needless, needless.every((job) => onlySpeaks(job, sources)) ? { severity: "info" as const } : {}];
      if (named.length === 0) continue;
      yield {
        ...as,
        message: `${pipeline.file} lets every job request an OIDC token, also ${names(named)}`,
        at: named[0]!.permissions.written("id-token")!.keyAt,
        label: "for the whole workflow",
        related: [
          ...needless.slice(0, FEW).map(({ at, id, calls }) => ({
            at,
            message: `job "${id}"${
              calls?.pipeline ? ` calls ${calls.pipeline.file}, which` : ""
            } neither publishes nor signs`,
          })),
          ...doubtful.slice(0, FEW).map((job) => ({
            at: job.at,
            message: `job "${job.id}" runs ${unknownAction(job, sources)}, which may need one or not`,
          })),
        ],
        why: [
          "Whatever runs in a job that can request a token can publish: a test, a build script, any dependency of them.",
        ],
        next: [
          needless.length === 0
            ? "grant `id-token: write` to the publishing job, and to others that need it"
            : "grant `id-token: write` to the publishing job alone",
        ],
      } satisfies Report;
    }
  },
};

/** What is not known is a question, however sure it is that the jobs may. */
const OPEN = { severity: "unverified", confidence: "certain" } as const;

/** Nobody reads more jobs. */
const FEW = 3;

/** Whether a job needs a token, as far as is known of what it runs. */
function needOf({ steps, calls }: Job, sources: Sources): Answer {
  if (calls) {
    const jobs = calls.pipeline?.jobs.filter(({ live }) => live !== "no") ?? [];
    // What a called job does not ask for it does not get, where its block says so.
    return jobs.some(({ permissions }) => permissions.allows("id-token", "write") === "yes")
      ? anyOf(jobs.map((job) => needOf(job, sources)))
      : "yes";
  }
  return steps.length === 0 ? "yes" : anyOf(allSteps(steps).map((step) => oidcNeed(step, sources)));
}

type Sources = ReadonlyMap<string, string>;

function anyOf(answers: readonly Answer[]): Answer {
  return answers.includes("yes") ? "yes" : answers.includes("unknown") ? "unknown" : "no";
}

/** The first action of a job, or of what it calls, of which nothing is known. */
function unknownAction({ steps, calls }: Job, sources: Sources): string {
  const own = allSteps(steps).find((step) => oidcNeed(step, sources) === "unknown")?.uses?.value;
  const [called] = calls?.pipeline?.jobs.filter((job) => needOf(job, sources) === "unknown") ?? [];
  return own?.split("@")[0] ?? (called ? unknownAction(called, sources) : "an action");
}

/** Whether a job runs nothing that could take the token: it says something, or stops the run. */
function onlySpeaks({ steps, calls }: Job, sources: Sources): boolean {
  return !calls && steps.every((step) =>
    step.run !== null && !step.run.value.includes("${{") &&
    commandsOf(step, sources).every(({ program }) => SPEAKS.test(program))
  );
}

function names(jobs: readonly Job[]): string {
  const quoted = jobs.map(({ id }) => `"${id}"`);
  return quoted.length > 3
    ? `${quoted.slice(0, 2).join(", ")} and ${quoted.length - 2} more`
    : quoted.join(", ");
}
