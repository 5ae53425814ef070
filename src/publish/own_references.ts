import type { Env } from "../host/env.ts";
import { ProgramMissing } from "../host/process.ts";
import type { OwnPath } from "../pipelines/repository.ts";
import { ownBranches, remotesOf } from "./remotes.ts";

const REFERENCE = /^([\w.-]+\/[\w.-]+)(?:\/([^@\s]*[^@\s/]))?\/*@(?:refs\/heads\/)?(\S+)$/;

/**
 * What a `uses:` names by this repository's own name, at the branch that is checked out or at the default branch: doctor looks at a
 * checkout as at what will be there, as it does for every workflow that GitHub starts from the default branch. At a tag, a commit or
 * another branch it may be other text.
 */
export function ownReferences(env: Env, root: string): OwnPath {
  let known: ReturnType<typeof checkedOut> | undefined;
  return async (reference) => {
    const [, repository, path = "", branch] = REFERENCE.exec(reference) ?? [];
    if (repository === undefined || path.split("/").includes("..")) return null;
    known ??= checkedOut(env, root);
    const here = await known;
    return repository.toLowerCase() === here.repository && here.branches.includes(branch!) ? path : null;
  };
}

async function checkedOut(env: Env, root: string) {
  const repository = (await nameOf(env, root))?.toLowerCase() ?? null;
  return { repository, branches: repository === null ? [] : await ownBranches(root) };
}

async function nameOf(env: Env, root: string): Promise<string | null> {
  try {
    return (await remotesOf(env, root)).repository;
  } catch (error) {
    // Git is asked where its configuration is not all; that it is not installed is no reason to stop.
    if (error instanceof ProgramMissing) return null;
    throw error;
  }
}
