import { assertEquals, assertRejects } from "@std/assert";
import { defer } from "../../src/host/cleanup.ts";
import { envOf } from "../../src/host/env.ts";
import { checkout, worktree } from "../../src/publish/git.ts";
import { KeylessError } from "../../src/problem.ts";
import { commit, git, writeFiles } from "../repository.ts";

// The program listens to signals from its first clean-up task on and for good; a test that begins it would be said to leak.
defer(() => {})();

Deno.test("whatever was left in a tree is gone before its next use, and the repository forgets the tree", async () => {
  const place = await Deno.realPath(await Deno.makeTempDir());
  const env = envOf({ PATH: Deno.env.get("PATH")!, HOME: place });
  const root = `${place}/repository`;
  try {
    await writeFiles(root, { "kept.txt": "as committed", "gone.txt": "", ".gitignore": "ignored/\n" });
    await git(root, "init", "-q", "-b", "main");
    await commit(root, "First");
    const head = await checkout(env, root);
    assertEquals([head.commit, head.changed], [await git(root, "rev-parse", "HEAD"), []]);
    const tree = await worktree(env, root, head.commit);
    const status = () => git(tree.path, "status", "--porcelain", "--ignored");
    for (
      const leave of [
        () => Promise.resolve(),
        () => Deno.writeTextFile(`${tree.path}/kept.txt`, "changed"),
        () => Deno.remove(`${tree.path}/gone.txt`),
        () => writeFiles(tree.path, { "stray/file": "", "ignored/file": "" }),
        () => writeFiles(tree.path, { "staged": "" }).then(() => git(tree.path, "add", "staged")),
      ]
    ) {
      await tree.clean();
      assertEquals(await status(), "");
      await leave();
    }
    await tree.clean();
    assertEquals([await status(), await Deno.readTextFile(`${tree.path}/kept.txt`)], ["", "as committed"]);
    await tree.remove();
    assertEquals((await git(root, "worktree", "list")).split("\n").length, 1);
  } finally {
    await Deno.remove(place, { recursive: true });
  }
});

Deno.test("a repository of another user is not called absent, and the setting that opens it is named", async () => {
  const place = await Deno.realPath(await Deno.makeTempDir());
  const refusal = `fatal: detected dubious ownership in repository at '${place}'`;
  try {
    await writeFiles(place, { "bin/git": `#!/bin/sh\necho "${refusal}" >&2\nexit 128\n` });
    await Deno.chmod(`${place}/bin/git`, 0o755);
    const env = envOf({ PATH: `${place}/bin`, HOME: place });
    const { problems } = await assertRejects(() => checkout(env, place), KeylessError);
    assertEquals(problems.map(({ code, message, why }) => [code, message, why]), [[
      "not-a-repository",
      "git does not open this repository, because it belongs to another user",
      [refusal],
    ]]);
    assertEquals(
      problems[0]!.next.at(-1)!.endsWith(`git config --global --add safe.directory ${place}`),
      true,
    );
  } finally {
    await Deno.remove(place, { recursive: true });
  }
});
