import { assert, assertEquals } from "@std/assert";
import { forms } from "../e2e/forms.ts";
import { inWorld } from "../e2e/world.ts";

const [form] = forms;

/** Packs, changes what was packed as a compromised build job could, and publishes. */
async function tampered(
  only: readonly string[],
  change: (manifest: { packages: Record<string, unknown>[] }, artifacts: string) => Promise<void> | void,
): Promise<{ code: number; stdout: string; stderr: string; stored: string[] }> {
  let result;
  await inWorld(form!, { only }, async (world) => {
    const packed = await world.run(["pack", "--artifacts", `${world.root}/../artifacts`]);
    assertEquals(packed.code, 0, packed.stderr);
    const path = `${world.root}/../artifacts/manifest.json`;
    const manifest = JSON.parse(await Deno.readTextFile(path));
    await change(manifest, `${world.root}/../artifacts`);
    await Deno.writeTextFile(path, JSON.stringify(manifest));
    const ran = await world.run(["publish", "--artifacts", `${world.root}/../artifacts`]);
    result = { ...ran, stored: world.stored() };
  });
  return result!;
}

/** From this line on the runner of GitHub obeys no command any more, and prints the masks that should hide secrets. */
const STOP = "::stop-commands::pwned";

Deno.test("a version in a manifest cannot keep the runner from masking the tokens that come after it", async () => {
  const { stderr, stdout } = await tampered(["e2e", "@acme/e2e"], (manifest) => {
    manifest.packages[0]!.version = `1.0.1\n${STOP}\n`;
  });
  const lines = stderr.split("\n").map((line) => line.trim());
  const at = lines.indexOf(STOP);
  const after = at < 0 ? 0 : lines.slice(at).filter((line) => /^::add-mask::/.test(line)).length;
  assertEquals(
    after,
    0,
    `after the command that stops commands come ${after} masks, which the runner prints`,
  );
  assertEquals(at, -1, stderr);
  assert(!stdout.split("\n").some((line) => line.trim().startsWith(STOP)), stdout);
});

Deno.test("a file name in a manifest cannot hold a line break or a terminal escape", async () => {
  const { code, stored } = await tampered(["@acme/e2e"], async (manifest, artifacts) => {
    const entry = manifest.packages[0] as { directory: string; files: { name: string }[] };
    const name = `x\n${STOP}\u001b[2J.tgz`;
    await Deno.rename(
      `${artifacts}/${entry.directory}/${entry.files[0]!.name}`,
      `${artifacts}/${entry.directory}/${name}`,
    );
    entry.files[0]!.name = name;
  });
  assertEquals(code, 2);
  assertEquals(stored, []);
});

Deno.test("a manifest cannot raise the version that the commit says", async () => {
  const { stored } = await tampered(["e2e"], (manifest) => {
    manifest.packages[0]!.version = "99.0.0";
  });
  assertEquals(stored, []);
});

for (
  const [what, change] of Object.entries({
    "an absolute directory": (entry) => entry.directory = "/etc",
    "a directory above": (entry) => entry.directory = "x/../..",
    "a file in another directory": (entry) =>
      (entry.files as { name: string }[])[0]!.name = "../../etc/passwd",
    "a file that is the directory above": (entry) => (entry.files as { name: string }[])[0]!.name = "..",
    "no file at all": (entry) => entry.files = [],
    "another digest": (entry) => (entry.files as { sha512: string }[])[0]!.sha512 = "0".repeat(128),
    "numbers for names": (entry) => entry.directory = 7,
  } as Record<string, (entry: Record<string, unknown>) => void>)
) {
  Deno.test(`a manifest with ${what} publishes nothing`, async () => {
    const { code, stored } = await tampered(["@acme/e2e"], (manifest) => change(manifest.packages[0]!));
    assert(code !== 0);
    assertEquals(stored, []);
  });
}

Deno.test("a symbolic link among the artifacts gives away no file that its maker does not know already", async () => {
  const { code, stored, stdout, stderr } = await tampered(["@acme/e2e"], async (manifest, artifacts) => {
    const entry = manifest.packages[0] as { directory: string; files: { name: string }[] };
    const path = `${artifacts}/${entry.directory}/${entry.files[0]!.name}`;
    await Deno.remove(path);
    await Deno.symlink("/etc/passwd", path);
  });
  assertEquals(code, 1);
  assertEquals(stored, []);
  assert(!/root:/.test(stdout + stderr));
});
