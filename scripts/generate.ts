/** Writes src/explain/pages.json from the pages in docs/codes and docs/rules; `--check` only tells whether it is current. */
import { bringUpToDate, textOf } from "./current.ts";

/** The text of src/explain/pages.json: every page by its code. @throws {Error} where a page's title is not its code */
export async function pagesFile(): Promise<string> {
  const pages: [string, string][] = [];
  for (const directory of ["docs/codes", "docs/rules"]) {
    for await (const { name } of Deno.readDir(new URL(`../${directory}`, import.meta.url))) {
      if (!name.endsWith(".md") || name === "README.md") continue;
      const code = name.slice(0, -".md".length);
      const text = await textOf(`${directory}/${name}`);
      if (!text.startsWith(`# ${code}\n`)) {
        throw new Error(`${directory}/${name} must begin with "# ${code}"`);
      }
      pages.push([code, text]);
    }
  }
  const sorted = Object.fromEntries(pages.sort(([a], [b]) => a < b ? -1 : 1));
  return `${JSON.stringify(sorted, null, 2)}\n`;
}

if (import.meta.main) {
  Deno.exit(await bringUpToDate(new Map([["src/explain/pages.json", await pagesFile()]]), Deno.args));
}
