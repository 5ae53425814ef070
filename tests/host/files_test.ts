import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  kindOf,
  privateDirectory,
  readBytes,
  readText,
  removeOlder,
  writeAtomic,
} from "../../src/host/files.ts";
import { KeylessError } from "../../src/problem.ts";

async function inTemporary(test: (directory: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir();
  try {
    await test(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("an atomic write replaces the whole file, with the mode that was asked for", async () => {
  await inTemporary(async (directory) => {
    const path = `${directory}/token`;
    await Deno.writeTextFile(path, "old", { mode: 0o644 });
    await writeAtomic(path, "new", { mode: 0o600 });
    assertEquals(await readText(path), "new");
    assertEquals((await Deno.stat(path)).mode! & 0o777, 0o600);
    assertEquals([...Deno.readDirSync(directory)].length, 1);
  });
});

Deno.test("a write that fails leaves the old file and nothing beside it", async () => {
  await inTemporary(async (directory) => {
    await Deno.mkdir(`${directory}/target`);
    await Deno.writeTextFile(`${directory}/target/inside`, "kept");
    // A directory that is not empty cannot be renamed over.
    const error = await assertRejects(() => writeAtomic(`${directory}/target`, "x"), KeylessError);
    assertEquals(error.problem.code, "file-unwritable");
    assertEquals(await readText(`${directory}/target/inside`), "kept");
    assertEquals([...Deno.readDirSync(directory)].map((entry) => entry.name), ["target"]);
  });
});

Deno.test("a target that cannot be written is an error that names it", async () => {
  await inTemporary(async (directory) => {
    await Deno.writeTextFile(`${directory}/file`, "x");
    for (const path of [`${directory}/file/below`, `${directory}/none/below`, "/proc/none"]) {
      const error = await assertRejects(() => writeAtomic(path, "x"), KeylessError);
      assertEquals(error.problem.code, "file-unwritable");
      assert(error.problem.message.includes(path));
    }
  });
});

Deno.test("a file that is not there is null, one that is too large is an error", async () => {
  await inTemporary(async (directory) => {
    assertEquals(await readText(`${directory}/none`), null);
    assertEquals(await readText(`${directory}/none/deeper`), null);
    await Deno.writeTextFile(`${directory}/big`, "x".repeat(100));
    await assertRejects(() => readText(`${directory}/big`, 10), KeylessError, "too large");
  });
});

Deno.test("a private directory belongs to its owner alone and can be removed", async () => {
  const directory = await privateDirectory("test");
  assertEquals((await Deno.stat(directory.path)).mode! & 0o777, 0o700);
  await Deno.writeTextFile(`${directory.path}/x`, "x");
  await directory.remove();
  assertEquals(await kindOf(directory.path), null);
  assert(directory.path.includes("keyless-test-"));
});

Deno.test("what a killed run left is removed when it is old, and not before", async () => {
  await inTemporary(async (directory) => {
    for (const name of ["old", "new"]) await Deno.mkdir(`${directory}/${name}`);
    const yesterday = new Date(Date.now() - 25 * 3600_000);
    await Deno.utime(`${directory}/old`, yesterday, yesterday);
    await removeOlder(directory, 24 * 3600_000);
    assertEquals([...Deno.readDirSync(directory)].map((entry) => entry.name), ["new"]);
  });
});

Deno.test("what the system says is told in words, without its numbers and the paths of this machine", async () => {
  await inTemporary(async (directory) => {
    const { problem } = await assertRejects(
      () => writeAtomic(`${directory}/none/below`, "x", { name: "none/below" }),
      KeylessError,
    );
    assertEquals(problem.message, "Cannot write none/below: no such file or directory");
    assert(!JSON.stringify(problem).includes(directory));
  });
});

Deno.test({
  name: "what nobody may read or write is told so",
  ignore: Deno.build.os === "windows" || Deno.uid() === 0,
  fn: () =>
    inTemporary(async (directory) => {
      const path = `${directory}/closed`;
      await Deno.writeTextFile(path, "x", { mode: 0 });
      const read = await assertRejects(() => readBytes(path, undefined, "closed"), KeylessError);
      assertEquals(read.problem.message, "Cannot read closed: permission denied");
      assertEquals(read.problem.next, ["give whoever runs keyless the right to it, and run again"]);
      await Deno.chmod(directory, 0o500);
      const written = await assertRejects(() => writeAtomic(path, "y", { name: "closed" }), KeylessError);
      assertEquals(written.problem.message, "Cannot write closed: permission denied");
      await Deno.chmod(directory, 0o700);
    }),
});
