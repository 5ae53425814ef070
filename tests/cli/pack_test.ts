import { assertEquals, assertStringIncludes } from "@std/assert";
import { commit, git, writeFiles } from "../repository.ts";
import { answer } from "./support.ts";

/** What `pack` answers in a repository of an npm package that has `files`, too, and what git sees as changed afterwards. */
async function packing(
  files: Readonly<Record<string, string>>,
  artifacts: string,
): Promise<{ code: number; stderr: string; changed: string }> {
  const root = await Deno.makeTempDir();
  const before = Deno.cwd();
  try {
    await writeFiles(root, { "lib/package.json": '{ "name": "hinge", "version": "1.0.0" }\n', ...files });
    await git(root, "init", "-q");
    await commit(root, "All");
    const { code, stderr } = await answer(["pack", "--directory", root, "--artifacts", artifacts]);
    return { code, stderr, changed: await git(root, "status", "--porcelain", "--ignored") };
  } finally {
    Deno.chdir(before);
    await Deno.remove(root, { recursive: true });
  }
}

const EXTENSION = { "web/manifest.json": '{ "manifest_version": 3 }\n' };

Deno.test("pack overwrites no manifest.json of somebody else's", async () => {
  for (const artifacts of ["web", "web/"]) {
    const { code, stderr, changed } = await packing(EXTENSION, artifacts);
    assertEquals([code, changed], [2, ""]);
    assertStringIncludes(stderr, `Cannot pack into ${artifacts}: web/manifest.json would be overwritten`);
    assertStringIncludes(stderr, "--artifacts packed");
  }
});

Deno.test("pack puts nothing among the sources of a repository", async () => {
  for (const artifacts of [".", "..", "lib/.."]) {
    const { code, stderr, changed } = await packing({}, artifacts);
    assertEquals([code, changed], [2, ""]);
    assertStringIncludes(stderr, `Cannot pack into ${artifacts}: it contains the repository`);
  }
});
