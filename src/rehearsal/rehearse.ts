import type { Package, Project } from "../config/project.ts";
import { type Env, envOf } from "../host/env.ts";
import { Http } from "../host/http.ts";
import { type Session, silent } from "../host/session.ts";
import { KeylessError, type Problem } from "../problem.ts";
import type { Observer } from "../publish/events.ts";
import type { Checkout } from "../publish/git.ts";
import { release } from "../publish/release.ts";
import type { ReleaseReport } from "../publish/report.ts";
import type { Registry } from "../registries/registry.ts";
import { githubClaims, type GithubJob } from "./github_claims.ts";
import { jobVariables } from "./job_variables.ts";
import type { PublisherRecord } from "./policy.ts";
import type { Recorder } from "./recorder.ts";
import { type Registries, startRegistries } from "./registries.ts";
import { readUpstream } from "./upstream.ts";

/** One job of a rehearsal and the packages that it publishes. */
export interface Act {
  readonly job: GithubJob;
  /** Name of the job in its workflow. */
  readonly jobId: string;
  /** `release.yml › publish` */
  readonly name: string;
  /** Whether the job may ask for an OIDC token. */
  readonly mayProve: boolean;
  readonly packages: readonly Package[];
}

export interface ActReport {
  readonly act: Act;
  /** `null` when the release stopped before it began; the problems say why. */
  readonly release: ReleaseReport | null;
  readonly problems: readonly Problem[];
}

export interface RehearsalReport {
  readonly acts: readonly ActReport[];
  readonly recorder: Recorder;
}

/** Starts the registries and the issuer for the acts, with the declared trust policies. */
export async function setStage(session: Session, acts: readonly Act[]): Promise<Registries> {
  const packages = acts.flatMap((act) => act.packages);
  const registries = [...new Map(packages.map((pkg) => [pkg.registry.name, pkg.registry])).values()];
  return await startRegistries({
    claims: githubClaims(acts[0]!.job),
    registries: registries.map((registry) => ({
      name: registry.name,
      label: registry.label,
      kind: registry.kind,
      audience: registry.endpoints.audience,
    })),
    records: acts.flatMap((act) => act.packages.map((pkg) => recordOf(pkg, act.job))),
    packages: packages.map((pkg) => ({ registry: pkg.registry.name, name: pkg.name })),
    cratesUpstream: readUpstream(session.http),
  });
}

/** Plays every act with the real package managers. */
export async function rehearse(
  session: Session,
  project: Project,
  acts: readonly Act[],
  head: Checkout,
  stage: Registries,
  observe: (act: Act) => Observer,
): Promise<RehearsalReport> {
  const reports: ActReport[] = [];
  for (const act of acts) {
    stage.issuer.claims = githubClaims(act.job);
    reports.push(await play(session, project, act, head, stage, observe(act)));
  }
  return { acts: reports, recorder: stage.recorder };
}

async function play(
  session: Session,
  project: Project,
  act: Act,
  head: Checkout,
  stage: Registries,
  observe: Observer,
): Promise<ActReport> {
  const staged = act.packages.map((pkg) => ({ ...pkg, registry: onStage(stage, pkg.registry) }));
  const acting: Session = {
    env: jobEnv(session.env, act, stage),
    http: new Http(),
    clock: session.clock,
    progress: silent,
  };
  try {
    const report = await release(acting, { ...project, packages: staged }, staged, {
      wish: "oidc",
      allowFallback: false,
      // The commit is rehearsed; the caller has said so when there are changes beside it.
      allowDirty: true,
      dryRun: false,
      provenance: false,
      assumed: null,
      artifacts: null,
      extraEnv: clientEnv(staged),
      observe,
      run: { repository: act.job.repository, runId: act.job.runId, sha: head.commit },
    });
    return { act, release: report, problems: report.problems };
  } catch (error) {
    if (!(error instanceof KeylessError)) throw error;
    return { act, release: null, problems: error.problems };
  }
}

/** The embedded registry of the same name. */
function onStage(stage: Registries, registry: Registry): Registry {
  return stage.registries.get(registry.name)!;
}

/** What the publisher record of a package says: what is declared, else what the job itself is. */
export function recordOf(pkg: Package, job: GithubJob): PublisherRecord {
  const [owner, repository] = (pkg.trustPolicy?.repository ?? job.repository).split("/");
  return {
    registry: pkg.registry.name,
    package: pkg.name,
    owner: owner!,
    repository: repository!,
    ownerId: job.ownerId,
    workflow: pkg.trustPolicy?.workflow ?? recordedFile(pkg, job),
    environment: pkg.trustPolicy ? pkg.trustPolicy.environment : job.environment ?? null,
  };
}

/** PyPI reads the file that the job stands in, the others the one that was triggered. */
function recordedFile(pkg: Package, job: GithubJob): string {
  const called = job.calledWorkflow && /\/([^/@]+)@/.exec(job.calledWorkflow)?.[1];
  return pkg.kind === "pypi" && called ? called : job.workflow;
}

/** What the job would see: GitHub's variables, this machine's paths and network settings, and no credential of anybody. */
function jobEnv(real: Env, act: Act, stage: Registries): Env {
  const { job } = act;
  const visible: Env = { get: (name) => HIDDEN.test(name) ? undefined : real.get(name) };
  return envOf({
    ...jobVariables(job, act.jobId, act.mayProve ? stage.issuer : null),
    GITHUB_REPOSITORY_ID: job.repositoryId,
    GITHUB_REPOSITORY_OWNER_ID: job.ownerId,
    GITHUB_RUN_ATTEMPT: "1",
    GITHUB_SERVER_URL: "https://github.com",
    RUNNER_ENVIRONMENT: "github-hosted",
  }, visible);
}

/** Nothing of the real job or its owner may take part in a rehearsal. */
const HIDDEN = /TOKEN|PASSWORD|SECRET|AUTH|KEY$|^ACTIONS_|^GITHUB_|^RUNNER_|^TWINE_|^UV_PUBLISH|^npm_config/i;

/**
 * cargo's own lever for its tests: with it, crates.io is somewhere else, for dependencies too. A registry of another name needs none.
 */
function clientEnv(packages: readonly Package[]): Record<string, string> {
  const crates = packages.find((pkg) => pkg.registry.name === "crates.io");
  return crates
    ? { __CARGO_TEST_CRATES_IO_URL_DO_NOT_USE_THIS: `sparse+${crates.registry.endpoints.index}` }
    : {};
}
