import type { CredentialUse, Job, Trigger } from "../../pipelines/model.ts";
import { accepts, targetsOf } from "../identities.ts";
import { projectVariable } from "../project_variables.ts";
import type { Report, Rule, Subject } from "../rule.ts";

/** A protected variable of GitLab's is empty on tags that are not protected; files do not tell which ones are. */
export const protectedVariableOnUnprotectedTag: Rule = {
  code: "protected-variable-on-unprotected-tag",
  severity: "info",
  phase: "credentials",
  *check(subject) {
    const jobs = new Map<string, Taking[]>();
    for (const one of takingIn(subject)) {
      const key = `${one.pipeline} ${one.name}`;
      jobs.set(key, [...jobs.get(key) ?? [], one]);
    }
    for (const [first, ...others] of jobs.values()) {
      const { name, job, use, tag } = first!;
      const more = others.length === 0
        ? ""
        : others.length === 1
        ? `, and job "${others[0]!.job.id}" too`
        : `, and ${others.length} other jobs too`;
      yield {
        message: `Job "${job.id}" runs for tags and takes ${name} from the project's settings${more}`,
        at: use.at,
        label: "empty where the variable is protected and the tag is not",
        related: [
          { at: tag.at, message: "runs for tags" },
          ...others.slice(0, MOST_OTHERS).map((other) => ({
            at: other.job.at,
            message: `job "${other.job.id}" takes it for tags too`,
          })),
        ],
        why: [
          "GitLab gives a protected variable to protected branches and tags alone; the client then finds no token, or an empty one.",
        ],
        next: [
          `where ${name} is protected: protect the tags too (Settings → Repository → Protected tags)`,
          ...[first!, ...others].some(({ exchanges }) => exchanges)
            ? ["or publish with OIDC, which needs no variable"]
            : [],
        ],
      } satisfies Report;
    }
  },
};

/** More places show nothing new. */
const MOST_OTHERS = 5;

/** A job that runs for tags and takes a variable of the project. */
interface Taking {
  /** The path of its pipeline. */
  readonly pipeline: string;
  readonly job: Job;
  /** The variable. */
  readonly name: string;
  readonly use: CredentialUse;
  readonly tag: Trigger;
  /** Whether its registry exchanges tokens with GitLab. */
  readonly exchanges: boolean;
}

/** Each job once. */
function* takingIn(subject: Subject): Iterable<Taking> {
  const seen = new Set<Job>();
  for (const each of subject.publishing) {
    const { pipeline, job, invocation } = each;
    const tag = (job.triggers ?? []).find(({ event }) => event === "tag");
    if (pipeline.vendor !== "gitlab" || !tag || seen.has(job) || isGuarded(job)) continue;
    const use = invocation.credentials.find((credential) => projectVariable(credential, each, subject));
    if (!use) continue;
    seen.add(job);
    const exchanges = targetsOf(subject, invocation).some((registry) =>
      accepts(registry, "gitlab") === "yes"
    );
    yield { pipeline: pipeline.path, job, name: projectVariable(use, each, subject)!, use, tag, exchanges };
  }
}

/** A job that asks for a protected ref runs only where the variable is there. */
function isGuarded({ condition }: Job): boolean {
  return /CI_COMMIT_REF_PROTECTED/.test(condition?.value ?? "");
}
