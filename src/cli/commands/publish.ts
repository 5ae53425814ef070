import { resolve } from "@std/path";
import { given } from "../../host/env.ts";
import { detectIdentity } from "../../identity/table.ts";
import type { Session } from "../../host/session.ts";
import { type ExitCode, KeylessError } from "../../problem.ts";
import { VERSION } from "../../version.ts";
import type { Project } from "../../config/project.ts";
import type { AssumedIdentity } from "../../publish/plan.ts";
import type { CredentialWish } from "../../publish/credential.ts";
import { remotesOf } from "../../publish/remotes.ts";
import type { Run } from "../../publish/prove.ts";
import { releaseRecord } from "../../publish/records.ts";
import { release } from "../../publish/release.ts";
import type { ReleaseReport } from "../../publish/report.ts";
import { choosePackages, on, openProject, openSession, show, text } from "../context.ts";
import { addSummary } from "../step_summary.ts";
import type { Call } from "../verb.ts";
import { narrate, renderRelease } from "../views/release.ts";
import { releaseSummary, stoppedSummary } from "../views/summary.ts";

/** Publishes what is missing, in order, each package proven afterwards. */
export async function run(call: Call): Promise<ExitCode> {
  const session = openSession(call);
  const started = session.clock.now();
  const project = await openProject(session, call);
  const packages = choosePackages(project, call.arguments);
  const artifacts = text(call, "artifacts");
  const repository = given(session.env, "GITHUB_REPOSITORY") ??
    (await remotesOf(session.env, project.root)).repository;
  session.progress.say(heading(session, repository));
  if (!artifacts && !on(call, "dry-run") && detectIdentity(session.env)) session.progress.say(SHARED);
  try {
    const report = await release(session, project, packages, {
      wish: wishOf(call),
      allowFallback: on(call, "allow-fallback"),
      allowDirty: on(call, "allow-dirty"),
      dryRun: on(call, "dry-run"),
      provenance: !on(call, "no-provenance"),
      assumed: on(call, "dry-run") ? await assumed(session, project) : null,
      artifacts: artifacts ? resolve(artifacts) : null,
      extraEnv: {},
      observe: narrate(session.progress, call.io.stderr, call.io.verbose),
      run: runOf(session),
    });
    session.progress.live(null);
    const elapsed = session.clock.now() - started;
    await addSummary(releaseSummary(report, repository), session.env, call.io);
    show(
      call,
      "publish",
      { ...releaseRecord(report), milliseconds: elapsed },
      renderRelease(report, elapsed, call.io.stdout),
    );
    return exitCode(report);
  } catch (error) {
    if (error instanceof KeylessError) {
      await addSummary(stoppedSummary(error.problems, repository), session.env, call.io);
    }
    throw error;
  } finally {
    session.progress.live(null);
  }
}

/** Only a dry run reads pipelines, so only it loads what that takes. */
async function assumed(session: Session, project: Project): Promise<AssumedIdentity | null> {
  const { assumedIdentity } = await import("../assumed.ts");
  return await assumedIdentity(session, project);
}

/** A scrubbed environment hides a secret from a build, but not from a build that looks into other processes. */
const SHARED =
  "note      the build runs in the job that can publish; to keep them apart: keyless pack in a job without id-token";

/** 1 when anything that was wanted did not happen. */
export function exitCode(report: ReleaseReport): ExitCode {
  return report.problems.length > 0 || report.packages.some((entry) => entry.problems.length > 0) ? 1 : 0;
}

/** `--credential`; `auto` when absent. */
export function wishOf(call: Call): CredentialWish {
  return (text(call, "credential") ?? "auto") as CredentialWish;
}

/** The run that registries will name, when this is one of GitHub Actions. */
function runOf(session: Session): Run | null {
  if (given(session.env, "GITHUB_ACTIONS") !== "true") return null;
  return {
    repository: given(session.env, "GITHUB_REPOSITORY") ?? null,
    runId: given(session.env, "GITHUB_RUN_ID") ?? null,
    sha: given(session.env, "GITHUB_SHA") ?? null,
  };
}

function heading(session: Session, repository: string | null): string {
  const parts = [
    `keyless ${VERSION}`,
    repository ?? "local repository",
  ];
  const workflow = /\/([^/@]+)@/.exec(given(session.env, "GITHUB_WORKFLOW_REF") ?? "")?.[1];
  if (workflow) parts.push(`${workflow} › ${given(session.env, "GITHUB_JOB") ?? "job"}`);
  return parts.join(" · ");
}
