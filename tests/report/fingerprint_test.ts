import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import type { Finding } from "../../src/report/finding.ts";
import { fingerprints } from "../../src/report/fingerprint.ts";
import { finding, locate } from "./samples.ts";

const TEXT = "on: push\njobs:\n  a:\n    run: npm publish\n";

async function one(
  text: string,
  part: string,
  changes: Partial<Finding> = {},
  path = "a.yml",
): Promise<string> {
  const [name] = await fingerprints(
    [finding({ at: locate(path, text, part), ...changes })],
    new Map([[path, text]]),
  );
  return name!;
}

Deno.test("a fingerprint stays while lines move and are indented anew", async () => {
  const name = await one(TEXT, "npm publish");
  assertMatch(name, /^[0-9a-f]{32}:1$/);
  assertEquals(await one(`# a\n# b\n${TEXT}`, "npm publish"), name);
  assertEquals(await one(TEXT.replace("    run", "          run"), "npm publish"), name);
  assertEquals(await one(TEXT.replaceAll("\n", "\r\n"), "npm publish"), name);
});

Deno.test("a fingerprint is another one where code, file, line or message differ", async () => {
  const names = [
    await one(TEXT, "npm publish"),
    await one(TEXT, "npm publish", { code: "other-code" }),
    await one(TEXT, "npm publish", { message: "Something else is wrong" }),
    await one(TEXT, "npm publish", {}, "b.yml"),
    await one(TEXT.replace("publish", "publish --tag x"), "npm publish"),
  ];
  assertEquals(new Set(names).size, names.length);
  assertEquals(await one(TEXT, "npm publish", { severity: "info", why: ["other words"] }), names[0]);
});

Deno.test("equal findings are counted in the order of the file, whatever the order of the list", async () => {
  const text = "a: x\nb: y\na: x\n";
  const first = finding({ at: locate("f", text, "a: x") });
  const at = { line: 3, column: 1, offset: 10 };
  const third = finding({ at: { path: "f", start: at, end: at } });
  const sources = new Map([["f", text]]);
  const names = await fingerprints([first, third], sources);
  assertEquals(names.map((name) => name.slice(-2)), [":1", ":2"]);
  assertEquals(new Set(names.map((name) => name.slice(0, -2))).size, 1);
  assertEquals(await fingerprints([third, first], sources), names.toReversed());
});

Deno.test("what may be a secret has no part in a fingerprint, so that nobody can guess it from there", async () => {
  const lines = [
    "password = hunter2",
    "_auth=aHVudGVyMg",
    '"apiKey": "x1"',
    "url: https://me:hunter2@pypi.example/",
    `TOKEN: npm_${"CANARY".repeat(6)}`,
    `x: npm_${"CANARY".repeat(6)}`,
  ];
  for (const line of lines) {
    const other = line.replace(/hunter2|aHVudGVyMg|x1/, "OTHER").replace(/CANARY/g, "ANOTHR");
    assertNotEquals(other, line);
    assertEquals(await one(`${line}\n`, line.slice(0, 2)), await one(`${other}\n`, other.slice(0, 2)), line);
  }
  assert(await one("name: a\n", "na") !== await one("name: b\n", "na"));
});

Deno.test("a finding in a file that nobody has read has a fingerprint too", async () => {
  const names = await fingerprints([finding({ at: locate("gone", TEXT, "jobs") })], new Map());
  assertMatch(names[0]!, /^[0-9a-f]{32}:1$/);
});
