import { assert, assertEquals, assertRejects } from "@std/assert";
import fc from "fast-check";
import { bounds } from "../bounds.ts";
import { locatedYaml, parseYaml } from "../../src/formats/yaml.ts";
import { plainYaml, readYaml } from "../../src/formats/yaml_plain.ts";
import { KeylessError } from "../../src/problem.ts";

const WORKFLOW = `# how to release
---
name: Release # to npm

on:
  push:
    branches: [main, "v1", 'it''s']
    tags: []
  workflow_dispatch:

# one for all
permissions: read-all

jobs:
  publish:
    runs-on: ubuntu-latest
    timeout-minutes: 10
    if: github.repository == 'a/b' && !cancelled()
    env:
      EMPTY:
      URL: https://x.example/#anchor
      RATIO: 1.50
      YES: true
      NOTHING: ~
      "quoted": "a: b # c"
    defaults: { run: 'x', "shell": bash -e, n: 1 } # short
    outputs: {}
    strategy:
      matrix:
        node: [ # old and new
          20, "22",

          '24',
        ]
    services: {
      db: a,
      cache: "b\\t\\"c\\"" }
      # that is all
      # of them
    concurrency: !
    secrets:
      inherited by
      those

      below
    needs: one
      - two # and
    steps:
    - uses: actions/checkout@v4
      with: # nothing to see
        fetch-depth: 0

    - name: say
      run: |
        echo one

          echo two   
        # no comment
      # - run: npm test
    - run: >-
        npm
        publish
          --deeper

           --still

        --tag next
    # the last one
    # of all
  # after the steps

  other:
    steps:
      - npm ci
      - |-
        a
      -   key: 1
          more: 2
        # deep
`;

/** Equal to what the parser of all YAML makes of it, place by place. */
function agrees(text: string): boolean {
  const plain = plainYaml(text, "w.yml");
  if (!plain) return false;
  assertEquals(plain.root, locatedYaml(parseYaml(text, "w.yml")).root, text);
  return true;
}

Deno.test("a file that is written as most are is read alike, place by place, without the parser for all others", async () => {
  for (
    const text of [
      WORKFLOW,
      WORKFLOW.trimEnd(),
      `\ufeff${WORKFLOW}`,
      "a: 1",
      "- a\n- b: c\n",
      "a:\n- b\n- c\n\n",
      WORKFLOW.replaceAll("\n", "\r\n"),
      `\ufeff${WORKFLOW.trimEnd().replaceAll("\n", "\r\n")}`,
      "a:\n  b: 1\n    # deeper\n    # two\n  c: 2\n",
      "a:\n  b: 1\n    # deeper\nc: 2\n",
      `a: b\n${"\n".repeat(300_000)}  c\n`,
    ]
  ) {
    assert(agrees(text), text);
  }
  for (const directory of ["../../.github/workflows/", "../../docs/"]) {
    const url = new URL(directory, import.meta.url);
    for await (const { name } of Deno.readDir(url)) {
      if (/\.ya?ml$/.test(name)) agrees(await Deno.readTextFile(new URL(name, url)));
    }
  }
});

Deno.test("a file that is written in any other way, or wrongly, is left to the parser for all", async () => {
  const others = [
    "",
    "a",
    "a: &x 1\nb: *x\n",
    "a: !t 1\n",
    "? a\n: b\n",
    "a: {b}\n",
    "a: {b: [c]}\n",
    "a: [b,\nc]\n",
    "a: [b, # c]\n",
    "a: [b,#c\n  d]\n",
    'a: "\\x41"\n',
    "a: 1\r\nb: 2\n",
    "a: 1\rb: 2\n",
    "a: ! b\n",
    "a: 1\n\n  # deeper\nb: 2\n",
    "a: {b: 1, b: 2}\n",
    "a: {b:1}\n",
    "a: 'b\n  c'\n",
    "a: b\n  c: d\n",
    "a: b # c\n  d\n",
    "a: b\n  # c\n  d\n",
    "a: |2\n   b\n",
    "a: |+\n  b\n",
    "a: 0x10\n",
    "a: 1e3\n",
    "a: .inf\n",
    "a: 12345678901234567890\n",
    "a: b: c\n",
    "a: @b\n",
    "a: 1\na: 2\n",
    "a:\n  b: 1\n c: 2\n",
    "a:\n\tb: 1\n",
    "- - a\n",
    "-\n  a: 1\n",
    "<<: 1\n",
    "a: 1\n---\nb: 1\n",
    "%YAML 1.2\n---\na: 1\n",
  ];
  for (const text of others) assertEquals(plainYaml(text, "w.yml"), null, text);
  assertEquals(
    (await readYaml("a: {b: }\n", "w.yml")).root,
    locatedYaml(parseYaml("a: {b: }\n", "w.yml")).root,
  );
  await assertRejects(() => readYaml("a: b: c\n", "w.yml"), KeylessError);
});

/** Lines of the workflow, some of them moved, cut, or with something in them that belongs elsewhere. */
const mutated = fc.tuple(
  fc.nat(9).map((one) => one === 0),
  fc.array(
    fc.record({
      line: fc.nat(),
      kind: fc.constantFrom("cut", "indent", "dedent", "insert", "repeat", "comment", "blank"),
      at: fc.nat(60),
      what: fc.constantFrom(
        ...[
          "#",
          " # x",
          "- ",
          ": ",
          ":",
          "'",
          '"',
          "[",
          "]",
          "{",
          "|",
          ">-",
          "&a ",
          "*a",
          "!t ",
          "? ",
          "@",
          "`",
          "%",
        ],
        ...[
          ",",
          "\t",
          "~",
          "0x1",
          "1e3",
          "<<: ",
          "\\",
          "\n",
          "\n\n  ",
          "---\n",
          "...\n",
          "a: b\n",
          "\ufeff",
          "«",
        ],
      ),
    }),
    { maxLength: 6 },
  ),
).map(([windows, changes]) => {
  const lines = WORKFLOW.split("\n");
  for (const { line, kind, at, what } of changes) {
    const here = line % lines.length;
    const text = lines[here]!;
    if (kind === "cut") lines.splice(here, 1 + at % 4);
    if (kind === "indent") lines[here] = " ".repeat(1 + at % 3) + text;
    if (kind === "dedent") lines[here] = text.slice(1 + at % 3);
    if (kind === "insert") lines[here] = text.slice(0, at) + what + text.slice(at);
    if (kind === "repeat") lines.splice(at % lines.length, 0, text);
    if (kind === "comment") lines.splice(here, 0, `${" ".repeat(at % 12)}# x`);
    if (kind === "blank") lines.splice(here, 0, " ".repeat(at % 12));
  }
  return lines.join(windows ? "\r\n" : "\n");
});

Deno.test("whatever is done to a file: both parsers make the same of it, or only one of them reads it", () => {
  let read = 0;
  fc.assert(
    fc.property(mutated, (text) => {
      if (agrees(text)) read++;
    }),
    bounds(1500),
  );
  assert(read > 100, `only ${read} of the files were read`);
});
