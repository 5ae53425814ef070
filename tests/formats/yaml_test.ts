import { assert, assertEquals } from "@std/assert";
import { stringify } from "@std/yaml";
import fc from "fast-check";
import { bounds } from "../bounds.ts";
import { get, type Located, textsOf } from "../../src/formats/located.ts";
import { isAlias, isMap, type Node } from "yaml";
import { locatedYaml, parseYaml, parseYamlDocuments } from "../../src/formats/yaml.ts";
import { ends } from "../hang.ts";
import { covered, plainValue, refusal, survives } from "./support.ts";

const WORKFLOW = `on: push
jobs:
  build:
    steps:
      - uses: actions/checkout@v4 # pinned
      - run: |
          echo "a"
`;

Deno.test("every node of a workflow has a place", () => {
  const { document, spanOf } = parseYaml(WORKFLOW, "x.yml");
  const uses = document.getIn(["jobs", "build", "steps", 0, "uses"], true) as Node;
  assertEquals(spanOf(uses).start, { line: 5, column: 15, offset: 49 });
  assertEquals(covered(WORKFLOW, spanOf(uses)), "actions/checkout@v4");
  assert(document.has("on"), "`on` is a string, not true");
});

Deno.test("places stay right behind \\r\\n and a byte order mark", () => {
  const text = "\ufeffa: 1\r\nb: two\r\n";
  const { root } = locatedYaml(parseYaml(text, "x.yml"));
  assertEquals(covered(text, get(root, "b")!.at), "two");
  assertEquals(get(root, "b")!.at.start, { line: 2, column: 4, offset: 10 });
  assertEquals(covered(text, get(root, "b")!.keyAt!), "b");
});

Deno.test("a line ends where GitHub's and GitLab's parsers see its end, and places stay", () => {
  for (const sign of ["\r", "\u0085", "\u2028", "\u2029"]) {
    const text = `a: 1 # no more${sign}b: |${sign}  one${sign}${sign}  two${sign}c: 'three${sign}  four' \n`;
    const { root } = locatedYaml(parseYaml(text, "x.yml"));
    assertEquals(plainValue(root), { a: 1, b: "one\n\ntwo\n", c: "three four" });
    assertEquals(covered(text, get(root, "b")!.keyAt!), "b");
    const [document] = parseYamlDocuments(text, "x.yml");
    assertEquals(plainValue(locatedYaml(document!).root), plainValue(root));
  }
  const quiet = 'a: "\\L\\N 😀 …" # ‐ 😀\r\nb: 1\r\n';
  assertEquals(plainValue(locatedYaml(parseYaml(quiet, "x.yml")).root), { a: "\u2028\x85 😀 …", b: 1 });
});

Deno.test("an alias stands for what it names, at its own place", () => {
  const text = "a: &x [one, two]\nb: *x\n&k c: 1\nd: *k\n";
  const file = parseYaml(text, "x.yml");
  const { root } = locatedYaml(file);
  assertEquals(textsOf(root, "b").map(({ value }) => value), ["one", "two"]);
  assertEquals(covered(text, get(root, "b")!.at), "*x");
  assertEquals(get(root, "d")!.value, "c");
  const alias = file.document.get("b", true) as unknown as Node;
  assert(isAlias(alias) && !isMap(file.resolve(alias)));
});

Deno.test("mistakes are named at their place", () => {
  const table: [string, string][] = [
    ["a:\n\tb: 1\n", 'yaml-syntax 2:1 "\\t" Cannot read x.yml: a tab cannot indent YAML'],
    ["a: 1\na: 2\n", 'duplicate-key 2:1 "a" "a" is set a second time'],
    ["a: { b: 1, &x b: *x, 'b': 3 }\n", 'duplicate-key 1:15 "b" "b" is set a second time'],
    ["? 1\n: a\n1: [", 'duplicate-key 3:1 "1" "1" is set a second time'],
    ["name: a: b\n", 'yaml-syntax 1:7 "a" Cannot read x.yml: a value that holds ": " needs quotes'],
    ["a: 1\n---\nb: 2\n", 'yaml-syntax 2:1 "---" Cannot read x.yml: a second document starts here'],
    [
      "a: *x\nb: &x 1\n",
      'yaml-alias 1:4 "*x" Cannot follow the aliases of x.yml: *x stands for nothing, because no &x comes before it',
    ],
    [
      "a: &x [*x]\n",
      'yaml-alias 1:8 "*x" Cannot follow the aliases of x.yml: *x stands inside what it names',
    ],
    ['a: "b\n', 'yaml-syntax 1:4 "\\"" Cannot read x.yml: the quote that opens here is not closed'],
  ];
  for (const [text, expected] of table) assertEquals(refusal(() => parseYaml(text, "x.yml")), expected);
});

Deno.test("a quoted string goes on in a line with little indentation, as GitHub reads it", () => {
  const text = `a:\n  - run: "one \\"two\n3 'four\n  five"\n    id: 'six\n''seven' # why\n  - "end"\n`;
  const { root } = locatedYaml(parseYaml(text, "x.yml"));
  const [step, end] = get(root, "a")!.value as readonly Located[];
  assertEquals(get(step, "run")!.value, "one \"two 3 'four   five");
  assertEquals(covered(text, get(step, "run")!.at), `"one \\"two\n3 'four\n  five"`);
  assertEquals(get(step, "id")!.value, "six 'seven");
  assertEquals(covered(text, end!.at), '"end"');
  for (const broken of ['a: "b\nc: d\n', 'a:\n  b: "c\nd: "e"\n', "a: 'b\n"]) {
    assert(refusal(() => parseYaml(broken, "x.yml")).startsWith("yaml-syntax"), broken);
  }
});

Deno.test("a list in brackets goes on in lines with little indentation, as GitHub reads it", () => {
  const cases: readonly (readonly [string, unknown])[] = [
    ["a:\n  b: [\nc,\nd # it's [ why\n  ]\n", { a: { b: ["c", "d"] } }],
    ["a:\n  b: [\nc, 'd\n]'\n]\ne: {\nf: [\ng] }\n", { a: { b: ["c", "d ]"] }, e: { f: ["g"] } }],
    ["a:\n  - {\r\nb: don't }\r\n  - c\r\n", { a: [{ b: "don't" }, "c"] }],
  ];
  for (const [text, value] of cases) {
    const { document, source } = parseYaml(text, "x.yml");
    assertEquals(document.toJS(), value, text);
    assertEquals(source.body.length, text.length);
  }
  for (const broken of ["a:\n  b: [\nc,\nd\ne: 1\n", "a:\n  b: |\n    c\n{\n  d: [${e}],\n}\n"]) {
    assert(refusal(() => parseYaml(broken, "x.yml")).startsWith("yaml-syntax"), broken);
  }
});

Deno.test("an alias bomb is refused before anybody walks it", () => {
  const names = [..."abcdefghij"];
  const text = "a: &a [x,x,x,x,x,x,x,x,x]\n" +
    names.slice(1).map((name, i) => `${name}: &${name} [${`*${names[i]},`.repeat(9)}]\n`).join("");
  assert(refusal(() => parseYaml(text, "x.yml")).includes("the aliases in it multiply"));
  const chain = "a0: &a0 [x]\n" +
    Array.from({ length: 500 }, (_, i) => `a${i + 1}: &a${i + 1} [*a${i}]\n`).join("");
  assert(refusal(() => parseYaml(chain, "x.yml")).startsWith("nested-too-deeply 201:"));
});

Deno.test("thousands of aliases cost no more than thousands of nodes", async () => {
  const text = "base: &base {a: 1}\nlist:\n" + "  - *base\n".repeat(20_000);
  const { root } = await ends(() => locatedYaml(parseYaml(text, "x.yml")));
  assertEquals((get(root, "list")!.value as unknown[]).length, 20_000);
});

Deno.test("nesting without end is refused, not crashed on", () => {
  for (const open of ["[", "{a: ", "- "]) {
    assert(refusal(() => parseYaml(open.repeat(20_000), "x.yml")).startsWith("nested-too-deeply 1:"), open);
  }
});

Deno.test("__proto__ is a key like any other, and an empty file is nothing", () => {
  assertEquals(get(locatedYaml(parseYaml("__proto__: 1\n", "x.yml")).root, "__proto__")!.value, 1);
  assertEquals(locatedYaml(parseYaml("", "x.yml")).root.value, null);
});

Deno.test("what was written is read", () => {
  const key = fc.string({ minLength: 1, unit: "grapheme-ascii" }).filter((name) => name !== "__proto__");
  const { value } = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      fc.string(),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie("value"), { maxLength: 3 }),
      fc.dictionary(key, tie("value"), { maxKeys: 3, noNullPrototype: true }),
    ),
  }));
  fc.assert(
    fc.property(value, (written) => {
      const { root } = locatedYaml(parseYaml(stringify({ written }), "x.yml"));
      assertEquals(JSON.stringify(plainValue(get(root, "written")!)), JSON.stringify(written));
    }),
    bounds(100),
  );
});

Deno.test("no text makes the parser throw anything but a problem", () => {
  const piece = fc.constantFrom(
    "[",
    "]",
    "{",
    "}",
    ":",
    '"',
    "'",
    "a",
    "-",
    "\n",
    "  ",
    "#",
    "|",
    ">",
    "&a",
    "*a",
    "!",
    "%",
    "?",
    ",",
    "\t",
    "---\n",
    "<<",
  );
  const readable = (text: string) => survives(() => locatedYaml(parseYaml(text, "x.yml")));
  fc.assert(fc.property(fc.string({ unit: piece, maxLength: 40 }), readable), bounds(2000));
  fc.assert(fc.property(fc.string({ unit: "binary" }), readable), bounds(100));
});

Deno.test("a long file is no alias bomb", () => {
  const text = Array.from({ length: 210_000 }, () => "- 1\n").join("");
  assertEquals((locatedYaml(parseYaml(text, "x.yml")).root.value as unknown[]).length, 210_000);
});
