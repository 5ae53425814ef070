import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { htmlPage } from "../../src/rehearsal/faults.ts";
import { which } from "./canary.ts";
import { forms } from "./forms.ts";
import { commit } from "../repository.ts";
import { inWorld, type World, type WorldOptions } from "./world.ts";

const NPM: WorldOptions = { only: ["@acme/e2e"] };
const CRATE: WorldOptions = { only: ["e2e-core"] };

function troubleTest(name: string, options: WorldOptions, test: (world: World) => Promise<void>): void {
  for (const form of forms) {
    const full = `${form.name}: ${name}`;
    Deno.test({
      name: form.missing ? `${full} (skipped: ${form.missing})` : full,
      ignore: form.missing !== null,
      fn: () => inWorld(form, options, test),
    });
  }
}

function assertNothingHappened({ registries }: World): void {
  assertEquals(registries.recorder.of("upload"), []);
  assertEquals(registries.recorder.liveTokens(), []);
}

troubleTest(
  "a version that is there with other bytes is a conflict, and nothing is uploaded",
  NPM,
  async (world) => {
    assertEquals((await world.run(["publish"])).code, 0);
    await Deno.writeTextFile(`${world.root}/npm/index.js`, "module.exports = 3;\n");
    await commit(world.root, "Change without a new version");
    const { code, stderr } = await world.run(["publish"]);
    assertEquals(code, 1);
    assertStringIncludes(stderr, "local-npm has @acme/e2e 1.0.0 with other bytes");
    assertEquals(world.stored().length, 1);
  },
);

troubleTest("uncommitted changes stop a release, unless the commit is meant", NPM, async (world) => {
  await Deno.writeTextFile(`${world.root}/npm/index.js`, "module.exports = 4;\n");
  const { code, stderr } = await world.run(["publish"]);
  assertEquals(code, 1);
  assertStringIncludes(stderr, "1 file has uncommitted changes");
  assertNothingHappened(world);
  assertEquals((await world.run(["publish", "--allow-dirty"])).code, 0);
});

troubleTest("every missing client of all packages is named at once", {}, async (world) => {
  const path = `${world.canary.home}/bin`;
  await Deno.mkdir(path);
  for (const program of ["git", "cargo"]) await Deno.symlink((await which(program))!, `${path}/${program}`);
  const { code, stdout } = await world.run(["plan"], { env: { PATH: path } });
  assertEquals(code, 1);
  assertStringIncludes(stdout, "twine is not on this machine's PATH");
  assertStringIncludes(stdout, "npm is not on this machine's PATH");
  assertStringIncludes(stdout, "2 problems block the release");
  assertNothingHappened(world);
});

troubleTest("a registry that is down is unknown, never absent", NPM, async (world) => {
  world.registries.faults.add({ registry: "local-npm", method: "GET", times: 99 }, {
    answer: { status: 503, body: "Service Unavailable" },
  });
  const { code, stderr } = await world.run(["publish"]);
  assertEquals(code, 1);
  assertStringIncludes(stderr, "local-npm could not say whether @acme/e2e 1.0.0 is there");
  assertStringIncludes(stderr, "503");
  assertNothingHappened(world);
});

troubleTest(
  "an exchange that answers with a web page is shown by status and first line",
  CRATE,
  async (world) => {
    world.registries.faults.add({ registry: "local-crates", method: "POST", times: 9 }, htmlPage(403));
    const { code, stdout } = await world.run(["publish"]);
    assertEquals(code, 1);
    assertStringIncludes(stdout, "403");
    assertNothingHappened(world);
  },
);

troubleTest(
  "a registry's text can neither steer the terminal nor the CI, nor show the token",
  CRATE,
  async (world) => {
    const { registries } = world;
    const jwt = await registries.issuer.sign("evil");
    const detail = `\x1b[31mred\x1b[0m\n::set-output name=x::y\n${jwt}\n##[error]z`;
    registries.faults.add({ registry: "local-crates", method: "POST" }, {
      answer: {
        status: 400,
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ errors: [{ detail }] }),
      },
    });
    const { code, stdout, stderr } = await world.run(["publish"]);
    const shown = stdout + stderr.replace(/^::add-mask::.*$/gm, "");
    assertEquals(code, 1);
    assertStringIncludes(shown, "red");
    assert(!shown.includes("\x1b[31mred"), "an escape sequence came through");
    assert(
      !/^\s*::set-output/m.test(shown) && !shown.includes("##[error]"),
      "a workflow command came through",
    );
    assert(!shown.includes(jwt), "a token came through");
  },
);

troubleTest(
  "a connection that breaks after the upload was stored is settled by asking the registry",
  NPM,
  async (world) => {
    world.registries.faults.add({ registry: "local-npm", method: "PUT", times: 1 }, { cut: "after" });
    const { code, stdout, stderr } = await world.run(["publish"]);
    assertEquals(code, 0, stdout + stderr);
    assertEquals(world.stored().length, 1);
    assertEquals(world.registries.recorder.liveTokens(), []);
  },
);

troubleTest(
  "an upload that the registry refuses keeps its words, burns the token, and names the next step",
  NPM,
  async (world) => {
    const message =
      "Two-factor authentication or granular access token with bypass 2fa enabled is required to publish packages.";
    world.registries.faults.add({ registry: "local-npm", method: "PUT" }, {
      answer: {
        status: 403,
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ error: message }),
      },
    });
    const { code, stdout } = await world.run(["publish"]);
    assertEquals(code, 1);
    assertStringIncludes(stdout.replace(/\s+/g, " "), message);
    assertStringIncludes(stdout, "The release stopped.");
    assertEquals(world.registries.recorder.liveTokens(), []);
  },
);

troubleTest(
  "a target that cannot be written is said, and a token that could not be handed over is burned",
  NPM,
  async (world) => {
    const file = `${world.root}/keyless.toml`;
    const packed = await world.run(["pack", "--artifacts", `${file}/artifacts`]);
    assertEquals(packed.code, 1);
    assertStringIncludes(packed.stderr, `Cannot create ${file}/artifacts`);
    const exchanged = await world.run(["exchange", "local-crates", "--output", `${file}/token`]);
    assertEquals(exchanged.code, 1);
    assertEquals(world.registries.recorder.liveTokens(), []);
  },
);

troubleTest(
  "artifacts that were changed after packing are refused before any exchange",
  NPM,
  async (world) => {
    assertEquals((await world.run(["pack", "--artifacts", "artifacts"])).code, 0);
    const manifest = JSON.parse(await Deno.readTextFile(`${world.root}/artifacts/manifest.json`));
    const [pkg] = manifest.packages;
    await Deno.writeTextFile(`${world.root}/artifacts/${pkg.directory}/${pkg.files[0].name}`, "x", {
      append: true,
    });
    const { code, stderr } = await world.run(["publish", "--artifacts", "artifacts"]);
    assertEquals(code, 1);
    assertStringIncludes(stderr, "is not the file that was packed");
    assertNothingHappened(world);
  },
);

troubleTest("a long-lived token is used only on demand, and the report names it", CRATE, async (world) => {
  const value = "cioCANARYlongLivedTokenOfThisTest0000";
  world.registries.servers.get("local-crates")!.addToken({ value, packages: null });
  const env = {
    ACTIONS_ID_TOKEN_REQUEST_URL: "",
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: "",
    CARGO_REGISTRIES_LOCAL_CRATES_TOKEN: value,
  };
  const refused = await world.run(["publish"], { env });
  assertEquals(refused.code, 1);
  assertStringIncludes(refused.stderr, "CARGO_REGISTRIES_LOCAL_CRATES_TOKEN is set, and was not used");
  assertNothingHappened(world);
  const { code, stdout, stderr } = await world.run(["publish", "--credential", "token"], { env });
  assertEquals(code, 0, stdout + stderr);
  assertStringIncludes(stdout, "long-lived token in CARGO_REGISTRIES_LOCAL_CRATES_TOKEN");
  assertEquals(world.registries.recorder.of("exchange"), []);
  assertEquals(world.stored().length, 1);
});

troubleTest("a refused exchange falls back to a token only when that is allowed, and loudly", {
  ...CRATE,
  job: { workflow: "ship.yml" },
}, async (world) => {
  const value = "cioCANARYlongLivedTokenOfThisTest0000";
  world.registries.servers.get("local-crates")!.addToken({ value, packages: null });
  const env = { CARGO_REGISTRIES_LOCAL_CRATES_TOKEN: value };
  assertEquals((await world.run(["publish"], { env })).code, 1);
  assertEquals(world.stored(), []);
  const { code, stdout, stderr } = await world.run(["publish", "--allow-fallback"], { env });
  assertEquals(code, 0, stdout + stderr);
  assertStringIncludes(
    stderr,
    "using CARGO_REGISTRIES_LOCAL_CRATES_TOKEN, because --allow-fallback was given",
  );
});
