import type { Project } from "../config/project.ts";
import { plainLine } from "../host/redact.ts";
import { readText } from "../host/files.ts";
import type { Session } from "../host/session.ts";
import { type PlacedProblem, readPipelines } from "../pipelines/read.ts";
import { publishers } from "../pipelines/publishing_jobs.ts";
import type { Finding, Phase, Severity } from "../report/finding.ts";
import { UsageError } from "../problem.ts";
import { WORKFLOWS } from "../pipelines/workflow.ts";
import { isUnread } from "./claims.ts";
import { checkRecords, RECORD_CODES, type RecordsChecked } from "./crates_records.ts";
import { ignoredBecause } from "./ignores.ts";
import {
  CREDENTIALS,
  DECLARED,
  declaredPhase,
  JOBS,
  LOCAL,
  localPhase,
  PACKAGES,
  plainPhase,
  RECORDS,
  recordsPhase,
} from "./phases.ts";
import type { Report } from "./rule.ts";
import { RULES } from "./rules.ts";
import { surroundings } from "./surroundings.ts";

/** What is to be looked at; everything when empty. */
export interface DiagnoseOptions {
  /** Codes of rules. */
  readonly only?: readonly string[];
  /** CI files, relative to the root with `/`; other findings than theirs are left out. */
  readonly paths?: readonly string[];
}

/** Everything that doctor has to say. */
export interface Diagnosis {
  readonly findings: readonly DiagnosedFinding[];
  readonly phases: readonly Phase[];
  readonly checked: { readonly files: number; readonly jobs: number; readonly packages: number };
  readonly summary: Readonly<Record<Severity | "ignored", number>>;
  /** Whether any live job publishes anything, with whatever credential. */
  readonly publishes: boolean;
  /** The texts of all files that findings point at, by path. */
  readonly sources: ReadonlyMap<string, string>;
}

/** A finding and its section of the report. */
export interface DiagnosedFinding extends Finding {
  readonly phase: string;
  /** Whether a rule found it; else it is a file that could not be read, or an answer of a registry. */
  readonly byRule: boolean;
}

const NOT_ASKED = "not checked: not asked for";

/** Looks for every mistake of the publishing set-up in one pass. Changes nothing. */
export async function diagnose(
  project: Project,
  session: Session,
  options: DiagnoseOptions = {},
): Promise<Diagnosis> {
  const { pipelines, problems, sources: read } = await readPipelines(project.root);
  const sources = new Map(read);
  for (const path of [project.configuration, ...project.packages.map((pkg) => pkg.at.path)]) {
    const text = path === null || sources.has(path) ? null : await readText(`${project.root}/${path}`);
    if (path !== null && text !== null) sources.set(path, text);
  }
  const unread = new Set(problems.map(({ at }) => at.path));
  for (const path of options.paths ?? []) {
    if (!read.has(path) && !unread.has(path)) throw noPipeline(path, read);
  }
  const subject = await surroundings(session.env, project, pipelines, unread);
  const wanted = (code: string) => !options.only?.length || options.only.includes(code);
  const records: RecordsChecked = RECORD_CODES.some(wanted)
    ? await checkRecords(project, session, subject.remote)
    : { skipped: NOT_ASKED };

  const found: DiagnosedFinding[] = [
    ...problems.map((problem) => ({ ...unreadable(problem, project), phase: LOCAL, byRule: false })),
    ...RULES.flatMap((rule) =>
      [...rule.check(subject)].map((report) => ({
        ...completed(
          { ...rule.confidence ? { confidence: rule.confidence } : {}, ...report },
          rule.code,
          rule.severity,
        ),
        phase: rule.phase as string,
        byRule: true,
      }))
    ),
    ...(records.skipped === null ? records.reports : []).map((report) => ({
      ...completed(report, report.code, "error"),
      phase: RECORDS,
      byRule: false,
    })),
    // Where a file cannot be read, no rule can say that all is well, whichever was asked for.
  ].filter((finding) =>
    (wanted(finding.code) || unread.has(finding.at.path)) && within(finding, options.paths ?? [])
  );
  const findings = found.map((finding) => ({
    ...finding,
    ignored: ignoredBecause(finding, project, sources),
  }));
  const of = (phase: string) => findings.filter((finding) => finding.phase === phase);
  const looked = pipelines.filter(({ path }) => !options.paths?.length || options.paths.includes(path));
  return {
    findings,
    phases: [
      asked(localPhase(looked, of(LOCAL)), of(LOCAL), wanted),
      asked(declaredPhase(project, unread, of(DECLARED)), of(DECLARED), wanted),
      ...FILE_PHASES.filter(([name]) => RULES.some((rule) => rule.phase === name)).map(([name, right]) =>
        asked(plainPhase(name, of(name), right), of(name), wanted)
      ),
      recordsPhase(records, of(RECORDS)),
    ],
    checked: {
      files: looked.length,
      jobs: looked.reduce((sum, pipeline) => sum + pipeline.jobs.length, 0),
      packages: project.packages.length,
    },
    summary: summaryOf(findings),
    publishes: looked.some((pipeline) => publishers(pipeline).some(({ live }) => live !== "no")),
    sources,
  };
}

const FILE_PHASES = [
  [CREDENTIALS, "no token is where it should not be"],
  [JOBS, "nothing in the way of a release"],
  [PACKAGES, "the manifests fit the workflows"],
] as const;

/** A section of which no rule was asked for says nothing. */
function asked(phase: Phase, findings: readonly Finding[], wanted: (code: string) => boolean): Phase {
  return findings.length > 0 || RULES.some((rule) => rule.phase === phase.name && wanted(rule.code))
    ? phase
    : { ...phase, status: "skipped", reason: NOT_ASKED };
}

function within(finding: Finding, paths: readonly string[]): boolean {
  return paths.length === 0 ||
    [finding.at, ...finding.related.map((label) => label.at)].some(({ path }) => paths.includes(path));
}

function completed(report: Report, code: string, severity: Severity): Finding {
  return {
    code,
    severity: report.severity ?? severity,
    confidence: report.confidence ?? "certain",
    message: plainLine(report.message),
    package: report.package ?? null,
    at: report.at,
    label: report.label ?? null,
    related: report.related ?? [],
    why: report.why ?? [],
    next: report.next ?? [],
    fix: report.fix ?? null,
    ignored: null,
  };
}

/** A file that nobody can read may publish; one that holds nothing matters only where it is declared to. */
function unreadable({ code, message, at, why = [], next }: PlacedProblem, project: Project): Finding {
  const declared = project.packages.some((pkg) => isUnread({ unread: new Set([at.path]) }, pkg));
  const harmless = code === "workflow-empty" && !declared;
  return completed({ message, at, why, next }, code, harmless ? "warning" : "error");
}

function noPipeline(path: string, read: ReadonlyMap<string, string>): UsageError {
  const files = [...read.keys()].map((file) => plainLine(file)).join(", ");
  return new UsageError({
    code: "not-a-pipeline",
    message: `${plainLine(path)} is no CI file that keyless reads`,
    why: [`It reads the workflows in ${WORKFLOWS}, and the local actions and workflows that they use.`],
    next: [
      files ? `name one of: ${files}` : `add a workflow to ${WORKFLOWS} first`,
      "or name none to look at all",
    ],
  });
}

function summaryOf(findings: readonly Finding[]): Diagnosis["summary"] {
  const open = findings.filter((finding) => finding.ignored === null);
  const of = (severity: Severity) => open.filter((finding) => finding.severity === severity).length;
  return {
    error: of("error"),
    warning: of("warning"),
    info: of("info"),
    unverified: of("unverified"),
    ignored: findings.length - open.length,
  };
}
