import { assert, assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { Ajv } from "ajv";
import { run } from "../../src/cli/commands/doctor.ts";
import type { Call } from "../../src/cli/verb.ts";
import { KeylessError, UsageError } from "../../src/problem.ts";
import { errorJson } from "../../src/report/json.ts";
import { assertGolden } from "../report/golden.ts";
import { ASCII, NARROW, UNICODE } from "../report/samples.ts";
import { SARIF_SCHEMA } from "../report/sarif_schema.ts";
import { CONFIGURATION as PROFILE } from "../cli/support.ts";
import { repository } from "./repository.ts";

const MAIN = new URL("../../main.ts", import.meta.url).pathname;
const CONFIGURATION = new URL(`../../${PROFILE}`, import.meta.url).pathname;

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
    .replace("production", "release").replace("contents: read", "contents: read\n      id-token: write"),
};
const UNDECIDED = {
  ".github/workflows/ci.yml": "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: npm publish\n",
};
const SILENT = { ".github/workflows/ci.yml": "on: push\njobs:\n  a:\n    steps:\n      - run: npm test\n" };

/** Jobs of which nobody can see what they need their tokens for. */
const UNSEEN = {
  ".github/workflows/release.yml":
    "on: push\njobs:\n  npm: &job\n    runs-on: ubuntu-latest\n    permissions: { id-token: write }\n    steps:\n      - run: ./run\n  pypi: *job\n",
};

/** What is wrong with {@link BROKEN}: asked for alone where a test counts findings, because other rules may see more in it. */
const only = ["missing-id-token", "publisher-environment-mismatch"];

/** The files, and a setting that accepts all findings of a code. */
function accepting(files: Record<string, string>, code: string): Record<string, string> {
  const ignore = `\n[[doctor.ignore]]\ncode = "${code}"\nreason = "so"\n`;
  return { ...files, "keyless.toml": `${files["keyless.toml"]}${ignore}` };
}

async function doctor(
  files: Record<string, string>,
  options: Call["options"] = {},
  about: {
    arguments?: string[];
    json?: boolean;
    verbose?: boolean;
    display?: Call["io"]["stdout"];
    hear?: (text: string) => void;
    within?: string;
    link?: { from: string; to: string };
  } = {},
): Promise<{ exit: number; out: string; err: string; workflow: string }> {
  const root = await repository(new Map(Object.entries(files)));
  const before = Deno.cwd();
  const display = about.display ?? UNICODE;
  let out = "";
  let err = "";
  const io: Call["io"] = {
    json: about.json ?? false,
    quiet: false,
    verbose: about.verbose ?? false,
    debug: false,
    stdout: display,
    stderr: display,
    out: (text) => {
      out += text;
      about.hear?.(text);
    },
    err: (text) => err += text,
  };
  try {
    if (about.link) await Deno.symlink(about.link.to, join(root, about.link.from));
    Deno.chdir(join(root, about.within ?? ""));
    const call: Call = {
      verb: "doctor",
      arguments: about.arguments ?? [],
      options: about.json ? options : { format: "terminal", ...options },
      command: [],
      io,
    };
    const exit = await run(call);
    const workflow = Object.keys(files).find((path) => path.startsWith(".github/workflows/"));
    return { exit, out, err, workflow: workflow ? await Deno.readTextFile(join(root, workflow)) : "" };
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
    ["broken-narrow", BROKEN, { ...UNICODE, width: 40 }],
    ["clean", CLEAN, UNICODE],
    ["clean-narrow", CLEAN, NARROW],
    ["undecided", UNDECIDED, UNICODE],
    ["nothing", SILENT, UNICODE],
    ["unseen", UNSEEN, UNICODE],
  ];
  for (const [name, files, display] of cases) {
    const { out } = await doctor(files, {}, { display });
    await assertGolden(name, timeless(out), import.meta.url);
  }
});

Deno.test("--fix repairs what it can, and reports what is left", async () => {
  const { exit, err, out, workflow } = await doctor(BROKEN, { fix: "safe", only });
  assertEquals(
    workflow,
    BROKEN[".github/workflows/release.yml"]!.replace(
      "      contents: read",
      "      id-token: write\n      contents: read",
    ),
  );
  assertStringIncludes(
    err,
    "Fixed 1 finding in 1 file\n   .github/workflows/release.yml:13 missing-id-token: ",
  );
  assert(!out.includes("missing-id-token"));
  assertStringIncludes(out, "publisher-environment-mismatch");
  assertEquals(exit, 1);

  const again = await doctor(CLEAN, { fix: "safe" });
  assertEquals([again.exit, again.err], [0, ""]);
  assertEquals(again.workflow, CLEAN[".github/workflows/release.yml"]);
});

Deno.test("--diff writes nothing, and shows what --fix would write", async () => {
  const { exit, out, err, workflow } = await doctor(BROKEN, { diff: true });
  assertEquals(workflow, BROKEN[".github/workflows/release.yml"]);
  assertStringIncludes(err, "Would fix 1 finding in 1 file");
  assertStringIncludes(out, "--- a/.github/workflows/release.yml\n+++ b/.github/workflows/release.yml\n@@ ");
  assertStringIncludes(out, "\n+      id-token: write\n");
  assertEquals(exit, 1);
  const clean = await doctor(CLEAN, { diff: true });
  assertEquals([clean.exit, clean.out, clean.err], [0, "", "There is nothing that --fix would repair\n"]);
});

Deno.test("--diff says when git apply would refuse the patch, and where to apply it", async () => {
  const told = async (files: Record<string, string>) => (await doctor(files, { diff: true })).err;
  const hidden = "so git apply refuses the patch";
  assert(!(await told(BROKEN)).includes(hidden));
  const secret = BROKEN[".github/workflows/release.yml"]!.replace(
    "    runs-on:",
    "    # npm_CANARYCANARYCANARYCANARYCANARYabcdef\n    runs-on:",
  );
  const err = await told({ ...BROKEN, ".github/workflows/release.yml": secret });
  assertStringIncludes(err, hidden);
  assert(!err.includes("git -C"));
  const below = await doctor(BROKEN, { diff: true }, { within: ".github/workflows" });
  assertStringIncludes(below.err, "To apply it: git -C ../.. apply\n");
});

Deno.test("where the CI files lie above, nobody is told to let a job publish", async () => {
  const files = {
    ".github/workflows/release.yml": BROKEN[".github/workflows/release.yml"]!,
    "crate/keyless.toml": '[doctor]\nfail_on = "error"\n',
  };
  const { exit, out } = await doctor(files, {}, { within: "crate" });
  assertEquals(exit, 3);
  assertStringIncludes(out, "Nothing was checked, so nothing is known.\n");
  assert(!out.includes("let a job run"));
});

Deno.test("below the root, paths lead to the files from there", async () => {
  const within = ".github/workflows";
  const { out } = await doctor(BROKEN, { only }, { within });
  assertStringIncludes(out, "╭─ ../../.github/workflows/release.yml:13:5");
  const { err } = await doctor(BROKEN, { fix: "safe" }, { within });
  assertStringIncludes(err, "   ../../.github/workflows/release.yml:13 missing-id-token");
  assertEquals(JSON.parse((await doctor(BROKEN, {}, { within, json: true })).out).root, "../..");
  assertEquals(JSON.parse((await doctor(BROKEN, {}, { json: true })).out).root, ".");
});

Deno.test("--diff shows at once what --fix writes in several rounds", async () => {
  const path = ".github/workflows/release.yml";
  const twice = "# keyless: ignore[event-refused] a # keyless: ignore[npm-too-old] b";
  const files = { ...BROKEN, [path]: BROKEN[path]!.replace("  publish:", `  publish: ${twice}`) };
  const planned = await doctor(files, { diff: true });
  const written = await doctor(files, { fix: "safe" });
  assertEquals(written.workflow.includes("keyless: ignore"), false);
  assertEquals(planned.err, written.err.replace("Fixed", "Would fix"));
  const added = planned.out.match(/^[+-] .*/gm);
  assertEquals(added, [
    `-  publish: ${twice}`,
    "+  publish:",
    "+      id-token: write",
  ]);
});

Deno.test("after --fix, places in keyless.toml are those of the file as it is then", async () => {
  const config = BROKEN["keyless.toml"]!;
  const stale = "# keyless: ignore[event-refused] long gone\n";
  const { out } = await doctor({ ...BROKEN, "keyless.toml": `${stale}${config}` }, { fix: "safe" });
  assertStringIncludes(out, '8 │ environment = "release"');
  assertStringIncludes(out, "keyless.toml:8:15");
});

Deno.test("--fix does not go together with what it would spoil", async () => {
  const others: Call["options"][] = [{ "stdin-filename": "x.yml" }, { "write-baseline": "x.json" }, {
    live: true,
  }];
  for (const option of others) {
    const error = await assertRejects(() => doctor(CLEAN, { fix: "safe", ...option }), UsageError);
    assertEquals((error as UsageError).problem.code, "options-conflict");
  }
});

Deno.test("where no file says what a job publishes with, the end says so", async () => {
  const circle = (env: string) => ({
    ".circleci/config.yml": `version: 2.1
jobs:
  publish:
    docker: [{ image: cimg/rust:1.90 }]${env}
    steps: [checkout, { run: cargo publish }]
workflows: { release: { jobs: [publish] } }
`,
  });
  const last = async (env: string) => {
    const { out } = await doctor(circle(env), { only: ["publish-never-runs"] });
    const line = out.replace(/\s+/g, " ").trim();
    return line.slice(line.indexOf("No problems"));
  };
  const next = "Before you tag a release: keyless rehearse";
  const open = "The files do not say what every job publishes with.";
  assertEquals(await last(""), `No problems. ${open} ${next}`);
  assertEquals(await last("\n    environment: { CARGO_REGISTRY_TOKEN: $TOKEN }"), `No problems. ${next}`);
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
    [UNDECIDED, { "fail-on": "info", only }, 0],
    [UNDECIDED, { "fail-on": "unverified", only }, 1],
    [CLEAN, { "fail-on": "unverified", only }, 0],
    [BROKEN, { "fail-on": "never" }, 0],
    [SILENT, { "fail-on": "never" }, 0],
    [SILENT, {}, 3],
  ];
  for (const [files, options, exit] of cases) {
    assertEquals((await doctor(files, options)).exit, exit, JSON.stringify(options));
  }
});

Deno.test("--live that exchanges nothing is no success, and the last line says so", async () => {
  const root = await repository(new Map(Object.entries(CLEAN)));
  const live = async (...args: string[]) => {
    const { code, stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-q", "--no-check", "-A", `--config=${CONFIGURATION}`, MAIN, "doctor", "--live", ...args],
      cwd: root,
      env: { GITHUB_ACTIONS: "", GITLAB_CI: "", CIRCLECI: "" },
    }).output();
    const out = new TextDecoder().decode(stdout);
    return { code, out, last: out.trimEnd().split("\n").at(-1)! };
  };
  try {
    const here = await live("--only", "exchange-refused");
    assertEquals([here.code, here.last], [
      3,
      "No problems. But --live exchanged nothing, so it proves nothing.",
    ]);
    assertStringIncludes(here.out, "only a CI job can exchange tokens");
    const leftOut = await live("--only", "missing-id-token");
    assertEquals(leftOut.code, 3);
    assertStringIncludes(leftOut.out, "not checked: --only names none of its codes");
    const several = await live("--fail-on", "never");
    assertEquals(several.code, 3);
    assertStringIncludes(several.last, "--live exchanged nothing");
    const page = await live("--only", "exchange-refused", "--format", "markdown");
    assertStringIncludes(page.out, "no problems, 1 not checked, --live exchanged nothing");
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

Deno.test("what is declared for a job that still publishes with a token is compared, and fails nothing", async () => {
  const path = ".github/workflows/release.yml";
  const withToken = BROKEN[path]!.replace(
    "run: keyless publish",
    "run: cargo publish\n        env:\n          CARGO_REGISTRY_TOKEN: ${{ secrets.CRATES_IO }}",
  );
  const other = await doctor({ ...BROKEN, [path]: withToken }, { only });
  assertStringIncludes(other.out, "· publisher-environment-mismatch: my-crate expects");
  assertStringIncludes(other.out, "With OIDC crates.io would refuse it.");
  assertEquals(other.exit, 0);
  const same = await doctor({ ...BROKEN, [path]: withToken.replace("production", "release") });
  assertStringIncludes(same.out, "as declared, but published with a token so far: my-crate");
});

Deno.test("--json is one object that its schema describes", async () => {
  const schema = await schemaOf("doctor");
  for (const files of [BROKEN, CLEAN, UNDECIDED, SILENT]) {
    const { out } = await doctor(files, {}, { json: true });
    assertEquals(schema(JSON.parse(out)), null);
  }
  const { out } = await doctor(BROKEN, { format: "json", only });
  const { findings, summary, checked } = JSON.parse(out);
  assertEquals(findings.map((each: { code: string }) => each.code), [
    "missing-id-token",
    "publisher-environment-mismatch",
  ]);
  assertEquals(findings[0].location.start.line, 13);
  assertEquals(findings[0].fix.edits[0].path, ".github/workflows/release.yml");
  assertEquals([summary.error, checked], [2, { files: 1, jobs: 1, packages: 1 }]);
});

Deno.test("in GitHub Actions the findings are annotations too, and a summary of the job", async () => {
  const summary = await Deno.makeTempFile();
  Deno.env.set("GITHUB_STEP_SUMMARY", summary);
  try {
    const { out } = await doctor(BROKEN, { format: "github", only });
    assertMatch(
      out,
      /^::error file=\.github\/workflows\/release\.yml,line=13,endLine=13,col=5,endColumn=16,title=missing-id-token::/m,
    );
    assertStringIncludes(out, "2 errors");
    assertStringIncludes(await Deno.readTextFile(summary), "### keyless doctor: 2 errors");
  } finally {
    Deno.env.delete("GITHUB_STEP_SUMMARY");
    await Deno.remove(summary);
  }
});

Deno.test("a summary that cannot be written is a warning, and the findings decide the exit code", async () => {
  const directory = await Deno.makeTempDir();
  const summary = `${directory}/gone/summary.md`;
  Deno.env.set("GITHUB_STEP_SUMMARY", summary);
  try {
    for (const [files, expected] of [[CLEAN, 0], [BROKEN, 1]] as const) {
      const { exit, err } = await doctor(files, { format: "github", only });
      assertEquals(exit, expected);
      assertStringIncludes(err, `Cannot write ${summary}: no such file or directory`);
      assertStringIncludes(err, "make GITHUB_STEP_SUMMARY name a file that can be written");
    }
  } finally {
    Deno.env.delete("GITHUB_STEP_SUMMARY");
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("a package that goes to a registry of somebody's own is told of with --verbose alone", async () => {
  const registry = "https://npm.pkg.github.com";
  const manifest = JSON.stringify({ name: "@acme/a", version: "1.0.0", publishConfig: { registry } });
  const files = { ...UNDECIDED, "package.json": manifest };
  assertEquals((await doctor(files)).err, "");
  const { err } = await doctor(files, {}, { verbose: true });
  assertStringIncludes(err, `package.json goes to "${registry}", which keyless does not know`);
});

Deno.test("in GitHub Actions what keeps doctor from looking is an annotation, too", async () => {
  let heard = "";
  const broken = { ...BROKEN, "keyless.toml": "[[package]\n" };
  const error = await doctor(broken, { format: "github" }, { hear: (text) => heard += text })
    .then(() => null, (thrown) => thrown);
  assertEquals(error instanceof KeylessError && error.exit, 2);
  assertMatch(
    heard,
    /^::error file=keyless\.toml,line=1,endLine=1,col=\d+,endColumn=\d+,title=toml-syntax::/,
  );
});

Deno.test("SARIF has a result for each finding and the page of each rule", async () => {
  const validate = new Ajv({ formats: { uri: (text) => URL.canParse(text) } }).compile(SARIF_SCHEMA);
  const { out, exit } = await doctor(BROKEN, { format: "sarif", only });
  assert(validate(JSON.parse(out)), JSON.stringify(validate.errors));
  const [run] = JSON.parse(out).runs;
  assertEquals(
    run.results.map((each: { ruleId: string }) => each.ruleId),
    ["missing-id-token", "publisher-environment-mismatch"],
  );
  assertStringIncludes(run.tool.driver.rules[0].help.markdown, "# missing-id-token\n");
  assertMatch(run.tool.driver.rules[0].shortDescription.text, /^A job publishes without/);
  assertEquals([exit, run.invocations[0].exitCode], [1, 1]);
});

Deno.test("what is accepted is in SARIF only with --verbose, and suppressed there", async () => {
  const files = accepting(BROKEN, "missing-id-token");
  const results = async (verbose: boolean) =>
    JSON.parse((await doctor(files, { format: "sarif", only }, { verbose })).out).runs[0].results;
  assertEquals((await results(false)).map((each: { ruleId: string }) => each.ruleId), [
    "publisher-environment-mismatch",
  ]);
  assertEquals((await results(true))[0].suppressions, [
    { kind: "external", status: "accepted", justification: "so" },
  ]);
});

Deno.test("the other formats say the same", async () => {
  const markdown = (await doctor(BROKEN, { format: "markdown", only })).out;
  assertMatch(markdown, /^<!-- keyless doctor -->\n### keyless doctor: 2 errors\n/);
  assertEquals(markdown.match(/<details>/g)?.length, 2);
  assertStringIncludes(
    (await doctor(CLEAN, { format: "markdown", only })).out,
    "keyless doctor: no problems",
  );
  // Sections of which nothing was asked for are no news.
  assertEquals(markdown.match(/^- [✓✗?·] .*/gm), [
    "- ✗ trust policy (local)",
    "- ✗ trust policy (declared)",
  ]);
  // What is not declared is neutral, as on the terminal.
  const undeclared = (await doctor(UNDECIDED, { format: "markdown" })).out;
  assertMatch(undeclared, /^- · trust policy \(declared\): no package declares one/m);
  assertMatch(undeclared, /^- \? trust policy \(local\): .*not decidable/m);
  const junit = (await doctor(BROKEN, { format: "junit", only })).out;
  assertEquals(junit.match(/<failure /g)?.length, 2);
  assertStringIncludes(junit, '<testsuite name="trust policy (declared)"');
  assertEquals(
    (await doctor(BROKEN, { format: "junit", "fail-on": "never" })).out.includes("<failure"),
    false,
  );
  const error = await assertRejects(() => doctor(BROKEN, { format: "junit" }, { json: true }), UsageError);
  assertEquals(error.problem.code, "options-conflict");
});

Deno.test("a baseline takes what is there, and from then on only what is new counts", async () => {
  const directory = await Deno.makeTempDir();
  const file = join(directory, "baseline.json");
  try {
    const written = await doctor(BROKEN, { "write-baseline": file });
    const count = JSON.parse(await Deno.readTextFile(file)).findings.length;
    assert(count >= 2);
    assertEquals([written.exit, written.err], [
      0,
      `Wrote ${count} findings to ${file}; from now on: keyless doctor --baseline ${file}\n`,
    ]);
    assertStringIncludes(written.out, `No other problems: ${count} in the baseline.`);

    const moved = {
      ...BROKEN,
      ".github/workflows/release.yml": `# moved\n\n${BROKEN[".github/workflows/release.yml"]}`,
    };
    const known = await doctor(moved, { baseline: file });
    assertEquals(known.exit, 0);
    assertEquals(known.out.includes("missing-id-token"), false);
    const all = await doctor(moved, { baseline: file }, { verbose: true });
    assertStringIncludes(all.out, "ignored: in the baseline");

    const json = JSON.parse((await doctor(moved, { baseline: file, format: "json" })).out);
    assertEquals((await schemaOf("doctor"))(json), null);
    assertEquals(json.baseline, { known: count, gone: 0 });
    assert(json.findings.every((each: { ignoredBy: string }) => each.ignoredBy === "baseline"));

    const second = ".github/workflows/second.yml";
    const more = await doctor({ ...moved, [second]: BROKEN[".github/workflows/release.yml"]! }, {
      baseline: file,
    });
    assertEquals(more.exit, 1);
    assertStringIncludes(more.out, second);
    assertMatch(more.out, new RegExp(`\\d errors?, (.*, )?${count} in the baseline`));

    const repaired = await doctor(CLEAN, { baseline: file });
    assertMatch(repaired.out, /^\d of the baseline are gone: write it anew$/m);
    // One rule alone says nothing about the others.
    const part = await doctor(CLEAN, { baseline: file, only: ["missing-id-token"] });
    assertEquals(part.out.includes("gone"), false);
    const again = await assertRejects(
      () => doctor(BROKEN, { "write-baseline": file, only: ["event-refused"] }),
      UsageError,
    );
    assertEquals(again.problem.code, "options-conflict");
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("a baseline that is a link is written where the link leads, within the repository", async () => {
  const directory = await Deno.makeTempDir();
  try {
    await Deno.symlink("real.json", `${directory}/link.json`);
    await Deno.writeTextFile(`${directory}/real.json`, "");
    await doctor(BROKEN, { "write-baseline": `${directory}/link.json` });
    assertStringIncludes(await Deno.readTextFile(`${directory}/real.json`), "keyless/baseline/1");
    assert((await Deno.lstat(`${directory}/link.json`)).isSymlink);

    const link = { from: "link.json", to: `${directory}/other.json` };
    await Deno.writeTextFile(link.to, "mine");
    const { problem } = await assertRejects(
      () => doctor(BROKEN, { "write-baseline": "link.json" }, { link }),
      KeylessError,
    );
    assertEquals([problem.code, await Deno.readTextFile(link.to)], ["path-leaves-tree", "mine"]);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("what an editor has in its buffer stands in for the file, which need not exist", async () => {
  const root = await repository(new Map(Object.entries({ ...CLEAN, ".github/workflows/ci.yml": "" })));
  const path = ".github/workflows/release.yml";
  const look = async (text: string, ...args: string[]) => {
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-q", "--no-check", "-A", `--config=${CONFIGURATION}`, MAIN, "doctor", "--json", ...args],
      cwd: root,
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    const writer = child.stdin.getWriter();
    await writer.write(new TextEncoder().encode(text));
    await writer.close();
    const { code, stdout } = await child.output();
    const answer = JSON.parse(new TextDecoder().decode(stdout));
    return { code, codes: answer.findings?.map((each: { code: string }) => each.code) ?? answer.code };
  };
  try {
    const asked = only.flatMap((code) => ["--only", code]);
    assertEquals(await look(BROKEN[path]!, "--stdin-filename", path, ...asked), { code: 1, codes: only });
    assertEquals(await look(CLEAN[path]!, "--stdin-filename", path, ...asked), { code: 0, codes: [] });
    assertEquals((await look("on: [", "--stdin-filename", ".github/workflows/new.yml")).codes, [
      "yaml-syntax",
    ]);
    assertEquals(await look("", "--stdin-filename", "README.md"), { code: 2, codes: "not-a-pipeline" });
    assertEquals(await look("", "--stdin-filename", path, path), { code: 2, codes: "options-conflict" });
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

Deno.test("many findings of a kind are one and a list of the places of the others", async () => {
  const workflow = BROKEN[".github/workflows/release.yml"]!;
  const files = Object.fromEntries(Array.from({ length: 14 }, (_, index) => [
    `.github/workflows/w${String(index + 1).padStart(2, "0")}.yml`,
    workflow,
  ]));
  files["keyless.toml"] = ["one", "two", "three", "four"].map((name) =>
    BROKEN["keyless.toml"]!.replace("my-crate", name).replace(`path = "."`, `path = "${name}"`).replace(
      "release.yml",
      "w01.yml",
    )
  ).join("\n");
  const { out } = await doctor(files);
  await assertGolden("many", timeless(out), import.meta.url);
  const all = await doctor(files, {}, { verbose: true });
  assertEquals(all.out.match(/keyless explain missing-id-token/g)?.length, 14);
});

Deno.test("an action of several jobs is told once, with the places in the others; JSON has each", async () => {
  const job = (id: string, actions: readonly string[]) =>
    `  ${id}:\n    runs-on: ubuntu-latest\n    permissions: { id-token: write }\n    steps:\n${
      actions.map((action) => `      - uses: ${action}\n`).join("")
    }      - uses: pypa/gh-action-pypi-publish@release/v1\n`;
  const files = {
    ".github/workflows/release.yml": "on: { push: { tags: ['v*'] } }\njobs:\n" +
      job("one", ["acme/first@v1"]) +
      job("two", []) + job("three", ["acme/first@v1"]),
  };
  const only = { only: ["publish-action-not-pinned"] };
  const { out } = await doctor(files, only);
  const place = (line: number) => `.github/workflows/release.yml:${line}:15`;
  assertEquals(out.split("\n").filter((line) => /^ {3,6}(?:·|also)/.test(line)).map((line) => line.trim()), [
    `also at ${place(18)}`,
    `· ${place(8)} Job "one" publishes, and runs pypa/gh-action-pypi-publish`,
    `also at ${place(13)}, ${place(19)}`,
  ]);
  const { findings } = JSON.parse((await doctor(files, only, { json: true })).out);
  assertEquals(findings.length, 5);
});

Deno.test("a place that several jobs share is told once", async () => {
  const job = (id: string) =>
    `  ${id}:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: ./install\n      - run: npm publish\n`;
  const { out } = await doctor({
    ".github/workflows/release.yml":
      "on: { push: { tags: ['v*'] } }\npermissions: { id-token: write }\njobs:\n" +
      job("one") + job("two") + job("three") +
      "  four:\n    runs-on: ubuntu-latest\n    steps:\n      - run: npm ci\n      - run: npm publish\n",
    "install/action.yml": "runs:\n  using: composite\n  steps:\n    - { run: npm ci, shell: bash }\n",
  }, { only: ["build-beside-id-token"] });
  assertEquals(out.match(/also at .*/g), ["also at .github/workflows/release.yml:22:14"]);
});

Deno.test("findings of a kind share what to do about them only where the same is to be done", async () => {
  const step = (run: string, name: string) =>
    `      - run: ${run}\n        env: { ${name}: "\${{ secrets.${name} }}" }\n`;
  const { out } = await doctor({
    ".github/workflows/release.yml":
      "on: { push: { tags: ['v*'] } }\npermissions: {}\njobs:\n  publish:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v5\n" +
      step("ovsx publish", "OVSX_PAT") + step("npm publish", "NODE_AUTH_TOKEN") +
      step("twine upload dist/*", "TWINE_PASSWORD") + step("cargo publish", "CARGO_REGISTRY_TOKEN"),
  });
  assertEquals(out.match(/token-outside-environment: .*/g)?.map((line) => /secret (\w+)/.exec(line)?.[1]), [
    "OVSX_PAT",
    "NODE_AUTH_TOKEN",
  ]);
  assertEquals(out.match(/→ publish with OIDC, and revoke the token/g)?.length, 1);
  assertEquals(out.match(/→ keep it as a secret of an environment/g)?.length, 1);
});

Deno.test("two packages of one name end nothing; they are in the way of keyless alone", async () => {
  const about = 'version = "1.0.0"\nedition = "2021"\ndescription = "x"\nlicense = "MIT"\n';
  const manifest = `[package]\nname = "widget"\n${about}`;
  const files = (run: string) => ({
    ".github/workflows/ci.yml": `on: release\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: ${run}\n`,
    "a/Cargo.toml": manifest,
    "b/Cargo.toml": manifest,
  });
  const cases = [["keyless publish", "error"], ["cargo publish", "unverified"]] as const;
  for (const [run, severity] of cases) {
    const { findings, checked } = JSON.parse((await doctor(files(run), { format: "json" })).out);
    const found = findings.filter((each: { code: string }) => each.code === "duplicate-package");
    assertEquals(found.map((each: { severity: string }) => each.severity), [severity]);
    assertStringIncludes(found[0].next[0], 'name = "widget", kind = "crates", path = "a"');
    assertEquals(checked.packages, 1);
  }
  const { findings } = JSON.parse((await doctor(files("cargo test"), { format: "json" })).out);
  assertEquals(findings, []);
  const third = { "c/Cargo.toml": manifest.replace("widget", "gadget") };
  for (
    const [run, count] of [["cargo publish --manifest-path c/Cargo.toml", 0], ["cargo publish", 1]] as const
  ) {
    const { out } = await doctor({ ...files(run), ...third }, { format: "json" });
    const codes = JSON.parse(out).findings.map((each: { code: string }) => each.code);
    assertEquals(codes.filter((code: string) => code === "duplicate-package").length, count, run);
  }
});

Deno.test("a name that no registry takes is in the way only where it is published", async () => {
  const files = (run: string) => ({
    ".github/workflows/ci.yml": `on: release\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: ${run}\n`,
    "package.json": '{ "private": true }',
    "tool/package.json": '{ "name": "A tool of ours", "version": "1.0.0" }',
    "a/package.json": '{ "name": "a", "version": "1.0.0" }',
  });
  const cases = [
    ["npm publish ./tool", ["error"]],
    ["npx changeset publish", ["unverified"]],
    ["npm publish ./a", []],
    ["twine upload dist/*", []],
    ["npm test", []],
  ] as const;
  for (const [run, severities] of cases) {
    const { findings } = JSON.parse((await doctor(files(run), { format: "json" })).out);
    const found = findings.filter((each: { code: string }) => each.code === "name-invalid");
    assertEquals(found.map((each: { severity: string }) => each.severity), severities, run);
  }
});

Deno.test("a manifest that a generator fills in is in the way only where it is published as it is", async () => {
  const files = (run: string, template: string) => ({
    ".github/workflows/ci.yml": `on: release\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: ${run}\n`,
    "a/Cargo.toml": '[package]\nname = "a"\nversion = "1.0.0"\n',
    "of-a/Cargo.toml": template,
  });
  const filled = '[package]\nname = "%name%"\n%name%_x = 1\n';
  const cases = [
    ["cd a && cargo publish", filled, 0],
    ["cd of-a && cargo publish", filled, 1],
    ["cd a && cargo publish", filled.replaceAll("%name%", "b c"), 1],
  ] as const;
  for (const [run, template, errors] of cases) {
    const { findings } = JSON.parse((await doctor(files(run, template), { format: "json" })).out);
    const found = findings.filter((each: { code: string }) => each.code === "toml-syntax");
    assertEquals(found.length, errors, `${run} ${template}`);
  }
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

Deno.test("a package alone is judged by the whole project, and without what concerns others alone", async () => {
  const job = (name: string, steps: string) =>
    `  ${name}:\n    runs-on: ubuntu-latest\n    permissions: { id-token: write }\n    steps:\n` +
    `      - uses: actions/checkout@v4\n      - run: ${steps}\n`;
  const files = {
    ".github/workflows/release.yml": `on: release\njobs:\n${job("npm", "npm publish")}${
      job("pypi", "twine upload dist/*")
    }`,
    "package.json": '{ "name": "widget", "version": "1.0.0", "license": "MIT" }',
    "py/pyproject.toml": '[project]\nname = "widget-py"\nversion = "1.0.0"\n',
  };
  const seen = async (options: Call["options"]) => {
    const { findings, checked } = JSON.parse((await doctor(files, { format: "json", ...options })).out);
    const jobs: string[] = findings.flatMap(({ message }: { message: string }) =>
      /Job "(\w+)"/.exec(message)?.[1] ?? []
    );
    const codes: string[] = findings.map(({ code }: { code: string }) => code);
    return { jobs: [...new Set(jobs)].sort(), codes, packages: checked.packages };
  };
  assertEquals((await seen({})).jobs, ["npm", "pypi"]);
  for (const [name, id] of [["widget", "npm"], ["widget-py", "pypi"]] as const) {
    const { jobs, codes, packages } = await seen({ package: name });
    assertEquals([jobs, packages], [[id], 1]);
    // The licence of the other package says that the repository is public.
    assertEquals(codes.includes("checkout-without-contents"), false);
  }
});

Deno.test("what does not exist is a usage error, whose JSON its schema describes", async () => {
  const schema = await schemaOf("error");
  const cases: [Call["options"], string[], string, string][] = [
    [{ only: ["missing-id-tokn"] }, [], "unknown-rule", "did you mean missing-id-token?"],
    [{ only: ["yaml-syntax"] }, [], "unknown-rule", "is reported in any case"],
    [{}, ["nowhere.yml"], "no-such-file", "name one of .github/workflows/release.yml, or none"],
    [{}, ["release.yml"], "no-such-file", "did you mean .github/workflows/release.yml?"],
    [{}, [".github/workflows/relaese.yaml"], "no-such-file", "did you mean .github/workflows/release.yml?"],
    [{ fix: "safe" }, ["unsafe"], "no-such-file", "did you mean --fix=unsafe?"],
    [{}, [MAIN], "not-a-pipeline", "name files"],
    [{ baseline: ".github" }, [], "no-such-file", "name a file"],
    [{ "write-baseline": "." }, [], "no-such-file", "name a file"],
    [{}, ["."], "not-a-pipeline", "or none to look at all"],
    [{ package: "my-crat" }, [], "unknown-package", "did you mean my-crate?"],
  ];
  for (const [options, files, code, hint] of cases) {
    const error = await doctor(CLEAN, options, { arguments: files }).then(() => null, (thrown) => thrown);
    assertEquals(error instanceof KeylessError && error.exit, 2);
    assertEquals(error.problem.code, code);
    assertStringIncludes(error.problem.next[0], hint);
    const named = files[0] ?? options.baseline ?? options["write-baseline"];
    if (named !== undefined) assertStringIncludes(error.problem.message, `${named}`);
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
