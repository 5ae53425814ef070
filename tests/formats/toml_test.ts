import { assert, assertEquals } from "@std/assert";
import { stringify } from "@std/toml";
import fc from "fast-check";
import { bounds } from "../bounds.ts";
import { get, isText, textOf } from "../../src/formats/located.ts";
import { parseToml } from "../../src/formats/toml.ts";
import { covered, plainValue, refusal, survives, walk } from "./support.ts";

const FILE = `# packages
[[package]]
name = "one"
[package.trust_policy]
workflow = "release.yml" # which

[[package]]
name = 'two'
trust_policy = { workflow = "w.yml", "odd key" = [1, "x"] }
a.b.c = 1979-05-27
`;

Deno.test("every value knows its place and the place of its key", () => {
  const { root } = parseToml(FILE, "keyless.toml");
  const packages = get(root, "package")!.value as readonly Parameters<typeof get>[0][];
  const table: [unknown, string, string | null][] = [
    [packages[0], "[[package]]", "package"],
    [get(packages[0], "name"), '"one"', "name"],
    [get(packages[0], "trust_policy"), "[package.trust_policy]", "trust_policy"],
    [get(packages[0], "trust_policy", "workflow"), '"release.yml"', "workflow"],
    [get(packages[1], "name"), "'two'", "name"],
    [get(packages[1], "trust_policy"), '{ workflow = "w.yml", "odd key" = [1, "x"] }', "trust_policy"],
    [get(packages[1], "trust_policy", "odd key"), '[1, "x"]', '"odd key"'],
    [get(packages[1], "a", "b", "c"), "1979-05-27", "c"],
    [get(packages[1], "a", "b"), "a.b.c = 1979-05-27", "b"],
  ];
  for (const [found, value, key] of table) {
    const located = found as NonNullable<ReturnType<typeof get>>;
    assertEquals(covered(FILE, located.at), value);
    assertEquals(located.keyAt && covered(FILE, located.keyAt), key);
  }
  assertEquals(textOf(packages[1], "trust_policy", "workflow")?.at.start, {
    line: 9,
    column: 29,
    offset: FILE.indexOf('"w.yml"'),
  });
});

Deno.test("a table that an inner header made takes the place of its own header", () => {
  const text = "[a.b]\nx = 1\n[a]\ny = 2\n";
  const { root } = parseToml(text, "x.toml");
  assertEquals(covered(text, get(root, "a")!.at), "[a]");
  assertEquals(plainValue(root), plain({ a: plain({ b: plain({ x: 1 }), y: 2 }) }));
});

Deno.test("places stay right behind \\r\\n, astral characters and a byte order mark", () => {
  const text = '\ufeffa = "😀"\r\nb = "y"\r\n';
  const { root } = parseToml(text, "x.toml");
  assertEquals(covered(text, get(root, "a")!.at), '"😀"');
  assertEquals(get(root, "b")!.at.start, { line: 2, column: 5, offset: 15 });
  assertEquals(covered(text, get(root, "b")!.at), '"y"');
});

Deno.test("mistakes are named at their place", () => {
  const table: [string, string][] = [
    ["a = 1\nb = \n", 'toml-syntax 2:5 "" Cannot read x.toml: invalid value'],
    ["a = 1\na = 2\n", 'duplicate-key 2:1 "a" "a" is set a second time'],
    ["[one]\n[one]\n", 'duplicate-key 2:2 "one" "one" is set a second time'],
    ["\ufeffa = 1\r\na = 2\r\n", 'duplicate-key 2:1 "a" "a" is set a second time'],
    ["a = { b = 1, b = 2 }", 'duplicate-key 1:14 "b" "b" is set a second time'],
    ["[[a]]\n[a]\n", 'duplicate-key 2:2 "a" "a" is set a second time'],
    ['a = "x\nb = 1\n', 'toml-syntax 1:7 "" Cannot read x.toml: a string is not closed on its line'],
    ["a = 'x\r\n", 'toml-syntax 1:7 "" Cannot read x.toml: a string is not closed on its line'],
    ["a = release.yml\n", 'toml-syntax 1:5 "release.yml" Cannot read x.toml: a text needs quotation marks'],
    ["a = True\n", 'toml-syntax 1:5 "True" Cannot read x.toml: invalid value'],
    ["a = +\n", 'toml-syntax 1:5 "+" Cannot read x.toml: invalid value'],
    ["name: x", 'toml-syntax 1:5 ":" Cannot read x.toml: illegal character in key'],
  ];
  for (const [text, expected] of table) assertEquals(refusal(() => parseToml(text, "x.toml")), expected);
  assertEquals(
    refusal(() => parseToml(`a = 1\nb = "${"x".repeat(1_000_000)}"\n`, "x.toml")),
    'toml-syntax 2:1 "b" Cannot read x.toml: a text in it is too long',
  );
});

Deno.test("nesting without end is refused, not crashed on", () => {
  for (
    const text of [
      "a = " + "[".repeat(20_000),
      "a = " + "{a=".repeat(20_000),
      `[${Array(20_000).fill("a").join(".")}]`,
      `${Array(20_000).fill("a").join(".")} = 1`,
    ]
  ) assert(refusal(() => parseToml(text, "x.toml")).startsWith("nested-too-deeply 1:"), text.slice(0, 20));
  survives(() => parseToml("[".repeat(20_000), "x.toml"));
});

Deno.test("__proto__ is a key like any other", () => {
  const { root } = parseToml('__proto__ = 1\n[constructor]\n__proto__ = "x"\n', "x.toml");
  assertEquals(get(root, "__proto__")!.value, 1);
  assertEquals(get(root, "constructor", "__proto__")!.value, "x");
  assertEquals(Object.keys(plainValue(root) as object), ["__proto__", "constructor"]);
});

Deno.test("an integer that a number cannot hold stays exact", () => {
  assertEquals(get(parseToml("a = 9007199254740993", "x.toml").root, "a")!.value, 9007199254740993n);
});

const key = fc.oneof(fc.string({ minLength: 1 }), fc.constantFrom("__proto__", "a b", "a.b", "é"));
const { toml } = fc.letrec<{ toml: Record<string, unknown>; value: unknown }>((tie) => ({
  toml: fc.dictionary(key, tie("value"), { maxKeys: 5, noNullPrototype: true }) as fc.Arbitrary<
    Record<string, unknown>
  >,
  value: fc.oneof(
    { maxDepth: 3 },
    fc.string(),
    fc.integer(),
    fc.boolean(),
    fc.array(fc.string(), { maxLength: 3 }),
    tie("toml"),
  ),
}));

Deno.test("what was written is read, and every string stands where it says", () => {
  fc.assert(
    fc.property(toml, (written) => {
      if (hasProto(written)) return; // The writer loses it; the test above reads it.
      const text = stringify(written);
      const { root } = parseToml(text, "x.toml");
      assertEquals(JSON.parse(JSON.stringify(plainValue(root))), JSON.parse(JSON.stringify(written)));
      walk(root, (located) => {
        if (!isText(located)) return;
        const quoted = covered(text, located.at);
        assertEquals(get(parseToml(`x = ${quoted}`, "y.toml").root, "x")!.value, located.value);
      });
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
    "=",
    '"',
    "'",
    "a",
    ".",
    "\n",
    "\r\n",
    "#",
    "1",
    "\\",
    "\u0000",
    "é",
    ",",
    " ",
  );
  fc.assert(
    fc.property(
      fc.string({ unit: piece, maxLength: 40 }),
      (text) => survives(() => parseToml(text, "x.toml")),
    ),
    bounds(2000),
  );
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => survives(() => parseToml(text, "x.toml"))),
    bounds(100),
  );
});

function hasProto(value: unknown): boolean {
  return typeof value === "object" && value !== null &&
    (Object.hasOwn(value, "__proto__") || Object.values(value).some(hasProto));
}

function plain(entries: Record<string, unknown>): unknown {
  return Object.assign(Object.create(null), entries);
}
