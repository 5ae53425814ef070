import { KeylessError } from "../problem.ts";
import { defer } from "../host/cleanup.ts";
import { type Env, given } from "../host/env.ts";
import { makeDirectory, privateDirectory, removeOlder } from "../host/files.ts";
import { type Outcome, run } from "../host/process.ts";
import { plain } from "../host/redact.ts";

/** What git says about the repository. */
export interface Checkout {
  readonly root: string;
  /** Full hash. */
  readonly commit: string;
  /** Seconds since the epoch. */
  readonly committedAt: number;
  /** Paths with uncommitted changes, relative to the root; untracked files included. */
  readonly changed: readonly string[];
}

/** Looks at the repository around `root`. @throws {KeylessError} `not-a-repository` */
export async function checkout(env: Env, root: string): Promise<Checkout> {
  const head = await git(env, root, ["log", "-1", "--format=%H %ct"]);
  if (head.code !== 0) {
    throw new KeylessError({
      code: "not-a-repository",
      message: "Packages are built from a commit, and there is none here",
      why: [head.stderr.trim().split("\n")[0] ?? ""],
      next: ["run keyless inside the git repository of the packages, after a first commit"],
    }, { exit: 2 });
  }
  const [commit, time] = head.stdout.trim().split(" ");
  const status = await git(env, root, [
    "status",
    "--porcelain=v1",
    "-z",
    "--untracked-files=normal",
    "--",
    ".",
  ]);
  const changed = status.stdout.split("\0").filter((line) => line.length > 3).map((line) =>
    line.slice(3).trim()
  );
  return { root, commit: commit!, committedAt: Number(time), changed };
}

/** `owner/repo` of the remote that this repository is pushed to; `null` when there is none, or it is not on a forge. */
export async function remoteRepository(env: Env, root: string): Promise<string | null> {
  const { code, stdout } = await git(env, root, ["remote", "get-url", "origin"]);
  if (code !== 0) return null;
  const path = /^(?:[a-z+]+:\/\/(?:[^@/]*@)?[^/]+\/|[^@/\s]+@[^:/\s]+:)(.+?)(?:\.git)?\/?$/.exec(
    stdout.trim(),
  )?.[1];
  return path && /^[^/]+\/[^/]+$/.test(path) ? path : null;
}

/** A clean tree of one commit, beside the repository's own. */
export interface Worktree {
  /** The directory in it that corresponds to the project's root. */
  readonly path: string;
  /** Removes what builds have left, so that it is the commit again and nothing else. */
  clean(): Promise<void>;
  remove(): Promise<void>;
}

/**
 * A clean tree of `commit`, so that nothing uncommitted ships. A worktree and not an archive: cargo writes the commit into the
 * `.crate` (`.cargo_vcs_info.json`), so only a worktree gives the bytes that the repository itself would.
 */
export async function worktree(env: Env, root: string, commit: string): Promise<Worktree> {
  const directory = await privateDirectory("worktree", await ownCache(env));
  const tree = `${directory.path}/tree`;
  await git(env, root, ["worktree", "prune"]);
  const added = await git(env, root, ["worktree", "add", "--detach", "--force", tree, commit]);
  if (added.code !== 0) throw notCheckedOut(commit, added.stderr);
  const drop = async () => {
    await directory.remove();
    // The repository forgets a worktree whose directory is gone.
    await git(env, root, ["worktree", "prune"], true);
  };
  const forget = defer(drop);
  const prefix = (await git(env, root, ["rev-parse", "--show-prefix"])).stdout.trim().replace(/\/$/, "");
  return {
    path: prefix ? `${tree}/${prefix}` : tree,
    async clean() {
      await git(env, tree, ["reset", "--quiet", "--hard"]);
      await git(env, tree, ["clean", "-ffdxq"]);
    },
    async remove() {
      forget();
      await drop();
    },
  };
}

/**
 * A directory of the user's own, because cargo, npm and others look for settings in every directory above the one they work in, and
 * above a shared temporary directory anybody can leave some. `undefined` where there is no home.
 */
async function ownCache(env: Env): Promise<string | undefined> {
  const home = given(env, "HOME") ?? given(env, "USERPROFILE");
  if (home === undefined) return undefined;
  try {
    const cache = `${home}/.cache/keyless`;
    await makeDirectory(cache, 0o700);
    // A run that was killed outright could not clean up after itself.
    await removeOlder(cache, 24 * 3600_000);
    return cache;
  } catch {
    // A home that cannot be written: the temporary directory has to do.
    return undefined;
  }
}

function notCheckedOut(commit: string, said: string): KeylessError {
  // Everything else (a full disk, a repository that cannot be written) is not cured by fetching.
  const absent =
    /invalid reference|not a valid|unknown revision|did not match|bad object|unable to read tree/i.test(said);
  return new KeylessError({
    code: absent ? "commit-missing" : "checkout-failed",
    message: `git cannot check out commit ${commit.slice(0, 12)}`,
    said: plain(said).trim(),
    next: [
      absent
        ? "fetch the commit first (in GitHub Actions: actions/checkout with fetch-depth: 0)"
        : "correct what git says and run again; the private copy goes where TMPDIR says",
    ],
  });
}

/**
 * Runs git without hooks, monitors and prompts. Filters of the configuration do run, because Git LFS is one, and packages without its
 * files would be broken; they see no secret.
 */
export function git(env: Env, cwd: string, args: readonly string[], cleanUp = false): Promise<Outcome> {
  const variables: Record<string, string> = {
    GIT_TERMINAL_PROMPT: "0",
    GIT_OPTIONAL_LOCKS: "0",
    LC_ALL: "C",
  };
  for (const name of ["PATH", "HOME", "SYSTEMROOT", "USERPROFILE", "TMPDIR", "TEMP"]) {
    const value = env.get(name);
    if (value) variables[name] = value;
  }
  const fixed = [
    "-c",
    "core.hooksPath=/dev/null",
    "-c",
    "core.fsmonitor=false",
    "-c",
    "core.quotePath=false",
  ];
  return run({ program: "git", args: [...fixed, ...args], cwd, env: variables, timeout: 120_000, cleanUp });
}
