import { assertEquals } from "@std/assert";
import { applied } from "../formats/support.ts";
import { pipeline } from "./workflows.ts";

/** A workflow of one job `a`, and the same after `id-token: write` was granted to it; `null`: there is no such edit. */
const CASES: Readonly<Record<string, readonly [before: string, after: string | null]>> = {
  "above the comments of the first scope": [
    "jobs:\n  a:\n    permissions: # least\n      # to check out\n      contents: read\n",
    "jobs:\n  a:\n    permissions: # least\n      id-token: write\n      # to check out\n      contents: read\n",
  ],
  "in place of another level, in its quotes": [
    "jobs:\n  a:\n    permissions:\n      'id-token': \"read\" # why\n",
    "jobs:\n  a:\n    permissions:\n      'id-token': \"write\" # why\n",
  ],
  "for a scope that is misspelt, and its level with it": [
    "jobs:\n  a:\n    permissions: {contents: read, 'id_token': none}\n",
    "jobs:\n  a:\n    permissions: {contents: read, 'id-token': write}\n",
  ],
  "in a block of its own, indented as the file is": [
    "permissions:\n    packages: write # why\njobs:\n    a:\n        # what\n        runs-on: x\n",
    "permissions:\n    packages: write # why\njobs:\n    a:\n        permissions:\n            packages: write\n" +
    "            id-token: write\n        # what\n        runs-on: x\n",
  ],
  "in a job between braces": [
    "jobs:\n  a: { runs-on: x }\n",
    "jobs:\n  a: { permissions: { contents: read, id-token: write }, runs-on: x }\n",
  ],
  "not where a block that has no levels would have to be copied": [
    "permissions:\n  contents: [read]\njobs:\n  a:\n    runs-on: x\n",
    null,
  ],
  "not in a job that is an alias": [
    "jobs:\n  b: &b\n    runs-on: x\n  a: *b\n",
    null,
  ],
  "not where another job would get it too": [
    "jobs:\n  a:\n    permissions: &p\n      contents: read\n  b:\n    permissions: *p\n",
    null,
  ],
};

/** The same of `contents: read`. */
const TO_READ: typeof CASES = {
  "where the job has it from, in a workflow of one job": [
    "permissions:\n  id-token: write\njobs:\n  a:\n    runs-on: x\n",
    "permissions:\n  contents: read\n  id-token: write\njobs:\n  a:\n    runs-on: x\n",
  ],
  "there too where the other jobs have blocks of their own": [
    "permissions: {}\njobs:\n  a: {}\n  b: { permissions: {} }\n",
    "permissions: { contents: read }\njobs:\n  a: {}\n  b: { permissions: {} }\n",
  ],
  "to no other job": [
    "permissions:\n  id-token: write\njobs:\n  a:\n    runs-on: x\n  b: {}\n",
    "permissions:\n  id-token: write\njobs:\n  a:\n    permissions:\n      id-token: write\n" +
    "      contents: read\n    runs-on: x\n  b: {}\n",
  ],
};

for (const [cases, scope, level] of [[CASES, "id-token", "write"], [TO_READ, "contents", "read"]] as const) {
  for (const [name, [before, after]] of Object.entries(cases)) {
    Deno.test(`\`${scope}: ${level}\` is granted ${name}`, async () => {
      const text = `on: push\n${before}`;
      const { jobs } = await pipeline(text);
      const fix = await jobs.find(({ id }) => id === "a")!.permissions.granting(scope, level);
      assertEquals(fix && applied(text, fix.edits), after && `on: push\n${after}`);
    });
  }
}
