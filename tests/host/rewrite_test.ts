import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import { rewrite } from "../../src/host/rewrite.ts";
import { KeylessError } from "../../src/problem.ts";

async function inTree(act: (root: string) => Promise<void>): Promise<void> {
  const root = await Deno.makeTempDir({ prefix: "keyless-rewrite-" });
  try {
    await Deno.mkdir(join(root, "tree"));
    await Deno.writeTextFile(join(root, "tree/a.yml"), "one\n");
    await act(root);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

async function refusal(act: Promise<void>): Promise<string | null> {
  try {
    await act;
    return null;
  } catch (error) {
    if (!(error instanceof KeylessError)) throw error;
    return `${error.problem.code}: ${error.problem.message}`;
  }
}

const A = { path: "a.yml", before: "one\n", after: "two\n" };

Deno.test("a file gets another text and keeps its mode and its mark", async () => {
  await inTree(async (root) => {
    await Deno.writeTextFile(join(root, "tree/a.yml"), "\ufeffone\n");
    await Deno.chmod(join(root, "tree/a.yml"), 0o755);
    await rewrite(join(root, "tree"), [A]);
    assertEquals(
      await Deno.readFile(join(root, "tree/a.yml")),
      new TextEncoder().encode("\ufefftwo\n"),
    );
    assertEquals((await Deno.stat(join(root, "tree/a.yml"))).mode! & 0o777, 0o755);
    assertEquals([...Deno.readDirSync(join(root, "tree"))].length, 1);
  });
});

Deno.test("a link inside the tree stays one, and what it leads to is written", async () => {
  await inTree(async (root) => {
    await Deno.symlink("a.yml", join(root, "tree/link.yml"));
    await rewrite(join(root, "tree"), [{ ...A, path: "link.yml" }]);
    assertEquals(await Deno.readTextFile(join(root, "tree/a.yml")), "two\n");
    assertEquals((await Deno.lstat(join(root, "tree/link.yml"))).isSymlink, true);
  });
});

Deno.test("what lies outside of the tree is not written, whatever leads there", async () => {
  await inTree(async (root) => {
    await Deno.mkdir(join(root, "tree-of-others"));
    await Deno.writeTextFile(join(root, "tree-of-others/a.yml"), "one\n");
    await Deno.symlink("../tree-of-others/a.yml", join(root, "tree/link.yml"));
    await Deno.symlink("../tree-of-others", join(root, "tree/below"));
    for (const path of ["link.yml", "below/a.yml", "../tree-of-others/a.yml"]) {
      assertEquals(
        await refusal(rewrite(join(root, "tree"), [A, { ...A, path }])),
        `path-leaves-tree: Cannot write ${path}: it leads out of the repository`,
      );
    }
    assertEquals(await Deno.readTextFile(join(root, "tree-of-others/a.yml")), "one\n");
    assertEquals(await Deno.readTextFile(join(root, "tree/a.yml")), "one\n");
  });
});

Deno.test("when one file is not the one that was read, none is written", async () => {
  await inTree(async (root) => {
    await Deno.writeTextFile(join(root, "tree/b.yml"), "one \n");
    await Deno.writeFile(join(root, "tree/c.yml"), new Uint8Array([0x6f, 0xff, 0x0a]));
    const cases: [path: string, before: string, why: string][] = [
      ["b.yml", "one\n", "it has another content now"],
      ["c.yml", "o\ufffd\n", "it has another content now"],
      ["d.yml", "one\n", "it is gone"],
    ];
    for (const [path, before, why] of cases) {
      assertEquals(
        await refusal(rewrite(join(root, "tree"), [A, { path, before, after: "x" }])),
        `file-changed: Cannot write ${path}: ${why}`,
      );
    }
    assertEquals(await Deno.readTextFile(join(root, "tree/a.yml")), "one\n");
  });
});
