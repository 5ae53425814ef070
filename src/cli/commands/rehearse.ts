import { readPipelines } from "../../pipelines/read.ts";
import { type ExitCode, KeylessError, type Problem } from "../../problem.ts";
import { checkout } from "../../publish/git.ts";
import { remotesOf } from "../../publish/remotes.ts";
import { clientVersion } from "../../publish/client_check.ts";
import { problemRecord, releaseRecord } from "../../publish/records.ts";
import type { Package, Project } from "../../config/project.ts";
import type { Session } from "../../host/session.ts";
import { assign } from "../../rehearsal/assignment.ts";
import { refsOf } from "../../rehearsal/refs.ts";
import { nameOf, repositoryOf, runOf, type Scenario, type Wishes } from "../../rehearsal/scenario.ts";
import { type Act, type RehearsalReport, rehearse, setStage } from "../../rehearsal/rehearse.ts";
import { renderProblem } from "../../report/terminal.ts";
import { choosePackages, on, openProject, openSession, show, text } from "../context.ts";
import type { Call } from "../verb.ts";
import { FlightRecorder, renderRehearsal } from "../views/rehearsal.ts";
import { serve } from "./rehearse_serve.ts";

/** Plays the whole release on this machine, with the real package managers and embedded registries. */
export async function run(call: Call): Promise<ExitCode> {
  const session = openSession(call);
  const started = session.clock.now();
  const project = await openProject(session, call);
  const chosen = choosePackages(project, call.arguments);
  const head = await checkout(session.env, project.root);
  const script = await writeScript(session, call, project, chosen, head.commit);
  const stage = await setStage(session, script.acts);
  try {
    if (on(call, "serve")) return await serve(call, script.acts, stage);
    const recorder = new FlightRecorder(session, call.io, stage.recorder);
    recorder.open(script.acts, head);
    const report = await rehearse(session, project, script.acts, head, stage, (act) => recorder.observe(act));
    session.progress.live(null);
    const elapsed = session.clock.now() - started;
    const notCovered = [...script.notCovered, ...uncovered(script.acts)];
    const problems = [
      ...script.unread,
      ...script.problems,
      ...report.acts.flatMap((act) => act.release ? [] : act.problems),
    ];
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
  readonly problems: readonly Problem[];
  /** CI files that cannot be read. */
  readonly unread: readonly Problem[];
  readonly notCovered: readonly string[];
}

/** Which jobs will be played, with which packages. @throws {KeylessError} exit 3 when nothing can be rehearsed */
async function writeScript(
  session: Session,
  call: Call,
  project: Project,
  chosen: readonly Package[],
  sha: string,
): Promise<Script> {
  const wishes: Wishes = {
    workflow: text(call, "workflow"),
    job: text(call, "job"),
    environment: text(call, "environment"),
    ref: text(call, "ref"),
    event: text(call, "event"),
  };
  const readable = await readPipelines(project.root, { vendors: ["github"] });
  const repository = repositoryOf(project, (await remotesOf(session.env, project.root)).repository);
  const { packages, notCovered, missing } = await withClients(session, chosen);
  const { scenarios: groups, problems, notCovered: unseen } = assign(packages, readable, wishes);
  if (groups.size === 0) throw nobodyPublishes(readable.problems, problems, notCovered);
  for (const problem of call.io.quiet ? [] : readable.problems) {
    call.io.err(renderProblem(problem, call.io.stderr, problems.length > 0 ? "error" : "warning"));
  }
  const refs = await refsOf(session.env, project.root, sha);
  const runs = [...groups].map(([scenario, group]) => {
    const { job, notCovered } = runOf(scenario, wishes, {
      repository: repository ?? `local/${group[0]!.name}`,
      version: group[0]!.version,
      sha,
      refs,
    });
    const mayProve = scenario.job.permissions.allows("id-token", "write") !== "no";
    return {
      act: { job, jobId: scenario.job.id, name: nameOf(scenario), mayProve, packages: group },
      notCovered: [...notCovered, ...withToken(scenario)],
    };
  });
  return {
    acts: runs.map(({ act }) => act),
    problems: [...problems, ...missing],
    unread: readable.problems,
    notCovered: [...notCovered, ...unseen, ...runs.flatMap((each) => each.notCovered)],
  };
}

/** A job that publishes with a token may work all the same. */
function withToken(scenario: Scenario): string[] {
  const { invocation } = scenario;
  return invocation?.keyless === "no"
    ? [
      `what ${
        nameOf(scenario)
      } does today: ${invocation.client} publishes with a token, a rehearsal with OIDC alone`,
    ]
    : [];
}

/** What keeps everything from being rehearsed; a file that cannot be read comes first, and what only follows from it is left out. */
function nobodyPublishes(
  unread: readonly Problem[],
  problems: readonly Problem[],
  notCovered: readonly string[],
): KeylessError {
  if (unread.length > 0) {
    return new KeylessError([...unread, ...problems.filter(({ code }) => code !== "no-publishing-job")]);
  }
  return new KeylessError(problems.length > 0 ? problems : [nothing(notCovered)], { exit: 3 });
}

/** Packages whose client is on this machine; a release of which a part was not played did not go through. */
async function withClients(session: Session, packages: Project["packages"]) {
  const notCovered: string[] = [];
  const missing: Problem[] = [];
  const able = [];
  const versions = await Promise.all(packages.map((pkg) => clientVersion(session, pkg.client)));
  for (const [index, pkg] of packages.entries()) {
    if (versions[index] !== null) able.push(pkg);
    else {
      notCovered.push(`${pkg.name} (${pkg.registry.label}): ${pkg.client} is not on this machine`);
      missing.push(withoutClient(pkg));
    }
  }
  return { packages: able, notCovered, missing };
}

function withoutClient(pkg: Project["packages"][number]): Problem {
  return {
    code: "client-missing",
    message: `${pkg.name} (${pkg.registry.label}) was not rehearsed: ${pkg.client} is not on this machine`,
    next: [`install ${pkg.client}, or rehearse where it is`],
    package: pkg.name,
    registry: pkg.registry.name,
  };
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
