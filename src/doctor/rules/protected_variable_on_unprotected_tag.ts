import type { CredentialUse, Job } from "../../pipelines/model.ts";
import type { Publishing, Report, Rule, Subject } from "../rule.ts";

/** A protected variable of GitLab's is empty on tags that are not protected; files do not tell which ones are. */
export const protectedVariableOnUnprotectedTag: Rule = {
  code: "protected-variable-on-unprotected-tag",
  severity: "info",
  phase: "credentials",
  *check(subject) {
    const seen = new Set<Job>();
    for (const each of subject.publishing) {
      const { pipeline, job, invocation } = each;
      const tag = (job.triggers ?? []).find(({ event }) => event === "tag");
      if (pipeline.vendor !== "gitlab" || !tag || seen.has(job) || isGuarded(job)) continue;
      const use = invocation.credentials.find((credential) => fromSettings(credential, each, subject));
      if (!use) continue;
      seen.add(job);
      const name = variableIn(use)!;
      yield {
        message: `Job "${job.id}" runs for tags and takes ${name} from the project's settings`,
        at: use.at,
        label: "empty where the variable is protected and the tag is not",
        related: [{ at: tag.at, message: "runs for tags" }],
        why: [
          "GitLab gives a protected variable to protected branches and tags alone; the client then finds no token, or an empty one.",
        ],
        next: [
          `where ${name} is protected: protect the tags too (Settings → Repository → Protected tags)`,
          "or publish with OIDC, which needs no variable",
        ],
      } satisfies Report;
    }
  },
};

/** A job that asks for a protected ref runs only where the variable is there. */
function isGuarded({ condition }: Job): boolean {
  return /CI_COMMIT_REF_PROTECTED/.test(condition?.value ?? "");
}

/** A variable that neither the files nor the scripts set. */
function fromSettings(
  use: CredentialUse,
  { pipeline, job }: Publishing,
  { sources }: Subject,
): boolean {
  const name = variableIn(use);
  if (name === null || name.startsWith("CI_")) return false;
  const scripts = [sources.get(use.at.path) ?? "", ...job.steps.map(({ run }) => run?.value ?? "")];
  return !job.env.has(name) && !pipeline.env.has(name) &&
    !job.idTokens.some(({ variable }) => variable === name) &&
    !scripts.some((text) => new RegExp(`(?<![\\w-])${name}=`).test(text));
}

function variableIn({ value }: CredentialUse): string | null {
  return /^\$\{?([A-Za-z_]\w*)\}?$/.exec(value.trim())?.[1] ?? null;
}
