import type { ExitCode } from "../../problem.ts";
import { checkout } from "../../publish/git.ts";
import { remotesOf } from "../../publish/remotes.ts";
import { readArtifacts } from "../../publish/pack.ts";
import { makePlan, problemsOf } from "../../publish/plan.ts";
import { planRecord } from "../../publish/records.ts";
import { assumedIdentity } from "../assumed.ts";
import { choosePackages, on, openProject, openSession, show, text } from "../context.ts";
import type { Call } from "../verb.ts";
import { renderPlan } from "../views/plan.ts";
import { wishOf } from "./publish.ts";

/** Shows what would be published, in which order, by which credential. Changes nothing. */
export async function run(call: Call): Promise<ExitCode> {
  const session = openSession(call);
  const project = await openProject(session, call);
  const packages = choosePackages(project, call.arguments);
  const artifacts = text(call, "artifacts");
  session.progress.live("asking the registries …");
  const plan = await makePlan(session, project, packages, await checkout(session.env, project.root), {
    wish: wishOf(call),
    artifacts: artifacts ? await readArtifacts(artifacts) : null,
    allowDirty: on(call, "allow-dirty"),
    assumed: await assumedIdentity(session, project),
  });
  session.progress.live(null);
  const repository = (await remotesOf(session.env, project.root)).repository;
  show(call, "plan", { repository, ...planRecord(plan) }, renderPlan(plan, repository, call.io.stdout));
  return problemsOf(plan).length > 0 ? 1 : 0;
}
