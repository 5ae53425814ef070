import type { CredentialUse, Job } from "../pipelines/model.ts";
import type { Publishing, Report, Subject } from "./rule.ts";

/** The variable that a credential is taken from and that neither the files nor the scripts set; `null` where it is another thing. */
export function projectVariable(
  { value, at }: CredentialUse,
  { pipeline, job }: Publishing,
  { sources }: Subject,
): string | null {
  const name = /^\$\{?([A-Za-z_]\w*)\}?$/.exec(value.trim())?.[1];
  // What the CI sets itself.
  if (name === undefined || /^(?:CI|CIRCLE)_/.test(name)) return null;
  const scripts = [sources.get(at.path) ?? "", ...job.steps.map(({ run }) => run?.value ?? "")];
  const set = job.env.has(name) || pipeline.env.has(name) ||
    job.idTokens.some(({ variable }) => variable === name) ||
    scripts.some((text) => new RegExp(`(?<![\\w-])${name}=`).test(text));
  return set ? null : name;
}

/** Tokens that CircleCI gives to every job, because the one that publishes has no context. */
export function* outsideContexts(subject: Subject): Iterable<Report> {
  const seen = new Set<string>();
  for (const each of subject.publishing) {
    const { pipeline, job, invocation } = each;
    if (pipeline.vendor !== "circleci" || job.contexts?.length !== 0 || isOwnMachine(job)) continue;
    for (const use of invocation.credentials) {
      const name = projectVariable(use, each, subject);
      if (name === null || seen.has(name)) continue;
      seen.add(name);
      yield {
        message:
          `The variable ${name} is open to every job of every branch, because job "${job.id}" has no context`,
        at: use.at,
        label: "a variable of the project",
        related: [{ at: job.at, message: "has no `context:`" }],
        why: [
          "CircleCI gives the project's variables to whatever a branch's config.yml runs; a context can be kept for your release branch.",
        ],
        next: [
          `move ${name} into a context that is restricted to your release branch or tags, and give the job \`context:\` where the workflow lists it`,
        ],
      };
    }
  }
}

/** Whether somebody's own machine runs the job, which may have variables of its own. */
function isOwnMachine({ runner }: Job): boolean {
  return runner?.labels?.some((label) => label.includes("/")) ?? false;
}
