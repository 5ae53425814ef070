import { assertEquals } from "@std/assert";
import { ROOT, sources } from "./sources.ts";

const LONGEST = 300;

Deno.test("no file is longer than 300 lines", async () => {
  const long = (await sources("main.ts", "src", "compat", "scripts"))
    .map(({ path, text }) => ({ path, lines: text.split("\n").length - 1 }))
    .filter(({ lines }) => lines > LONGEST);
  assertEquals(long, []);
});

Deno.test("every exported function, class and value says what it is", async () => {
  const bare: string[] = [];
  for (const { path, text } of await sources("src", "compat", "scripts")) {
    const lines = text.split("\n");
    lines.forEach((line, index) => {
      const exported = /^export (?:abstract |async )?(?:function\*?|class|const) (\w+)/.exec(line)?.[1];
      if (exported && !documented(lines, index, exported)) bare.push(`${path}:${index + 1} ${exported}`);
    });
  }
  assertEquals(bare, []);
});

function documented(lines: readonly string[], index: number, name: string): boolean {
  for (let above = index - 1; above >= 0; above--) {
    const line = lines[above]!.trim();
    if (line.startsWith("// deno-lint-ignore")) continue;
    if (line.endsWith("*/")) return true;
    // The docstring of an overloaded function stands above its first signature.
    return lines.slice(0, index).some((each) =>
      each.startsWith(`export function ${name}`) || each.startsWith(`export async function ${name}`)
    );
  }
  return false;
}

/** Words that tell of work left to do. */
const UNFINISHED = /\b(TODO|FIXME|XXX|HACK)\b/;

Deno.test("nothing is left to do in the sources", async () => {
  const found = (await sources("main.ts", "src", "compat", "scripts", "tests"))
    .filter(({ path, text }) => path !== "tests/house/files_test.ts" && UNFINISHED.test(text));
  assertEquals(found.map(({ path }) => path), []);
});

Deno.test("no type is given up", async () => {
  const found = (await sources("main.ts", "src"))
    .filter(({ text }) =>
      /@ts-(ignore|nocheck|expect-error)/.test(text) || /\bas unknown as any\b/.test(text)
    );
  assertEquals(found.map(({ path }) => path), []);
});

Deno.test("every property is tried from a known start, as long as is asked for", async () => {
  const count = (code: string, what: RegExp) => code.match(what)?.length ?? 0;
  const other = (await sources("tests"))
    .filter(({ code }) => count(code, /\bfc\.assert\(/g) !== count(code, /(?<!function )\bbounds\(/g));
  assertEquals(other.map(({ path }) => path), []);
});

Deno.test("what changes the directory of the whole process runs beside nothing else", async () => {
  const script = await Deno.readTextFile(`${ROOT}scripts/test`);
  const apart = [...script.matchAll(/^apart="([^"]*)"$/gm)].flatMap(([, paths]) => paths!.split(" "));
  const beside = (await sources("tests")).filter(({ path, code }) =>
    /\bDeno\.chdir\(/.test(code) && !apart.some((each) => path === each || path.startsWith(`${each}/`))
  );
  assertEquals(beside.map(({ path }) => path), []);
});
