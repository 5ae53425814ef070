import { assertEquals } from "@std/assert";
import type { Answer } from "../../src/pipelines/model.ts";
import { pipeline } from "./workflows.ts";

/** Blocks of the workflow and of the job, what is asked, and GitHub's answer. */
const CASES: readonly (readonly [
  workflow: string,
  job: string,
  scope: string,
  level: "read" | "write",
  answer: Answer,
])[] = [
  ["", "", "id-token", "write", "no"],
  ["", "", "contents", "read", "yes"],
  ["", "", "contents", "write", "unknown"],
  ["{ id-token: write }", "", "id-token", "write", "yes"],
  ["{ id-token: write }", "", "contents", "read", "no"],
  ["{ id-token: write }", "{ contents: read }", "id-token", "write", "no"],
  ["{ contents: read }", "{ id-token: write }", "id-token", "write", "yes"],
  ["{ contents: read }", "{ id-token: write }", "contents", "read", "no"],
  ["write-all", "", "id-token", "write", "yes"],
  ["write-all", "{}", "id-token", "write", "no"],
  ["read-all", "", "id-token", "write", "no"],
  ["read-all", "", "contents", "read", "yes"],
  ["read-all", "", "contents", "write", "no"],
  ["{}", "", "contents", "read", "no"],
  ["", "{ contents: write }", "contents", "read", "yes"],
  ["", "{ id-token: none }", "id-token", "write", "no"],
  ["", "{ id-token: read }", "id-token", "write", "no"],
  ["", "{ id-token: '${{ inputs.level }}' }", "id-token", "write", "unknown"],
  ["", "whatever", "id-token", "write", "unknown"],
  ["", "[id-token]", "id-token", "write", "unknown"],
];

Deno.test("a job may do what GitHub's rules say", async () => {
  for (const [workflow, job, scope, level, answer] of CASES) {
    const { jobs } = await pipeline(workflowWith(workflow, job));
    assertEquals(
      jobs[0]!.permissions.allows(scope, level),
      answer,
      `${workflow} / ${job}: ${scope} ${level}`,
    );
  }
});

Deno.test("a scope that GitHub does not know is told from one that it knows", async () => {
  const cases: [block: string, name: string | null][] = [
    ["{ id_token: write }", "id_token"],
    ["{ ID-Token: write }", "ID-Token"],
    ["{ idtoken: write }", "idtoken"],
    ["{ id-token: write, id_token: write }", null],
    ["{ contents: write, models: read }", null],
    ["{ entirely-else: read }", null],
    ["write-all", null],
  ];
  for (const [block, name] of cases) {
    const { jobs } = await pipeline(workflowWith("", block));
    assertEquals(jobs[0]!.permissions.misspelt("id-token")?.name ?? null, name, block);
  }
});

function workflowWith(workflow: string, job: string): string {
  const line = (indent: string, block: string) => block ? `${indent}permissions: ${block}\n` : "";
  return `on: push\n${line("", workflow)}jobs:\n  a:\n${line("    ", job)}    steps: []\n`;
}

Deno.test("a called workflow has no more than its caller, and no less than it asks for", async () => {
  const cases: [caller: string, called: string, answer: Answer][] = [
    ["{ id-token: write }", "", "yes"],
    ["{ id-token: write }", "{ id-token: write }", "yes"],
    ["{ id-token: write }", "{ contents: read }", "no"],
    ["{ contents: read }", "{ id-token: write }", "no"],
    // The default of the repository decides: with read and write the called workflow gets it, with read-only nothing starts.
    ["", "{ id-token: write }", "unknown"],
    ["", "write-all", "unknown"],
    ["", "", "no"],
    ["read-all", "{ id-token: write }", "no"],
    ["write-all", "read-all", "no"],
  ];
  for (const [caller, called, answer] of cases) {
    const block = (text: string) => text ? `permissions: ${text}\n` : "";
    const { jobs } = await pipeline(
      `on: push\n${block(caller)}jobs:\n  call:\n    uses: ./.github/workflows/called.yml\n`,
      { ".github/workflows/called.yml": `on: workflow_call\n${block(called)}jobs:\n  a:\n    steps: []\n` },
    );
    const inner = jobs[0]!.calls!.pipeline!.jobs[0]!;
    assertEquals(inner.permissions.allows("id-token", "write"), answer, `${caller} / ${called}`);
  }
});

Deno.test("what a workflow that only others call may do, nobody knows without them, unless it asks for nothing", async () => {
  const answer = async (block: string) =>
    (await pipeline(`on: workflow_call\n${block}jobs:\n  a:\n    steps: []\n`)).jobs[0]!.permissions.allows(
      "id-token",
      "write",
    );
  assertEquals(await answer(""), "unknown");
  assertEquals(await answer("permissions: { id-token: write }\n"), "unknown");
  assertEquals(await answer("permissions: { contents: read }\n"), "no");
});

Deno.test("the block that decides, and the one that it replaces, are known by their places", async () => {
  const text =
    "on: push\npermissions:\n  id-token: write\njobs:\n  a:\n    permissions:\n      contents: read\n  b: {}\n";
  const { jobs } = await pipeline(text);
  const [a, b] = jobs;
  assertEquals([a!.permissions.from, a!.permissions.at?.start.line, a!.permissions.replaced?.start.line], [
    "job",
    6,
    2,
  ]);
  assertEquals([b!.permissions.from, b!.permissions.at?.start.line, b!.permissions.replaced], [
    "workflow",
    2,
    null,
  ]);
});

/** A workflow and the same after `id-token: write` was granted to its job. */
const GRANTS: readonly (readonly [before: string, after: string, safe: boolean])[] = [
  [
    "    permissions:\n      contents: read\n",
    "    permissions:\n      id-token: write\n      contents: read\n",
    true,
  ],
  [
    "    permissions:\r\n      contents: read\r\n",
    "    permissions:\r\n      id-token: write\r\n      contents: read\r\n",
    true,
  ],
  ["    permissions: { contents: read }\n", "    permissions: { id-token: write, contents: read }\n", true],
  ["    permissions: {}\n", "    permissions: { id-token: write }\n", true],
  ["    permissions:\n      id-token: none\n", "    permissions:\n      id-token: write\n", true],
  [
    "    runs-on: x\n",
    "    permissions:\n      contents: read\n      id-token: write\n    runs-on: x\n",
    false,
  ],
];

Deno.test("a permission is granted by an edit that leaves the rest as it is", async () => {
  for (const [before, after, safe] of GRANTS) {
    const text = `on: push\njobs:\n  a:\n${before}    steps: []\n`;
    const fix = (await (await pipeline(text)).jobs[0]!.permissions.granting("id-token", "write"))!;
    const [edit] = fix.edits;
    assertEquals(
      text.slice(0, edit!.start) + edit!.text + text.slice(edit!.end),
      `on: push\njobs:\n  a:\n${after}    steps: []\n`,
    );
    assertEquals(fix.safe, safe);
  }
});

Deno.test("a workflow's block is copied to the job, so that the other jobs get nothing new", async () => {
  const text =
    "on: push\npermissions:\n  contents: write\n  packages: read\njobs:\n  a:\n    steps: []\n  b: {}\n";
  const [edit] = (await (await pipeline(text)).jobs[0]!.permissions.granting("id-token", "write"))!.edits;
  assertEquals(
    text.slice(0, edit!.start) + edit!.text + text.slice(edit!.end),
    "on: push\npermissions:\n  contents: write\n  packages: read\njobs:\n  a:\n    permissions:\n      contents: write\n" +
      "      packages: read\n      id-token: write\n    steps: []\n  b: {}\n",
  );
});

Deno.test("nothing is granted where an alias or a word would have to be taken apart", async () => {
  const anchored =
    "on: push\njobs:\n  a:\n    permissions: &p { contents: read }\n  b:\n    permissions: *p\n";
  assertEquals(await (await pipeline(anchored)).jobs[1]!.permissions.granting("id-token", "write"), null);
  const all = "on: push\njobs:\n  a:\n    permissions: read-all\n";
  assertEquals(await (await pipeline(all)).jobs[0]!.permissions.granting("id-token", "write"), null);
});
