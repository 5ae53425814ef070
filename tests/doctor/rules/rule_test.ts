import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import { loadProject } from "../../../src/config/load.ts";
import { diagnose } from "../../../src/doctor/engine.ts";
import { RULES } from "../../../src/doctor/rules.ts";
import type { Finding } from "../../../src/report/finding.ts";
import { apply, repository, session } from "../repository.ts";

/** What a fixture says must be found on a line: `# error: MESSAGE` at its end. */
const EXPECTED = /# (error|warning|info|unverified): (.+)$/;

/** What is expected of files that hold no comments, such as JSON: a line `PATH:LINE SEVERITY: MESSAGE` for each finding. */
const EXPECTATIONS = ".expected";

async function fixturesOf(code: string): Promise<{ name: string; files: Map<string, string> }[]> {
  const directory = new URL(`../../fixtures/doctor/${code}/`, import.meta.url);
  const names = (await Array.fromAsync(Deno.readDir(directory))).map((entry) => entry.name).sort();
  return await Promise.all(names.map(async (name) => ({
    name,
    files: filesOf(await Deno.readTextFile(new URL(name, directory))),
  })));
}

/** A fixture holds several files, each below `#--- PATH`; what is above the first is the workflow `release.yml`. */
function filesOf(text: string): Map<string, string> {
  const [first, ...rest] = text.split(/^#--- (.+)\n/m);
  const files = new Map(first!.trim() ? [[".github/workflows/release.yml", first!]] : []);
  for (let index = 0; index < rest.length; index += 2) files.set(rest[index]!, rest[index + 1]!);
  return files;
}

/** The files that a page shows: the language and, unless it is the workflow, the path stand behind the fence. */
function shownIn(text: string): Map<string, string> {
  const blocks = [...text.matchAll(/^```\w+(?: (\S+))?\n(.*?)^```$/gms)];
  return new Map(blocks.map(([, path, shown]) => [path ?? ".github/workflows/release.yml", shown!]));
}

function expectationsOf(files: ReadonlyMap<string, string>): string[] {
  return [...files].flatMap(([path, text]) =>
    text.split("\n").flatMap((line, row) => {
      if (path === EXPECTATIONS) return line ? [line] : [];
      const [, severity, message] = EXPECTED.exec(line) ?? [];
      return severity ? [`${path}:${row + 1} ${severity}: ${message}`] : [];
    })
  ).sort();
}

async function findingsOf(code: string, files: ReadonlyMap<string, string>): Promise<readonly Finding[]> {
  const root = await repository(new Map([...files].filter(([path]) => path !== EXPECTATIONS)));
  try {
    const { findings } = await diagnose(await loadProject(root, session().env), session(), { only: [code] });
    return findings.filter((finding) => finding.ignored === null);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

for (const { code } of RULES) {
  for (const { name, files } of await fixturesOf(code)) {
    Deno.test(`${code}: ${name.replace(".yml", "").replaceAll("-", " ")}`, async () => {
      const findings = await findingsOf(code, files);
      const expected = expectationsOf(files);
      assertEquals(
        expected.length === 0,
        name.startsWith("ok-"),
        "fixtures without a finding are called ok-*",
      );
      assertEquals(
        findings.map(({ at, severity, message }) => `${at.path}:${at.start.line} ${severity}: ${message}`)
          .sort(),
        expected,
      );
      for (const finding of findings) {
        assert(finding.next.length > 0, "every finding says what to do");
        if (!finding.fix) continue;
        const repaired = await findingsOf(code, apply(finding.fix.edits, files));
        assertEquals(repaired, [], `the fix of ${name} does not repair it`);
      }
    });
  }

  Deno.test(`${code} has fixtures with and without a finding`, async () => {
    const names = (await fixturesOf(code)).map(({ name }) => name);
    assert(names.some((name) => name.startsWith("ok-")) && names.some((name) => !name.startsWith("ok-")));
  });

  Deno.test(`${code}: its page shows a mistake and its repair`, async () => {
    const page = await Deno.readTextFile(join(import.meta.dirname!, `../../../docs/rules/${code}.md`));
    assert(page.startsWith(`# ${code}\n`));
    const [, before, after] = /^Before:(.*)^After\b(.*)/ms.exec(page) ?? [];
    assert(before !== undefined && after !== undefined, "the page has an example: Before: … After: …");
    assert((await findingsOf(code, shownIn(before))).length > 0, "what stands before is a mistake");
    assertEquals(await findingsOf(code, shownIn(after)), [], "what stands after is none");
  });
}
