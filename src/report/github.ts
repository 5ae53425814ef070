import type { Env } from "../host/env.ts";
import { given } from "../host/env.ts";
import { appendText } from "../host/files.ts";
import { plain, plainLine, redact } from "../host/redact.ts";
import type { Location, Problem } from "../problem.ts";
import type { Finding, Severity } from "./finding.ts";

/** A remark that GitHub shows beside a line of a file. */
export interface Annotation {
  readonly level: "error" | "warning" | "notice";
  readonly title: string;
  readonly message: string;
  /** `path` relative to the repository's root. */
  readonly at: Location | null;
}

/** GitHub keeps so many annotations of a level for one step. */
const PER_LEVEL = 10;
/** GitHub refuses a longer message (64 KB); this many characters fit in any script. */
const LONGEST = 16_000;

const LEVELS: Readonly<Record<Severity, Annotation["level"]>> = {
  error: "error",
  warning: "warning",
  info: "notice",
  unverified: "notice",
};

/** What GitHub should show of a finding. */
export function annotationOf(finding: Finding): Annotation {
  const { severity, code, message, why, next, at } = finding;
  return {
    level: LEVELS[severity],
    title: code,
    message: worded(message, why, next),
    at,
  };
}

/** What GitHub should show of a problem that keeps a command from its work. */
export function refusalOf({ code, message, why = [], next, at }: Problem): Annotation {
  return { level: "error", title: code, message: worded(message, why, next), at: at ?? null };
}

function worded(message: string, why: readonly string[], next: readonly string[]): string {
  return [message, ...why, ...next.map((step) => `→ ${step}`)].join("\n");
}

/** Workflow commands, a line each; what is beyond GitHub's limit for a step is counted in the last one of its level. */
export function annotations(all: readonly Annotation[]): string {
  return (["error", "warning", "notice"] as const).flatMap((level) => {
    const these = all.filter((annotation) => annotation.level === level);
    if (these.length <= PER_LEVEL) return these;
    const kept = these.slice(0, PER_LEVEL - 1);
    const message = `${these.length - kept.length} more of this kind are in the log of this step`;
    return [...kept, { level, title: "keyless", message, at: null }];
  }).map(command).join("");
}

function command({ level, title, message, at }: Annotation): string {
  const properties: [string, string | number][] = at
    ? [["file", plainLine(at.path)], ["line", at.start.line], ["endLine", at.end.line]]
    : [];
  // GitHub drops an annotation with columns that spans several lines.
  if (at && at.start.line === at.end.line) {
    properties.push(["col", at.start.column], ["endColumn", at.end.column]);
  }
  properties.push(["title", title]);
  const text = properties.map(([name, value]) => `${name}=${escapeProperty(String(value))}`).join(",");
  return `::${level} ${text}::${escapeData(cut(plain(message)))}\n`;
}

function cut(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
}

/** The runner's escapes for the text of a command. */
function escapeData(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

/** The runner's escapes for a property of a command. */
function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}

/** GitHub shows no summary of a step beyond 1 MiB. */
const SUMMARY_LIMIT = 1 << 20;

/** Adds Markdown to the job's summary page; `false` outside GitHub Actions, or when it would be too long to be shown. */
export async function summarise(markdown: string, env: Env): Promise<boolean> {
  const file = given(env, "GITHUB_STEP_SUMMARY");
  if (file === undefined) return false;
  const text = redact(markdown);
  if (new TextEncoder().encode(text).length > SUMMARY_LIMIT) return false;
  await appendText(file, text.endsWith("\n") ? text : `${text}\n`);
  return true;
}

/** Text of any origin as one cell of a Markdown table: no markup, no line breaks. */
export function markdownCell(text: string): string {
  return plain(text).replace(/[\\`*_{}[\]<>|#!~&@]/g, (sign) => `&#${sign.codePointAt(0)};`).replace(
    /\s+/g,
    " ",
  );
}
