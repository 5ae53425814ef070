import type { Project } from "../config/project.ts";
import { type Env, given } from "../host/env.ts";
import { kindOf } from "../host/files.ts";
import { ProgramMissing } from "../host/process.ts";
import {
  isCalledIn,
  publishers,
  type PublishingJob,
  standsAlone,
  startsByItself,
} from "../pipelines/publishing_jobs.ts";
import type { Pipeline } from "../pipelines/model.ts";
import { startsOf } from "../pipelines/starts.ts";
import { consult } from "../publish/git.ts";
import { type Remotes, remotesOf } from "../publish/remotes.ts";
import { bystandersOf } from "./bystanders.ts";
import { isUnread, pathOf } from "./claims.ts";
import { hasOpenLicence } from "./licence.ts";
import { readManifests } from "./manifests.ts";
import { withNamedPackages } from "./named_packages.ts";
import type { LostFile, Publishing, RunningJob, Subject } from "./rule.ts";
import { readSettings } from "./settings.ts";
import { suspectsIn } from "./suspected.ts";
import { unbuiltEntries } from "./unbuilt.ts";

/** What was read before. */
interface Read extends Pick<Subject, "pipelines" | "unread" | "sources"> {
  /** Texts that stand in for those of files, by path. */
  readonly overlay?: ReadonlyMap<string, string> | undefined;
}

/** Everything that rules look at beside the files: what git and the environment say. */
export async function surroundings(
  env: Env,
  project: Project,
  { pipelines, unread, sources, overlay }: Read,
): Promise<Subject> {
  const paths = new Set(pipelines.map((pipeline) => pipeline.path));
  const missing = project.packages.flatMap((pkg) => {
    const { workflow } = pkg.trustPolicy ?? {};
    return workflow === undefined || paths.has(pathOf(workflow)) || isUnread({ unread }, pkg)
      ? []
      : [workflow];
  });
  const lost = new Map<string, LostFile>();
  for (const file of new Set(missing)) {
    const found = await askGit(() => historyOf(env, project.root, pathOf(file)));
    if (found) lost.set(file, found);
  }
  const jobs = pipelines.filter((each) => standsAlone(each, pipelines)).flatMap((each) => publishers(each))
    .filter(({ live }) => live !== "no");
  const suspects = suspectsIn(pipelines);
  const asks = jobs.length + suspects.length > 0 || pipelines.some(callsAnother) ||
    project.packages.some((pkg) => pkg.trustPolicy !== null);
  const remotes: Remotes = asks && await askGit(() => remotesOf(env, project.root)) ||
    { repository: null, addresses: [] };
  const withStarts = async <T extends PublishingJob>(job: T) => ({
    ...job,
    starts: await startsOf(job, remotes.repository),
  });
  const started = async <T extends PublishingJob>(all: readonly T[]) =>
    (await Promise.all(all.map(withStarts))).filter((job) => !isPart(job, pipelines));
  const publishing = await started(jobs);
  const suspected = await started(suspects);
  const bystanders = await Promise.all(bystandersOf(publishing).map(withStarts));
  const whole = await withNamedPackages(project, publishing);
  const read = await readManifests(whole, publishing, overlay);
  return {
    project: whole,
    pipelines,
    publishing,
    suspected,
    bystanders,
    sources,
    ...read,
    unbuilt: await unbuiltEntries(env, project.root, publishing, read.manifests, sources),
    settings: await readSettings(env, project, sources, overlay),
    unread,
    remote: remotes.repository,
    remotes: remotes.addresses,
    lost,
    openLicence: publishing.some(({ job }) => job.permissions.allows("contents", "read") === "no") &&
      await hasOpenLicence(project.root),
    running: runningJob(env),
  };
}

/** Whether a job runs only when others here call its workflow, or never when they do: those ways are looked at for themselves. */
function isPart(
  { pipeline, called, starts }: Pick<Publishing, "pipeline" | "called" | "starts">,
  all: readonly Pipeline[],
): boolean {
  const isInVain = called !== pipeline && startsByItself(called) && starts.length > 0 &&
    starts.every(({ publishes }) => publishes === "no");
  return isInVain ||
    starts.every(({ trigger, publishes }) => trigger.event === "workflow_call" || publishes === "no") &&
      isCalledIn(all, pipeline);
}

/** Whether a job runs a workflow of another repository: whose that is, matters. */
function callsAnother({ jobs }: Pipeline): boolean {
  return jobs.some(({ calls }) => calls !== null && calls.pipeline === null);
}

/** Nothing is known where git is not installed; that is no reason to stop. */
async function askGit<T>(ask: () => Promise<T>): Promise<T | null> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof ProgramMissing) return null;
    throw error;
  }
}

/** What became of a file: with its last name, where it was renamed more than once. */
async function historyOf(env: Env, root: string, path: string): Promise<LostFile | null> {
  const first = await removalOf(env, root, path);
  let last = first;
  for (let steps = 0; steps < MOST_RENAMES && last?.renamedTo; steps++) {
    if (await kindOf(`${root}/${last.renamedTo}`) !== null) break;
    const next = await removalOf(env, root, last.renamedTo);
    if (!next) break;
    last = next;
  }
  return first && { ...first, renamedTo: last?.renamedTo ?? first.renamedTo };
}

const MOST_RENAMES = 10;

async function removalOf(env: Env, root: string, path: string): Promise<LostFile | null> {
  const log = await consult(env, root, [
    "log",
    "-1",
    "--no-renames",
    "--diff-filter=D",
    "--format=%H %h %cs",
    "--",
    path,
  ]);
  const [hash, commit, date] = log.code === 0 ? log.stdout.trim().split(" ") : [];
  if (!hash || !commit || !date) return null;
  const changes = await consult(env, root, [
    "show",
    "--find-renames",
    "--name-status",
    "-z",
    "--relative",
    "--format=",
    hash,
  ]);
  const parts = changes.stdout.trimStart().split("\0");
  const at = parts.findIndex((part, index) => /^R\d+$/.test(part) && parts[index + 1] === path);
  return { commit, date, renamedTo: at < 0 ? null : parts[at + 2] ?? null };
}

function runningJob(env: Env): RunningJob | null {
  if (given(env, "GITHUB_ACTIONS") !== "true") return null;
  const workflow = /\/\.github\/workflows\/([^/@]+)@/.exec(given(env, "GITHUB_WORKFLOW_REF") ?? "")?.[1];
  return workflow === undefined
    ? null
    : { workflow, oidc: given(env, "ACTIONS_ID_TOKEN_REQUEST_URL") !== undefined };
}
