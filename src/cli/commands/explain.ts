import pages from "../../explain/pages.json" with { type: "json" };
import { renderPage, summaryOf } from "../../explain/page.ts";
import { type ExitCode, UsageError } from "../../problem.ts";
import type { Severity } from "../../report/finding.ts";
import { fold } from "../../report/fold.ts";
import { paint } from "../../report/style.ts";
import { sign } from "../../report/problem_text.ts";
import { suggest } from "../../suggest.ts";
import { json } from "../io.ts";
import type { Call } from "../verb.ts";

const PAGES: Readonly<Record<string, string>> = pages;

/** Prints the page of a code, or the list of all codes. */
export async function run({ arguments: [code], options, io }: Call): Promise<ExitCode> {
  if (code !== undefined && options.list) {
    throw new UsageError({
      code: "options-conflict",
      message: `--list shows all codes, "${code}" asks for one`,
      next: ["leave one of the two out"],
    });
  }
  const codes = code === undefined ? Object.keys(PAGES) : [known(code)];
  if (io.json) {
    const severities = await severitiesOfFindings();
    const found = codes.map((each) => ({
      code: each,
      severity: severities.get(each) ?? null,
      summary: summaryOf(PAGES[each]!),
      text: PAGES[each]!,
    }));
    io.out(json({ schema: "keyless/explain/1", pages: found }));
  } else if (code !== undefined) {
    const page = PAGES[codes[0]!]!;
    io.out(io.stdout.isTerminal ? renderPage(page, io.stdout) : page);
  } else {
    const lines = io.stdout.isTerminal ? grouped(codes, await severitiesOfFindings(), io) : codes;
    io.out(lines.map((line) => `${line}\n`).join(""));
  }
  return 0;
}

/** What doctor finds, and how grave it is when it finds it; all other codes are of problems that stop a command. */
async function severitiesOfFindings(): Promise<ReadonlyMap<string, Severity>> {
  const { CODES } = await import("../../doctor/engine.ts");
  const { IGNORE_CODES } = await import("../../doctor/ignore_reports.ts");
  const { RECORD_SEVERITIES } = await import("../../doctor/record_codes.ts");
  const { RULES } = await import("../../doctor/rules.ts");
  return new Map<string, Severity>([
    ...CODES.map((code) => [code, RECORD_SEVERITIES[code] ?? "error"] as const),
    ...IGNORE_CODES.map((code) => [code, "warning"] as const),
    ...RULES.map((rule) => [rule.code, rule.severity] as const),
  ]);
}

/** What doctor finds first, the gravest on top; then the problems. */
function grouped(
  codes: readonly string[],
  severities: ReadonlyMap<string, Severity>,
  { stdout }: Call["io"],
): string[] {
  const row = (code: string) => {
    const severity = severities.get(code);
    return [
      `  ${severity ? `${sign(severity, stdout)} ` : ""}${paint(code, "strong", stdout)}`,
      ...fold(summaryOf(PAGES[code]!), { width: stdout.width, first: "      " }),
    ];
  };
  const order: readonly Severity[] = ["error", "warning", "unverified", "info"];
  const findings = order.flatMap((severity) => codes.filter((code) => severities.get(code) === severity));
  const problems = codes.filter((code) => !severities.has(code));
  return [
    paint("What keyless doctor finds", "strong", stdout),
    ...findings.flatMap(row),
    "",
    paint("What stops a command", "strong", stdout),
    ...problems.flatMap(row),
  ];
}

function known(code: string): string {
  if (Object.hasOwn(PAGES, code)) return code;
  const near = suggest(code, Object.keys(PAGES));
  throw new UsageError({
    code: "unknown-code",
    message: `There is no code "${code}"`,
    next: [...(near ? [`did you mean keyless explain ${near}?`] : []), "all codes: keyless explain --list"],
  });
}
