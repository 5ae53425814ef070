import { assertEquals, assertStringIncludes } from "@std/assert";
import { flagsFile, page, section, withSection } from "../../scripts/generate_permissions.ts";
import { schemaFile } from "../../scripts/generate_schema.ts";
import { names } from "../../src/permissions.ts";

const read = (path: string) => Deno.readTextFile(new URL(`../../${path}`, import.meta.url));

Deno.test("scripts/permissions.flags is what the table says", async () => {
  assertEquals(await read("scripts/permissions.flags"), flagsFile());
});

Deno.test("docs/permissions.md is what the table says, and names everything", async () => {
  const text = await read("docs/permissions.md");
  assertEquals(text, page());
  for (const sort of ["hosts", "programs", "variables"] as const) {
    for (const name of names(sort)) assertStringIncludes(text, `| \`${name}\` |`);
  }
});

Deno.test("the README's section on permissions is what the table says", async () => {
  assertStringIncludes(await read("README.md"), section());
});

Deno.test("the schema of keyless.toml is what the table of keys says", async () => {
  assertEquals(await read("docs/schema/keyless.toml.json"), schemaFile());
});

Deno.test("a README keeps all of its own text around the section", () => {
  const readme = `before\n${section().replace("crates.io", "old.example")}\nafter`;
  assertEquals(withSection(readme), `before\n${section()}\nafter`);
  assertEquals(withSection("no markers"), null);
});
