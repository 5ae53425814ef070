import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { bounds } from "../bounds.ts";
import { textOf } from "../../src/formats/located.ts";
import { parseIni } from "../../src/formats/ini.ts";
import { covered, plainValue, refusal, survives } from "./support.ts";

const FILE = `# setup
[metadata]
Name = my-package
version: attr: my_package.__version__
empty =

[options]
install_requires =
    one>=1
    # why
    two; python_version < "3.12"
`;

Deno.test("keys are lower-cased, values keep their colons, indented lines continue a value", () => {
  const { root } = parseIni(FILE, "setup.cfg");
  assertEquals(JSON.parse(JSON.stringify(plainValue(root))), {
    metadata: { name: "my-package", version: "attr: my_package.__version__", empty: "" },
    options: { install_requires: '\none>=1\ntwo; python_version < "3.12"' },
  });
});

Deno.test("every value knows its place and the place of its key", () => {
  for (const text of [FILE, FILE.replaceAll("\n", "\r\n")]) {
    const { root } = parseIni(text, "setup.cfg");
    const name = textOf(root, "metadata", "name")!;
    assertEquals([covered(text, name.keyAt!), covered(text, name.at)], ["Name", "my-package"]);
    assertEquals([name.at.start.line, name.at.start.column], [3, 8]);
    const requires = textOf(root, "options", "install_requires")!;
    assertEquals([requires.at.start.line, requires.at.end.line], [9, 11]);
  }
});

Deno.test("mistakes are named at their place, all of them", () => {
  const table: [string, string][] = [
    ["name = x\n", 'ini-syntax 1:1 "name" Cannot read setup.cfg: a [section] must come before this'],
    ["[a]\nnonsense\n", 'ini-syntax 2:1 "nonsense" Cannot read setup.cfg: `key = value` is expected here'],
    ["[a]\nx = 1\nX = 2\n", 'duplicate-key 3:1 "X" "X" is set a second time'],
    ["[a]\n[a]\n", 'duplicate-key 2:2 "a" "a" is set a second time'],
  ];
  for (const [text, expected] of table) assertEquals(refusal(() => parseIni(text, "setup.cfg")), expected);
});

Deno.test("what was written is read", () => {
  const word = fc.stringMatching(/^[a-z_][a-z0-9_.-]{0,8}$/);
  const section = fc.dictionary(word, fc.stringMatching(/^[!-~]{0,12}$/), {
    maxKeys: 4,
    noNullPrototype: true,
  });
  fc.assert(
    fc.property(fc.dictionary(word, section, { maxKeys: 4, noNullPrototype: true }), (written) => {
      const text = Object.entries(written).map(([name, entries]) =>
        `[${name}]\n` + Object.entries(entries).map(([key, value]) => `${key} = ${value}\n`).join("")
      ).join("\n");
      assertEquals(JSON.stringify(plainValue(parseIni(text, "setup.cfg").root)), JSON.stringify(written));
    }),
    bounds(100),
  );
});

Deno.test("no text makes the parser throw anything but a problem", () => {
  const piece = fc.constantFrom("[", "]", "=", ":", "a", "\n", "\r", " ", "#", ";", "\u0000", "__proto__");
  fc.assert(
    fc.property(fc.string({ unit: piece, maxLength: 30 }), (text) => survives(() => parseIni(text, "x"))),
    bounds(2000),
  );
});
