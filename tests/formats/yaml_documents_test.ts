import { assert, assertEquals } from "@std/assert";
import { entriesOf, get, type Located, textOf } from "../../src/formats/located.ts";
import { locatedYaml, type MergeKeys, parseYamlDocuments } from "../../src/formats/yaml.ts";
import { covered, refusal } from "./support.ts";

function only(text: string, merging?: MergeKeys): Located {
  const [file] = parseYamlDocuments(text, "x.yml");
  return locatedYaml(file!, merging).root;
}

Deno.test("each document of a file has its places in the file", () => {
  const text = "spec: a\n---\njob: b\n";
  const roots = parseYamlDocuments(text, "x.yml").map((file) => locatedYaml(file).root);
  assertEquals(roots.map((root) => entriesOf(root).map(([key]) => key)), [["spec"], ["job"]]);
  assertEquals(covered(text, get(roots[1], "job")!.at), "b");
  assertEquals(parseYamlDocuments("", "x.yml").length, 0);
});

Deno.test("a key that stands twice has its last value", () => {
  assertEquals(textOf(only("a: one\na: two\n"), "a")?.value, "two");
});

Deno.test("<< is a key, or brings entries of other tables in, by the order or after the table's own", () => {
  const text =
    "x: &x { a: x, b: x }\ny: &y { b: y, c: y }\nz:\n  a: own\n  <<: *x\n  <<: *y\n  c: own\nlist: { <<: [*x, *y] }\n";
  const table = (key: string, merging?: MergeKeys) =>
    entriesOf(only(text, merging), key).map(([name, { value }]) =>
      `${name}=${value instanceof Map ? "table" : value}`
    );
  assertEquals(table("z"), ["a=own", "<<=table", "c=own"]);
  assertEquals(table("z", "ordered"), ["a=x", "b=y", "c=own"]);
  assertEquals(table("z", "own"), ["a=own", "b=y", "c=own"]);
  assertEquals(table("list", "own"), ["b=x", "c=y", "a=x"]);
  assertEquals(covered(text, get(only(text, "own"), "z", "b")!.at), "y");
});

Deno.test("tags that are not YAML's own are kept, and what they mark is read", () => {
  const root = only("a: !reference [job, script]\nb: !!str 1\nc: !x y\n");
  assertEquals([get(root, "a")?.tag, get(root, "b")?.tag, get(root, "c")?.tag], [
    "!reference",
    undefined,
    "!x",
  ]);
  assertEquals((get(root, "a")?.value as Located[]).map(({ value }) => value), ["job", "script"]);
});

Deno.test("mistakes and bombs are refused in every document", () => {
  const names = [..."abcdefghij"];
  const bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n" +
    names.slice(1).map((name, index) => `${name}: &${name} [${`*${names[index]},`.repeat(9)}]\n`).join("");
  assert(refusal(() => parseYamlDocuments(`ok: 1\n---\n${bomb}`, "x.yml")).includes("multiply"));
  assert(refusal(() => parseYamlDocuments("ok: 1\n---\na: [\n", "x.yml")).startsWith("yaml-syntax"));
});
