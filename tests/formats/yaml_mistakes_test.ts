import { assert, assertEquals, assertThrows } from "@std/assert";
import { parseYaml } from "../../src/formats/yaml.ts";
import { UsageError } from "../../src/problem.ts";

/** What people get wrong, where it is marked, and what they are told. */
const MISTAKES: readonly (readonly [text: string, line: number, column: number, what: string])[] = [
  ["a:\n  b:\n  \tc: 1\n", 3, 3, "a tab cannot indent YAML"],
  ["a:\n  runs-on:x\n  steps: y\n", 2, 3, 'a blank is missing behind "runs-on:"'],
  ["on: push\nname:x\n", 2, 1, 'a blank is missing behind "name:"'],
  ["on: push\njobs\n  a: 1\n", 2, 1, 'a ":" is missing behind "jobs"'],
  ["on: push\njobs:\n  a: 1\n  foo\n", 4, 3, 'a ":" is missing behind "foo"'],
  ['a:\n  b: "x\n  c: y\n', 2, 6, "the quote that opens here is not closed"],
  ["a: 'b' # it's\nb: 'c\n", 2, 4, "the quote that opens here is not closed"],
  ['a: "b" c\n', 1, 8, "behind a closing quote nothing more can stand"],
  ["a: @x\n", 1, 4, 'a value that begins with "@" needs quotes'],
  ["a: %x\n", 1, 4, 'a value that begins with "%" needs quotes'],
  ["a: `x`\n", 1, 4, 'a value that begins with "`" needs quotes'],
  ["tags: *\n", 1, 7, 'a value that begins with "*" needs quotes'],
  ["name: a: b\n", 1, 7, 'a value that holds ": " needs quotes'],
  ['- run: echo "a: b"\n', 1, 8, 'a value that holds ": " needs quotes'],
  [
    "a:\n  b: c\n\n    d:\n      - e\n",
    4,
    5,
    "this line is indented further than the one above, which has its value already",
  ],
  ["a:\n    b: 1\n  c: 2\n", 3, 3, "this line begins at a column at which none above it does"],
  ["- run: x\n env: y\n", 2, 2, "this line begins at a column at which none above it does"],
  ["a:\n    - b: 1\n  - c: 2\n", 3, 3, 'this "-" is in line with no list above it'],
  ["a: - x\n", 1, 4, "a list begins on the line below its key"],
  ["a: [b\nc: d\n", 2, 1, 'a "[" before this is not closed'],
  ["a: {b: 1\nc: 2\n", 2, 1, 'a "{" before this is not closed'],
  ["a: [x]]\n", 1, 7, 'nothing has opened this "]"'],
  ['{"a" 1}\n', 1, 6, 'a "," or a ":" is missing before this'],
  ["run: |x\n  a\n", 1, 7, 'behind "|" or ">" nothing more can stand on the line'],
  ['a: "\\d"\n', 1, 5, '"\\d" means nothing in double quotes: write it in single ones'],
  ["a: 1\n<<<<<<< HEAD\nb: 1\n=======\nb: 2\n>>>>>>> x\n", 2, 1, "a merge conflict is left here"],
];

for (const [text, line, column, what] of MISTAKES) {
  Deno.test(`a mistake is told in plain words, and in the parser's own: ${JSON.stringify(text)}`, () => {
    const { problem } = assertThrows(() => parseYaml(text, "x.yml"), UsageError);
    assertEquals(problem.message, `Cannot read x.yml: ${what}`);
    assertEquals([problem.at?.start.line, problem.at?.start.column], [line, column]);
    assert(problem.said);
  });
}

Deno.test("a mistake in a secret is told without it", () => {
  for (
    const value of [
      " CANARY",
      ": |CANARY",
      ": *CANARY",
      ": @CANARY",
      ": 'x' CANARY",
      ': "CANARY',
      ": a: CANARY",
    ]
  ) {
    const { problem } = assertThrows(
      () => parseYaml(`env:\n  NPM_TOKEN${value}\n  CI: true\n`, "x.yml"),
      UsageError,
    );
    const { source: _, ...shown } = problem;
    assert(!JSON.stringify(shown).includes("CANARY"), JSON.stringify(shown));
  }
});
