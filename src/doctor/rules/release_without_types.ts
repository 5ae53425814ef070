import type { PublishInvocation } from "../../pipelines/model.ts";
import { isForeign } from "../../pipelines/publishing.ts";
import { publicTarget } from "../oidc.ts";
import type { Publishing, Report, Rule } from "../rule.ts";

/** What fails at a version that is there already, where nothing else is said. */
const CLIENTS = [
  ...["npm", "bun", "cargo", "twine", "uv", "poetry", "flit", "hatch", "pdm", "maturin"],
  ...["dotnet nuget", "nuget", "gem"],
  "pypa/gh-action-pypi-publish",
];

/** One release is many events: without `types:` each of them starts the workflow, and with `edited` every change of the notes. */
export const releaseWithoutTypes: Rule = {
  code: "release-without-types",
  severity: "warning",
  confidence: "likely",
  phase: "publishing jobs",
  *check({ publishing }) {
    for (const [pipeline, jobs] of Map.groupBy(publishing, ({ pipeline }) => pipeline)) {
      const job = jobs.find(failsTheSecondTime);
      const start = job?.starts.find(({ trigger: { event, types }, publishes }) =>
        event === "release" && (types === null || types.length > 1 && types.includes("edited")) &&
        publishes === "yes"
      );
      if (!job || !start || pipeline.vendor !== "github") continue;
      if (start.trigger.types !== null) {
        yield {
          severity: "info",
          message: `${pipeline.file} publishes again whenever a release is edited`,
          at: start.trigger.at,
          label: "`edited`: every correction of the notes starts a run",
          related: [{
            at: job.invocation.at,
            message: `${job.invocation.client} refuses a version that is there`,
          }],
          why: [
            "The version is there by then, and the run fails; side by side with the first one, each may upload some of the files.",
          ],
          next: ["leave `edited` out: `types: [published]`"],
        } satisfies Report;
        continue;
      }
      yield {
        message: `${pipeline.file} publishes whenever anything is done to a release, not once for each`,
        at: start.trigger.at,
        label: "without `types:`",
        related: [{
          at: job.invocation.at,
          message: `${job.invocation.client} refuses a version that is there`,
        }],
        why: [
          "A release that is made and published at once starts three runs (created, published, released), and each later change or removal of it another one. They upload side by side; those that come second fail.",
        ],
        next: ["name what is meant: on: release: types: [published]"],
      } satisfies Report;
    }
  },
};

function failsTheSecondTime({ invocation, step }: Publishing): boolean {
  const lenient = invocation.tolerated ||
    invocation.args.some((word) =>
      /^--?(?:skip-existing|check-url|tolerate-republish|skip-?duplicate)\b/i.test(word)
    ) ||
    ["skip-existing", "skip_existing"].some((input) => step.with.get(input)?.value === "true");
  return !lenient && CLIENTS.includes(invocation.client) && isPublic(invocation);
}

/** Whether the registry is one that is known to keep what it has. */
function isPublic(invocation: PublishInvocation): boolean {
  const { kind, registry, registryAs } = invocation;
  if (kind !== "nuget" && kind !== "rubygems") return publicTarget(invocation) !== null;
  return registryAs === undefined && (registry === null || !isForeign(kind, registry));
}
