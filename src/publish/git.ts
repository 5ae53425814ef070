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
  const [head, status] = await Promise.all([
    git(env, root, ["log", "-1", "--format=%H %ct"]),
    git(env, root, ["status", "--porcelain=v1", "-z", "--untracked-files=normal", "--", "."]),
  ]);
  if (head.code !== 0) {
    const said = head.stderr.trim().split("\n")[0] ?? "";
    const foreign = /^fatal: detected dubious ownership in repository at '(.+)'$/.exec(said)?.[1];
    throw new KeylessError({
      code: "not-a-repository",
      message: foreign === undefined
        ? "Packages are built from a commit, and there is none here"
        : "git does not open this repository, because it belongs to another user",
      why: [said],
      next: [
        foreign === undefined
          ? "run keyless inside the git repository of the packages, after a first commit"
          : `where you trust it: git config --global --add safe.directory ${foreign}`,
      ],
    }, { exit: 2 });
  }
  const [commit, time] = head.stdout.trim().split(" ");
  const changed = status.stdout.split("\0").filter((line) => line.length > 3).map((line) =>
    line.slice(3).trim()
  );
  return { root, commit: commit!, committedAt: Number(time), changed };
}

/** A clean tree of one commit, beside the repository's own. */
export interface Worktree {
  /** The directory in it that corresponds to the project's root. */
  readonly path: string;
  /** Before each use: removes what the one before has left, so that it is the commit again and nothing else. */
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
  const [added, shown] = await Promise.all([
    git(env, root, ["worktree", "add", "--detach", "--force", tree, commit]),
    git(env, root, ["rev-parse", "--show-prefix"]),
  ]);
  if (added.code !== 0) throw notCheckedOut(commit, added.stderr);
  const drop = async () => {
    await directory.remove();
    // The repository forgets worktrees whose directory is gone, also those of runs that were killed.
    await git(env, root, ["worktree", "prune"], true);
  };
  const forget = defer(drop);
  const prefix = shown.stdout.trim().replace(/\/$/, "");
  let used = false;
  return {
    path: prefix ? `${tree}/${prefix}` : tree,
    async clean() {
      if (!used) {
        used = true;
        return;
      }
      const left = await git(env, tree, [
        "status",
        "--porcelain=v1",
        "-z",
        "--untracked-files=normal",
        "--ignored",
      ]);
      if (left.code === 0 && left.stdout === "") return;
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
 * Asks git for what it knows, of a repository that nobody trusts: it starts nothing that the repository's settings name, and fetches
 * nothing. Objects that a partial clone lacks are as good as not there.
 */
export function consult(env: Env, cwd: string, args: readonly string[]): Promise<Outcome> {
  return git(env, cwd, args, false, { GIT_NO_LAZY_FETCH: "1", GIT_ALLOW_PROTOCOL: "none" });
}

/**
 * Runs git without hooks, monitors and prompts. Filters of the configuration do run, because Git LFS is one, and packages without its
 * files would be broken; they see no secret. A repository is only what has a `.git`: a directory that merely looks like one may have
 * come with a pull request, settings included.
 */
export function git(
  env: Env,
  cwd: string,
  args: readonly string[],
  cleanUp = false,
  more: Readonly<Record<string, string>> = {},
): Promise<Outcome> {
  const variables: Record<string, string> = {
    GIT_TERMINAL_PROMPT: "0",
    GIT_OPTIONAL_LOCKS: "0",
    LC_ALL: "C",
    ...more,
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
    "-c",
    "log.showSignature=false",
    "-c",
    "safe.bareRepository=explicit",
  ];
  return run({ program: "git", args: [...fixed, ...args], cwd, env: variables, timeout: 120_000, cleanUp });
}
