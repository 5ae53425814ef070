import { assertEquals } from "@std/assert";
import { get } from "../../src/formats/located.ts";
import { editIni, editToml, type LineEditor } from "../../src/formats/line_edit.ts";
import { parseToml } from "../../src/formats/toml.ts";
import { applied } from "./support.ts";

/** A text, the steps, and what it becomes; `null`: the text does not allow them. */
type Case = readonly [text: string, steps: (file: LineEditor) => LineEditor, becomes: string | null];

function table(
  edit: (text: string, path: string) => LineEditor,
  cases: Readonly<Record<string, Case>>,
): void {
  for (const [name, [text, steps, becomes]] of Object.entries(cases)) {
    Deno.test(name, () => {
      const edits = steps(edit(text, "a")).edits();
      assertEquals(edits && applied(text, edits), becomes);
    });
  }
}

table(editToml, {
  "TOML: an entry is removed with its lines, and comments above stay": [
    "\ufeff# about\r\n[a]\r\n# one\r\nx = [ # list\r\n  1,\r\n] # two\r\ny = 1\r\n",
    (file) => file.remove(["a", "x"]),
    "\ufeff# about\r\n[a]\r\n# one\r\ny = 1\r\n",
  ],
  "TOML: an entry is removed from a list of tables, and a dotted one": [
    '[[p]]\nname = "x"\n[[p]]\nname = "y"\na.b = 1\na.c = 2\n',
    (file) => file.remove(["p", 1, "name"]).remove(["p", 1, "a", "b"]),
    '[[p]]\nname = "x"\n[[p]]\na.c = 2\n',
  ],
  "TOML: an entry is removed between braces and brackets": [
    'a = { x = 1, "y" = 2 } # c\nb = ["p", "q", "r"]\nc = { z = 1 }\n',
    (file) => file.remove(["a", "x"]).remove(["b", 2]).remove(["b", 0]).remove(["c", "z"]),
    'a = { "y" = 2 } # c\nb = ["q"]\nc = {}\n',
  ],
  "TOML: a value is written in the quotes of the old one": [
    "a = \"x\" # c\nb = 'x'\nc = 'x'\nd = 1\ne = { f = \"x\" }\n",
    (file) =>
      file.set(["a"], 'say "x"').set(["b"], "y").set(["c"], "it's").set(["d"], false).set(["e", "f"], "g"),
    'a = "say \\"x\\"" # c\nb = \'y\'\nc = "it\'s"\nd = false\ne = { f = "g" }\n',
  ],
  "TOML: a table is not removed": ["[a]\nx = 1\n[b]\n", (file) => file.remove(["a"]), null],
  "TOML: what would take its table with it is not removed": [
    "[a]\nb.c = 1\n",
    (file) => file.remove(["a", "b", "c"]),
    null,
  ],
  "TOML: a value of several lines is not written": ['a = """\nx"""\n', (file) => file.set(["a"], "y"), null],
  "TOML: what is not there is not removed": ["a = 1\n", (file) => file.remove(["b"]), null],
});

table(editIni, {
  "INI: an entry is removed with the lines that continue it": [
    "[pypi]\n# mine\nusername = __token__\npassword =\n    one\n    two\n\n[other]\nx: y\n",
    (file) => file.remove(["pypi", "password"]).remove(["other", "x"]),
    "[pypi]\n# mine\nusername = __token__\n\n[other]\n",
  ],
  "INI: a value is written": [
    "[a]\r\nx = 1\r\ny =\r\nz=\r\n",
    (file) => file.set(["a", "x"], "two # three").set(["a", "y"], "b").set(["a", "z"], "c"),
    "[a]\r\nx = two # three\r\ny = b\r\nz=c\r\n",
  ],
  "INI: a value that would not come out as it is is not written": [
    "[a]\nx = 1\n",
    (file) => file.set(["a", "x"], "y\n[b]"),
    null,
  ],
});

Deno.test("an entry of TOML is found by the place of its key and of its value", () => {
  const text = '\ufeff[a]\nx = 1\ny = "2"\n';
  const { root } = parseToml(text, "a");
  const edits = editToml(text, "a").remove(get(root, "a", "x")!.keyAt!).set(get(root, "a", "y")!.at, "3")
    .edits();
  assertEquals(applied(text, edits!), '\ufeff[a]\ny = "3"\n');
});
