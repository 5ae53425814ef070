import type { Project } from "../config/project.ts";
import { type Env, given } from "../host/env.ts";
import { ProgramMissing } from "../host/process.ts";
import type { Pipeline } from "../pipelines/model.ts";
import { WORKFLOWS } from "../pipelines/workflow.ts";
import { git, remoteRepository } from "../publish/git.ts";
import type { LostFile, RunningJob, Subject } from "./rule.ts";

/** Everything that rules look at beside the files: what git and the environment say. */
export async function surroundings(
  env: Env,
  project: Project,
  pipelines: readonly Pipeline[],
  unread: ReadonlySet<string>,
): Promise<Subject> {
  const paths = new Set([...pipelines.map((pipeline) => pipeline.path), ...unread]);
  const missing = project.packages.flatMap(({ trustPolicy }) =>
    trustPolicy && !paths.has(`${WORKFLOWS}/${trustPolicy.workflow}`) ? [trustPolicy.workflow] : []
  );
  const lost = new Map<string, LostFile>();
  for (const file of new Set(missing)) {
    const found = await askGit(() => historyOf(env, project.root, `${WORKFLOWS}/${file}`));
    if (found) lost.set(file, found);
  }
  const declares = project.packages.some((pkg) => pkg.trustPolicy?.repository);
  return {
    project,
    pipelines,
    unread,
    remote: declares ? await askGit(() => remoteRepository(env, project.root)) : null,
    remotes: declares ? await askGit(() => remoteAddresses(env, project.root)) ?? [] : [],
    lost,
    running: runningJob(env),
  };
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

async function remoteAddresses(env: Env, root: string): Promise<readonly string[]> {
  const { code, stdout } = await git(env, root, ["config", "--get-regexp", "^remote\\..*\\.url$"]);
  return code === 0 ? stdout.trim().split("\n").map((line) => line.replace(/^\S+\s+/, "")) : [];
}

async function historyOf(env: Env, root: string, path: string): Promise<LostFile | null> {
  const log = await git(env, root, [
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
  const changes = await git(env, root, [
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
