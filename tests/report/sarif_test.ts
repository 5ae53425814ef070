import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { Ajv } from "ajv";
import type { ReportedFinding } from "../../src/report/finding.ts";
import { sarif, type SarifRule, type SarifRun } from "../../src/report/sarif.ts";
import { VERSION } from "../../src/version.ts";
import { locate } from "./samples.ts";
import { reported } from "./reported.ts";
import { SARIF_SCHEMA } from "./sarif_schema.ts";

const PATH = ".github/workflows/rél ease.yml";
const TEXT = `\ufeffname: "🚀"\non: push\njobs:\n  a: {}\n`;
const at = (part: string) => {
  const place = locate(PATH, TEXT, part);
  // A byte order mark is no column.
  const shift = (position: typeof place.start) =>
    position.line === 1 ? { ...position, column: position.column - 1 } : position;
  return { ...place, start: shift(place.start), end: shift(place.end) };
};

/** A log, read by name: its shape has been checked. */
// deno-lint-ignore no-explicit-any
type Log = any;

function rule(code: string): SarifRule {
  return {
    code,
    severity: "error",
    confidence: "certain",
    tags: ["publishing"],
    securitySeverity: null,
    summary: "It is wrong.",
    page: `# ${code}\n\nIt is wrong.\n`,
    url: `https://example.com/${code}.md`,
  };
}

const validate = new Ajv({ strict: true, allErrors: true, formats: { uri: (text) => URL.canParse(text) } })
  .compile(SARIF_SCHEMA);

function logOf(findings: readonly ReportedFinding[], changes: Partial<SarifRun> = {}): Log {
  const log = JSON.parse(JSON.stringify(sarif({
    findings,
    rule,
    sources: new Map([[PATH, TEXT]]),
    exitCode: 1,
    compared: false,
    ...changes,
  })));
  assert(validate(log), JSON.stringify(validate.errors, null, 2));
  return log;
}

const FULL = reported({
  code: "full-code",
  at: at('"🚀"'),
  label: "claimed",
  message: "Job [a] is wrong",
  related: [{ at: at("jobs"), message: "the [jobs]" }, { at: at("a: {}"), message: "this one" }],
  why: ["It stops."],
  next: ["repair it"],
  fix: {
    safe: true,
    description: "repair it",
    edits: [
      { path: PATH, start: TEXT.indexOf("on: push"), end: TEXT.indexOf("on: push") + 8, text: "on: release" },
      { path: PATH, start: 1, end: 1, text: "# new\n" },
      { path: PATH, start: TEXT.indexOf("  a"), end: TEXT.length, text: "" },
    ],
  },
});

Deno.test("a log has the shape that the standard and GitHub ask for, also when there is nothing to say", () => {
  const [run] = logOf([]).runs;
  assertEquals(run.results, []);
  assertEquals(run.tool.driver.rules, []);
  assertEquals(run.tool.driver.version, VERSION);
  assertEquals(run.invocations, [{ executionSuccessful: true, exitCode: 1 }]);
});

Deno.test("a finding is a result with its places, in UTF-16 columns, relative to the root", () => {
  const [run] = logOf([FULL]).runs;
  assertEquals(run.columnKind, "utf16CodeUnits");
  const [result] = run.results;
  assertEquals(result.locations[0].physicalLocation, {
    artifactLocation: { uri: ".github/workflows/r%C3%A9l%20ease.yml", uriBaseId: "%SRCROOT%" },
    region: { startLine: 1, startColumn: 7, endLine: 1, endColumn: 11 },
  });
  assertEquals(result.locations[0].message.text, "claimed");
  assertEquals(
    result.relatedLocations.map((
      each: Log,
    ) => [each.id, each.message.text, each.physicalLocation.region.startLine]),
    [[1, "the [jobs]", 3], [2, "this one", 4]],
  );
  assertEquals(run.results[0].partialFingerprints, { "keylessFingerprint/v1": FULL.fingerprint });
});

Deno.test("the message begins with what is wrong, and links to the other places", () => {
  const [result] = logOf([FULL]).runs[0].results;
  assertEquals(
    result.message.text,
    "Job [a] is wrong.\nIt stops.\nSee [the \\[jobs\\]](1), [this one](2).\nTo do: repair it.",
  );
});

Deno.test("a fix is the edits as regions of the file", () => {
  const [fix] = logOf([FULL]).runs[0].results[0].fixes;
  assertEquals(fix.description.text, "repair it");
  assertEquals(fix.artifactChanges.length, 1);
  assertEquals(fix.artifactChanges[0].replacements, [
    { deletedRegion: region(2, 1, 2, 9), insertedContent: { text: "on: release" } },
    { deletedRegion: region(1, 1, 1, 1), insertedContent: { text: "# new\n" } },
    { deletedRegion: region(4, 1, 5, 1) },
  ]);
});

function region(startLine: number, startColumn: number, endLine: number, endColumn: number) {
  return { startLine, startColumn, endLine, endColumn };
}

Deno.test("each code of a result is a rule, once, with its page", () => {
  const other = { ...FULL, code: "other-code" };
  const [run] = logOf([other, FULL, other]).runs;
  const { rules } = run.tool.driver;
  assertEquals(rules.map((each: Log) => [each.id, each.name]), [["full-code", "FullCode"], [
    "other-code",
    "OtherCode",
  ]]);
  for (const result of run.results) assertEquals(rules[result.ruleIndex].id, result.ruleId);
  assertEquals(rules[0].shortDescription.text, "It is wrong.");
  assertStringIncludes(rules[0].help.markdown, "# full-code");
  assertEquals(rules[0].helpUri, "https://example.com/full-code.md");
  assertEquals(rules[0].properties, {
    tags: ["publishing"],
    precision: "very-high",
    "problem.severity": "error",
  });
});

Deno.test("what puts a secret at risk has a security severity", () => {
  const risky = (code: string): SarifRule => ({ ...rule(code), securitySeverity: 8, confidence: "likely" });
  const [{ properties }] = logOf([FULL], { rule: risky }).runs[0].tool.driver.rules;
  assertEquals(properties, {
    tags: ["publishing", "security"],
    precision: "medium",
    "problem.severity": "error",
    "security-severity": "8.0",
  });
});

Deno.test("each severity has its level", () => {
  const severities = ["error", "warning", "info", "unverified"] as const;
  const { results } = logOf(severities.map((severity) => ({ ...FULL, severity }))).runs[0];
  const levels = new Map(results.map((each: Log) => [each.properties.severity, each.level]));
  assertEquals(severities.map((severity) => levels.get(severity)), ["error", "warning", "note", "note"]);
});

Deno.test("what is accepted is suppressed, with its reason, and by whom", () => {
  const { results } = logOf([
    FULL,
    { ...FULL, ignored: "by hand", ignoredBy: "comment" },
    { ...FULL, ignored: "so", ignoredBy: "configuration" },
    { ...FULL, ignored: "in the baseline", ignoredBy: "baseline" },
  ], { compared: true }).runs[0];
  assertEquals(results.map((each: Log) => each.suppressions), [
    undefined,
    [{ kind: "inSource", status: "accepted", justification: "by hand" }],
    [{ kind: "external", status: "accepted", justification: "so" }],
    [{ kind: "external", status: "accepted", justification: "in the baseline" }],
  ]);
  assertEquals(results.map((each: Log) => each.baselineState), ["new", "new", "new", "unchanged"]);
});

Deno.test("a log stays within GitHub's limits, the gravest first, and says what it leaves out", () => {
  const many = Array.from({ length: 5005 }, (_, index) => ({
    ...reported({ at: at("jobs") }),
    severity: index === 5004 ? "error" as const : "info" as const,
  }));
  const [run] = logOf(many).runs;
  assertEquals([run.results.length, run.results[0].level], [5000, "error"]);
  assertEquals(run.invocations[0].toolExecutionNotifications[0].message.text, "5 more were found");
  const related = Array.from({ length: 150 }, () => ({ at: at("jobs"), message: "here" }));
  const [result] = logOf([{ ...FULL, related }]).runs[0].results;
  assertEquals(result.relatedLocations.length, 100);
  const long = (code: string): SarifRule => ({ ...rule(code), summary: "x".repeat(3000) });
  assertEquals(logOf([FULL], { rule: long }).runs[0].tool.driver.rules[0].shortDescription.text.length, 1024);
});

Deno.test("nothing in a log tells a secret, or steers whoever prints it", () => {
  const secret = `npm_${"CANARY".repeat(6)}`;
  const nasty = `a\u001b[2J\u202e ${secret} \n::error::x`;
  const text = JSON.stringify(logOf([
    {
      ...FULL,
      message: nasty,
      label: nasty,
      why: [nasty],
      next: [nasty],
      related: [{ at: at("jobs"), message: nasty }],
    },
  ]));
  assertEquals(text.includes("CANARY"), false);
  assertEquals(/\\u001b|\u202e/.test(text), false);
  assertMatch(text, /: :error/);
});
