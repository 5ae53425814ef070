import type { Project } from "../config/project.ts";
import type { Session } from "../host/session.ts";
import { githubActions } from "../identity/github.ts";
import { detectIdentity } from "../identity/table.ts";
import { readPipelines } from "../pipelines/read.ts";
import { publishers } from "../pipelines/publishing_jobs.ts";
import type { AssumedIdentity } from "../publish/plan.ts";

/** Outside of any CI: the job that a workflow will publish from, so that a plan can be looked at from a maintainer's machine. */
export async function assumedIdentity(session: Session, project: Project): Promise<AssumedIdentity | null> {
  if (detectIdentity(session.env)) return null;
  const { pipelines } = await readPipelines(project.root, { vendors: ["github"] });
  for (const pipeline of pipelines) {
    const [found] = publishers(pipeline);
    if (!found) continue;
    const { environment } = found.job;
    const where = environment
      ? `${pipeline.file}, environment ${environment.name ?? "by expression"}`
      : pipeline.file;
    return { provider: githubActions, describe: `OIDC from GitHub Actions (${where}), not from here` };
  }
  return null;
}
