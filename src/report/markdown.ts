import { plain, plainLine } from "../host/redact.ts";
import { isOpen, type Phase, type ReportedFinding, type Severity } from "./finding.ts";
import { markdownCell } from "./github.ts";

/** What a page is made of. */
export interface MarkdownReport {
  /** The verdict in one line, e.g. `2 errors, 1 warning`. */
  readonly verdict: string;
  readonly findings: readonly ReportedFinding[];
  readonly phases: readonly Phase[];
  /** Where the page of a finding is. */
  url(finding: ReportedFinding): string;
}

/** GitHub takes 65,536 characters in a comment. */
const LONGEST = 60_000;

/** More places of one finding than anybody reads. */
const MOST_RELATED = 20;

const SIGNS: Readonly<Record<Severity, string>> = {
  error: "✗",
  warning: "!",
  info: "·",
  unverified: "?",
};

const STATUS: Readonly<Record<Phase["status"], string>> = { passed: "✓", failed: "✗", skipped: "·" };

/** A page for a comment on a pull request, or for the summary of a job, in GitHub's Markdown. The mark at its top lets a script find it again. */
export function markdown({ verdict, findings, phases, url }: MarkdownReport): string {
  const head = `<!-- keyless doctor -->\n### keyless doctor: ${inline(verdict)}\n`;
  const sections = phases.map((phase) =>
    [section(phase, findings), ...phase.seen?.map(inline) ?? []].map((line, index) =>
      `${index > 0 ? "  " : ""}- ${line}\n`
    ).join("")
  ).join("");
  const blocks: string[] = [];
  let length = head.length + sections.length;
  for (const finding of findings) {
    const block = details(finding, url(finding));
    length += block.length + 1;
    if (length > LONGEST) {
      blocks.push(
        `… and ${findings.length - blocks.length} more: run \`keyless doctor\` to see all of them.\n`,
      );
      break;
    }
    blocks.push(block);
  }
  return [head, ...blocks, ...sections ? [sections] : []].join("\n");
}

/** How a section came out. What is right in it is said only where nothing was found, as on a terminal. */
function section(phase: Phase, findings: readonly ReportedFinding[]): string {
  const { name, status, reason } = phase;
  if (status === "passed") {
    const found = findings.filter((each) => each.phase === name && each.ignored === null);
    const worst = (["warning", "info"] as const).find((one) =>
      found.some(({ severity }) => severity === one)
    );
    if (worst) return `${SIGNS[worst]} ${inline(name)}`;
  }
  const sign = isOpen(phase) ? SIGNS.unverified : STATUS[status];
  return `${sign} ${inline(name)}${reason ? `: ${inline(reason)}` : ""}`;
}

/** A finding, folded to one line: what, and where; unfolded: why, the other places, what to do. */
function details(finding: ReportedFinding, url: string): string {
  const { severity, code, message, at, related, why, next, ignored } = finding;
  const place = plainLine(`${at.path}:${at.start.line}`);
  const body = [
    ...finding.label ? [`${codeSpan(place)} ${inline(finding.label)}`] : [],
    ...related.slice(0, MOST_RELATED).map((label) =>
      `${codeSpan(`${label.at.path}:${label.at.start.line}`)} ${inline(label.message)}`
    ),
    ...related.length > MOST_RELATED ? [`… and ${related.length - MOST_RELATED} more places`] : [],
  ];
  return [
    `<details><summary>${SIGNS[severity]} <b>${html(code)}</b>: ${html(plainLine(message))} <code>${
      html(place)
    }</code></summary>`,
    "",
    ...body.map((line) => `- ${line}`),
    ...body.length > 0 ? [""] : [],
    ...why.flatMap((sentence) => [inline(sentence), ""]),
    ...ignored === null ? [] : [`Accepted: ${inline(ignored)}`, ""],
    ...next.map(step),
    `- [why: ${code}](${url})`,
    "",
    "</details>",
    "",
  ].join("\n");
}

/** A step; what stands below its first line is text to paste. */
function step(text: string): string {
  const [first, ...rest] = plain(text).split("\n");
  const paste = rest.length > 0 ? `\n  <pre>${html(rest.join("\n"))}</pre>` : "";
  return `- → ${inline(first!)}${paste}`;
}

/** Text of any origin: what stands in backquotes is code, an address is a link, and nothing else is markup. */
function inline(text: string): string {
  return plainLine(text, 10_000).split(/(`[^`]+`|https?:\/\/[^\s<>"'`)]*[^\s<>"'`).,;:])/).map((
    part,
    index,
  ) =>
    index % 2 === 0
      ? markdownCell(part)
      : part.startsWith("`")
      ? `<code>${html(part.slice(1, -1))}</code>`
      : `<${part}>`
  ).join("");
}

function codeSpan(text: string): string {
  return `<code>${html(plainLine(text))}</code>`;
}

function html(text: string): string {
  return text.replace(/[&<>"'@#|\\`*_~[\]]/g, (sign) => `&#${sign.codePointAt(0)};`);
}
