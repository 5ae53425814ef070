import { assert, assertEquals, assertMatch } from "@std/assert";
import pages from "../../src/explain/pages.json" with { type: "json" };
import { pagesFile } from "../../scripts/generate.ts";
import { RULES } from "../../src/doctor/rules.ts";
import { program } from "./sources.ts";

const PAGES: Readonly<Record<string, string>> = pages;

/** A code is the `code` of a problem or a rule, or the first argument of a function that makes one. */
const USED = /\bcode: "(?<code>[a-z0-9-]+)"|\b(?:wrong|fileError)\(\s*"(?<first>[a-z0-9-]+)"/g;

async function codes(): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const { path, text } of await program()) {
    for (const { groups } of text.matchAll(USED)) found.set((groups!.code ?? groups!.first)!, path);
  }
  return found;
}

Deno.test("every code has a page", async () => {
  const missing = [...await codes()].filter(([code]) => !Object.hasOwn(PAGES, code)).map(([code, path]) =>
    `${code} (${path})`
  );
  assertEquals(missing, []);
});

Deno.test("every page is about a code that the program knows", async () => {
  const text = (await program()).map((source) => source.text).join("\n");
  assertEquals(Object.keys(PAGES).filter((code) => !text.includes(`"${code}"`)), []);
});

Deno.test("the pages in the program are those of the documentation", async () => {
  const current: Record<string, string> = JSON.parse(await pagesFile());
  const codes = new Set([...Object.keys(current), ...Object.keys(PAGES)]);
  const stale = [...codes].filter((code) => current[code] !== PAGES[code]);
  assertEquals(stale, [], "run scripts/generate");
});

Deno.test("every page says what happened, why, what to do, and shows an example", () => {
  for (const [code, page] of Object.entries(PAGES)) {
    assertMatch(code, /^[a-z0-9]+(-[a-z0-9]+)*$/);
    assertMatch(page, new RegExp(`^# ${code}\n\n\\S`), code);
    const headings = [...page.matchAll(/^## (.+)$/gm)].map(([_, heading]) => heading);
    for (const heading of ["Why", "What to do", "Example"]) {
      assert(headings.includes(heading), `${code} lacks "${heading}"`);
    }
  }
});

Deno.test("every rule of doctor stands in the table of what doctor checks", async () => {
  const table = await Deno.readTextFile(
    new URL("../../docs/decisions/0005-what-doctor-checks-and-what-not.md", import.meta.url),
  );
  assertEquals(RULES.map(({ code }) => code).filter((code) => !table.includes(`\`${code}\``)), []);
});
