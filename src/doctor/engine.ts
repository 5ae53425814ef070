import type { Package, Project } from "../config/project.ts";
import { plainLine } from "../host/redact.ts";
import { readText } from "../host/files.ts";
import type { Session } from "../host/session.ts";
import { type PlacedProblem, readPipelines } from "../pipelines/read.ts";
import { placed } from "../pipelines/repository.ts";
import { publishers } from "../pipelines/publishing_jobs.ts";
import { ownReferences } from "../publish/own_references.ts";
import type { Finding, Phase, ReportedFinding, Severity } from "../report/finding.ts";
import type { Problem } from "../problem.ts";
import { acceptance, type FoundFinding } from "./acceptance.ts";
import type { Baseline } from "./baseline.ts";
import { concernsNobody, isHarmless } from "./broken_packages.ts";
import { hasCiAbove } from "./ci_above.ts";
import { concerning } from "./chosen.ts";
import { claimedFile, isUnread, jobsOf, tokenJobsOf } from "./claims.ts";
import { completed } from "./completed.ts";
import { foundByRules } from "./found.ts";
import { IGNORE_CODES } from "./ignore_reports.ts";
import { mistakesIn } from "./left_behind.ts";
import {
  CREDENTIALS,
  DECLARED,
  declaredPhase,
  filesPhase,
  ignoresPhase,
  JOBS,
  LOCAL,
  localPhase,
  NOT_ASKED,
  PACKAGES,
} from "./phases.ts";
import {
  hasLooked,
  provesNothing,
  REGISTRY_CODES,
  type RegistryOptions,
  registryPhase,
  registrySections,
} from "./registry_sections.ts";
import type { Subject } from "./rule.ts";
import { RULES } from "./rules.ts";
import { unseenManifests } from "./manifests.ts";
import { noPipeline } from "./no_pipeline.ts";
import { knownLater, publishingList } from "./publishing_list.ts";
import { suggestedPolicy } from "./suggested_policy.ts";
import { surroundings } from "./surroundings.ts";

/** What is to be looked at; everything when empty. */
export interface DiagnoseOptions extends RegistryOptions {
  /** Codes of rules. */
  readonly only?: readonly string[];
  /** CI files, relative to the root with `/`; other findings than theirs are left out. */
  readonly paths?: readonly string[];
  /** Packages of the project; what concerns none of them is left out. */
  readonly chosen?: readonly Package[];
  /** What is wrong with manifests whose packages the project lacks. */
  readonly broken?: readonly Problem[];
  /** Texts that stand in for those of files, by path. */
  readonly overlay?: ReadonlyMap<string, string>;
  /** Whether anybody asks for fixes that are not safe; most reports do not show them. Default: yes. */
  readonly unsafeFixes?: boolean;
  /** Whether anybody asks for fingerprints. Default: yes. */
  readonly fingerprints?: boolean;
  /** Findings that are known already; they do not count. */
  readonly baseline?: Baseline;
}

/** Everything that doctor has to say. */
export interface Diagnosis {
  readonly findings: readonly ReportedFinding[];
  readonly phases: readonly Phase[];
  readonly checked: { readonly files: number; readonly jobs: number; readonly packages: number };
  /** `ignored` counts what a comment or a setting accepts, without what is in the baseline. */
  readonly summary: Readonly<Record<Severity | "ignored", number>>;
  /** How many findings are in the baseline, and how many of its entries are of the past; `null` without one. */
  readonly baseline: { readonly known: number; readonly gone: number } | null;
  /** Whether any live job publishes anything, with whatever credential. */
  readonly publishes: boolean;
  /** Whether `--live` was asked for and exchanged nothing. */
  readonly unproven: boolean;
  /** The texts of all files that findings point at, by path. */
  readonly sources: ReadonlyMap<string, string>;
}

/** Looks for every mistake of the publishing set-up in one pass. Changes nothing. */
export async function diagnose(
  project: Project,
  session: Session,
  options: DiagnoseOptions = {},
): Promise<Diagnosis> {
  const declared = new Set(project.packages.flatMap((pkg) => pkg.trustPolicy?.workflow ?? []));
  const { pipelines, problems, sources: read } = await readPipelines(project.root, {
    declared,
    own: ownReferences(session.env, project.root),
    ...options.overlay ? { overlay: options.overlay } : {},
  });
  const sources = new Map(read);
  for (const path of [project.configuration, ...project.packages.map((pkg) => pkg.at.path)]) {
    const text = path === null || sources.has(path)
      ? null
      : options.overlay?.get(path) ?? await readText(`${project.root}/${path}`);
    if (path !== null && text !== null) sources.set(path, text);
  }
  // What follows the first mistake of a file often only follows from it.
  const broken = [...Map.groupBy(options.broken ?? [], ({ at }) => at?.path ?? ".")]
    .map(([path, problems]) => placed(problems[0]!, path));
  for (const { at, source } of broken) if (source !== undefined) sources.set(at.path, source);
  const unread = new Set(problems.map(({ at }) => at.path));
  for (const path of options.paths ?? []) {
    if (!read.has(path) && !unread.has(path)) throw noPipeline(path, read);
  }
  const { overlay, chosen } = options;
  const subject = await surroundings(session.env, project, { pipelines, unread, sources, overlay });
  const { real, leftBehind } = mistakesIn(problems, subject);
  const missed = new Set(real.map(({ at }) => at.path));
  for (const [path, text] of subject.settings.sources) sources.set(path, text);
  for (const [path, { source }] of subject.manifests) sources.set(path, source.text);
  const wanted = (code: string) => !options.only?.length || options.only.includes(code);
  // What cannot be read is told where a rule of its section is wanted, and once.
  const told = new Set([...unread, ...broken.map(({ at }) => at.path)]);
  const unreadFor = (section: string, problems: readonly PlacedProblem[]) =>
    RULES.some(({ code, phase }) => phase === section && wanted(code))
      ? problems.filter(({ at }) => !told.has(at.path))
      : [];
  const unreadFiles = [
    ...unreadFor(CREDENTIALS, subject.settings.problems).map((problem) => ({ problem, phase: CREDENTIALS })),
    ...unreadFor(PACKAGES, subject.unreadManifests).map((problem) => ({ problem, phase: PACKAGES })),
  ];
  const blind = new Set([...told, ...unreadFiles.map(({ problem }) => problem.at.path)]);
  const about: Subject = chosen ? { ...subject, project: { ...project, packages: chosen } } : subject;
  const { packages } = about.project;
  const sections = await registrySections(about, session, options, wanted);

  const found: FoundFinding[] = [
    ...[
      ...real.map((problem) => unreadable(problem, project)),
      ...leftBehind ? [asFinding(leftBehind, "warning")] : [],
    ].map((finding) => ({ ...finding, phase: LOCAL, byRule: false })),
    ...unreadFiles.map(({ problem, phase }) => ({
      ...asFinding(problem, "unverified"),
      phase,
      byRule: false,
    })),
    ...broken.filter((problem) => !concernsNobody(problem, subject)).map((problem) => ({
      ...asFinding(problem, isHarmless(problem, subject) ? "unverified" : "error"),
      phase: PACKAGES,
      byRule: false,
    })),
    ...await foundByRules(subject, options.unsafeFixes ?? true),
    ...sections.flatMap(({ name, checked }) =>
      (checked.skipped === null ? checked.reports : []).map((report) => ({
        ...completed(report, report.code, "error"),
        phase: name,
        byRule: false,
      }))
    ),
  ];
  // An ignore is of no use, and a baseline's entry of the past, only where every finding was there for it to match.
  const whole = !options.paths?.length && packages.length === subject.project.packages.length &&
    blind.size === 0 &&
    (!options.only?.length || options.only.includes("unused-ignore"));
  const all = await acceptance(found, {
    settings: project.doctor,
    sources,
    baseline: options.baseline ?? null,
    named: options.fingerprints ?? true,
    judged: (code) => whole && hasLooked(sections, code),
    known: CODES,
  });
  const concerns = chosen ? concerning(subject, chosen) : () => true;
  const findings = all.filter((finding) =>
    // Where a file cannot be read, no rule can say that all is well, whichever was asked for.
    (wanted(finding.code) || blind.has(finding.at.path)) && within(finding, options.paths ?? []) &&
    concerns(finding)
  ).toSorted((a, b) => WEIGHTS[a.severity] - WEIGHTS[b.severity]);
  const of = (phase: string) => findings.filter((finding) => finding.phase === phase);
  const looked = pipelines.filter(({ path }) => !options.paths?.length || options.paths.includes(path));
  const published = looked.flatMap((pipeline) => publishers(pipeline)).filter(({ live }) => live !== "no");
  const publishes = published.length > 0;
  const ciAbove = pipelines.length === 0 && await hasCiAbove(project.root);
  return {
    findings,
    phases: [
      asked(
        localPhase(
          looked,
          await publishingList(subject, looked),
          knownLater(subject, looked),
          of(LOCAL),
          ciAbove,
        ),
        of(LOCAL),
        wanted,
      ),
      asked(
        declaredPhase(
          about.project,
          { unread: missed, broken },
          of(DECLARED),
          suggestedPolicy(about),
          {
            oidc: new Set(packages.filter((pkg) => jobsOf(subject, pkg).length > 0)),
            token: new Set(
              packages.filter((pkg) =>
                tokenJobsOf(subject, pkg).some((job) =>
                  claimedFile(job, pkg.kind).file === pkg.trustPolicy?.workflow
                )
              ),
            ),
          },
        ),
        of(DECLARED),
        wanted,
      ),
      ...FILE_PHASES.map(([name, right]) => {
        const unseen = name === PACKAGES ? unseenManifests(subject, published) : null;
        return asked(
          filesPhase(name, of(name), { right, unread: missed, publishes, unseen }),
          of(name),
          wanted,
        );
      }),
      ...sections.filter(({ shown }) => shown).map((section) => registryPhase(section, of(section.name))),
      ...ignoresPhase(findings),
    ],
    checked: {
      files: looked.length,
      jobs: looked.reduce((sum, { jobs, skimmedJobs }) => sum + (skimmedJobs ?? jobs.length), 0),
      packages: packages.length,
    },
    summary: summaryOf(findings),
    baseline: options.baseline
      ? {
        known: findings.filter(({ ignoredBy }) => ignoredBy === "baseline").length,
        gone: whole ? options.baseline.gone(all.flatMap(({ fingerprint }) => fingerprint ?? [])) : 0,
      }
      : null,
    publishes,
    unproven: provesNothing(sections),
    sources,
  };
}

/** Every code that can be asked for. */
export const CODES: readonly string[] = [
  ...RULES.map((rule) => rule.code),
  ...REGISTRY_CODES,
  ...IGNORE_CODES,
];

/** What is worst is told first. */
const WEIGHTS: Readonly<Record<Severity, number>> = { error: 0, warning: 1, unverified: 2, info: 3 };

const FILE_PHASES = [
  [CREDENTIALS, "no token is where it should not be"],
  [JOBS, "nothing in the way of a release"],
  [PACKAGES, "the manifests fit the workflows"],
] as const;

/** A section of which no rule was asked for says nothing. */
function asked(phase: Phase, findings: readonly Finding[], wanted: (code: string) => boolean): Phase {
  return findings.length > 0 || RULES.some((rule) => rule.phase === phase.name && wanted(rule.code))
    ? phase
    : { name: phase.name, status: "skipped", reason: NOT_ASKED };
}

function within(finding: Finding, paths: readonly string[]): boolean {
  return paths.length === 0 ||
    [finding.at, ...finding.related.map((label) => label.at)].some(({ path }) => paths.includes(path));
}

/** A file that nobody can read may publish; one that holds nothing matters only where it is declared to. */
function unreadable(problem: PlacedProblem, project: Project): Finding {
  const declared = project.packages.some((pkg) => isUnread({ unread: new Set([problem.at.path]) }, pkg));
  const harmless = problem.code === "workflow-empty" && !declared;
  return asFinding(problem, harmless ? "warning" : "error");
}

function asFinding(
  { code, message, at, said, why = [], next }: PlacedProblem,
  severity: Severity,
): Finding {
  const words = said === undefined ? [] : [`In the words of the parser: "${plainLine(said, 200)}"`];
  return completed({ message, at, why: [...why, ...words], next }, code, severity);
}

function summaryOf(findings: readonly ReportedFinding[]): Diagnosis["summary"] {
  const open = findings.filter((finding) => finding.ignored === null);
  const of = (severity: Severity) => open.filter((finding) => finding.severity === severity).length;
  return {
    error: of("error"),
    warning: of("warning"),
    info: of("info"),
    unverified: of("unverified"),
    ignored: findings.filter(({ ignoredBy }) => ignoredBy !== null && ignoredBy !== "baseline").length,
  };
}
