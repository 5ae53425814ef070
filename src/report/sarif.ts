import { SourceText } from "../formats/positions.ts";
import { plain, plainLine } from "../host/redact.ts";
import type { Location } from "../problem.ts";
import { HOMEPAGE, VERSION } from "../version.ts";
import type { Fix, ReportedFinding, Severity } from "./finding.ts";

/** What a SARIF file says about a code. */
export interface SarifRule {
  readonly code: string;
  /** The level of most of its findings. */
  readonly severity: Severity;
  readonly confidence: "certain" | "likely";
  readonly tags: readonly string[];
  /** From 0.1 to 10 as in CVSS, for what puts a secret at risk; `null` for what only breaks a release. */
  readonly securitySeverity: number | null;
  /** What it is about, in a sentence. */
  readonly summary: string;
  /** The whole page, in Markdown. */
  readonly page: string;
  /** Where the page is. */
  readonly url: string;
}

/** What a SARIF file is made of. */
export interface SarifRun {
  readonly findings: readonly ReportedFinding[];
  /** What is known about a code. */
  rule(code: string): SarifRule;
  /** The texts of the files that fixes edit, by path. */
  readonly sources: ReadonlyMap<string, string>;
  readonly exitCode: number;
  /** Whether findings were compared with a baseline. */
  readonly compared: boolean;
}

/** GitHub shows so many results of a run and leaves out the others. */
const MOST_RESULTS = 5000;
/** GitHub shows so many locations of a result. */
const MOST_RELATED = 100;

const ORDER: readonly Severity[] = ["error", "warning", "unverified", "info"];

const LEVELS: Readonly<Record<Severity, "error" | "warning" | "note">> = {
  error: "error",
  warning: "warning",
  info: "note",
  unverified: "note",
};

/** The findings as a SARIF 2.1.0 log, within the limits of GitHub's code scanning: OASIS sarif-v2.1.0-errata01. */
export function sarif(run: SarifRun): object {
  const sorted = run.findings.toSorted((a, b) => ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity));
  const findings = sorted.slice(0, MOST_RESULTS);
  const codes = [...new Set(findings.map(({ code }) => code))].sort();
  const left = sorted.length - findings.length;
  const texts = new Map([...run.sources].map(([path, text]) => [path, new SourceText(text, path)]));
  const sources = (path: string) => texts.get(path) ?? new SourceText("", path);
  return {
    $schema: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
    version: "2.1.0",
    runs: [{
      tool: {
        driver: {
          name: "keyless",
          version: VERSION,
          semanticVersion: VERSION,
          informationUri: HOMEPAGE,
          rules: codes.map((code) => ruleOf(run.rule(code))),
        },
      },
      invocations: [{
        executionSuccessful: true,
        exitCode: run.exitCode,
        ...left > 0
          ? {
            toolExecutionNotifications: [{ level: "warning", message: { text: `${left} more were found` } }],
          }
          : {},
      }],
      columnKind: "utf16CodeUnits",
      originalUriBaseIds: { "%SRCROOT%": { description: { text: "The root of the repository." } } },
      results: findings.map((finding) => resultOf(finding, codes.indexOf(finding.code), run, sources)),
    }],
  };
}

/** The text of a file that fixes edit. */
type Sources = (path: string) => SourceText;

function ruleOf(rule: SarifRule): object {
  const { code, severity, confidence, securitySeverity, page, url } = rule;
  // GitHub takes 1,024 characters.
  const text = plainLine(rule.summary, 1024);
  return {
    id: code,
    name: code.split("-").map((word) => word[0]!.toUpperCase() + word.slice(1)).join(""),
    shortDescription: { text },
    fullDescription: { text },
    help: { text: plain(page), markdown: plain(page) },
    helpUri: url,
    defaultConfiguration: { level: LEVELS[severity] },
    properties: {
      tags: [...rule.tags, ...securitySeverity === null ? [] : ["security"]],
      precision: confidence === "certain" ? "very-high" : "medium",
      "problem.severity":
        { error: "error", warning: "warning", info: "recommendation", unverified: "recommendation" }[
          severity
        ],
      ...securitySeverity === null ? {} : { "security-severity": securitySeverity.toFixed(1) },
    },
  };
}

function resultOf(finding: ReportedFinding, ruleIndex: number, run: SarifRun, sources: Sources): object {
  const { code, severity, at, fix, fingerprint, ignored, ignoredBy } = finding;
  const related = finding.related.slice(0, MOST_RELATED);
  return {
    ruleId: code,
    ruleIndex,
    level: LEVELS[severity],
    message: { text: messageOf(finding, related.length) },
    locations: [{ physicalLocation: placeOf(at), ...finding.label ? messageWith(finding.label) : {} }],
    ...related.length > 0
      ? {
        relatedLocations: related.map((label, index) => ({
          id: index + 1,
          physicalLocation: placeOf(label.at),
          ...messageWith(label.message),
        })),
      }
      : {},
    partialFingerprints: { "keylessFingerprint/v1": fingerprint },
    ...ignored === null ? {} : {
      suppressions: [{
        kind: ignoredBy === "comment" ? "inSource" : "external",
        status: "accepted",
        justification: plainLine(ignored),
      }],
    },
    ...run.compared ? { baselineState: ignoredBy === "baseline" ? "unchanged" : "new" } : {},
    ...fix ? { fixes: [fixOf(fix, sources)] } : {},
    properties: {
      severity,
      confidence: finding.confidence,
      section: finding.phase,
      package: finding.package,
    },
  };
}

/** The first sentence says it all; GitHub shows the other places only where the text links to them. */
function messageOf({ message, why, next, related }: ReportedFinding, links: number): string {
  const linked = related.slice(0, links).map((label, index) => `[${linkText(label.message)}](${index + 1})`);
  return [
    `${unlinked(plainLine(message))}.`,
    ...why.map((sentence) => unlinked(plain(sentence))),
    ...linked.length > 0 ? [`See ${linked.join(", ")}.`] : [],
    ...next.length > 0 ? [`To do: ${next.map((step) => unlinked(plain(step))).join("; ")}.`] : [],
  ].join("\n");
}

/** Text of any origin, in which `[a](b)` is no link. */
function unlinked(text: string): string {
  return text.replace(/\[(?=[^[\]]*\]\()/g, "\\[");
}

function linkText(text: string): string {
  return plainLine(text).replace(/[[\]\\]/g, "\\$&");
}

function messageWith(text: string): object {
  return { message: { text: plainLine(text) } };
}

function placeOf({ path, start, end }: Location): object {
  return {
    artifactLocation: artifact(path),
    region: { startLine: start.line, startColumn: start.column, endLine: end.line, endColumn: end.column },
  };
}

function artifact(path: string): object {
  return { uri: path.toWellFormed().split("/").map(encodeURIComponent).join("/"), uriBaseId: "%SRCROOT%" };
}

function fixOf({ description, edits }: Fix, sources: Sources): object {
  return {
    description: { text: plainLine(description) },
    artifactChanges: [...Map.groupBy(edits, ({ path }) => path)].map(([path, these]) => ({
      artifactLocation: artifact(path),
      replacements: these.map(({ start, end, text }) => ({
        deletedRegion: regionOf(sources(path), start, end),
        ...text === "" ? {} : { insertedContent: { text } },
      })),
    })),
  };
}

function regionOf(source: SourceText, start: number, end: number): object {
  const mark = source.text.length - source.body.length;
  const region = source.span(start - mark, end - mark);
  return {
    startLine: region.start.line,
    startColumn: region.start.column,
    endLine: region.end.line,
    endColumn: region.end.column,
  };
}
