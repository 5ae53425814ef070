import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { formatted } from "../../src/cli/views/doctor_formats.ts";
import type { Diagnosis } from "../../src/doctor/engine.ts";
import { summarise } from "../../src/report/github.ts";
import { diagnosisMarkdown } from "../../src/cli/views/doctor_markdown.ts";
import { envOf } from "../../src/host/env.ts";
import { FORMATS } from "../fuzz/looked.ts";
import { reported } from "../report/reported.ts";
import { locate, UNICODE } from "../report/samples.ts";

const TOKEN = "npm_CANARYCANARYCANARYCANARYCANARYabcdef";
/** What a terminal, a runner, a page and a reader of XML obey, and a token. */
const HOSTILE = [
  "x\n::error file=a::forged",
  "\r\n::stop-commands::x\r::add-mask::x",
  "##[group]x ##vso[task.x]y ##teamcity[z]",
  "\u001b]0;title\u0007\u001b[2J\u009b2J\u0085\u2028",
  "\u202eevil\u2066\u200b",
  "<script>x</script> ]]> &lt; <!-- -->",
  "![x](https://evil.example/x.png) [click](https://evil.example) @team",
  TOKEN,
].join(" ");
const PATH = `.github/workflows/${HOSTILE.replaceAll("/", "")}.yml`;
const TEXT = `jobs: ${HOSTILE}\nb: here\n`;

function hostile(): Diagnosis {
  const at = locate(PATH, TEXT, "jobs");
  const finding = reported({
    at,
    message: HOSTILE,
    package: HOSTILE,
    label: HOSTILE,
    related: [{ at: locate(PATH, TEXT, "here"), message: HOSTILE }],
    comparison: [{ field: HOSTILE, claimed: HOSTILE, registered: HOSTILE, matches: false }],
    why: [HOSTILE],
    next: [HOSTILE],
    fix: { safe: true, description: HOSTILE, edits: [{ path: PATH, start: 0, end: 4, text: HOSTILE }] },
  });
  return {
    findings: [finding, { ...finding, ignored: HOSTILE, ignoredBy: "configuration" }],
    phases: [{ name: finding.phase, status: "failed", reason: HOSTILE }, {
      name: "credentials",
      status: "passed",
      reason: HOSTILE,
    }],
    checked: { files: 1, jobs: 1, packages: 1 },
    summary: { error: 1, warning: 0, info: 0, unverified: 0, ignored: 1 },
    baseline: null,
    publishes: true,
    unproven: false,
    sources: new Map([[PATH, TEXT]]),
  };
}

const RUN = {
  io: { stdout: UNICODE, verbose: true },
  way: "",
  elapsed: 0,
  exit: 1 as const,
  fails: () => true,
};

for (const format of FORMATS) {
  Deno.test(`a report as ${format} steers nobody and holds no token, whatever files and their names hold`, async () => {
    const text = await formatted(hostile(), format, RUN);
    const obeyed = text.match(
      // deno-lint-ignore no-control-regex
      /[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u202a-\u202e\u2066-\u2069\u200b].{0,20}|##(?=\w*\[).{0,20}/gu,
    );
    assertEquals(obeyed, null);
    const commands = text.split(/[\r\n]/).filter((line) => /^\s*::/.test(line));
    assertEquals(commands.filter((line) => !/^::error (?:[a-zA-Z]+=[^:]*)::/.test(line)), []);
    assertEquals(commands.length, format === "github" ? 1 : 0);
    assert(!text.includes("CANARY"), text);
  });
}

Deno.test("what a report as JSON and SARIF says is what the file has, but for the token", async () => {
  const said = HOSTILE.replace(TOKEN, "«npm token»");
  const json = JSON.parse(await formatted(hostile(), "json", RUN));
  assertEquals(json.findings[0].fix.edits[0].text, said);
  assertEquals(json.findings[0].package, said);
  const sarif = JSON.parse(await formatted(hostile(), "sarif", RUN));
  assertEquals(
    sarif.runs[0].results[0].fixes[0].artifactChanges[0].replacements[0].insertedContent.text,
    said,
  );
});

Deno.test("text of files is no link and no image in SARIF and in a summary", async () => {
  const sarif = JSON.parse(await formatted(hostile(), "sarif", RUN));
  const { text } = sarif.runs[0].results[0].message as { text: string };
  // The only links are those to the other places of the finding.
  assertEquals([...text.matchAll(/(?<!\\)\[(?:\\.|[^\]\\])*\]\(([^)]*)\)/g)].map(([, target]) => target), [
    "1",
  ]);
  const page = diagnosisMarkdown(hostile(), true);
  assert(!/<script|!\[x\]\(|(?<!why: [\w-]+)\]\(http|@team|<!-- -->/.test(page), page);
});

Deno.test("XML of a report stays one document", async () => {
  const xml = await formatted(hostile(), "junit", RUN);
  const open: string[] = [];
  for (
    const [, close, name, empty] of xml.replace(/<\?.*?\?>/, "").matchAll(
      /<(\/?)([\w-]+)(?:\s[\w-]+="[^"<]*")*\s*(\/?)>/g,
    )
  ) {
    if (close) assertEquals(open.pop(), name);
    else if (!empty) open.push(name!);
  }
  assertEquals(open, []);
  assertEquals(xml.match(/[<&](?!\/?[\w-]+[\s>\/]|(?:amp|lt|gt|quot|apos);|\?xml)/g), null);
});

Deno.test("a step summary holds no token", async () => {
  const file = await Deno.makeTempFile({ prefix: "keyless-summary-" });
  try {
    await summarise(diagnosisMarkdown(hostile(), true), envOf({ GITHUB_STEP_SUMMARY: file }));
    const text = await Deno.readTextFile(file);
    assertStringIncludes(text, "keyless doctor");
    assert(!text.includes("CANARY"), text);
  } finally {
    await Deno.remove(file);
  }
});
