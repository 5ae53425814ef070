import { assert, assertEquals, assertThrows } from "@std/assert";
import { VERBS } from "../../src/cli/table.ts";
import type { Fault } from "../../src/rehearsal/faults.ts";
import { forms } from "../e2e/forms.ts";
import { commit, git } from "../repository.ts";
import { inWorld, type Ran, type RunOptions, type World, type WorldOptions } from "../e2e/world.ts";
import { assertValid, schemaNames } from "./schemas.ts";

const form = forms.find(({ missing }) => missing === null)!;
const NPM: WorldOptions = { only: ["@acme/e2e"] };
const NO_TOKEN = { ACTIONS_ID_TOKEN_REQUEST_URL: "", ACTIONS_ID_TOKEN_REQUEST_TOKEN: "" };

/** An answer of the program, read by name: its schema has been checked. */
// deno-lint-ignore no-explicit-any
type Answer = any;

function answerTest(name: string, options: WorldOptions, test: (world: World) => Promise<void>): void {
  Deno.test(`--json: ${name}`, () => inWorld(form, options, test));
}

/** Runs a command with --json; its answer must be of that schema and stand alone on stdout. */
async function answer(
  world: World,
  schema: string,
  code: number,
  args: readonly string[],
  options?: RunOptions,
): Promise<Answer> {
  const ran = await world.run([...args, "--json"], options);
  return read(ran, schema, code, args);
}

function read(ran: Ran, schema: string, code: number, args: readonly string[]): Answer {
  const about = `keyless ${args.join(" ")}\n${ran.stdout}\n${ran.stderr}`;
  assertEquals(ran.code, code, about);
  const value = JSON.parse(ran.stdout);
  assert(ran.stdout.startsWith("{") && ran.stdout.endsWith("}\n"), about);
  assertEquals(value.schema, `keyless/${schema}/1`, about);
  assertValid(schema, value);
  return value;
}

Deno.test("every command that answers has a schema", () => {
  const speaking = VERBS.filter(({ name, hidden }) => !hidden && name !== "run").map(({ name }) => name);
  const others = ["baseline", "error", "keyless.toml", "problem", "rehearse-serve", "version"];
  assertEquals([...schemaNames], [...speaking, ...others].sort());
});

Deno.test("a schema refuses what is not described", () => {
  const version = { schema: "keyless/version/1", version: "1.0.0" };
  assertValid("version", version);
  for (const differs of [{ more: 1 }, { schema: "keyless/version/2" }, { version: null }]) {
    assertThrows(() => assertValid("version", { ...version, ...differs }));
  }
});

answerTest("plan", NPM, async (world) => {
  const good = await answer(world, "plan", 0, ["plan"]);
  assertEquals(good.packages.map((pkg: Answer) => pkg.action), ["publish"]);
  const blocked = await answer(world, "plan", 1, ["plan"], { env: NO_TOKEN });
  assertEquals(blocked.packages[0].problems[0].code, "oidc-not-permitted");
  const error = await answer(world, "error", 2, ["plan", "@acme/e2"]);
  assertEquals(error.code, "unknown-package");
});

answerTest("pack", NPM, async (world) => {
  const { packages } = await answer(world, "pack", 0, ["pack"]);
  assertEquals(packages.map((pkg: Answer) => pkg.version), ["1.0.0"]);
  await Deno.writeTextFile(`${world.root}/npm/index.js`, "module.exports = 5;\n");
  assertEquals((await answer(world, "error", 1, ["pack"])).code, "dirty-tree");
});

answerTest("publish", NPM, async (world) => {
  const results = ({ packages }: Answer) => packages.map((pkg: Answer) => pkg.result);
  assertEquals(results(await answer(world, "publish", 0, ["publish", "--dry-run"])), ["dry"]);

  world.registries.faults.add({ method: "PUT" }, refusal(403, { error: "Forbidden" }));
  const failed = await answer(world, "publish", 1, ["publish"]);
  assertEquals([results(failed), failed.packages[0].problems[0].said], [["failed"], "Forbidden"]);

  const published = await answer(world, "publish", 0, ["publish"]);
  assertEquals([results(published), published.packages[0].proof.visible], [["published"], "yes"]);
  assertEquals(results(await answer(world, "publish", 0, ["publish"])), ["there"]);

  world.registries.faults.add({ registry: "local-npm", times: 99 }, { answer: { status: 503, body: "" } });
  assertEquals((await answer(world, "error", 1, ["publish"])).code, "registry-unknown");
});

answerTest(
  "publish, refused by the exchange",
  { only: ["e2e-core"], job: { workflow: "ship.yml" } },
  async (world) => {
    const refused = await answer(world, "publish", 1, ["publish"]);
    assertEquals(refused.packages.map((pkg: Answer) => pkg.result), ["not-tried"]);
    const [problem] = refused.problems;
    assertEquals([problem.code, problem.cause, problem.expected, problem.actual], [
      "exchange-workflow-mismatch",
      "workflow",
      ["release.yml"],
      "ship.yml",
    ]);

    const limit = refusal(429, { errors: [{ detail: "slow down" }] }, { "retry-after": "600" });
    world.registries.faults.add({ registry: "local-crates", method: "POST" }, limit);
    const limited = await answer(world, "publish", 1, ["publish"]);
    assertEquals([limited.problems[0].retry, limited.problems[0].retryAfter], ["later", 600_000]);
  },
);

answerTest("claims", NPM, async (world) => {
  const { claims, records } = await answer(world, "claims", 0, ["claims"]);
  assertEquals([claims.repository, records[0].package], ["acme/e2e", "@acme/e2e"]);
  const outside = await answer(world, "claims", 0, ["claims"], { cwd: world.canary.home });
  assertEquals(outside.records.map((record: Answer) => record.registry), ["crates.io", "pypi", "npm"]);
  assertEquals((await answer(world, "error", 1, ["claims"], { env: NO_TOKEN })).code, "oidc-not-permitted");
});

answerTest("exchange", NPM, async (world) => {
  const output = ["--output", `${world.canary.home}/token`];
  const { destination } = await answer(world, "exchange", 0, ["exchange", "local-npm", ...output]);
  assertEquals(destination, "file");
  const refused = await answer(world, "error", 1, [
    "exchange",
    "local-npm",
    "--package",
    "@acme/other",
    ...output,
  ]);
  assertEquals([refused.code, refused.problems[0].registry], ["exchange-no-publisher", "local-npm"]);
  assertEquals(
    (await answer(world, "error", 2, ["exchange", "local-npm", "--print"])).code,
    "destination-required",
  );
  assertEquals(
    (await answer(world, "error", 2, ["exchange", "local-nmp", ...output])).code,
    "unknown-registry",
  );
});

answerTest("run, before its command starts", NPM, async (world) => {
  await answer(world, "error", 2, ["run", "local-crates"]);
  const args = ["run", "local-crates", "--json", "--", "node", "-v"];
  read(await world.run(args, { env: NO_TOKEN }), "error", 1, args);
});

answerTest("doctor", NPM, async (world) => {
  const clean = await answer(world, "doctor", 0, ["doctor"]);
  assertEquals(clean.findings, []);
  const path = `${world.root}/.github/workflows/release.yml`;
  const workflow = await Deno.readTextFile(path);
  await Deno.writeTextFile(
    path,
    workflow.replace("      id-token: write\n", "").replace("environment: release", "environment: live"),
  );
  const broken = await answer(world, "doctor", 1, ["doctor"]);
  assertEquals(broken.findings.map((finding: Answer) => finding.code), [
    "missing-id-token",
    "publisher-environment-mismatch",
  ]);
  const baseline = `${world.canary.home}/baseline.json`;
  const accepted = await world.run(["doctor", "--json", "--write-baseline", baseline]);
  assertEquals(accepted.code, 0);
  assertValid("doctor", JSON.parse(accepted.stdout));
  assertValid("baseline", JSON.parse(await Deno.readTextFile(baseline)));
  const known = await answer(world, "doctor", 0, ["doctor", "--baseline", baseline]);
  assertEquals(known.baseline, { known: broken.findings.length, gone: 0 });
  await Deno.writeTextFile(baseline, "{}");
  assertEquals(
    (await answer(world, "error", 2, ["doctor", "--baseline", baseline])).code,
    "baseline-malformed",
  );
  await Deno.writeTextFile(path, "on: [push\n");
  await answer(world, "doctor", 1, ["doctor"]);
  assertEquals(
    (await answer(world, "error", 2, ["doctor", "--only", "missing-id-tokn"])).code,
    "unknown-rule",
  );
  await Deno.writeTextFile(`${world.root}/keyless.toml`, "[[package]]\nnam = 1\n");
  const error = await answer(world, "error", 2, ["doctor"]);
  assert(error.problems.length > 1 && error.problems.every((problem: Answer) => problem.at.start.line > 0));
});

answerTest("explain, help, version and wrong usage", NPM, async (world) => {
  await answer(world, "explain", 0, ["explain", "no-credential"]);
  await answer(world, "explain", 0, ["explain", "--list"]);
  for (const shell of ["bash", "zsh", "fish"]) await answer(world, "completions", 0, ["completions", shell]);
  await answer(world, "help", 0, []);
  await answer(world, "help", 0, ["help", "publish"]);
  await answer(world, "version", 0, ["--version"]);
  for (
    const [args, code] of [
      [["explain", "no-credentail"], "unknown-code"],
      [["completions", "csh"], "unknown-shell"],
      [["plam"], "unknown-command"],
      [["plan", "--colour", "never"], "unknown-option"],
      [["publish", "--credential", "magic"], "option-value-unknown"],
      [["plan", "-C", "nowhere"], "directory-missing"],
    ] as const
  ) assertEquals((await answer(world, "error", 2, args)).code, code);
});

answerTest("outside a repository", NPM, async (world) => {
  const cwd = world.canary.temporary;
  for (const command of ["plan", "pack", "publish", "rehearse"]) {
    assertEquals((await answer(world, "error", 3, [command], { cwd })).code, "nothing-to-publish");
  }
  assertEquals((await answer(world, "doctor", 3, ["doctor"], { cwd })).findings, []);
});

/** A repository whose packages go to the public registries, for a rehearsal. */
async function writeShop(world: World): Promise<string> {
  const root = `${world.canary.home}/shop`;
  for (const [path, text] of Object.entries(SHOP)) {
    await Deno.mkdir(`${root}/${path}`.replace(/\/[^/]*$/, ""), { recursive: true });
    await Deno.writeTextFile(`${root}/${path}`, text);
  }
  await git(root, "init", "-q", "-b", "main");
  await git(root, "remote", "add", "origin", "https://github.com/acme/shop.git");
  await commit(root, "First version");
  return root;
}

answerTest("rehearse", NPM, async (world) => {
  const cwd = await writeShop(world);
  const good = await answer(world, "rehearse", 0, ["rehearse"], { cwd });
  assertEquals(good.jobs.map((job: Answer) => [job.workflow, job.job, job.environment]), [
    ["release.yml", "publish", "release"],
  ]);
  assertEquals(good.jobs[0].release.packages.map((pkg: Answer) => pkg.result), ["published", "published"]);

  const refused = await answer(world, "rehearse", 1, ["rehearse", "@acme/shop", "--environment", "live"], {
    cwd,
  });
  assertEquals(refused.jobs[0].release.packages.map((pkg: Answer) => pkg.result), ["not-tried"]);

  await Deno.writeTextFile(
    `${cwd}/.github/workflows/release.yml`,
    SHOP[".github/workflows/release.yml"]!.replace("id-token: write", "contents: read"),
  );
  const mute = await answer(world, "rehearse", 1, ["rehearse", "@acme/shop"], { cwd });
  assertEquals([mute.jobs[0].release, mute.problems[0].code], [null, "oidc-not-permitted"]);

  await Deno.remove(`${cwd}/.github`, { recursive: true });
  assertEquals((await answer(world, "error", 3, ["rehearse"], { cwd })).code, "no-publishing-job");
});

answerTest("rehearse --serve", NPM, async (world) => {
  const cwd = await writeShop(world);
  const child = world.start(["rehearse", "--serve", "--json"], { cwd });
  const stderr = new Response(child.stderr).text();
  let stdout = "";
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    stdout += text;
    if (stdout.endsWith("}\n")) child.kill("SIGINT");
  }
  const { code } = await child.status;
  const served = read({ code, stdout, stderr: await stderr }, "rehearse-serve", 130, ["rehearse", "--serve"]);
  assertEquals(served.registries.map(({ name }: Answer) => name), ["crates.io", "npm"]);
  assertEquals(served.variables.npm_config_registry, served.registries[1].endpoints.index);
});

function refusal(status: number, body: unknown, headers: Record<string, string> = {}): Fault {
  return {
    answer: {
      status,
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify(body),
    },
  };
}

const SHOP: Readonly<Record<string, string>> = {
  "keyless.toml": `[[package]]
name = "shop"
kind = "crates"
path = "rust"
[package.trust_policy]
workflow = "release.yml"
environment = "release"

[[package]]
name = "@acme/shop"
kind = "npm"
path = "js"
[package.trust_policy]
workflow = "release.yml"
environment = "release"
`,
  "rust/Cargo.toml":
    '[package]\nname = "shop"\nversion = "1.0.0"\nedition = "2021"\ndescription = "S"\nlicense = "MIT"\n',
  "rust/src/lib.rs": "",
  "js/package.json": '{ "name": "@acme/shop", "version": "1.0.0" }\n',
  ".gitignore": "Cargo.lock\n",
  ".github/workflows/release.yml": `on:
  push:
    tags: ["v*"]
jobs:
  publish:
    runs-on: ubuntu-latest
    environment: release
    permissions:
      id-token: write
    steps:
      - run: keyless publish
`,
};
