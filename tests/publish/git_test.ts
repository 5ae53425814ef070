import { assertEquals } from "@std/assert";
import { defer } from "../../src/host/cleanup.ts";
import { envOf } from "../../src/host/env.ts";
import { checkout, worktree } from "../../src/publish/git.ts";
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
