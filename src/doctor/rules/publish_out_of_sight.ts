import { allSteps } from "../../pipelines/placed_commands.ts";
import { publishers, standsAlone } from "../../pipelines/publishing_jobs.ts";
import type { Job, Pipeline, Unseen } from "../../pipelines/model.ts";
import type { Report, Rule } from "../rule.ts";

/** What may publish and cannot be read from here is neither right nor wrong. */
export const publishOutOfSight: Rule = {
  code: "publish-out-of-sight",
  severity: "unverified",
  phase: "trust policy (local)",
  *check({ pipelines }) {
    for (const pipeline of pipelines.filter((each) => standsAlone(each, pipelines))) {
      const seen = new Set(publishers(pipeline).filter(({ live }) => live !== "no").map(({ job }) => job));
      for (
        const { reference, at } of [...seen.size > 0 ? [] : pipeline.unseen, ...unseenIn(pipeline, seen)]
      ) {
        yield {
          message: `${reference} may publish, and cannot be read from here`,
          at,
          label: "what does it publish, and with what?",
          why: [
            "Permissions and credentials are right or wrong for what it does, and that is not in this repository's CI files.",
          ],
          next: [
            "look there, or let the workflow run the publish command itself",
            "where it publishes nothing: nothing",
          ],
        } satisfies Report;
      }
    }
  },
};

function unseenIn(pipeline: Pipeline, seen: ReadonlySet<Job>): Unseen[] {
  return pipeline.jobs.filter((job) => job.live !== "no" && !seen.has(job)).flatMap((job) => [
    ...remoteCall(job),
    ...allSteps(job.steps).filter(({ live }) => live !== "no").flatMap(({ unseen }) => unseen),
    ...job.calls?.pipeline ? unseenIn(job.calls.pipeline, seen) : [],
  ]);
}

/** Called workflows that need an OIDC token to sign, and publish nothing. */
const ATTESTS = /^slsa-framework\/slsa-github-generator\//i;

/** A workflow of another repository that is called like one that publishes. */
function remoteCall({ calls, permissions }: Job): Unseen[] {
  if (!calls || calls.pipeline) return [];
  if (ATTESTS.test(calls.reference)) return [];
  const name = calls.reference.split("@")[0]!.split("/").at(-1)!;
  const publishes = /publish|release(?!-?(?:notes?|draft|pr\b|please))|deploy|pypi|crates|npm/i.test(name) ||
    permissions.written("id-token")?.value === "write";
  return publishes ? [{ reference: calls.reference, at: calls.at }] : [];
}
