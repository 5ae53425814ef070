import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { Ajv } from "ajv";
import { run } from "../../src/cli/commands/doctor.ts";
import type { Call } from "../../src/cli/verb.ts";
import { KeylessError, UsageError } from "../../src/problem.ts";
import { errorJson } from "../../src/report/json.ts";
import { assertGolden } from "../report/golden.ts";
import { ASCII, NARROW, UNICODE } from "../report/samples.ts";
import { repository } from "./repository.ts";

const BROKEN: Record<string, string> = {
  ".github/workflows/release.yml": `name: release
on:
  push:
    tags: ["v*"]

permissions:
  id-token: write

jobs:
  publish:
    environment: production
    runs-on: ubuntu-latest
    permissions:
      contents: read
    steps:
      - uses: actions/checkout@v4
      - run: keyless publish
`,
  "keyless.toml": `[[package]]
name = "my-crate"
kind = "crates"
path = "."

[package.trust_policy]
workflow = "release.yml"
environment = "release"
`,
};
const CLEAN: Record<string, string> = {
  ...BROKEN,
  ".github/workflows/release.yml": BROKEN[".github/workflows/release.yml"]!
    .replace("production", "release").replace("contents: read", "id-token: write"),
};
const UNDECIDED = {
  ".github/workflows/ci.yml": "on: push\njobs:\n  a:\n    steps:\n      - run: npm publish\n",
};
const SILENT = { ".github/workflows/ci.yml": "on: push\njobs:\n  a:\n    steps:\n      - run: npm test\n" };

async function doctor(
  files: Record<string, string>,
  options: Call["options"] = {},
  about: { arguments?: string[]; json?: boolean; display?: Call["io"]["stdout"] } = {},
): Promise<{ exit: number; out: string }> {
  const root = await repository(new Map(Object.entries(files)));
  const before = Deno.cwd();
  const display = about.display ?? UNICODE;
  let out = "";
  const io: Call["io"] = {
    json: about.json ?? false,
    quiet: false,
    verbose: false,
    debug: false,
    stdout: display,
    stderr: display,
    out: (text) => out += text,
    err() {},
  };
  try {
    Deno.chdir(root);
    const call: Call = {
      verb: "doctor",
      arguments: about.arguments ?? [],
      options: about.json ? options : { format: "terminal", ...options },
      command: [],
      io,
    };
    return { exit: await run(call), out };
  } finally {
    Deno.chdir(before);
    await Deno.remove(root, { recursive: true });
  }
}

/** The time that it took is the only part that differs from run to run. */
const timeless = (text: string) => text.replace(/([·-]) [\d.]+ m?s$/m, "$1 48 ms");

Deno.test("the screens are as people should see them", async () => {
  const cases: [name: string, files: Record<string, string>, display: Call["io"]["stdout"]][] = [
    ["broken", BROKEN, UNICODE],
    ["broken-ascii", BROKEN, ASCII],
    ["clean", CLEAN, UNICODE],
    ["clean-narrow", CLEAN, NARROW],
    ["undecided", UNDECIDED, UNICODE],
    ["nothing", SILENT, UNICODE],
  ];
  for (const [name, files, display] of cases) {
    const { out } = await doctor(files, {}, { display });
    await assertGolden(name, timeless(out), import.meta.url);
  }
});

Deno.test("the exit code says whether anything counts as failure", async () => {
  const warning: Record<string, string> = { ...CLEAN, ".github/workflows/empty.yml": "" };
  const cases: [files: Record<string, string>, options: Call["options"], exit: number][] = [
    [CLEAN, {}, 0],
    [BROKEN, {}, 1],
    [BROKEN, { only: ["publisher-workflow-mismatch"] }, 0],
    [warning, {}, 0],
    [warning, { "fail-on": "warning" }, 1],
    [{ ...warning, "keyless.toml": `${warning["keyless.toml"]}\n[doctor]\nfail_on = "warning"\n` }, {}, 1],
    [UNDECIDED, { "fail-on": "info" }, 0],
    [SILENT, {}, 3],
  ];
  for (const [files, options, exit] of cases) {
    assertEquals((await doctor(files, options)).exit, exit, JSON.stringify(options));
  }
});

Deno.test("--json is one object that its schema describes", async () => {
  const schema = await schemaOf("doctor");
  for (const files of [BROKEN, CLEAN, UNDECIDED, SILENT]) {
    const { out } = await doctor(files, {}, { json: true });
    assertEquals(schema(JSON.parse(out)), null);
  }
  const { out } = await doctor(BROKEN, { format: "json" });
  const { findings, summary, checked } = JSON.parse(out);
  assertEquals(findings.map((each: { code: string }) => each.code), [
    "missing-id-token",
    "publisher-environment-mismatch",
  ]);
  assertEquals(findings[0].location.start.line, 13);
  assertEquals(findings[0].fix.edits[0].path, ".github/workflows/release.yml");
  assertEquals([summary.error, checked], [2, { files: 1, jobs: 1, packages: 1 }]);
});

Deno.test("in GitHub Actions the findings are annotations too", async () => {
  const { out } = await doctor(BROKEN, { format: "github" });
  assertMatch(
    out,
    /^::error file=\.github\/workflows\/release\.yml,line=13,endLine=13,col=5,endColumn=16,title=missing-id-token::/m,
  );
  assertStringIncludes(out, "2 errors");
});

Deno.test("one package and one file can be looked at alone", async () => {
  const both = {
    ...BROKEN,
    "keyless.toml": `${BROKEN["keyless.toml"]}\n[[package]]\nname = "other"\nkind = "npm"\npath = "js"\n`,
  };
  const { out } = await doctor(both, { package: "other" });
  assertEquals(out.includes("publisher-environment-mismatch"), false);
  const { exit } = await doctor({ ...BROKEN, ...SILENT }, {}, { arguments: [".github/workflows/ci.yml"] });
  assertEquals(exit, 3);
});

Deno.test("what does not exist is a usage error, whose JSON its schema describes", async () => {
  const schema = await schemaOf("error");
  const cases: [Call["options"], string[], string, string][] = [
    [{ only: ["missing-id-tokn"] }, [], "unknown-rule", "did you mean missing-id-token?"],
    [{}, ["nowhere.yml"], "no-such-file", "name files"],
    [{ package: "my-crat" }, [], "unknown-package", "did you mean my-crate?"],
  ];
  for (const [options, files, code, hint] of cases) {
    const error = await doctor(CLEAN, options, { arguments: files }).then(() => null, (thrown) => thrown);
    assertEquals(error instanceof KeylessError && error.exit, 2);
    assertEquals(error.problem.code, code);
    assertStringIncludes(error.problem.next[0], hint);
    assertEquals(schema(errorJson(error)), null);
  }
  assertEquals(schema(errorJson(new UsageError({ code: "c", message: "m", said: "s", next: ["n"] }))), null);
});

/** Says what is wrong with a value; `null` when nothing is. */
async function schemaOf(name: string): Promise<(value: unknown) => string | null> {
  const read = async (file: string) =>
    JSON.parse(await Deno.readTextFile(new URL(`../../docs/schema/${file}.json`, import.meta.url)));
  const ajv = new Ajv({ strict: false, formats: { uri: true } });
  ajv.addSchema(await read("problem"));
  const validate = ajv.compile(await read(name));
  return (value) => validate(JSON.parse(JSON.stringify(value))) ? null : ajv.errorsText(validate.errors);
}
