/**
 * Writes what is made from src/permissions.ts: scripts/permissions.flags, docs/permissions.md and the section of README.md between
 * its markers; `--check` only tells whether they are current.
 */
import { flags, type Group, names, PERMISSIONS } from "../src/permissions.ts";
import { bringUpToDate, textOf } from "./current.ts";

const BEGIN = "<!-- permissions: generated from src/permissions.ts by scripts/generate -->";
const END = "<!-- /permissions -->";

const SORTS = ["hosts", "programs", "variables"] as const;

/** The flags of the source form, one a line; scripts/keyless reads them. */
export function flagsFile(): string {
  return flags("scoped", "run").join("\n") + "\n";
}

/** docs/permissions.md: every name with its reason. */
export function page(): string {
  const groups = Object.entries(PERMISSIONS as Record<string, Group>).map(([name, group]) => {
    const rows = SORTS.flatMap((sort) =>
      Object.entries(group[sort] ?? {}).map(([entry, why]) =>
        `| \`${entry}\` | ${sort.slice(0, -1)} | ${why} |`
      )
    );
    return `## ${group.title} (\`${name}\`)\n\n| name | what | why |\n|---|---|---|\n${rows.join("\n")}\n`;
  });
  return [
    "# What keyless may touch\n",
    "Made by `scripts/generate` from `src/permissions.ts`. The default build can reach nothing else; `keyless-open` leaves hosts, programs",
    "and variables to your configuration. Files are readable and writable in both, because a program cannot know your home directory when",
    "it is built. A command uses only the groups that it names, and a test compares that with what it really touches.\n",
    groups.join("\n"),
  ].join("\n");
}

/** The section of README.md, markers included. */
export function section(): string {
  const code = (list: readonly string[]) => list.map((name) => `\`${name}\``).join(" ");
  return [
    BEGIN,
    "The default build may touch these and nothing else; [docs/permissions.md](docs/permissions.md) has a reason for each.",
    "",
    "| | |",
    "|---|---|",
    `| hosts | ${code(names("hosts"))} |`,
    `| programs | ${code(names("programs"))} |`,
    `| variables | ${
      names("variables").length
    } names and prefixes: what the CI says of the job, the clients' settings, proxies and certificates |`,
    "| files | any, because home directories are not known when it is built |",
    "",
    "`keyless-open` leaves hosts, programs and variables to your configuration. Under `deno run` you give the flags:",
    "",
    "<details><summary>the flags of the default build</summary>",
    "",
    "```sh",
    ["deno run", ...flags("scoped", "run").map(quoted), "URL-OF/keyless.js COMMAND"].join(" \\\n  "),
    "```",
    "",
    "</details>",
    END,
  ].join("\n");
}

/** zsh takes a bare `*` for a file pattern, and stops when no file fits. */
function quoted(flag: string): string {
  return /[*()]/.test(flag) ? `'${flag}'` : flag;
}

/** `readme` with the current section; `null` when it has no markers. */
export function withSection(readme: string): string | null {
  const start = readme.indexOf(BEGIN);
  const end = readme.indexOf(END, start);
  return start < 0 || end < 0 ? null : readme.slice(0, start) + section() + readme.slice(end + END.length);
}

if (import.meta.main) {
  const readme = withSection(await textOf("README.md"));
  if (readme === null) throw new Error(`README.md has no line "${BEGIN}"`);
  const files = new Map([
    ["scripts/permissions.flags", flagsFile()],
    ["docs/permissions.md", page()],
    ["README.md", readme],
  ]);
  Deno.exit(await bringUpToDate(files, Deno.args));
}
