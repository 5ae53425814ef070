import type { CalledWorkflow, Job, Pipeline } from "../../pipelines/model.ts";
import type { Label } from "../../report/finding.ts";
import { couldUseOidc } from "../oidc.ts";
import { pathHere } from "../own_repository.ts";
import type { Publishing, Report, Rule } from "../rule.ts";

/** `secrets: inherit` hands every secret of the repository to a workflow that publishes, or may. */
export const secretsInherited: Rule = {
  code: "secrets-inherited",
  severity: "warning",
  phase: "credentials",
  *check({ pipelines, publishing, remote }) {
    for (const pipeline of pipelines.filter(({ vendor }) => vendor === "github")) {
      for (const job of pipeline.jobs) {
        const { calls, live } = job;
        if (!calls || calls.secrets !== "inherit" || live === "no") continue;
        const local = calls.pipeline;
        const own = local && publishing.find(({ called }) => called.path === local.path);
        const meant = own || isPublisher(calls);
        const isHere = local !== null || pathHere(remote, calls.reference) !== null;
        const beside = meant || local ? null : publisherBeside(job, pipeline, publishing);
        if ((!meant && !beside) || publishing.some((each) => needsAll(each, local))) continue;
        yield {
          ...isHere || beside ? { severity: "info" } : {},
          message: `Job "${job.id}" hands every secret of the repository to ${
            local ? local.file : calls.reference
          }`,
          at: calls.secretsAt!,
          label: "all of them",
          related: [
            { at: calls.at, message: isHere ? "called here" : "of another repository" },
            ...beside ? [beside] : [],
          ],
          why: [
            "What that workflow does not need it can still read, and so can every action and dependency in it.",
          ],
          next: local
            ? insteadOf(local, publishing)
            : ["name what it needs under `secrets:`, or delete the line where it needs none"],
        } satisfies Report;
      }
    }
  },
};

/** What the call of a workflow of this repository needs in place of everything. */
function insteadOf(local: Pipeline, publishing: readonly Publishing[]): string[] {
  const names = new Set<string>();
  const known = collectRead(local, names, new Set());
  const shown = [...names].map((name) => `${name}: \${{ secrets.${name} }}`).join(", ");
  const tokens = publishing.filter(({ called }) => called.path === local.path).flatMap(({ invocation }) =>
    couldUseOidc(invocation) ? invocation.credentials.map(({ secret }) => secret) : []
  );
  if (known && names.size === 0) return [`delete the line: ${local.file} reads no secret`];
  if (!known) return ["name what it needs under `secrets:`; not all of that is seen from here"];
  return [
    `name what it reads: \`secrets: { ${shown} }\`, and the same under \`on: workflow_call: secrets:\` of ${local.file}`,
    ...[...names].every((name) => tokens.includes(name)) ? ["with OIDC it needs none"] : [],
  ];
}

const READ = /\bsecrets\.(?!(?:GITHUB_TOKEN|ya?ml)\b)([\w-]+)/gi;

/** Adds the secrets that a workflow reads, itself or in those that it hands everything on to; `false` where not all can be told. */
function collectRead({ path, text, jobs }: Pipeline, names: Set<string>, seen: Set<string>): boolean {
  if (seen.has(path)) return true;
  seen.add(path);
  const written = text.replace(/^[ \t]*#.*$/gm, "");
  const read = [...written.matchAll(READ)].map(([, name]) => name!);
  for (const name of read) names.add(name);
  // Those of an environment reach it in no other way.
  const ofEnvironment = read.length > 0 && jobs.some(({ environment }) => environment !== null);
  const told = !ofEnvironment && !/\bsecrets\s*(?:\[|\))/.test(written);
  const handed = jobs.flatMap(({ calls }) => calls?.secrets === "inherit" ? [calls.pipeline] : []);
  return handed.map((each) => each !== null && collectRead(each, names, seen)).every(Boolean) && told;
}

/** Whether a workflow of another repository is called like one that publishes. */
function isPublisher({ pipeline, reference }: CalledWorkflow): boolean {
  return !pipeline && /publish|release|pypi|crates|npm/i.test(reference);
}

/** The job beside another one that publishes with a secret which the other one is handed too, or may. */
function publisherBeside(job: Job, pipeline: Pipeline, publishing: readonly Publishing[]): Label | null {
  for (const other of pipeline.jobs) {
    if (other === job || other.live === "no") continue;
    if (other.calls?.secrets === "inherit" && isPublisher(other.calls)) {
      return { at: other.calls.at, message: "may publish with one of them" };
    }
    const token = publishing.filter(({ chain, job: last }) => chain[0] === other && last.environment === null)
      .flatMap(({ invocation }) => invocation.credentials).find(({ holds, secret }) =>
        holds === "token" && secret !== null && !/^github_token$/i.test(secret)
      );
    if (token) return { at: other.at, message: `publishes with ${token.secret}` };
  }
  return null;
}

/** A called job gets the secrets of its environment only where its caller hands everything over. */
function needsAll({ called, job, invocation }: Publishing, local: Pipeline | null): boolean {
  return local !== null && called.path === local.path && job.environment !== null &&
    invocation.credentials.some(({ secret }) => secret !== null);
}
