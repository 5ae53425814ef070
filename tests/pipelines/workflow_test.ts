import { assertEquals } from "@std/assert";
import { readPipelines } from "../../src/pipelines/read.ts";
import { publishers, standsAlone, startsByItself } from "../../src/pipelines/publishing_jobs.ts";
import { repository } from "../doctor/repository.ts";
import { pipeline } from "./workflows.ts";

Deno.test("triggers are read in each of their forms", async () => {
  const cases: [on: string, triggers: [string, readonly string[] | null, readonly string[] | null][]][] = [
    ["on: push", [["push", null, null]]],
    ["'on': [push, release]", [["push", null, null], ["release", null, null]]],
    ["on:\n  push:\n    tags: ['v*']\n  workflow_dispatch:", [["push", ["v*"], null], [
      "workflow_dispatch",
      null,
      null,
    ]]],
    ["on:\n  push:\n    branches: main", [["push", null, ["main"]]]],
    ["%YAML 1.1\n---\non: push", [["push", null, null]]],
    ["name: none", []],
  ];
  for (const [on, expected] of cases) {
    const { triggers } = await pipeline(`${on}\njobs: {}\n`);
    assertEquals(triggers.map(({ event, tags, branches }) => [event, tags, branches]), expected, on);
  }
});

Deno.test("an environment is a name, some names, or not known before the run", async () => {
  const cases: [job: string, name: string | null | undefined, names?: string[] | null][] = [
    ["", undefined],
    ["environment: release", "release", ["release"]],
    ["environment: ''", undefined],
    ["environment:\n      name: release\n      url: x", "release", ["release"]],
    ["environment:\n      url: x", undefined],
    ["environment: 1", "1", ["1"]],
    ["environment: ${{ inputs.env }}", null, null],
    ["environment: ${{ matrix.env }}\n    strategy: { matrix: { env: [a, b] } }", null, ["a", "b"]],
    ["environment: ${{ matrix.env }}\n    strategy: { matrix: { env: [a] } }", "a", ["a"]],
    ["environment: ${{ matrix.env }}\n    strategy: { matrix: { include: [{ env: a }, { os: x }] } }", "a", [
      "a",
    ]],
    [
      "environment: ${{ matrix.env }}\n    strategy: { matrix: { env: [a, b], exclude: [{ env: b }, { os: x }] } }",
      "a",
      ["a"],
    ],
    [
      "environment: ${{ matrix.env }}\n    strategy: { matrix: { env: [a, b], exclude: [{ env: b, os: x }] } }",
      null,
      null,
    ],
    ["environment: ${{ matrix.env }}\n    strategy: { matrix: { env: ['${{ inputs.x }}'] } }", null, null],
    ["environment: ${{ matrix.env }}\n    strategy: { matrix: '${{ fromJSON(inputs.x) }}' }", null, null],
    ["environment: x-${{ matrix.env }}\n    strategy: { matrix: { env: [a] } }", null, null],
  ];
  for (const [job, name, names] of cases) {
    const { jobs } = await pipeline(`on: push\njobs:\n  a:\n    runs-on: x\n    ${job}\n`);
    assertEquals(jobs[0]!.environment?.name, name, job);
    if (names !== undefined) assertEquals(jobs[0]!.environment?.names, names, job);
  }
});

Deno.test("an environment by input is known where a choice limits it, or the caller is here", async () => {
  const choice = "{ inputs: { to: { type: choice, options: [a, b] } } }";
  const cases: [on: string, environment: string, names: string[] | null][] = [
    [`{ workflow_dispatch: ${choice} }`, "${{ inputs.to }}", ["a", "b"]],
    [`{ workflow_dispatch: ${choice} }`, "${{ github.event.inputs.TO || 'c' }}", ["a", "b"]],
    [`{ workflow_dispatch: ${choice}, push: {} }`, "${{ inputs.to || 'a' }}", ["a", "b"]],
    [`{ workflow_dispatch: ${choice}, push: {} }`, "${{ inputs.to }}", null],
    [`{ workflow_dispatch: ${choice}, workflow_call: ${choice} }`, "${{ inputs.to }}", null],
    // People may write another name than the one that stands there.
    ["{ workflow_dispatch: { inputs: { to: { default: a } } } }", "${{ inputs.to }}", null],
  ];
  for (const [on, environment, names] of cases) {
    const { jobs } = await pipeline(
      `on: ${on}\njobs:\n  a:\n    runs-on: x\n    environment: ${environment}\n`,
    );
    assertEquals(jobs[0]!.environment?.names, names, `${on} ${environment}`);
  }
});

Deno.test("what can never run is known, of jobs and of steps", async () => {
  const cases: [condition: string, live: string][] = [
    ["false", "no"],
    ["${{ false }}", "no"],
    ["0", "no"],
    ["'false'", "no"],
    ["github.ref == 'x' && false", "no"],
    ["true", "yes"],
    ["", "yes"],
    // Text beside the expression makes a string of it, and a string that is not empty is true.
    ['"${{ false }} "', "yes"],
    ["|\n          ${{ false }}", "yes"],
    ["a ${{ false }}", "yes"],
    ["github.event_name == 'push'", "unknown"],
    ["${{ github.ref == 'a' }} && ${{ github.ref == 'b' }}", "yes"],
  ];
  for (const [condition, live] of cases) {
    const { jobs } = await pipeline(
      `on: push\njobs:\n  a:\n    if: ${condition}\n    steps:\n    - run: x\n`,
    );
    assertEquals(jobs[0]!.live, live, condition);
    const steps = await pipeline(`on: push\njobs:\n  a:\n    steps:\n    - run: x\n      if: ${condition}\n`);
    assertEquals(steps.jobs[0]!.steps[0]!.live, live, condition);
  }
});

Deno.test("a step that is dead, or in a job that is, cannot publish", async () => {
  const text = `on: push
jobs:
  a:
    if: false
    steps: [{ run: npm publish }]
  b:
    steps:
      - { run: npm publish, if: false }
      - { run: npm publish, if: "github.ref == 'x'" }
      - parallel:
          - run: npm publish
`;
  assertEquals(publishers(await pipeline(text)).map(({ live }) => live), ["no", "no", "unknown", "yes"]);
});

const CALLED = "on: workflow_call\njobs:\n  inner:\n    runs-on: x\n    steps: [{ run: keyless publish }]\n";

Deno.test("local reusable workflows are followed, others are named", async () => {
  const text = `on: push
jobs:
  near:
    uses: ./.github/workflows/called.yml
  far:
    uses: acme/ci/.github/workflows/publish.yml@v1
  missing:
    uses: ./.github/workflows/missing.yml
  outside:
    uses: ./scripts/called.yml
`;
  const found = await pipeline(text, {
    ".github/workflows/called.yml": CALLED,
    "scripts/called.yml": CALLED,
  });
  assertEquals(found.jobs.map(({ calls }) => [calls?.reference, calls?.pipeline?.file ?? null]), [
    ["./.github/workflows/called.yml", "called.yml"],
    ["acme/ci/.github/workflows/publish.yml@v1", null],
    ["./.github/workflows/missing.yml", null],
    ["./scripts/called.yml", null],
  ]);
  const [job] = publishers(found);
  assertEquals([job?.pipeline.file, job?.called.file, job?.chain.map(({ id }) => id)], [
    "release.yml",
    "called.yml",
    ["near", "inner"],
  ]);
});

Deno.test("workflows that call each other in a circle end", async () => {
  const text = "on: [push, workflow_call]\njobs:\n  a:\n    uses: ./.github/workflows/release.yml\n";
  assertEquals(
    (await pipeline(text, { ".github/workflows/release.yml": text })).jobs[0]!.calls!.pipeline,
    null,
  );
});

Deno.test("a secret that the caller does not hand over is none", async () => {
  const called =
    "on: workflow_call\njobs:\n  a:\n    steps:\n    - uses: pypa/gh-action-pypi-publish@v1\n      with: { password: '${{ secrets.PYPI }}' }\n";
  const keyless = async (secrets: string) =>
    publishers(
      await pipeline(
        `on: push\njobs:\n  a:\n    uses: ./.github/workflows/called.yml\n${secrets}`,
        { ".github/workflows/called.yml": called },
      ),
    )[0]!.invocation.keyless;
  assertEquals(await keyless(""), "yes");
  assertEquals(await keyless("    secrets: inherit\n"), "no");
  assertEquals(await keyless("    secrets: { pypi: '${{ secrets.X }}' }\n"), "no");
});

Deno.test("publishers are looked for by kind and package", async () => {
  const found = await pipeline(
    "on: push\njobs:\n  a:\n    steps:\n    - run: keyless publish\n    - run: cargo publish -p one\n    - run: npm publish\n",
  );
  const clients = (wanted: Parameters<typeof publishers>[1]) =>
    publishers(found, wanted).map(({ invocation }) => invocation.client);
  assertEquals(clients({}), ["keyless", "cargo", "npm"]);
  assertEquals(clients({ kind: "crates" }), ["keyless", "cargo"]);
  assertEquals(clients({ kind: "crates", package: "two" }), ["keyless"]);
  assertEquals(clients({ kind: "npm", package: "two" }), ["keyless", "npm"]);
});

Deno.test("anchors, aliases and merge keys are read as GitHub does", async () => {
  const text = `on: push
jobs:
  a: &job
    environment: release
    steps: &steps
      - run: keyless publish
  b:
    steps: *steps
  c: *job
  d:
    <<: *job
    runs-on: x
`;
  const { jobs } = await pipeline(text);
  assertEquals(jobs.map(({ id, environment, steps }) => [id, environment?.name, steps.length]), [
    ["a", "release", 1],
    ["b", undefined, 1],
    ["c", "release", 1],
    ["d", undefined, 0],
  ]);
});

Deno.test("steps and commands that are commented out are found, sentences about them are not", async () => {
  const text = `on: push
# keyless publish is done by hand for now
jobs:
  a:
    steps:
      # npm publish needs a token
      #- uses: pypa/gh-action-pypi-publish@v1
      # - name: publish
      #   run: cargo publish -p a
      - run: |
          make
          # npm publish --access public
          # npm publish --dry-run
          # see npm publish
          # \`npm publish\` packs it before
`;
  const { commentedOut } = await pipeline(text);
  assertEquals(
    commentedOut.map(({ client, at }) => [client, at.start.line, text.slice(at.start.offset, at.end.offset)]),
    [
      ["pypa/gh-action-pypi-publish", 7, "pypa/gh-action-pypi-publish@v1"],
      ["cargo", 9, "cargo publish -p a"],
      ["npm", 12, "npm publish --access public"],
    ],
  );
});

Deno.test("all workflows of a repository are read, whatever is in them", async () => {
  const files = {
    "one.yml": "on: push\njobs:\n  a:\n    uses: ./.github/workflows/three.yml\n",
    "two.yaml": "on: push\njobs: 3\n",
    "three.yml": CALLED,
    "odd.yml":
      "on: { 1: [2] }\njobs:\n  a: [b]\n  c:\n    steps: x\n    environment: [1]\n    if: { a: b }\n  d:\n    steps: [1, null, { run: 3, uses: 4 }]\n",
    "broken.yml": "on: push\n jobs: [\n",
    "bomb.yml": "a: &a [x,x,x,x,x,x,x,x,x]\n" +
      [..."bcdefghi"].map((name, index) =>
        `${name}: &${name} [${Array(9).fill(`*${"abcdefghi"[index]}`).join(",")}]\n`
      ).join(""),
    "list.yml": "- a\n",
    "empty.yml": "",
    "notes.txt": "npm publish",
  };
  const root = await repository(
    new Map(Object.entries(files).map(([name, text]) => [`.github/workflows/${name}`, text])),
  );
  await Deno.mkdir(`${root}/.github/workflows/folder.yml`);
  await Deno.writeFile(`${root}/.github/workflows/latin.yml`, new Uint8Array([0x61, 0x3a, 0x20, 0xe9]));
  try {
    const { pipelines, problems, sources } = await readPipelines(root, { whole: true });
    assertEquals(pipelines.map(({ file }) => file), ["odd.yml", "one.yml", "three.yml", "two.yaml"]);
    assertEquals(problems.map(({ code, at }) => [code, at.path.split("/").at(-1)]), [
      ["yaml-alias", "bomb.yml"],
      ["yaml-syntax", "broken.yml"],
      ["workflow-empty", "empty.yml"],
      ["text-not-utf8", "latin.yml"],
      ["workflow-empty", "list.yml"],
    ]);
    assertEquals(sources.get(".github/workflows/three.yml"), CALLED);
    assertEquals(pipelines.map((each) => [startsByItself(each), standsAlone(each, pipelines)]), [
      [true, true],
      [true, true],
      [false, false],
      [true, true],
    ]);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

Deno.test("a repository without workflows has none", async () => {
  const root = await repository(new Map());
  const { pipelines, problems } = await readPipelines(root);
  assertEquals([pipelines, problems], [[], []]);
  await Deno.remove(root, { recursive: true });
});
