import type { Problem } from "../../problem.ts";
import type { Released, ReleaseReport } from "../../publish/report.ts";
import { markdownCell } from "../../report/github.ts";
import { duration } from "./words.ts";

const WORDS: Readonly<Record<Released["result"], string>> = {
  published: "✓ published",
  accepted: "? accepted, not visible yet",
  there: "· there already, same bytes",
  failed: "✗ failed",
  "not-tried": "· not tried",
  dry: "· dry run",
};

/** The step summary of a release, in Markdown. */
export function releaseSummary(report: ReleaseReport, repository: string | null): string {
  const lines = [
    `### keyless publish: ${markdownCell(repository ?? "")} at ${report.commit.slice(0, 7)}`,
    "",
  ];
  lines.push("| package | version | registry | result | sha256 |", "| --- | --- | --- | --- | --- |");
  for (const entry of report.packages) {
    const digest = entry.files[0] ? `\`${entry.files[0].sha256.slice(0, 12)}…\`` : "";
    lines.push(
      `| ${markdownCell(entry.package.name)} | ${markdownCell(entry.version ?? "")} | ${
        markdownCell(entry.package.registry.label)
      } | ${WORDS[entry.result]} | ${digest} |`,
    );
  }
  for (const problem of [...report.problems, ...report.packages.flatMap((entry) => entry.problems)]) {
    lines.push(...problemLines(problem));
  }
  const { minted, burned, longest } = report.tokens;
  lines.push("", `Tokens: ${minted} minted, ${burned} burned, longest life ${duration(longest)}.`);
  return lines.join("\n") + "\n";
}

/** The step summary of a release that stopped at its checks. */
export function stoppedSummary(problems: readonly Problem[], repository: string | null): string {
  const lines = [`### keyless publish: ${markdownCell(repository ?? "")}`, "", "Nothing was uploaded."];
  return [...lines, ...problems.flatMap(problemLines)].join("\n") + "\n";
}

function problemLines(problem: Problem): string[] {
  const lines = ["", `✗ **${markdownCell(problem.message)}**`];
  if (problem.said) lines.push("", ...problem.said.split("\n").map((line) => `> ${markdownCell(line)}`));
  for (const step of problem.next) lines.push("", `→ ${markdownCell(step)}`);
  return lines;
}
