import type { Job } from "../../pipelines/model.ts";
import { projectVariable } from "../project_variables.ts";
import type { Report, Rule } from "../rule.ts";

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
      const use = invocation.credentials.find((credential) => projectVariable(credential, each, subject));
      if (!use) continue;
      seen.add(job);
      const name = projectVariable(use, each, subject)!;
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
