import { inside } from "../../config/paths.ts";
import { get } from "../../formats/located.ts";
import type { Location } from "../../problem.ts";
import type { Label } from "../../report/finding.ts";
import { namedPlace, ownManifest } from "../own_manifest.ts";
import type { Publishing, Report, Rule, Subject } from "../rule.ts";

const CLIENTS = ["npm", "pnpm", "yarn", "lerna"];

/** npm signs provenance with an OIDC token, whatever it publishes with. */
export const provenanceWithoutIdToken: Rule = {
  code: "provenance-without-id-token",
  severity: "error",
  phase: "publishing jobs",
  *check(subject) {
    for (const job of subject.publishing) {
      if (!CLIENTS.includes(job.invocation.client)) continue;
      const wanted = wantedBy(job, subject);
      if (!wanted) continue;
      const { pipeline, job: { id, permissions } } = job;
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
          fix: permissions.granting("id-token", "write"),
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

/** Where provenance is switched on: on the command line, in a variable, or in the manifest. */
function wantedBy({ invocation, step, job, pipeline }: Publishing, { manifests }: Subject): Location | null {
  if (invocation.args.some((word) => word === "--provenance" || word === "--provenance=true")) {
    return invocation.inScript ?? invocation.at;
  }
  if (invocation.args.some((word) => /^--(?:no-)?provenance\b/.test(word))) return null;
  for (const env of [step.env, job.env, pipeline.env]) {
    const variable = [...env.values()].find(({ name }) => /^npm_config_provenance$/i.test(name));
    if (variable) return variable.value === "true" ? variable.at : null;
  }
  if (invocation.directory === null) return null;
  const path = namedPlace(invocation) === undefined
    ? inside(invocation.directory, "package.json")
    : ownManifest(invocation);
  const setting = path === null ? undefined : get(manifests.get(path)?.root, "publishConfig", "provenance");
  return setting?.value === true ? setting.at : null;
}
