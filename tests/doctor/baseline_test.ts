import { assert, assertEquals, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { type Baseline, baselineText, type Entry, readBaseline } from "../../src/doctor/baseline.ts";
import { UsageError } from "../../src/problem.ts";
import { locate } from "../report/samples.ts";
import { reported } from "../report/reported.ts";
import { assertValid } from "../schema/schemas.ts";

const at = (path: string) => locate(path, "a: 1\n", "a");

async function withFile<T>(text: string | Uint8Array, act: (file: string) => Promise<T>): Promise<T> {
  const directory = await Deno.makeTempDir();
  try {
    const file = join(directory, "baseline.json");
    await Deno.writeFile(file, typeof text === "string" ? new TextEncoder().encode(text) : text);
    return await act(file);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

function read(text: string): Promise<Baseline> {
  return withFile(text, readBaseline);
}

const NAMES = [`${"b".repeat(32)}:1`, `${"a".repeat(32)}:2`, `${"a".repeat(32)}:1`] as const;
const ENTRIES: readonly Entry[] = [
  reported({ at: at("b.yml"), fingerprint: NAMES[0] }),
  reported({ at: at("a.yml"), code: "z-code", fingerprint: NAMES[1] }),
  reported({ at: at("a.yml"), code: "a-code", fingerprint: NAMES[2] }),
];

Deno.test("a baseline is JSON that people can read, sorted, and as its schema says", () => {
  const text = baselineText(ENTRIES);
  const { schema, findings } = JSON.parse(text);
  assertValid("baseline", { schema, findings });
  assertEquals(findings.map(({ path, code }: Record<string, string>) => `${path} ${code}`), [
    "a.yml a-code",
    "a.yml z-code",
    "b.yml some-code",
  ]);
  assertEquals(text, baselineText(ENTRIES.toReversed()));
  assert(text.split("\n").length > 10 && text.endsWith("}\n"));
});

Deno.test("a baseline that is read knows what was written, and what of it is gone", async () => {
  const baseline = await read(baselineText(ENTRIES));
  for (const name of NAMES) assert(baseline.has(name));
  assertEquals(baseline.has(`${"b".repeat(32)}:2`), false);
  assertEquals(baseline.gone(NAMES), 0);
  assertEquals(baseline.gone([NAMES[0], "other"]), 2);
});

/** What stands in the file, and what is said about it, where. */
const WRONG: readonly (readonly [text: string, code: string, what: string, place: string])[] = [
  ["", "json-syntax", "a value is expected here", "1:1"],
  ['{\n  "schema": "keyless/baseline/1",\n<<<<<<< ours\n', "json-syntax", "this is no JSON value", "3:1"],
  ["[]", "baseline-malformed", 'its "schema" is not', "1:1"],
  [
    '{\n  "schema": "keyless/baseline/2", "findings": [] }',
    "baseline-malformed",
    'its "schema" is not',
    "2:13",
  ],
  ['{ "schema": "keyless/baseline/1" }', "baseline-malformed", 'it has no "findings"', "1:1"],
  [
    '{ "schema": "keyless/baseline/1",\n  "findings": {} }',
    "baseline-malformed",
    '"findings" is a table',
    "2:15",
  ],
  [
    '{ "schema": "keyless/baseline/1", "findings": [\n  7] }',
    "baseline-malformed",
    "a finding is a number",
    "2:3",
  ],
  [
    '{ "schema": "keyless/baseline/1", "findings": [\n  { "fingerprint": 7 }] }',
    "baseline-malformed",
    'a finding has no "fingerprint"',
    "2:20",
  ],
];

for (const [text, code, what, place] of WRONG) {
  Deno.test(`a file that is no baseline is refused with its place: ${JSON.stringify(text)}`, async () => {
    const { problem } = await assertRejects(() => read(text), UsageError);
    assertEquals(problem.code, code);
    assert(problem.message.includes(what), problem.message);
    assertEquals(`${problem.at!.start.line}:${problem.at!.start.column}`, place);
  });
}

Deno.test("a baseline that is not there, or no text, is wrong usage", async () => {
  const { problem } = await assertRejects(() => readBaseline("/nonexistent/baseline.json"), UsageError);
  assertEquals(problem.code, "no-such-file");
  assertEquals(problem.next, ["write it: keyless doctor --write-baseline /nonexistent/baseline.json"]);
  const binary = await assertRejects(() => withFile(new Uint8Array([0x7b, 0xff]), readBaseline), UsageError);
  assertEquals(binary.problem.code, "text-not-utf8");
});
