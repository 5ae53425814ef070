import { dirname, resolve } from "@std/path";
import type { Env } from "../host/env.ts";
import { readText } from "../host/files.ts";
import { consult } from "./git.ts";

/** Where the repository around a directory is pushed to and fetched from. */
export interface Remotes {
  /** `owner/repo` of `origin`; `null` when there is none, or it is not on a forge. */
  readonly repository: string | null;
  /** Addresses of all remotes on other machines: a fork has its origin among them too. */
  readonly addresses: readonly string[];
}

/** Nobody has more; each is asked for, and held against each package. */
const MOST = 100;

/** A directory of this machine: a clone of a clone says nothing of where the repository is. */
const PATH = /^(?:file:|[./~\\]|[A-Za-z]:[\\/]|[^:]*$)/i;

/** Reads git's own configuration, which starting git for would take longer than everything else; git is asked where that is not all. */
export async function remotesOf(env: Env, root: string): Promise<Remotes> {
  const text = (await git(root))?.config ?? null;
  const urls = text === null
    ? []
    : /^[ \t]*\[include|insteadof/im.test(text)
    ? await asked(env, root)
    : urlsIn(text).slice(0, MOST);
  return {
    repository: repositoryOf(urls.find(([remote]) => remote === "origin")?.[1] ?? ""),
    addresses: urls.map(([, url]) => url).filter((url) => !PATH.test(url)),
  };
}

/** `owner/repo` of an address. */
export function repositoryOf(address: string): string | null {
  const path = /^(?:[a-z+]+:\/\/(?:[^@/]*@)?[^/]+\/|[^@/\s]+@[^:/\s]+:)(.+?)(?:\.git)?\/?$/.exec(
    address.trim(),
  )?.[1];
  return path && /^[^/]+\/[^/]+$/.test(path) ? path : null;
}

/** Names of default branches, for a checkout that says nothing of its own. */
const USUAL_BRANCHES = ["main", "master"];

/** The branches whose state the files of a checkout are, or will be: the one that is checked out, and the default branch. */
export async function ownBranches(root: string): Promise<readonly string[]> {
  const found = await git(root);
  if (found === null) return USUAL_BRANCHES;
  const branches = [
    /^ref: refs\/heads\/(.+)$/m.exec(await textOf(`${found.own}/HEAD`) ?? "")?.[1],
    /^ref: refs\/remotes\/origin\/(.+)$/m.exec(
      await textOf(`${found.common}/refs/remotes/origin/HEAD`) ?? "",
    )?.[1],
  ].filter((each) => each !== undefined);
  return branches.length > 0 ? branches : USUAL_BRANCHES;
}

/** Where git keeps what it knows of a repository. */
interface Git {
  /** The directory of this worktree. */
  readonly own: string;
  /** The directory of all of them. */
  readonly common: string;
  /** The text of its `config`; `null` where it cannot be read. */
  readonly config: string | null;
}

/** The git repository around a directory; `null` outside of one. */
async function git(root: string): Promise<Git | null> {
  for (const directory of [root, ...above(root)]) {
    const config = await textOf(`${directory}/.git/config`);
    if (config !== null) return { own: `${directory}/.git`, common: `${directory}/.git`, config };
    // A worktree or a submodule: a file that says where its directory is.
    const gitDirectory = /^gitdir: (.+)$/m.exec(await textOf(`${directory}/.git`) ?? "")?.[1];
    if (gitDirectory === undefined) continue;
    const own = resolve(directory, gitDirectory.trim());
    const outer = (await textOf(`${own}/commondir`))?.trim();
    const common = outer === undefined ? own : resolve(own, outer);
    return { own, common, config: await textOf(`${common}/config`) };
  }
  return null;
}

/** The directories around one, the nearest first. */
function above(directory: string): string[] {
  const parent = dirname(directory);
  return parent === directory ? [] : [parent, ...above(parent)];
}

async function textOf(path: string): Promise<string | null> {
  try {
    return await readText(path);
  } catch {
    // A directory of this name, or one that is not ours: then there is nothing to read.
    return null;
  }
}

type Url = readonly [remote: string, url: string];

function urlsIn(config: string): Url[] {
  const urls: Url[] = [];
  let remote: string | null = null;
  for (const line of config.split("\n")) {
    const section = /^\s*\[([^]*)\]\s*([^]*)$/.exec(line);
    if (section) {
      remote = /^remote\s+"((?:\\.|[^"\\])*)"$/i.exec(section[1]!.trim())?.[1]?.replace(/\\(.)/g, "$1") ??
        null;
    }
    const url = remote === null
      ? undefined
      : /^\s*url\s*=(.*)$/i.exec(section ? section[2]! : line)?.[1]?.trim();
    if (url) urls.push([remote!, url.replace(/^"(.*)"$/, "$1")]);
  }
  return urls;
}

async function asked(env: Env, root: string): Promise<Url[]> {
  const { code, stdout } = await consult(env, root, ["config", "--get-regexp", "^remote\\..*\\.url$"]);
  if (code !== 0) return [];
  const names = stdout.trim().split("\n", MOST).map((line) => /^remote\.(.*)\.url /.exec(line)?.[1] ?? "");
  // With the addresses that `insteadOf` makes of them.
  const urls = await Promise.all(names.map((name) => consult(env, root, ["remote", "get-url", "--", name])));
  return urls.flatMap((outcome, index): Url[] =>
    outcome.code === 0 ? [[names[index]!, outcome.stdout.trim()]] : []
  );
}
