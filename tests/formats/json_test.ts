import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { bounds } from "../bounds.ts";
import { get, isText } from "../../src/formats/located.ts";
import { parseJson } from "../../src/formats/json.ts";
import { KeylessError } from "../../src/problem.ts";
import { covered, plainValue, refusal, survives, walk } from "./support.ts";

Deno.test("every value knows its place and the place of its key", () => {
  const text = '{\r\n  "name": "@acme/widget",\r\n  "files": ["dist", 1]\r\n}\r\n';
  const { root } = parseJson(text, "package.json");
  const name = get(root, "name")!;
  assertEquals(name.value, "@acme/widget");
  assertEquals(name.at.start, { line: 2, column: 11, offset: 13 });
  assertEquals(covered(text, name.keyAt!), '"name"');
  assertEquals(covered(text, get(root, "files")!.at), '["dist", 1]');
});

Deno.test("mistakes are named at their place", () => {
  const table: [string, string][] = [
    ['{\n  // why\n  "a": 1\n}', 'json-syntax 2:3 "/" Cannot read x.json: JSON has no comments'],
    ['{"a": 1,}', 'json-syntax 1:9 "}" Cannot read x.json: a key in double quotes is expected here'],
    ['{"a": 1 "b": 2}', 'json-syntax 1:9 "\\"" Cannot read x.json: a comma is missing before this'],
    ['{"a": nope}', 'json-syntax 1:7 "nope" Cannot read x.json: this is no JSON value'],
    ['{"a": "b', 'json-syntax 1:7 "\\"" Cannot read x.json: this string has no closing quote'],
    ['\ufeff{"a" 1}', 'json-syntax 1:6 "1" Cannot read x.json: a colon is expected here'],
    ["{} 1", 'json-syntax 1:4 "1" Cannot read x.json: the file should end before this'],
    [
      '{"a":\u00a01}',
      'json-syntax 1:6 "\u00a0" Cannot read x.json: this is no JSON value',
    ],
    ["", 'json-syntax 1:1 "" Cannot read x.json: a value is expected here'],
  ];
  for (const [text, expected] of table) assertEquals(refusal(() => parseJson(text, "x.json")), expected);
});

Deno.test("nesting without end is refused, not crashed on", () => {
  for (const open of ["[", '{"a":']) {
    assert(refusal(() => parseJson(open.repeat(20_000), "x.json")).startsWith("nested-too-deeply 1:"));
  }
  assertEquals(parseJson(`["${"[".repeat(20_000)}"]`, "x.json").root.at.start.line, 1);
});

Deno.test("one very long string is no trouble", () => {
  const text = JSON.stringify({ a: "x\n".repeat(1 << 20) });
  assertEquals((get(parseJson(text, "x.json").root, "a")!.value as string).length, 2 << 20);
});

Deno.test("__proto__ is a key like any other, and of two equal keys the last one counts", () => {
  const { root } = parseJson('{"__proto__": {"x": 1}, "a": 1, "a": 2}', "x.json");
  assertEquals(get(root, "__proto__", "x")!.value, 1);
  assertEquals(get(root, "a")!.value, 2);
  assertEquals((root.value as Map<string, unknown>).size, 2);
});

Deno.test("what was written is read, and every string stands where it says", () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom("", "  ", "\t"), (written, indent) => {
      const text = JSON.stringify(written, null, indent);
      const { root } = parseJson(text, "x.json");
      assertEquals(JSON.stringify(plainValue(root)), JSON.stringify(JSON.parse(text)));
      walk(root, (located) => {
        if (isText(located)) assertEquals(JSON.parse(covered(text, located.at)), located.value);
      });
    }),
    bounds(100),
  );
});

Deno.test("what JSON.parse takes is taken, what it refuses is a problem", () => {
  const piece = fc.constantFrom(
    "[",
    "]",
    "{",
    "}",
    ":",
    '"',
    "a",
    ",",
    "\n",
    " ",
    "/",
    "*",
    "1",
    "-",
    ".",
    "e",
    "\\",
    "\u00a0",
    "\u2028",
    "true",
  );
  fc.assert(
    fc.property(fc.string({ unit: piece, maxLength: 12 }), (text) => {
      assertEquals(accepts(() => parseJson(text, "x.json")), accepts(() => JSON.parse(text)), text);
    }),
    bounds(5000),
  );
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => survives(() => parseJson(text, "x.json"))),
    bounds(100),
  );
});

function accepts(act: () => unknown): boolean {
  try {
    act();
    return true;
  } catch (error) {
    assert(error instanceof KeylessError || error instanceof SyntaxError, String(error));
    return false;
  }
}
