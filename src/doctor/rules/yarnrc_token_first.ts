import type { YarnCredential } from "../../credentials/files/yarnrc.ts";
import { meantForOidc, publicTarget } from "../oidc.ts";
import type { Publishing, Report, Rule, Subject } from "../rule.ts";
import { variablesAt } from "../variables.ts";

/** With a token in `.yarnrc.yml`, yarn never tries OIDC. */
export const yarnrcTokenFirst: Rule = {
  code: "yarnrc-token-first",
  severity: "warning",
  phase: "credentials",
  *check(subject) {
    for (const job of subject.publishing) {
      const { invocation } = job;
      if (invocation.client !== "yarn" || publicTarget(invocation)?.name !== "npm") continue;
      if (meantForOidc(subject, job) === "no") continue;
      for (const token of tokensFor(job, subject)) {
        yield {
          message:
            `Job "${job.job.id}" may publish with OIDC, and yarn takes ${token.key} of ${token.at.path} instead`,
          at: token.keyAt,
          label: "yarn tries nothing else",
          related: [{ at: invocation.at, message: "publishes here" }],
          why: [
            "Other clients try OIDC first; yarn does so only where no token is configured for the registry.",
          ],
          next: [
            `write \${${
              token.variables[0] ?? "NPM_TOKEN"
            }:-}, which is nothing where it is not set, or remove it`,
          ],
        } satisfies Report;
      }
    }
  },
};

/** Credentials of yarn's settings for npm's own registry that come to something when the job runs. */
function tokensFor(job: Publishing, { settings }: Subject): YarnCredential[] {
  const set = variablesAt(job);
  return settings.yarnrc.filter(({ path }) =>
    path === ".yarnrc.yml" && !["ignored", "untracked"].includes(settings.keeping.get(path) ?? "")
  ).flatMap(({ credentials }) =>
    credentials.filter(({ owner, holds, variables, otherwise }) =>
      (owner === null || /registry\.(?:npmjs\.org|yarnpkg\.com)/.test(owner)) &&
      (holds === "literal" || (holds === "reference" &&
        variables.some((name) => (set.get(name)?.value ?? otherwise ?? "unset") !== "")))
    )
  );
}
