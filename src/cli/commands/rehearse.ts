import { readPipelines } from "../../pipelines/github.ts";
import { type ExitCode, KeylessError, type Problem } from "../../problem.ts";
import { checkout, remoteRepository } from "../../publish/git.ts";
import { clientVersion } from "../../publish/client_check.ts";
import { problemRecord, releaseRecord } from "../../publish/records.ts";
import type { Project } from "../../config/project.ts";
import type { Session } from "../../host/session.ts";
import { assign, jobOf, nameOf, repositoryOf, scenarios, type Wishes } from "../../rehearsal/scenario.ts";
import { type Act, type RehearsalReport, rehearse, setStage } from "../../rehearsal/rehearse.ts";
import { choosePackages, on, openProject, openSession, show, text } from "../context.ts";
import type { Call } from "../verb.ts";
import { FlightRecorder, renderRehearsal } from "../views/rehearsal.ts";
import { serve } from "./rehearse_serve.ts";

/** Plays the whole release on this machine, with the real package managers and embedded registries. */
export async function run(call: Call): Promise<ExitCode> {
  const session = openSession(call);
  const started = session.clock.now();
  const project = await openProject(session, call);
  const head = await checkout(session.env, project.root);
  const script = await writeScript(session, call, project, head.commit);
  const stage = await setStage(session, script.acts);
  try {
    if (on(call, "serve")) return await serve(call, script.acts, stage);
    const recorder = new FlightRecorder(session, call.io, stage.recorder);
    recorder.open(script.acts, head);
    const report = await rehearse(session, project, script.acts, head, stage, (act) => recorder.observe(act));
    session.progress.live(null);
    const elapsed = session.clock.now() - started;
    const notCovered = [...script.notCovered, ...uncovered(script.acts)];
    const problems = [...script.problems, ...report.acts.flatMap((act) => act.release ? [] : act.problems)];
    show(
      call,
      "rehearse",
      {
        commit: head.commit,
        jobs: jobRecords(report),
        notCovered,
        problems: problems.map(problemRecord),
        milliseconds: elapsed,
      },
      renderRehearsal(report, script.problems, notCovered, elapsed, call.io.stdout),
    );
    return report.acts.every(wentWell) && script.problems.length === 0 ? 0 : 1;
  } finally {
    session.progress.live(null);
    await stage.close();
  }
}

interface Script {
  readonly acts: Act[];
  /** Packages that could not be given a job. */
  readonly problems: Problem[];
  readonly notCovered: string[];
}

/** Which jobs will be played, with which packages. @throws {KeylessError} exit 3 when nothing can be rehearsed */
async function writeScript(session: Session, call: Call, project: Project, sha: string): Promise<Script> {
  const wishes: Wishes = {
    workflow: text(call, "workflow"),
    job: text(call, "job"),
    environment: text(call, "environment"),
    ref: text(call, "ref"),
    event: text(call, "event"),
  };
  const chosen = choosePackages(project, call.arguments);
  const { pipelines } = await readPipelines(project.root);
  const repository = repositoryOf(project, await remoteRepository(session.env, project.root));
  const { packages, notCovered } = await withClients(session, chosen);
  const { scenarios: groups, problems } = assign(packages, scenarios(pipelines), wishes);
  if (groups.size === 0) {
    throw new KeylessError(problems.length > 0 ? problems : [nothing(notCovered)], { exit: 3 });
  }
  const acts = [...groups].map(([scenario, group]) => ({
    job: jobOf(scenario, wishes, {
      repository: repository ?? `local/${group[0]!.name}`,
      version: group[0]!.version,
      sha,
    }),
    jobId: scenario.job.id,
    name: nameOf(scenario),
    mayProve: scenario.job.permissions.allows("id-token", "write") !== "no",
    packages: group,
  }));
  return { acts, problems, notCovered };
}

/** Packages whose client is on this machine; the others are named as not covered. */
async function withClients(session: Session, packages: Project["packages"]) {
  const notCovered: string[] = [];
  const able = [];
  const versions = await Promise.all(packages.map((pkg) => clientVersion(session, pkg.client)));
  for (const [index, pkg] of packages.entries()) {
    if (versions[index] !== null) able.push(pkg);
    else notCovered.push(`${pkg.name} (${pkg.registry.label}): ${pkg.client} is not on this machine`);
  }
  return { packages: able, notCovered };
}

/** What no rehearsal can know. */
function uncovered(acts: readonly Act[]): string[] {
  const packages = acts.flatMap((act) => act.packages);
  const undeclared = packages.filter((pkg) => !pkg.trustPolicy).map((pkg) => pkg.name);
  return [
    ...packages.some((pkg) => pkg.kind === "npm") ? ["npm provenance (needs Sigstore)"] : [],
    ...packages.some((pkg) => pkg.kind === "pypi") ? ["PyPI's rules about project names and metadata"] : [],
    "whether the packages exist at their registries (keyless plan asks them)",
    ...undeclared.length > 0
      ? [
        `the publisher records of ${
          undeclared.join(", ")
        }: no [package.trust_policy] declares them, so the job itself was taken`,
      ]
      : [],
  ];
}

function wentWell(act: RehearsalReport["acts"][number]): boolean {
  return act.release !== null && act.problems.length === 0 &&
    act.release.packages.every((entry) => entry.result === "published" || entry.result === "there");
}

function jobRecords(report: RehearsalReport): Record<string, unknown>[] {
  return report.acts.map(({ act, release }) => ({
    workflow: act.job.workflow,
    job: act.jobId,
    environment: act.job.environment ?? null,
    ref: act.job.ref,
    event: act.job.event,
    repository: act.job.repository,
    release: release ? releaseRecord(release) : null,
  }));
}

function nothing(notCovered: readonly string[]): Problem {
  return {
    code: "nothing-rehearsed",
    message: "Nothing could be rehearsed",
    why: notCovered,
    next: ["install the clients that are missing"],
  };
}
