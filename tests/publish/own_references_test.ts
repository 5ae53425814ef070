import { assertEquals } from "@std/assert";
import { dirname, join } from "@std/path";
import { envOf } from "../../src/host/env.ts";
import { ownReferences } from "../../src/publish/own_references.ts";

const CONFIG = '[remote "origin"]\n\turl = https://github.com/Acme/widget.git\n';
const env = envOf({ PATH: Deno.env.get("PATH"), HOME: "/nonexistent" });

/** What references name in a checkout with these files, seen from `start` in it. */
async function named(files: Readonly<Record<string, string>>, references: readonly string[], start = "") {
  const root = await Deno.makeTempDir({ prefix: "keyless-own-references-test-" });
  try {
    for (const [path, text] of Object.entries(files)) {
      await Deno.mkdir(dirname(join(root, path)), { recursive: true });
      await Deno.writeTextFile(join(root, path), text);
    }
    const own = ownReferences(env, join(root, start));
    return await Promise.all(references.map((each) => own(each)));
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

Deno.test("what a workflow names by this repository's name is found at its path", async () => {
  const cases: [reference: string, path: string | null][] = [
    ["acme/widget/.github/workflows/x.yml@main", ".github/workflows/x.yml"],
    ["ACME/Widget/actions/setup@refs/heads/main", "actions/setup"],
    ["acme/widget@main", ""],
    ["acme/widget/actions/setup/@main", "actions/setup"],
    ["acme/other/.github/workflows/x.yml@main", null],
    ["acme/widget/.github/workflows/x.yml@v1", null],
    ["acme/widget/.github/workflows/x.yml@refs/tags/main", null],
    ["acme/widget/.github/workflows/x.yml", null],
    ["acme/widget/../../x.yml@main", null],
    ["./.github/workflows/x.yml@main", null],
  ];
  const files = { ".git/config": CONFIG, ".git/HEAD": "ref: refs/heads/main\n" };
  assertEquals(await named(files, cases.map(([reference]) => reference)), cases.map(([, path]) => path));
});

Deno.test("the branch is the one that is checked out, or the default branch", async () => {
  const at = ["main", "master", "develop", "topic"];
  const found = async (files: Readonly<Record<string, string>>, start?: string) => {
    const paths = await named(files, at.map((branch) => `acme/widget/x@${branch}`), start);
    return at.filter((_, index) => paths[index] !== null);
  };
  const remoteHead = "ref: refs/remotes/origin/develop\n";
  const detached = `${"0".repeat(40)}\n`;
  const origin = { ".git/config": CONFIG, ".git/refs/remotes/origin/HEAD": remoteHead };
  assertEquals(await found({ ".git/config": CONFIG, ".git/HEAD": "ref: refs/heads/topic\n" }), ["topic"]);
  assertEquals(await found({ ...origin, ".git/HEAD": "ref: refs/heads/topic\n" }), ["develop", "topic"]);
  assertEquals(await found({ ...origin, ".git/HEAD": detached }), ["develop"]);
  assertEquals(await found({ ".git/config": CONFIG, ".git/HEAD": detached }), ["main", "master"]);
  const worktree = {
    "tree/.git": "gitdir: ../main/.git/worktrees/tree\n",
    "main/.git/worktrees/tree/commondir": "../..\n",
    "main/.git/worktrees/tree/HEAD": "ref: refs/heads/topic\n",
    "main/.git/refs/remotes/origin/HEAD": remoteHead,
    "main/.git/config": CONFIG,
  };
  assertEquals(await found(worktree, "tree"), ["develop", "topic"]);
});
