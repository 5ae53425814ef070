import { couldUseOidc } from "../oidc.ts";
import { outsideContexts } from "../project_variables.ts";
import type { Report, Rule } from "../rule.ts";

/** A secret of the repository is readable by a workflow on any branch; one of an environment only from the branches that it allows. */
export const tokenOutsideEnvironment: Rule = {
  code: "token-outside-environment",
  severity: "info",
  phase: "credentials",
  *check(subject) {
    yield* outsideContexts(subject);
    const seen = new Set<string>();
    for (const { pipeline, job, invocation } of subject.publishing) {
      const token = invocation.credentials.find(({ holds, secret }) =>
        holds === "token" && secret !== null && secret.toUpperCase() !== "GITHUB_TOKEN"
      );
      if (pipeline.vendor !== "github" || !token || job.environment || seen.has(token.secret!)) continue;
      seen.add(token.secret!);
      yield {
        message:
          `The secret ${token.secret} is open to a workflow on any branch, because job "${job.id}" has no environment`,
        at: token.at,
        label: "a secret of the repository or the organisation",
        related: [{ at: job.at, message: "has no `environment:`" }],
        why: [
          "Whoever can push a branch can add a workflow that reads it; in 2025 GhostAction and Shai-Hulud took thousands that way.",
        ],
        next: couldUseOidc(invocation)
          ? [
            "publish with OIDC, and revoke the token",
            "or keep it as a secret of an environment that only your release branches or tags may use",
          ]
          : ["keep it as a secret of an environment that only your release branches or tags may use"],
      } satisfies Report;
    }
  },
};
