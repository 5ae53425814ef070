import type { Env } from "../host/env.ts";
import { git } from "../publish/git.ts";
import type { Refs } from "./trigger.ts";

/** The tags and branches of the repository around `root`; `commit` is the full hash of the one that is rehearsed. */
export async function refsOf(env: Env, root: string, commit: string): Promise<Refs> {
  const { code, stdout } = await git(env, root, [
    "for-each-ref",
    // The last key counts first: the newest, and of those that are equally old the highest version.
    "--sort=-version:refname",
    "--sort=-creatordate",
    // An annotated tag is an object of its own; `*` is the commit that it is for.
    "--format=%(refname) %(objectname) %(*objectname)",
    "refs/tags",
    "refs/heads",
  ]);
  const lines = code === 0 ? stdout.split("\n").filter((line) => line !== "") : [];
  const refs = lines.map((line) => {
    const [ref = "", ...hashes] = line.split(" ");
    return { ref, atHead: hashes.includes(commit) };
  });
  return {
    tags: refs.filter(({ ref }) => ref.startsWith("refs/tags/"))
      .map(({ ref, atHead }) => ({ name: ref.slice("refs/tags/".length), atHead })),
    branches: refs.filter(({ ref }) => ref.startsWith("refs/heads/"))
      .map(({ ref }) => ref.slice("refs/heads/".length)),
  };
}
