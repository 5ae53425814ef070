import { assertEquals } from "@std/assert";
import { get, isList } from "../../src/formats/located.ts";
import { locatedYaml, parseYaml } from "../../src/formats/yaml.ts";
import { editYaml, type YamlEditor } from "../../src/formats/yaml_edit.ts";
import { applied } from "./support.ts";

/** The text after the steps; `null` when it does not allow them. */
function after(text: string, steps: (editor: YamlEditor) => YamlEditor): string | null {
  const edits = steps(editYaml(text, "a.yml")).edits();
  return edits && applied(text, edits);
}

interface Case {
  readonly text: string;
  readonly steps: (editor: YamlEditor) => YamlEditor;
  /** `null`: the text does not allow it. */
  readonly becomes: string | null;
}

function table(group: string, cases: Readonly<Record<string, Case>>): void {
  for (const [name, { text, steps, becomes }] of Object.entries(cases)) {
    Deno.test(`${group}: ${name}`, () => assertEquals(after(text, steps), becomes));
  }
}

table("an entry of a mapping is removed", {
  "with the comment behind it, and comments above stay": {
    text: "env:\n  # first\n  A: 1 # one\n  # second\n  B: 2\n",
    steps: (file) => file.remove(["env", "A"]),
    becomes: "env:\n  # first\n  # second\n  B: 2\n",
  },
  "with everything below it that is indented deeper, comments too": {
    text: "a:\n  env:\n    A: 1\n    # B: 2\n\n    # C: 3\n  # D\n  x: 1\n",
    steps: (file) => file.remove(["a", "env"]),
    becomes: "a:\n  # D\n  x: 1\n",
  },
  "with its mapping when it was alone in it": {
    text: "job:\n  steps:\n    - run: x\n      env:\n        A: 1\n      if: y\n  other: 1\n",
    steps: (file) => file.remove(["job", "steps", 0, "env", "A"]),
    becomes: "job:\n  steps:\n    - run: x\n      if: y\n  other: 1\n",
  },
  "and leaves braces where it was alone, when asked": {
    text: "job:\n  permissions: # who\n    # what\n    id-token: write\n  x: 1\n",
    steps: (file) => file.remove(["job", "permissions", "id-token"], "keep"),
    becomes: "job:\n  permissions: {} # who\n    # what\n  x: 1\n",
  },
  "and the next one moves up to the dash": {
    text: "- env:\n    A: 1\n  run: x\n- name: a # n\n  # about run\n  run: y\n",
    steps: (file) => file.remove([0, "env"]).remove([1, "name"]),
    becomes: "- run: x\n- # about run\n  run: y\n",
  },
  "when it is a script": {
    text: "- name: a\n  run: |\n    one\n    # two\n\n  env: {}\n",
    steps: (file) => file.remove([0, "run"]),
    becomes: "- name: a\n\n  env: {}\n",
  },
  "when it has no value": {
    text: "a:\n  x: # nothing\n  y: 1\n",
    steps: (file) => file.remove(["a", "x"]),
    becomes: "a:\n  y: 1\n",
  },
  "at the end of a file without a last line break": {
    text: "a: 1\nb: 2",
    steps: (file) => file.remove(["b"]),
    becomes: "a: 1\n",
  },
  "between braces, from the start, the middle and the end": {
    text: "p: { a: 1, b: 2, c: 3, d: 4 } # x\n",
    steps: (file) => file.remove(["p", "a"]).remove(["p", "c"]).remove(["p", "d"]),
    becomes: "p: { b: 2 } # x\n",
  },
  "between braces, where it was alone": {
    text: "p: { a: 1 }\nq: {b: 2}\nr: 1\n",
    steps: (file) => file.remove(["p", "a"]).remove(["q", "b"], "keep"),
    becomes: "q: {}\nr: 1\n",
  },
  "with the line ends and the mark of the file": {
    text: "\ufeffa: 1\r\nb: 2 # x\r\nc: 3\r\n",
    steps: (file) => file.remove(["b"]),
    becomes: "\ufeffa: 1\r\nc: 3\r\n",
  },
  "when its key is quoted or a number": {
    text: '"a b": 1\n2: x\nc: 3\n',
    steps: (file) => file.remove(["a b"]).remove(["2"]),
    becomes: "c: 3\n",
  },
  "unless it is not there": { text: "a: 1\n", steps: (file) => file.remove(["b"]), becomes: null },
  "unless nothing would be left of the file": {
    text: "a: 1\n",
    steps: (file) => file.remove(["a"]),
    becomes: null,
  },
  "unless a list item would have to go": {
    text: "- a: 1\n- b: 1\n",
    steps: (file) => file.remove([0, "a"]),
    becomes: null,
  },
  "unless it stands behind an alias": {
    text: "a: &x\n  k: 1\n  l: 2\nb: *x\n",
    steps: (file) => file.remove(["b", "k"]),
    becomes: null,
  },
  "unless an alias elsewhere would lose it too": {
    text: "a: &x\n  k: 1\n  l: 2\nb: *x\n",
    steps: (file) => file.remove(["a", "k"]),
    becomes: null,
  },
  "unless an alias needs its anchor": {
    text: "a: &x 1\nb: *x\n",
    steps: (file) => file.remove(["a"]),
    becomes: null,
  },
  "unless a merge key might bring another": {
    text: "x: &x { k: 1 }\na:\n  <<: *x\n  k: 2\n",
    steps: (file) => file.remove(["a", "k"]),
    becomes: null,
  },
  "unless its braces are on several lines": {
    text: "a: { b: 1,\n  c: 2 }\n",
    steps: (file) => file.remove(["a", "b"]),
    becomes: null,
  },
});

table("an item of a list is removed", {
  "with its lines": {
    text: "steps:\n  - uses: a # one\n    with:\n      x: 1\n    # more\n  # about b\n  - uses: b\n",
    steps: (file) => file.remove(["steps", 0]),
    becomes: "steps:\n  # about b\n  - uses: b\n",
  },
  "with one of the blank lines around it": {
    text: "steps:\n  - a\n\n  - b\n\n  - c\n",
    steps: (file) => file.remove(["steps", 1]),
    becomes: "steps:\n  - a\n\n  - c\n",
  },
  "where lists are not indented": {
    text: "steps:\n- a\n- b\nx: 1\n",
    steps: (file) => file.remove(["steps", 1]),
    becomes: "steps:\n- a\nx: 1\n",
  },
  "between brackets": {
    text: "on: [push, release, 'x']\n",
    steps: (file) => file.remove(["on", 0]).remove(["on", 1]),
    becomes: "on: [release]\n",
  },
  "and the list with it, or not": {
    text: "a:\n  - x\nb:\n  - y\nc: [z]\nd: 1\n",
    steps: (file) => file.remove(["a", 0]).remove(["b", 0], "keep").remove(["c", 0]),
    becomes: "b: []\nd: 1\n",
  },
  "unless the list stands on the line of another": {
    text: "- - a\n  - b\n",
    steps: (file) => file.remove([0, 0]),
    becomes: null,
  },
});

table("a value is written", {
  "in the quotes of the old one": {
    text: "a: x # c\nb: 'x'\nc: \"x\"\nd: [x, 'y']\n",
    steps: (file) => ["a", "b", "c"].reduce((made, key) => made.set([key], "it is"), file).set(["d", 1], "z"),
    becomes: "a: it is # c\nb: 'it is'\nc: \"it is\"\nd: [x, 'z']\n",
  },
  "in quotes where it needs them": {
    text: "a: x\nb: x\nc: x\nd: [x]\ne: x\nf: 'x'\ng: x\n",
    steps: (file) =>
      file.set(["a"], "true").set(["b"], "a: b").set(["c"], "on").set(["d", 0], "a, b").set(["e"], "")
        .set(["f"], "it's").set(["g"], "1.10"),
    becomes: "a: 'true'\nb: 'a: b'\nc: 'on'\nd: ['a, b']\ne: ''\nf: 'it''s'\ng: '1.10'\n",
  },
  "as the number or truth that it is": {
    text: "a: x\nb: 'y'\n",
    steps: (file) => file.set(["a"], 20).set(["b"], false),
    becomes: "a: 20\nb: false\n",
  },
  "as an expression": {
    text: "a: x\n",
    steps: (file) => file.set(["a"], "${{ secrets.X }}"),
    becomes: "a: ${{ secrets.X }}\n",
  },
  "where there was none": {
    text: "a: # c\nb:\n",
    steps: (file) => file.set(["a"], "x").set(["b"], "z"),
    becomes: "a: x # c\nb: z\n",
  },
  "and a key": {
    text: "p:\n  id_token: write\n  'x': 1\n",
    steps: (file) => file.rename(["p", "id_token"], "id-token").rename(["p", "x"], "y"),
    becomes: "p:\n  id-token: write\n  'y': 1\n",
  },
  "unless a key of that name is there": {
    text: "a: 1\nb: 2\n",
    steps: (file) => file.rename(["a"], "b"),
    becomes: null,
  },
  "unless the old one has several lines": {
    text: "a: |\n  x\n",
    steps: (file) => file.set(["a"], "y"),
    becomes: null,
  },
  "unless it is an alias": { text: "a: &x 1\nb: *x\n", steps: (file) => file.set(["b"], 2), becomes: null },
  "unless it would change elsewhere too": {
    text: "a: &x 1\nb: *x\n",
    steps: (file) => file.set(["a"], 2),
    becomes: null,
  },
});

const CONCURRENCY = { group: "${{ github.workflow }}", "cancel-in-progress": false };

table("an entry is added", {
  "at the end, below the comments of the last": {
    text: "p:\n  a: 1 # x\n    # deeper\n  # same\nq: 1\n",
    steps: (file) => file.add(["p"], "b", 2),
    becomes: "p:\n  a: 1 # x\n    # deeper\n  b: 2\n  # same\nq: 1\n",
  },
  "at the start, above the comments of the first": {
    text: "p: # x\n  # to read\n  contents: read\n",
    steps: (file) => file.add(["p"], "id-token", "write", "start"),
    becomes: "p: # x\n  id-token: write\n  # to read\n  contents: read\n",
  },
  "at the start of a file, below its comments": {
    text: "# Licence\non: push\n",
    steps: (file) => file.add([], "name", "x", "start"),
    becomes: "# Licence\nname: x\non: push\n",
  },
  "with lines of its own, in the file's indentation": {
    text: "jobs:\n    a:\n        runs-on: x\n        # why\n        steps:\n        - run: x\n",
    steps: (file) => file.add(["jobs", "a"], "concurrency", CONCURRENCY, { before: "steps" }),
    becomes:
      "jobs:\n    a:\n        runs-on: x\n        concurrency:\n            group: ${{ github.workflow }}\n" +
      "            cancel-in-progress: false\n        # why\n        steps:\n        - run: x\n",
  },
  "behind another": {
    text: "a:\n  x:\n    y: 1\n\n  z: 1\n",
    steps: (file) => file.add(["a"], "l", ["p", { q: "on" }], { after: "x" }),
    becomes: "a:\n  x:\n    y: 1\n  l:\n    - p\n    - q: 'on'\n\n  z: 1\n",
  },
  "to a list item": {
    text: "- uses: a\n- run: b\n  if: c\n",
    steps: (file) =>
      file.add([0], "with", { x: "1" }).add([1], "id", "d", "start").add([1], "shell", "sh", {
        before: "if",
      }),
    becomes: "- uses: a\n  with:\n    x: '1'\n- id: d\n  run: b\n  shell: sh\n  if: c\n",
  },
  "between braces": {
    text: "p: { a: 1 }\nq: {}\nr: {a: 1}\n",
    steps: (file) =>
      file.add(["p"], "b", { c: "x, y" }).add(["q"], "d", "write").add(["r"], "e", true, "start"),
    becomes: "p: { a: 1, b: { c: 'x, y' } }\nq: { d: write }\nr: {e: true, a: 1}\n",
  },
  "to a key without value": {
    text: "jobs:\n  a:\n    env: # c\n      # A: 1\n    steps: []\n",
    steps: (file) => file.add(["jobs", "a", "env"], "B", "2"),
    becomes: "jobs:\n  a:\n    env: # c\n      B: '2'\n      # A: 1\n    steps: []\n",
  },
  "to a file without a last line break": {
    text: "a:\r\n  b: 1",
    steps: (file) => file.add(["a"], "c", { d: "e\nf" }),
    becomes: "a:\r\n  b: 1\r\n  c:\r\n    d: |-\r\n      e\r\n      f",
  },
  "unless it is there": { text: "a: 1\n", steps: (file) => file.add([], "a", 2), becomes: null },
  "unless there is no mapping": { text: "a: x\n", steps: (file) => file.add(["a"], "b", 2), becomes: null },
  "unless another gets it too": {
    text: "a: &x\n  k: 1\nb: *x\n",
    steps: (file) => file.add(["a"], "l", 2),
    becomes: null,
  },
  "unless a tab indents it": {
    text: "a: {\n\tb: 1 }\n",
    steps: (file) => file.add(["a"], "l", 2),
    becomes: null,
  },
});

Deno.test("a script is changed in one word, and only where it was meant", () => {
  const text = "run: |\n  npm publish # npm\n  npm publish\n";
  const start = text.lastIndexOf("npm");
  const file = parseYaml(text, "a.yml");
  const at = file.source.span(start, start + 3);
  assertEquals(after(text, (editor) => editor.reword(at, "pnpm")), text.slice(0, start) + "pnpm publish\n");
  const beyond = file.source.span(start, start + 20);
  assertEquals(after(text, (editor) => editor.reword(beyond, "x")), null);
  assertEquals(after("a: x\n", (editor) => editor.reword(file.source.span(3, 4), "y # z")), null);
  const more = editYaml("run: a --token CANARY\n", "a.yml").reword(
    file.source.span(5, 21),
    "a --token CANARY -b",
  );
  assertEquals(more.edits(), [{ path: "a.yml", start: 21, end: 21, text: " -b" }]);
});

Deno.test("what is changed can be named by its place in the first text", () => {
  const text =
    "\ufeffon: push\r\nsteps:\r\n  - uses: a\r\n  - run: x\r\n    env:\r\n      A: 1\r\n      B: 2\r\n";
  const { root } = locatedYaml(parseYaml(text, "a.yml"));
  const steps = get(root, "steps")!;
  const second = isList(steps) ? steps.value[1]! : null!;
  assertEquals(
    after(
      text,
      (file) =>
        file.remove(["steps", 0]).remove(get(second, "env", "A")!.keyAt!).set(get(second, "env", "B")!.at, 3)
          .add(second.at, "shell", "sh"),
    ),
    "\ufeffon: push\r\nsteps:\r\n  - run: x\r\n    env:\r\n      B: 3\r\n    shell: sh\r\n",
  );
  assertEquals(after(text, (file) => file.remove(["steps", 1]).remove(get(second, "env")!.keyAt!)), null);
});

Deno.test("steps that undo each other are no edit, and one that cannot be done leaves none", () => {
  assertEquals(editYaml("a: 1\nb: 2\n", "a.yml").set(["a"], 2).set(["a"], 1).edits(), []);
  assertEquals(editYaml("a: 1\nb: 2\n", "a.yml").remove(["c"]).set(["a"], 2).edits(), null);
  assertEquals(editYaml("a: [\n", "a.yml").edits(), null);
});
