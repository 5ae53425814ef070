import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { forms } from "./forms.ts";
import { inWorld, type World } from "./world.ts";

const NPM = { only: ["@acme/e2e"] };
const TOKEN = /cio_tp_[A-Za-z0-9]{32}|pypi-AgE[A-Za-z0-9_-]{40}|npm_[A-Za-z0-9]{20}/;

function commandTest(name: string, test: (world: World) => Promise<void>): void {
  for (const form of forms) {
    const full = `${form.name}: ${name}`;
    Deno.test({
      name: form.missing ? `${full} (skipped: ${form.missing})` : full,
      ignore: form.missing !== null,
      fn: () => inWorld(form, NPM, test),
    });
  }
}

commandTest(
  "exchange writes the token to a file that only its owner can read, and shows it nowhere",
  async (world) => {
    const path = `${world.canary.home}/token.txt`;
    const { code, stdout, stderr } = await world.run(["exchange", "local-crates", "--output", path]);
    assertEquals(code, 0, stderr);
    const token = (await Deno.readTextFile(path)).trim();
    assertMatch(token, /^cio_tp_[A-Za-z0-9]{32}$/);
    assertEquals((await Deno.stat(path)).mode! & 0o777, 0o600);
    // Masked first, then handed over: nothing else may show it.
    assertEquals((stdout + stderr).replace(`::add-mask::${token}\n`, "").includes(token), false);
    assertEquals(world.registries.recorder.liveTokens().length, 1);
  },
);

commandTest("exchange masks the token before it prints it", async (world) => {
  const { code, stdout, stderr } = await world.run([
    "exchange",
    "local-npm",
    "--package",
    "@acme/e2e",
    "--print",
  ]);
  assertEquals(code, 0, stderr);
  const token = stdout.trim();
  assertStringIncludes(stderr, `::add-mask::${token}\n`);
  assertMatch(stderr, /local-npm token written to stdout; it lives for (59|60) min/);
});

commandTest("exchange leaves the token as an output of the step", async (world) => {
  const file = `${world.canary.home}/output`;
  await Deno.writeTextFile(file, "before=1\n");
  const { code, stdout } = await world.run(
    ["exchange", "local-crates", "--github-output", "token", "--json"],
    {
      env: { GITHUB_OUTPUT: file },
    },
  );
  assertEquals(code, 0);
  assertMatch(await Deno.readTextFile(file), /^before=1\ntoken=cio_tp_[A-Za-z0-9]{32}\n$/);
  assertEquals(JSON.parse(stdout).destination, "output");
  assert(!TOKEN.test(stdout));
});

commandTest("exchange asks where the token goes before it asks for one", async (world) => {
  for (
    const args of [[], ["--print", "--output", "x"], ["--print", "--json"], ["--github-output", "bad name"]]
  ) {
    const { code } = await world.run(["exchange", "local-crates", ...args]);
    assertEquals(code, 2, args.join(" "));
  }
  assertEquals(world.registries.recorder.of("identity"), []);
});

commandTest(
  "run gives one command the token, hides it in the output, passes the exit code on and burns it",
  async (world) => {
    const script =
      "console.log('sees', process.env.CARGO_REGISTRIES_LOCAL_CRATES_TOKEN); console.log(Object.keys(process.env)" +
      ".filter((n) => /^ACTIONS_|NPM_TOKEN|PYPI|AWS/.test(n)).join()); process.exit(7)";
    const { code, stdout, stderr } = await world.run(["run", "local-crates", "--", "node", "-e", script]);
    assertEquals(code, 7, stderr);
    assertEquals(stdout, "sees «secret»\n\n");
    const { recorder } = world.registries;
    assertEquals(recorder.tokens.length, 1);
    assertEquals(recorder.liveTokens(), []);
  },
);

commandTest("run burns the token also when the command is not there", async (world) => {
  const { code, stderr } = await world.run(["run", "local-crates", "--", "maturin", "upload"]);
  assertEquals(code, 1);
  assertStringIncludes(stderr, "maturin is not on this machine's PATH");
  assertEquals(world.registries.recorder.liveTokens(), []);
});

commandTest("run starts only programs of its table, and says what starts others", async (world) => {
  const { code, stderr } = await world.run(["run", "local-crates", "--", "curl", "https://example.com"]);
  assertEquals(code, 2);
  assertStringIncludes(stderr, "may not run curl");
  assertStringIncludes(stderr, /^✗ This build/m.test(stderr) ? "use keyless-open" : "--allow-run=curl");
  assertEquals(world.registries.recorder.liveTokens(), []);
});

commandTest(
  "claims shows what the job can prove and what to register, and never the token",
  async (world) => {
    const { code, stdout } = await world.run(["claims"]);
    assertEquals(code, 0);
    for (const text of ["acme/e2e (id 2000, owner acme id 1000)", "release.yml", "refs/tags/v1.0.0, push"]) {
      assertStringIncludes(stdout, text);
    }
    assertStringIncludes(
      stdout,
      "npm trust github @acme/e2e --repo acme/e2e --file release.yml --env release",
    );
    assert(!/eyJ/.test(stdout));
    assertEquals(world.registries.recorder.of("exchange"), []);
  },
);

commandTest("without the permission to ask for a token, the error shows the lines to add", async (world) => {
  const { code, stderr } = await world.run(["exchange", "local-crates", "--print"], {
    env: { ACTIONS_ID_TOKEN_REQUEST_URL: "", ACTIONS_ID_TOKEN_REQUEST_TOKEN: "" },
  });
  assertEquals(code, 1);
  assertStringIncludes(stderr, "id-token: write");
});

commandTest(
  "plan shows every package, its registry and what will happen, and asks for no token",
  async (world) => {
    const { code, stdout, stderr } = await world.run(["plan"]);
    assertEquals(code, 0, stderr);
    assertMatch(stdout, /acme\/e2e at [0-9a-f]{7} \(clean\), credentials: OIDC from GitHub Actions/);
    assertMatch(stdout, /1\s+@acme\/e2e\s+local-npm\s+1\.0\.0/);
    assertEquals(world.registries.recorder.of("identity"), []);
  },
);
