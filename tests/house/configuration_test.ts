import { assert, assertEquals, assertMatch } from "@std/assert";
import { VERSION } from "../../src/version.ts";
import { sources } from "./sources.ts";

async function configuration(name: string) {
  return JSON.parse(await Deno.readTextFile(new URL(`../../${name}`, import.meta.url)));
}

Deno.test("the two profiles differ in nothing but imports and lock", async () => {
  const { imports: _a, lock: _b, ...jsr } = await configuration("deno.json");
  const { imports: _c, lock: _d, ...npm } = await configuration("deno.npm.json");
  assertEquals(npm, jsr);
});

Deno.test("both profiles give the same names, pinned, and the same versions of what is on npm", async () => {
  const { imports: jsr } = await configuration("deno.json");
  const { imports: npm } = await configuration("deno.npm.json");
  for (const [name, target] of Object.entries<string>(jsr)) {
    assertMatch(target, /^(jsr|npm):(@[\w-]+\/)?[\w-]+@\d+\.\d+\.\d+$/);
    assertMatch(npm[name], target.startsWith("npm:") ? new RegExp(`^${target}$`) : /^\.\/compat\/\w+\.ts$/);
  }
});

Deno.test("what only the npm profile names is used by compat", async () => {
  const { imports: jsr } = await configuration("deno.json");
  const { imports: npm } = await configuration("deno.npm.json");
  const used = new Set((await sources("compat")).flatMap(({ imports }) => imports.map(({ from }) => from)));
  for (const name of Object.keys(npm)) {
    assert(Object.hasOwn(jsr, name) || used.has(name), `${name} is used by nobody`);
  }
});

Deno.test("the program and its configuration have one version", async () => {
  assertEquals((await configuration("deno.json")).version, VERSION);
});
