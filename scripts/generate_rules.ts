/** Writes docs/rules/README.md, the table of every rule, from src/doctor/rules.ts and the pages; `--check` only tells whether it is current. */
import { RULES } from "../src/doctor/rules.ts";
import { bringUpToDate, textOf } from "./current.ts";

/** The text of docs/rules/README.md: a table for each section of the report. */
export async function rulesPage(): Promise<string> {
  const sections = [...new Set(RULES.map(({ phase }) => phase))];
  const tables = await Promise.all(sections.map(async (section) => {
    const rows = await Promise.all(
      RULES.filter(({ phase }) => phase === section).map(async ({ code, severity, confidence }) => {
        const sure = confidence === "likely" ? ", likely" : "";
        return `| [${code}](${code}.md) | ${severity}${sure} | ${await sentenceOf(code)} |`;
      }),
    );
    return `## ${section}\n\n| rule | severity | what it reports |\n|---|---|---|\n${rows.join("\n")}\n`;
  }));
  return [
    "# The rules of doctor\n",
    "Made by `scripts/generate` from the rules and their pages. A finding can be milder than its rule where less is certain; its page says when.\n",
    ...tables,
  ].join("\n");
}

/** What stands below the title of a rule's page. */
async function sentenceOf(code: string): Promise<string> {
  return (await textOf(`docs/rules/${code}.md`)).split("\n\n")[1]!.replaceAll("\n", " ").replaceAll(
    "|",
    "\\|",
  );
}

if (import.meta.main) {
  Deno.exit(await bringUpToDate(new Map([["docs/rules/README.md", await rulesPage()]]), Deno.args));
}
