import type { Location } from "../../problem.ts";
import type { Label } from "../../report/finding.ts";
import { idTokenFix } from "../id_token_fix.ts";
import { provenanceAskedFor } from "../provenance.ts";
import type { Publishing, Report, Rule } from "../rule.ts";

const CLIENTS = ["npm", "pnpm", "yarn", "lerna"];

/** npm signs provenance with an OIDC token, whatever it publishes with. */
export const provenanceWithoutIdToken: Rule = {
  code: "provenance-without-id-token",
  severity: "error",
  phase: "publishing jobs",
  *check(subject) {
    for (const job of subject.publishing) {
      if (!CLIENTS.includes(job.invocation.client)) continue;
      const wanted = provenanceAskedFor(job, subject)?.at;
      if (!wanted) continue;
      const { pipeline, job: own } = job;
      const { id, permissions } = own;
      if (pipeline.vendor === "circleci" || pipeline.vendor === "jenkins") {
        yield {
          message: `Job "${id}" asks for provenance, which npm cannot make on ${NAMES[pipeline.vendor]}`,
          at: wanted,
          label: "asked for here",
          related: publishesAt(job, wanted),
          why: ['npm stops with EUSAGE: "Automatic provenance generation not supported for provider".'],
          next: ["leave provenance out on this CI, or publish from GitHub Actions or GitLab"],
        } satisfies Report;
      } else if (pipeline.vendor === "github" && permissions.allows("id-token", "write") === "no") {
        yield {
          message: `Job "${id}" asks for provenance and cannot request an OIDC token`,
          at: wanted,
          label: "asked for here",
          related: [
            ...permissions.at ? [{ at: permissions.at, message: "no `id-token: write`" }] : [],
            ...publishesAt(job, wanted),
          ],
          why: [
            'npm stops with EUSAGE: "Provenance generation in GitHub Actions requires "write" access to the "id-token" permission".',
          ],
          next: [`add \`id-token: write\` to the permissions of job "${id}"`],
          fix: idTokenFix(job, own),
        } satisfies Report;
      }
    }
  },
};

const NAMES = { circleci: "CircleCI", jenkins: "Jenkins" } as const;

/** The step that publishes, where that is another place. */
function publishesAt({ invocation: { at } }: Publishing, wanted: Location): Label[] {
  return at === wanted ? [] : [{ at, message: "publishes here" }];
}
