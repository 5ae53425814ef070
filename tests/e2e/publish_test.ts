import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { forms } from "./forms.ts";
import { inWorld, type World } from "./world.ts";

const FILES = [
  "local-crates e2e-cli 1.0.0 e2e-cli-1.0.0.crate",
  "local-crates e2e-core 1.0.0 e2e-core-1.0.0.crate",
  "local-npm @acme/e2e 1.0.0 acme-e2e-1.0.0.tgz",
  "local-pypi e2e 1.0.0 e2e-1.0.0-py3-none-any.whl",
  "local-pypi e2e 1.0.0 e2e-1.0.0.tar.gz",
];

function releaseTest(
  name: string,
  test: (world: World) => Promise<void>,
  options: Parameters<typeof inWorld>[1] = {},
): void {
  for (const form of forms) {
    const full = `${form.name}: ${name}`;
    Deno.test({
      name: form.missing ? `${full} (skipped: ${form.missing})` : full,
      ignore: form.missing !== null,
      fn: () => inWorld(form, options, test),
    });
  }
}

releaseTest(
  "a release publishes every package once, burns every token, and a second run has nothing to do",
  async (world) => {
    const first = await world.run(["publish", "--json"]);
    assertEquals(first.code, 0, first.stdout + first.stderr);
    assertEquals(world.stored(), FILES);
    const report = JSON.parse(first.stdout);
    assertEquals(
      report.packages.map((entry: { result: string }) => entry.result),
      Array(4).fill("published"),
    );
    assert(report.packages.every((entry: { proof: { visible: string } }) => entry.proof.visible === "yes"));
    assertEquals(report.tokens.minted, report.tokens.burned);
    assertEquals(world.registries.recorder.liveTokens(), []);

    const second = await world.run(["publish"]);
    assertEquals(second.code, 0, second.stdout + second.stderr);
    assertStringIncludes(second.stdout, "Nothing to do: 4 packages there already, with the same bytes.");
    assertEquals(world.stored(), FILES);
  },
);

releaseTest("uv uploads as twine does", async (world) => {
  const { code, stdout, stderr } = await world.run(["publish"]);
  assertEquals(code, 0, stdout + stderr);
  assertEquals(world.stored(), FILES.slice(3));
  assertEquals(world.registries.recorder.liveTokens(), []);
}, { only: ["e2e"], pypiClient: "uv" });

releaseTest("one job packs, another publishes exactly that", async (world) => {
  const packed = await world.run(["pack", "--artifacts", "artifacts"], {
    env: { ACTIONS_ID_TOKEN_REQUEST_URL: "" },
  });
  assertEquals(packed.code, 0, packed.stdout + packed.stderr);
  // Packing again must not take the first artifacts for uncommitted changes.
  assertEquals((await world.run(["pack", "--artifacts", "artifacts"])).code, 0);
  const planned = await world.run(["plan"]);
  assertEquals(planned.code, 0, planned.stdout + planned.stderr);
  const before = (await world.canary.started()).length;
  const { code, stdout, stderr } = await world.run(["publish", "--artifacts", "artifacts"]);
  assertEquals(code, 0, stdout + stderr);
  assertEquals(world.stored(), FILES);
  const started = (await world.canary.started()).slice(before).map((block) =>
    block.split("\n").slice(0, 2).join(" ")
  );
  assert(
    !started.some((line) => /^started (npm argv pack|uv argv build|cargo argv package)/.test(line)),
    started.join("\n"),
  );
});

releaseTest("a refused exchange stops the release before anything is uploaded", async (world) => {
  const { code, stdout } = await world.run(["publish"]);
  assertEquals(code, 1);
  assertStringIncludes(stdout, "does not match the workflow filename `ship.yml`");
  assertStringIncludes(stdout, "Nothing was uploaded");
  assertEquals(world.stored(), []);
  assertEquals(world.registries.recorder.liveTokens(), []);
}, { job: { workflow: "ship.yml" } });

releaseTest("a dry run exchanges nothing and uploads nothing", async (world) => {
  const { code, stdout, stderr } = await world.run(["publish", "--dry-run"]);
  assertEquals(code, 0, stdout + stderr);
  assertStringIncludes(stdout, "Dry run: 4 packages would be published");
  const { recorder } = world.registries;
  assertEquals([...recorder.of("exchange"), ...recorder.of("upload"), ...recorder.of("identity")], []);
});

releaseTest("an index that lags is waited for before the crate that needs it", async (world) => {
  const { code, stdout, stderr } = await world.run(["publish"]);
  assertEquals(code, 0, stdout + stderr);
  assertEquals(world.stored(), FILES.slice(0, 2));
}, { only: ["e2e-core", "e2e-cli"], lag: 2 });

releaseTest(
  "a step summary says what was published, and names this run's publisher evidence",
  async (world) => {
    const summary = `${world.canary.home}/summary.md`;
    const { code, stderr } = await world.run(["publish"], { env: { GITHUB_STEP_SUMMARY: summary } });
    assertEquals(code, 0, stderr);
    const text = await Deno.readTextFile(summary);
    assertStringIncludes(text, "| &#64;acme/e2e | 1.0.0 | local-npm | ✓ published |");
    assertStringIncludes(text, "Tokens: 2 minted, 2 burned");
  },
  { only: ["@acme/e2e"] },
);

releaseTest("the tokens of a run are masked before anything shows them", async (world) => {
  const { stdout, stderr } = await world.run(["publish", "--verbose", "--debug"]);
  const lines = stderr.split("\n");
  const masked = lines.filter((line) => line.startsWith("::add-mask::")).map((line) =>
    line.slice("::add-mask::".length)
  );
  // Two exchanges, each with an OIDC token and a registry token.
  assertEquals(masked.length, 4);
  const rest = stdout + lines.filter((line) => !line.startsWith("::add-mask::")).join("\n");
  for (const token of masked) assert(!rest.includes(token), "a token was shown");
}, { only: ["@acme/e2e"] });
