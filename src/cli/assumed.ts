import type { Project } from "../config/project.ts";
import type { Session } from "../host/session.ts";
import { githubActions } from "../identity/github.ts";
import { detectIdentity } from "../identity/table.ts";
import { readPipelines } from "../pipelines/read.ts";
import { ownReferences } from "../publish/own_references.ts";
import { publishers, type PublishingJob } from "../pipelines/publishing_jobs.ts";
import type { AssumedIdentity } from "../publish/plan.ts";

/** Outside of any CI: the job that a workflow will publish from, so that a plan can be looked at from a maintainer's machine. */
export async function assumedIdentity(session: Session, project: Project): Promise<AssumedIdentity | null> {
  if (detectIdentity(session.env)) return null;
  const { pipelines } = await readPipelines(project.root, {
    vendors: ["github"],
    own: ownReferences(session.env, project.root),
  });
  const jobs = pipelines.flatMap((pipeline) => publishers(pipeline));
  const found = jobs.find(mayProve) ?? jobs[0];
  if (!found) return null;
  const { environment } = found.job;
  const where = [
    found.pipeline.file,
    ...environment ? [`environment ${environment.name ?? "by expression"}`] : [],
    ...mayProve(found) ? [] : ["once it has `id-token: write`"],
  ].join(", ");
  return { provider: githubActions, describe: `OIDC from GitHub Actions (${where}), not from here` };
}

function mayProve({ job }: PublishingJob): boolean {
  return job.permissions.allows("id-token", "write") !== "no";
}
