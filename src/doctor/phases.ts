import type { Package, Project } from "../config/project.ts";
import { allSteps } from "../pipelines/placed_commands.ts";
import { publishers, standsAlone } from "../pipelines/publishing_jobs.ts";
import type { Job, Pipeline } from "../pipelines/model.ts";
import type { Problem } from "../problem.ts";
import type { Phase, ReportedFinding } from "../report/finding.ts";
import { isUnread } from "./claims.ts";
import { wantsOtherOidc } from "./oidc.ts";

/** Why a section of which nothing was asked for says nothing. */
export const NOT_ASKED = "not checked: not asked for";

/** The section about the workflow files alone. */
export const LOCAL = "trust policy (local)";
/** The section that compares them with the declarations. */
export const DECLARED = "trust policy (declared)";

/** The section about where tokens lie, and who can read them. */
export const CREDENTIALS = "credentials";
/** The section about how the jobs that publish are built. */
export const JOBS = "publishing jobs";
/** The section about the manifests of what is published. */
export const PACKAGES = "packages";
/** The section about comments and settings that accept findings; only where there are any. */
export const IGNORES = "accepted findings";

/** How a section came out of which only the findings are worth telling; `right` is said when there are none. */
export function plainPhase(name: string, findings: readonly ReportedFinding[], right: string): Phase {
  return outcome(name, findings, right);
}

/** The same of a section about files: without findings it is right only where there was something to look at, and all of it was read. */
export function filesPhase(
  name: string,
  findings: readonly ReportedFinding[],
  { right, publishes, unread, unseen = null }: {
    readonly right: string;
    readonly publishes: boolean;
    readonly unread: ReadonlySet<string>;
    /** Why there was nothing to look at although something is published; `null` where there was. */
    readonly unseen?: string | null;
  },
): Phase {
  const known = findings.filter(({ ignoredBy }) => ignoredBy === "baseline").length;
  const reason = findings.length > known
    ? null
    : unread.size > 0
    ? `not checked: cannot read ${[...unread].slice(0, 3).join(", ")}`
    : known > 0
    ? null
    : publishes
    ? unseen
    : name === CREDENTIALS
    // Tokens lie in files whether or not something is published; who is handed one is seen only where something is.
    ? "no job is seen to publish, and no file that was read holds a token"
    : "no job is seen to publish";
  return reason === null ? outcome(name, findings, right) : { name, status: "skipped", reason };
}

/** How the section about the workflow files came out; `seen` are the jobs in them that publish, which are told whatever is wrong, `later` what is known of those only when they run. */
export function localPhase(
  pipelines: readonly Pipeline[],
  seen: readonly string[],
  later: string | null,
  findings: readonly ReportedFinding[],
  ciAbove: boolean,
): Phase {
  if (seen.length > 0) {
    const phase = outcome(LOCAL, findings, null);
    return phase.status === "passed" && later !== null
      ? { ...phase, status: "skipped", reason: later, seen }
      : { ...phase, seen };
  }
  const [dead] = pipelines.filter((each) => standsAlone(each, pipelines)).flatMap((each) => publishers(each));
  const commented = pipelines.find((pipeline) => pipeline.commentedOut.length > 0);
  const reason = dead
    ? `${dead.pipeline.file}: the ${
      dead.step.live !== "no" && dead.invocation.login?.live === "no" ? "login" : "publishing"
    } step of job "${dead.job.id}" can never run`
    : commented
    ? `${commented.file}:${commented.commentedOut[0]!.at.start.line}: the publishing step is commented out`
    : pipelines.length > 0
    ? ["no job is seen to publish", ...mayPublish(pipelines)].join("; ")
    : ciAbove
    ? "not checked: the CI files lie above keyless.toml, and are read only beside it; move it to the repository's root"
    : "there is no workflow in .github/workflows, no .gitlab-ci.yml, .circleci/config.yml or Jenkinsfile";
  return findings.length > 0 ? outcome(LOCAL, findings, reason) : { name: LOCAL, status: "skipped", reason };
}

/** Jobs that can request a token for something that cannot be seen, say a script that publishes. */
function mayPublish(pipelines: readonly Pipeline[]): string[] {
  return pipelines.flatMap(({ file, jobs }) => {
    const able = jobs.filter((job) => job.permissions.from === "job" && mayRequest(job))
      .map(({ id }) => `"${id}"`);
    const few = able.slice(0, FEW_JOBS).join(", ");
    const named = able.length > FEW_JOBS ? `${few} and ${able.length - FEW_JOBS} more` : few;
    return able.length === 0
      ? []
      : [`${file}: ${able.length === 1 ? "job" : "jobs"} ${named} ${MAY_REQUEST}, for what is not seen`];
  });
}

/** Whether a job can request a token for what is not seen; one that calls a workflow of this repository only where a job of that can. */
function mayRequest({ permissions, calls, steps }: Job): boolean {
  return permissions.allows("id-token", "write") === "yes" &&
    (calls?.pipeline ? calls.pipeline.jobs.some(mayRequest) : !allSteps(steps).some(wantsOtherOidc));
}

const FEW_JOBS = 3;
/** What is said of jobs that publish nothing in sight. */
export const MAY_REQUEST = "can request a token";

/** What is said of a job beside whose client no credential is written anywhere. */
export const NO_CREDENTIAL = "no credential is seen here";

/** How the section about the declarations came out. */
export function declaredPhase(
  project: Project,
  { unread, broken }: {
    readonly unread: ReadonlySet<string>;
    /** What is wrong with manifests whose packages the project lacks. */
    readonly broken: readonly Problem[];
  },
  findings: readonly ReportedFinding[],
  suggested: string | null,
  /** The packages that some job is seen to publish with OIDC, and those that one of the declared workflow publishes with a token. */
  publishing: { readonly oidc: ReadonlySet<Package>; readonly token: ReadonlySet<Package> },
): Phase {
  const declared = project.packages.filter((pkg) => pkg.trustPolicy !== null);
  const reason = declared.map((pkg) => `${pkg.name} (${pkg.registry.label})`).join(", ");
  const open = new Set(
    declared.filter((pkg) => isUnread({ unread }, pkg)).map((pkg) => pkg.trustPolicy!.workflow),
  );
  if (open.size > 0 && !findings.some(({ severity }) => severity === "error")) {
    return { name: DECLARED, status: "skipped", reason: `not checked: cannot read ${[...open].join(", ")}` };
  }
  if (declared.length === 0 && project.configuration !== null && broken.length > 0) {
    const manifests = new Set(broken.flatMap(({ at }) => at ? [at.path] : []));
    return { name: DECLARED, status: "skipped", reason: `not checked: see ${[...manifests].join(", ")}` };
  }
  const compared = declared.filter((pkg) => publishing.oidc.has(pkg));
  if (declared.length > 0 && compared.length === 0 && findings.length === 0) {
    const names = declared.map((pkg) => pkg.name).join(", ");
    return {
      name: DECLARED,
      status: "skipped",
      reason: declared.every((pkg) => publishing.token.has(pkg))
        ? `as declared, but published with a token so far: ${names}`
        : `not compared: no job is seen to publish ${names} with OIDC`,
    };
  }
  return declared.length > 0 ? outcome(DECLARED, findings, reason) : {
    name: DECLARED,
    status: "skipped",
    reason: `no package declares one${suggested === null ? ": [package.trust_policy] in keyless.toml" : ""}`,
    ...suggested === null ? {} : { paste: suggested },
  };
}

/** How the comments and settings that accept findings came out; none where nothing is accepted and nothing wrong with them. */
export function ignoresPhase(findings: readonly ReportedFinding[]): Phase[] {
  const accepted = findings.filter(({ ignoredBy }) => ignoredBy !== null && ignoredBy !== "baseline");
  const own = findings.filter((finding) => finding.phase === IGNORES);
  if (accepted.length + own.length === 0) return [];
  return [outcome(IGNORES, own, `${accepted.length}, each with a reason`)];
}

/**
 * Unknown is not right: a section in which something could not be decided has not passed, whatever else was seen. What somebody accepts
 * is not right either: where nothing else was found, it is counted, and nothing is praised.
 */
function outcome(
  name: string,
  findings: readonly ReportedFinding[],
  right: string | null,
): Phase {
  const open = findings.filter((finding) => finding.ignored === null);
  const of = (...severities: string[]) =>
    open.filter((finding) => severities.includes(finding.severity)).length;
  if (of("error") > 0) return { name, status: "failed", reason: null };
  const undecided = of("unverified");
  if (undecided > 0) {
    const seen = right !== null && name === LOCAL ? `${right}; ` : "";
    return { name, status: "skipped", reason: `${seen}${undecided} not decidable` };
  }
  const accepted = open.length > 0 ? null : acceptedIn(findings);
  return accepted === null
    ? { name, status: "passed", reason: right }
    : { name, status: "skipped", reason: accepted };
}

/** What is accepted of what would have been worth telling; `null` for nothing. */
function acceptedIn(findings: readonly ReportedFinding[]): string | null {
  const known = findings.filter(({ ignoredBy }) => ignoredBy === "baseline").length;
  if (known > 0 && known === findings.length) return `${known} in the baseline, nothing new`;
  const serious = findings.filter(({ severity }) => severity !== "info").length;
  return serious > 0 ? `${serious} accepted, nothing else is found` : null;
}
