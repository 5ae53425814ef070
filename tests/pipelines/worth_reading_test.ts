import { assert, assertEquals } from "@std/assert";
import type { Pipeline } from "../../src/pipelines/model.ts";
import { readPipelines } from "../../src/pipelines/read.ts";
import { jobsIn, type Tree, worthReading } from "../../src/pipelines/worth_reading.ts";
import { repository } from "../doctor/repository.ts";
import { ACTIONS, COMMANDS, UNSEEN } from "./publish_cases.ts";
import { published, unseen, workflowWith } from "./workflows.ts";

/** A repository of these files. */
function tree(files: Readonly<Record<string, string>>): Tree {
  const text = (path: string) => Promise.resolve(files[path] ?? null);
  return {
    parsed: () => Promise.resolve(null),
    text,
    peek: text,
    isAbsent: (path: string) => Promise.resolve(files[path] === undefined),
    own: (reference) => Promise.resolve(/^acme\/widget\/(.+)@main$/.exec(reference)?.[1] ?? null),
    glance(directory) {
      const prefix = directory === "." ? "" : `${directory}/`;
      const names = Object.keys(files).filter((path) => path.startsWith(prefix)).map((path) =>
        path.slice(prefix.length).split("/")
      );
      return Promise.resolve(names.map(([name, ...rest]) => ({
        name: name!,
        isDirectory: rest.length > 0,
        isFile: rest.length === 0,
        isSymlink: false,
      })));
    },
  };
}

Deno.test("a workflow is read when anything in it publishes, or may", async () => {
  const steps = [
    ...COMMANDS.map(([command]) => `- run: ${JSON.stringify(command)}`),
    ...COMMANDS.filter(([command]) => !command.includes("\n")).map(([command]) =>
      `- run: |\n    ${command}\n    make`
    ),
    ...ACTIONS.map(([step]) => step),
    ...UNSEEN.map(([, step]) => step),
  ];
  const missed: string[] = [];
  for (const step of steps) {
    if ((await published(step)).length + (await unseen(step)).length === 0) continue;
    if (!await worthReading(workflowWith(step), tree({}))) missed.push(step);
  }
  assertEquals(missed, []);
});

/** Scripts that each start the next one. */
function chain(length: number): Record<string, string> {
  return Object.fromEntries(
    Array.from({ length }, (_, index) => [`a/${index + 1}.sh`, `"$(dirname "$0")/${index + 2}.sh"\n`]),
  );
}

Deno.test("a workflow is read for what the files publish that it names", async () => {
  const manifest = (script: string) => JSON.stringify({ scripts: { ship: script, other: "tsc" } }, null, 1);
  const cases: [read: boolean, step: string, files: Record<string, string>][] = [
    [true, "npm run ship", { "package.json": manifest("npm publish") }],
    [false, "npm run other", { "package.json": manifest("npm publish") }],
    [false, "npm run ship", { "package.json": manifest("tsc") }],
    [true, "npm run ship", {
      "package.json": JSON.stringify({ scripts: { ship: "run-s 'a:*'", "a:b": "npm publish" } }),
    }],
    [true, "yarn ship", { "package.json": manifest("./go.sh"), "go.sh": "npm publish" }],
    [true, "npm run ship", { "package.json": manifest("node go.js"), "go.js": "run('npm', ['publish'])" }],
    [false, "npm run ship", { "package.json": manifest("node go.js"), "go.js": "// published" }],
    [true, "cd js && npm run ship", { "js/package.json": manifest("npm publish") }],
    [true, "npm --prefix js run ship", { "js/package.json": manifest("npm publish") }],
    [true, "npm --prefix packages/js run ship", { "packages/js/package.json": manifest("npm publish") }],
    [true, "make ship", { Makefile: "ship:\n\ttwine upload x\n" }],
    [false, "make ship", { Makefile: "ship:\n\tcc x\n" }],
    [true, "make -C src/c ship # path: src", { "c/Makefile": "ship:\n\ttwine upload x\n" }],
    [true, "tox -e ship", { "tox.ini": "[testenv:ship]\ncommands = twine upload x\n" }],
    [false, "tox -e ship", { "tox.ini": "[testenv:ship]\ncommands = pytest\n" }],
    [true, "nox -s ship", {
      "noxfile.py": '@nox.session\ndef ship(s):\n    s.run("twine", "upload", "x")\n',
    }],
    [true, "just ship", { justfile: "ship:\n    twine upload x\n" }],
    [true, "./ci/go", { "ci/go": "#!/bin/sh\ncargo publish\n" }],
    [true, "bash ci/go.sh", { "ci/go.sh": "cargo publish\n" }],
    [true, "cd ci && ./go.sh", { "ci/go.sh": "cargo publish\n" }],
    [false, "./ci/go.sh", { "ci/go.sh": "cargo build\n" }],
    [true, "python ci/go.py", { "ci/go.py": "call(['twine', 'upload'])" }],
    [true, "npm run ship", {
      "package.json": manifest("./bin/ship"),
      "bin/ship": '"$(dirname "$0")/../ci/go"\n',
      "ci/go": "#!/bin/sh\ncd js && npm run ship\n",
      "js/package.json": manifest("./go.sh"),
      "js/go.sh": "npm publish",
    }],
    [false, "a/1.sh", { ...chain(8), "a/8.sh": "npm publish" }],
    [true, "a/1.sh && a/4.sh", { ...chain(8), "a/8.sh": "npm publish" }],
  ];
  for (const [read, script, files] of cases) {
    assertEquals(await worthReading(workflowWith(`- run: ${script}`), tree(files)), read, script);
  }
  const action = {
    "go/action.yml": "runs:\n  using: composite\n  steps:\n    - run: npm publish\n      shell: bash\n",
  };
  assertEquals(await worthReading(workflowWith("- uses: ./go"), tree(action)), true);
  assertEquals(await worthReading(workflowWith("- uses: ./go"), tree({})), false);
  const called = { ".github/workflows/go.yml": workflowWith("- run: npm publish") };
  const caller = "on: push\njobs:\n  a:\n    uses: ./.github/workflows/go.yml\n";
  assertEquals(await worthReading(caller, tree(called)), true);
  assertEquals(await worthReading(caller, tree({})), false);
  const byName = (name: string) =>
    caller.replace("./.github/workflows/go.yml", `${name}/.github/workflows/go.yml@main`);
  assertEquals(await worthReading(byName("acme/widget"), tree(called)), true);
  assertEquals(await worthReading(byName("acme/other"), tree(called)), false);
});

Deno.test("a workflow is read when it grants a token or may have mistakes, and not for words alone", async () => {
  const cases: [read: boolean, text: string][] = [
    [true, "on: push\npermissions: { id-token: write }\njobs:\n  a: {}\n"],
    [true, "on: push\npermissions: write-all\njobs:\n  a: {}\n"],
    [true, "on: push\n jobs: [\n"],
    [true, "- a\n"],
    [true, ""],
    [true, "on: push\njobs:\n\ta: {}\n"],
    [true, "on: push\njobs:\n  a:\n    steps:\n      # - run: npm publish\n"],
    [false, "on: push\njobs:\n  a:\n    steps:\n      # to make release notes, publish nothing\n"],
    [
      false,
      "name: publish\non: { release: { types: [published] } }\njobs:\n  publish:\n    needs: [release]\n",
    ],
    [false, workflowWith("- name: Publish release\n  id: publish\n  run: cargo build --release")],
    [false, workflowWith("- uses: actions/upload-artifact@v4\n  with: { name: release }")],
    [false, workflowWith("- run: cd target/release && ls")],
    [false, workflowWith("- run: cmake --build . --config Release")],
    [false, workflowWith("- run: curl -LO https://github.com/a/b/releases/download/v1/x")],
    [false, workflowWith("- run: dotnet publish -c Release")],
    [false, workflowWith("- run: sudo apt-get install twine")],
  ];
  for (const [read, text] of cases) assertEquals(await worthReading(text, tree({})), read, text);
});

Deno.test("jobs are counted by their keys", () => {
  const cases: [jobs: number, text: string][] = [
    [2, "on: push\njobs:\n  a:\n    steps:\n      - run: x\n  # c:\n\n  b: # why\n    uses: x\n"],
    [1, "jobs:\n    a-b:\n        if: x\nname: n\non:\n  push:\n"],
    [2, '"jobs":\r\n  "a":\r\n    runs-on: x\r\n  b:\r\n    runs-on: x\r\n'],
    [1, 'jobs:\n  a:\n    run: "x\ny"\n'],
    [0, "on: push\n"],
  ];
  for (const [jobs, text] of cases) assertEquals(jobsIn(text), jobs, text);
});

/** What of a pipeline rules look at. */
function seen({ path, jobs, commentedOut }: Pipeline): [string, string][] {
  const steps = jobs.flatMap((job) => job.steps);
  const found = [
    ...steps.flatMap((step) => step.publishes).map(({ client, at }) => `${client} ${at.start.line}`),
    ...steps.flatMap((step) => step.unseen).map(({ reference, at }) => `?${reference} ${at.start.line}`),
    ...commentedOut.map(({ client, at }) => `#${client} ${at.start.line}`),
    ...jobs.filter((job) => job.permissions.allows("id-token", "write") === "yes").map(({ id }) =>
      `token ${id}`
    ),
  ];
  return found.length > 0 ? [[path, found.join(", ")]] : [];
}

/** Reads a repository with and without leaving out what cannot publish, and holds that both find the same. */
async function holdsBoth(root: string): Promise<readonly Pipeline[]> {
  const some = await readPipelines(root, { vendors: ["github"] });
  const all = await readPipelines(root, { vendors: ["github"], whole: true });
  assertEquals(some.pipelines.flatMap(seen), all.pipelines.flatMap(seen));
  assertEquals(
    some.problems.map(({ code, at }) => [code, at]),
    all.problems.map(({ code, at }) => [code, at]),
  );
  assertEquals(some.pipelines.map(({ path }) => path), all.pipelines.map(({ path }) => path));
  assertEquals(
    some.pipelines.map((each) => each.skimmedJobs ?? each.jobs.length),
    all.pipelines.map((each) => each.jobs.length),
  );
  return some.pipelines;
}

const CORPUS = new URL(
  `${
    Deno.env.get("KEYLESS_CORPUS") ?? new URL("../../../shared/corpus/workflows", import.meta.url).pathname
  }/`,
  "file:///",
);
const here = await exists(CORPUS);

async function exists(directory: URL): Promise<boolean> {
  try {
    return (await Deno.stat(directory)).isDirectory;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

Deno.test({
  name: `of 749 real workflows the same is found with and without leaving out most${
    here ? "" : " (skipped: KEYLESS_CORPUS names none)"
  }`,
  ignore: !here,
  async fn() {
    const files = new Map<string, string>();
    for await (const { name } of Deno.readDir(CORPUS)) {
      files.set(
        `.github/workflows/${name}`,
        await Deno.readTextFile(new URL(encodeURIComponent(name), CORPUS)),
      );
    }
    const root = await repository(files);
    try {
      const pipelines = await holdsBoth(root);
      const read = pipelines.filter((each) => each.skimmedJobs === undefined).length;
      assert(read < pipelines.length / 8, `${read} of ${pipelines.length} were read`);
    } finally {
      await Deno.remove(root, { recursive: true });
    }
  },
});

Deno.test("of the project's own workflows and fixtures the same is found with and without leaving out", async () => {
  const fixtures = new URL("../fixtures/doctor/", import.meta.url);
  const texts: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(fixtures)) {
    if (!isDirectory) continue;
    for await (const file of Deno.readDir(new URL(`${name}/`, fixtures))) {
      if (/\.ya?ml$/.test(file.name)) {
        texts.push(await Deno.readTextFile(new URL(`${name}/${file.name}`, fixtures)));
      }
    }
  }
  const [first, ...others] = texts.map(filesOf);
  assert(first !== undefined && others.length > 0);
  for (const files of [first, ...others]) {
    const root = await repository(files);
    await holdsBoth(root);
    await Deno.remove(root, { recursive: true });
  }
  await holdsBoth(new URL("../../", import.meta.url).pathname.replace(/\/$/, ""));
});

/** The files of a fixture: `#--- PATH` starts another one. */
function filesOf(fixture: string): Map<string, string> {
  const [workflow, ...rest] = fixture.split(/^#--- /m);
  return new Map([
    [".github/workflows/release.yml", workflow!],
    ...rest.map((
      part,
    ): [string, string] => [part.split("\n", 1)[0]!.trim(), part.slice(part.indexOf("\n") + 1)]),
  ]);
}
