import { assertEquals, assertThrows } from "@std/assert";
import type { Package } from "../../src/config/project.ts";
import { KeylessError } from "../../src/problem.ts";
import { chosen, inOrder, keyOf } from "../../src/publish/order.ts";
import { suggest } from "../../src/suggest.ts";
import { packageOf } from "./samples.ts";

const names = (packages: readonly Package[]) => packages.map(keyOf);

Deno.test("dependencies come before dependents, otherwise the order stays", () => {
  const c = packageOf("c", { dependsOn: ["b"] });
  const b = packageOf("b", { dependsOn: ["a"] });
  const a = packageOf("a");
  const z = packageOf("z");
  assertEquals(names(inOrder([z, c, b, a])), ["crates.io:z", "crates.io:a", "crates.io:b", "crates.io:c"]);
});

Deno.test("a dependency means the package of the same registry, and one of another only where there is none", () => {
  const core = packageOf("core");
  const py = packageOf("core", { kind: "pypi" });
  const cli = packageOf("cli", { dependsOn: ["core"] });
  const wrapper = packageOf("wrapper", { kind: "npm", dependsOn: ["cli"] });
  assertEquals(names(inOrder([wrapper, cli, py, core])), [
    "crates.io:core",
    "crates.io:cli",
    "npm:wrapper",
    "pypi:core",
  ]);
});

Deno.test("a cycle is named in full", () => {
  const a = packageOf("a", { dependsOn: ["c"] });
  const b = packageOf("b", { dependsOn: ["a"] });
  const c = packageOf("c", { dependsOn: ["b"] });
  const error = assertThrows(() => inOrder([a, b, c]), KeylessError);
  assertEquals(error.problem.message, "These packages wait for each other: a → c → b → a");
  assertEquals(error.exit, 2);
});

Deno.test("packages are chosen by name, or by registry and name", () => {
  const both = [packageOf("widget"), packageOf("widget", { kind: "pypi" }), packageOf("other")];
  assertEquals(names(chosen(both, ["widget"], suggest)), ["crates.io:widget", "pypi:widget"]);
  assertEquals(names(chosen(both, ["pypi:widget"], suggest)), ["pypi:widget"]);
  assertEquals(names(chosen(both, ["crates:widget", "crates:other"], suggest)), [
    "crates.io:widget",
    "crates.io:other",
  ]);
  assertEquals(chosen(both, [], suggest).length, 3);
});

Deno.test("an unknown package is an error that suggests the one that was meant", () => {
  const error = assertThrows(
    () => chosen([packageOf("widget"), packageOf("gadget")], ["wigdet", "xyz"], suggest),
    KeylessError,
  );
  assertEquals(error.problems.map((problem) => problem.next[0]), [
    "did you mean widget?",
    "the packages are: widget, gadget",
  ]);
});

Deno.test("a registry and a name are suggested together, and shown together where the name stands twice", () => {
  const both = [packageOf("widget"), packageOf("widget", { kind: "pypi" }), packageOf("other")];
  const words = ["pypi:widgte", "pipy:widget", "crates.oi:widget", "crate:widget", "widgte", "zzzzz"];
  const error = assertThrows(() => chosen(both, words, suggest), KeylessError);
  assertEquals(error.problems.map((problem) => problem.next[0]), [
    "did you mean pypi:widget?",
    "did you mean pypi:widget?",
    "did you mean crates.io:widget?",
    "did you mean crates:widget?",
    "did you mean widget?",
    "the packages are: crates.io:widget, pypi:widget, other",
  ]);
});
