import { assertEquals } from "@std/assert";
import { readPipelines } from "../../src/pipelines/read.ts";
import { repository } from "../doctor/repository.ts";

const RELEASE = ".github/workflows/release.yml";
const JOB = "  publish:\n    runs-on: x\n    steps:\n      - run: npm publish\n";

/** What is wrong with a workflow, without the words that all problems begin with, where it stands, and what to do. */
async function refused(
  text: string,
  { files = {}, declared = [] }: { files?: Record<string, string>; declared?: readonly string[] } = {},
): Promise<readonly (string | number)[]> {
  const root = await repository(new Map(Object.entries({ ...files, [RELEASE]: text })));
  try {
    const { pipelines, problems } = await readPipelines(root, { declared: new Set(declared) });
    const [problem] = problems;
    assertEquals(pipelines.filter(({ path }) => path === RELEASE).length, 1 - problems.length);
    if (!problem) return [];
    return [
      problem.message.replace(`GitHub refuses ${RELEASE}: `, ""),
      problem.at.start.line,
      ...problem.next,
    ];
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

Deno.test("a workflow that nothing starts is refused", async () => {
  const example = "say when it starts, e.g. `on: { release: { types: [published] } }`";
  const cases: [on: string, what: string, line: number, next?: string][] = [
    ["", "nothing says when it starts", 1],
    ["on:\n", "no event starts it", 1],
    ["on: []\n", "no event starts it", 1],
    ["on: {}\n", "no event starts it", 1],
    ["on: ''\n", "no event starts it", 1],
    ["name: x\non: pusch\n", '"pusch" is no event that starts workflows', 2, "did you mean `push`?"],
    ["on: [push, pusch]\n", '"pusch" is no event that starts workflows', 1, "did you mean `push`?"],
    ["on: push, release\n", '"push, release" is no event that starts workflows', 1],
    [
      "on:\n  push:\n  releases:\n    types: [published]\n",
      '"releases" is no event that starts workflows',
      3,
      "did you mean `release`?",
    ],
    ["On: push\n", 'it knows no "On" at the top level', 1, "did you mean `on:`?"],
  ];
  for (const [on, what, line, next = example] of cases) {
    assertEquals(await refused(`${on}jobs:\n${JOB}`), [what, line, next], on);
  }
});

Deno.test("a key that is misspelt has the whole workflow refused", async () => {
  const cases: [text: string, what: string, line: number, next: string][] = [
    [`on: push\njob:\n${JOB}`, 'it knows no "job" at the top level', 2, "did you mean `jobs:`?"],
    [
      `on: push\npermisions: {}\njobs:\n${JOB}`,
      'it knows no "permisions" at the top level',
      2,
      "did you mean `permissions:`?",
    ],
    [
      "on: push\njobs:\n  publish:\n    runs-on: x\n    step:\n      - run: npm publish\n",
      'it knows no "step" in job "publish"',
      5,
      "did you mean `steps:`?",
    ],
    [
      "on: push\njobs:\n  publish:\n    run-on: x\n    steps:\n      - run: npm publish\n",
      'it knows no "run-on" in job "publish"',
      4,
      "did you mean `runs-on:`?",
    ],
    [
      `on: push\njobs:\n${JOB}        envs: { A: b }\n`,
      'it knows no "envs" in a step of job "publish"',
      7,
      "did you mean `env:`?",
    ],
  ];
  for (const [text, what, line, next] of cases) {
    assertEquals(await refused(text), [what, line, next], text);
  }
});

Deno.test("a job that GitHub cannot place is refused", async () => {
  const job = (lines: string) => `on: push\njobs:\n  build:\n    runs-on: x\n  publish:\n${lines}`;
  const steps = "    steps:\n      - run: npm publish\n";
  const cases: [text: string, what: string, line: number, next: string][] = [
    [
      "on: push\nname: npm publish\nenv: { run: npm publish }\n",
      "it has no jobs",
      1,
      "give each job a name: `jobs: { publish: … }`",
    ],
    [
      job(steps),
      'job "publish" does not say where it runs',
      5,
      "add `runs-on:`, e.g. `runs-on: ubuntu-latest`",
    ],
    [
      job(`    runs-on:\n${steps}`),
      'job "publish" does not say where it runs',
      6,
      "add `runs-on:`, e.g. `runs-on: ubuntu-latest`",
    ],
    [
      job(`    runs-on: x\n    needs: buidl\n${steps}`),
      'job "publish" needs a job "buidl", which it does not have',
      7,
      "did you mean `build`?",
    ],
    [
      job(`    runs-on: x\n    needs: [build, everything]\n${steps}`),
      'job "publish" needs a job "everything", which it does not have',
      7,
      "name one of its jobs, or remove it",
    ],
    [
      job("    uses: acme/ci/.github/workflows/npm-publish.yml@v1\n    environment: npm\n"),
      'job "publish" calls a workflow with `uses`, and such a job takes no `environment`',
      7,
      "move `environment` into the workflow that it calls",
    ],
  ];
  for (const [text, what, line, next] of cases) assertEquals(await refused(text), [what, line, next], text);
});

Deno.test("a workflow that calls one which is not there is refused", async () => {
  const calls = (name: string) => `on: push\njobs:\n  build:\n    uses: ${name}\n${JOB}`;
  const next = "correct the name, or add the workflow";
  const lost = "./.github/workflows/biuld.yml";
  assertEquals(await refused(calls(lost)), [`job "build" calls ${lost}, which is not there`, 4, next]);
  assertEquals(await refused(calls("acme/ci/.github/workflows/biuld.yml@v1")), []);
  const files = { ".github/workflows/build.yml": "on: workflow_call\njobs: {}\n" };
  for (const here of ["./", "$/"]) {
    assertEquals(await refused(calls(`${here}.github/workflows/build.yml`), { files }), []);
  }
});

Deno.test("a step that is neither a script nor an action is refused", async () => {
  const step = (lines: string) =>
    `on: push\njobs:\n  publish:\n    runs-on: x\n    steps:\n      - run: npm publish\n${lines}`;
  const cases: [text: string, what: string, line: number, next: string][] = [
    [
      step("      - run: [npm publish]\n"),
      '`run` in a step of job "publish" is a list, where it reads a string',
      7,
      "write the command without brackets; several of them below `run: |`, one a line",
    ],
    [
      step("      - uses: { a: b }\n"),
      '`uses` in a step of job "publish" is a table, where it reads a string',
      7,
      "name one action: `uses: owner/repo@ref`",
    ],
    [
      step("      - name: x\n"),
      'a step of job "publish" has neither `run` nor `uses`',
      7,
      "give it one of them, or remove it",
    ],
    [
      step("      - uses: actions/checkout@v6\n        run: make\n"),
      'a step of job "publish" has `run` and `uses`, which do not go together',
      7,
      "make two steps of it",
    ],
    [
      step("      - run: make\n        with: { a: b }\n"),
      'a step of job "publish" has `run` and `with`, which do not go together',
      8,
      "remove `with`",
    ],
    [
      step("      - parallel:\n          - uses: a/b@v1\n            shell: bash\n"),
      'a step of job "publish" has `uses` and `shell`, which do not go together',
      9,
      "remove `shell`",
    ],
  ];
  for (const [text, what, line, next] of cases) assertEquals(await refused(text), [what, line, next], text);
});

Deno.test("a permission that there is not is refused", async () => {
  const job = (permissions: string) => `on: push\npermissions: ${permissions}\njobs:\n${JOB}`;
  const cases: [text: string, what: string, next: string][] = [
    [
      job("{ id-token: wirte }"),
      'the permission `id-token` cannot be "wirte"',
      "did you mean `id-token: write`?",
    ],
    [
      job("{ contents: Read }"),
      'the permission `contents` cannot be "Read"',
      "did you mean `contents: read`?",
    ],
    [job("write_all"), '"write_all" is no permission', "did you mean `write-all`?"],
    [job("none"), '"none" is no permission', "name scopes, e.g. `permissions: { id-token: write }`"],
    [
      `on: push\njobs:\n${JOB}`.replace("    steps", "    permissions: { id-token: yes }\n    steps"),
      'the permission `id-token` cannot be "yes"',
      "did you mean `id-token: write`?",
    ],
  ];
  for (const [text, what, next] of cases) {
    const [message, , ...rest] = await refused(text);
    assertEquals([message, ...rest], [what, next], text);
  }
});

Deno.test("what GitHub takes, or may take by now, is not refused", async () => {
  const cases = [
    `on: push\njobs:\n${JOB}`,
    `"on": push\njobs:\n${JOB}`,
    `on: { push: { tag: v* } }\njobs:\n${JOB}`,
    `on: { release: { types: [publish] } }\njobs:\n${JOB}`,
    `on: push\nx-steps: [a]\njobs:\n${JOB}`,
    `on: push\nrun-name: x\nconcurrency: { group: x, queue: max }\ncache-mode: none\njobs:\n${JOB}`,
    `on: push\npermissions: {}\njobs:\n${JOB}`,
    `on: push\npermissions: { drives: read, quantum: maybe }\njobs:\n${JOB}`,
    `on: push\njobs:\n${JOB}      - parallel: [{ run: a }, { uses: b/c@v1, background: true }]\n      - wait-all:\n      - later: a\n`,
    `on: push\njobs:\n  a:\n    uses: b/c/.github/workflows/a.yml@v1\n    with: {}\n    secrets: inherit\n${
      JOB.replace("    steps", "    needs: [A]\n    steps")
    }`,
    `on: push\njobs:\n  a: &a\n    runs-on: [self-hosted]\n    steps: &s\n      - run: npm publish\n  b: *a\n  c:\n    runs-on: { group: x }\n    steps: *s\n`,
    // Not what a release depends on.
    "on: pusch\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: npm test\n",
  ];
  for (const text of cases) assertEquals(await refused(text), [], text);
});

Deno.test("a mistake matters too where only a script says that something is published, or a trust policy names the file", async () => {
  const text = "on: pusch\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: npm run ship\n";
  const files = { "package.json": '{"scripts": {"ship": "npm publish"}}' };
  const what = ['"pusch" is no event that starts workflows', 1, "did you mean `push`?"];
  assertEquals(await refused(text), []);
  assertEquals(await refused(text, { files }), what);
  assertEquals(await refused(text, { declared: ["release.yml"] }), what);
  const broken = "on: push\njobs:\n  a:\n    runs-on: [ubuntu-latest\n    steps:\n      - run: make\n";
  assertEquals(await refused(broken, { declared: ["other.yml"] }), []);
  assertEquals((await refused(broken, { declared: ["release.yml"] })).length > 0, true);
});

Deno.test("conditions know no secrets", async () => {
  const told = (line: number) => [
    'a condition of job "publish" asks for `secrets`, which no condition knows',
    line,
    "set a variable of the job to `${{ secrets.NAME != '' }}`, and ask for `env.VARIABLE == 'true'` in the steps",
  ];
  const of = (job: string, step: string) =>
    `on: push\njobs:\n  publish:\n${job}    runs-on: x\n    steps:\n${step}      - run: npm publish\n`;
  assertEquals(await refused(of("    if: secrets.NPM_TOKEN != ''\n", "")), told(4));
  const step = (condition: string) => of("", `      - if: ${condition}\n        run: x\n`);
  assertEquals(await refused(step("${{ success() && secrets['NPM_TOKEN'] }}")), told(6));
  for (
    const right of ["github.event.inputs.secrets.x", "inputs.no-secrets.y", "contains('secrets.X', 'x')"]
  ) {
    assertEquals(await refused(step(right)), [], right);
  }
});

Deno.test("jobs that wait for each other are refused", async () => {
  const job = (id: string, needs: string) =>
    `  ${id}:\n    needs: ${needs}\n    runs-on: x\n    steps: [{ run: npm publish }]\n`;
  const one = "remove one of these `needs`";
  const cases: [jobs: string, what: string, line: number, next: string][] = [
    [job("a", "a"), 'job "a" needs itself', 4, "remove it from `needs`"],
    [job("a", "A"), 'job "a" needs itself', 4, "remove it from `needs`"],
    [job("a", "b") + job("b", "a"), 'job "a" needs "b", which needs "a"', 4, one],
    [
      job("z", "a") + job("a", "[b]") + job("b", "[x, a]") + job("x", "[]"),
      'job "a" needs "b", which needs "a"',
      8,
      one,
    ],
    [
      job("a", "c") + job("b", "a") + job("c", "b"),
      'job "a" needs "c", which needs "b", which needs "a"',
      4,
      one,
    ],
  ];
  for (const [jobs, what, line, next] of cases) {
    assertEquals(await refused(`on: push\njobs:\n${jobs}`), [what, line, next], jobs);
  }
  const fine = job("a", "[]") + job("b", "a") + job("c", "[a, b]") + job("d", "[b, a, c]");
  assertEquals(await refused(`on: push\njobs:\n${fine}`), []);
});

Deno.test("two keys that differ in the case of their letters alone are refused", async () => {
  const cases: [text: string, what: string, line: number][] = [
    [
      `on: push\njobs:\n  Publish: { runs-on: x, steps: [] }\n${JOB}`,
      '"publish" is "Publish" a second time',
      4,
    ],
    [
      `on: push\nenv:\n  Http_Proxy: a\n  HTTP_PROXY: a\njobs:\n${JOB}`,
      '"HTTP_PROXY" is "Http_Proxy" a second time',
      4,
    ],
    [`on: push\njobs:\n${JOB}        env: { a: 1, A: 2 }\n`, '"A" is "a" a second time', 7],
  ];
  for (const [text, what, line] of cases) {
    assertEquals((await refused(text)).slice(0, 2), [what, line], text);
  }
  assertEquals(await refused(`on: push\nenv: { a: 1, b: 2 }\njobs:\n${JOB}        env: { A: 1 }\n`), []);
});
