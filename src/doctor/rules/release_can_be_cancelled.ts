import { plainLine } from "../../host/redact.ts";
import { groupsIn, isOfAll, isOfRef, isSameGroup } from "../../pipelines/groups.ts";
import { buildsOf } from "../../pipelines/jvm_builds.ts";
import { mavenVersion } from "../../pipelines/maven_version.ts";
import type { Concurrency, Pipeline } from "../../pipelines/model.ts";
import { startsByItself } from "../../pipelines/publishing_jobs.ts";
import type { Start } from "../../pipelines/starts.ts";
import type { Location } from "../../problem.ts";
import type { Fix } from "../../report/finding.ts";
import { asksForRun } from "../../pipelines/asking.ts";
import { cancelledCalls, startTogether } from "../cancelled_calls.ts";
import { clientsOf, placesOf } from "../clients.ts";
import { publicTarget } from "../oidc.ts";
import type { Publishing, Report, Rule, Subject } from "../rule.ts";

/** What makes a group of every run its own, so that none cancels another. */
const UNIQUE = /github\.(?:run_id|run_number|sha)\b/;
const BY_COMMIT = /github\.sha\b/;
const BY_REF = /github\.(?:ref|ref_name|event\.(?:ref|release))\b/;

/** A release that a newer run ends half-way leaves some packages out. */
export const releaseCanBeCancelled: Rule = {
  code: "release-can-be-cancelled",
  severity: "warning",
  phase: "publishing jobs",
  *check({ publishing: all, suspected, pipelines, sources }) {
    // What is half there at TestPyPI does no harm, and a snapshot is uploaded again.
    const publishing = all.filter((each) =>
      publicTarget(each.invocation)?.name !== "testpypi" && !isSnapshot(each, sources)
    );
    const named = suspected.filter((each) => each.suspected === "named");
    const cancelled = Map.groupBy([...publishing, ...named], (each) => {
      const concurrency = groupsOf(each).find((group) => {
        if (group.cancels === "yes") return isShared(group, each);
        const starts = ending(group, each);
        return starts.length > 0 && isShared(group, { ...each, starts });
      });
      return concurrency?.cancelsAt ?? null;
    });
    for (const [cancelsAt, jobs] of cancelled) {
      if (!cancelsAt) continue;
      const seen = jobs.filter((each) => !each.suspected);
      const isAlways = cancelsAt.value === "true";
      const sure = seen.length > 0;
      yield {
        ...sure ? {} : { confidence: "likely" as const },
        message: `A newer run cancels the one that ${sure ? "publishes" : "may publish"} with ${
          clientsOf(sure ? seen : jobs)
        }`,
        at: cancelsAt.at,
        label: `${
          isAlways ? "" : "true in runs that publish: "
        }ends the run of the same group that is under way`,
        related: placesOf(jobs, "may be cut off here"),
        why: [HALF],
        next: ["write `cancel-in-progress: false` for the workflow or job that publishes"],
        fix: isAlways ? letFinish(cancelsAt.at) : null,
      } satisfies Report;
    }
    const reported = new Set<Location>();
    for (const each of publishing) {
      const reports = [
        byTheSameCommit(each),
        ...groupsOf(each).filter(isOfAll).flatMap((own) => [...byOthers(each, own, pipelines, publishing)]),
        ...cancelledCalls(each, pipelines),
      ];
      for (const report of reports) {
        if (report && !reported.has(report.at)) yield report;
        if (report) reported.add(report.at);
      }
    }
  },
};

const HALF =
  "What a release has published when it is cut off is there for good, and the rest is missing: other packages or files, the tag, the notes.";

function letFinish({ path, start, end }: Location): Fix {
  return {
    safe: false,
    description: "let a release that has begun finish: cancel-in-progress: false",
    edits: [{ path, start: start.offset, end: end.offset, text: "false" }],
  };
}

/** The starts in which a publishing run ends another one, where an expression says so. */
function ending(group: Concurrency, { starts }: Publishing): Start[] {
  return starts.filter(({ ends }) => ends?.includes(group));
}

/** Whether a job says that it publishes snapshots of Maven, which replace each other, or its build does. */
function isSnapshot({ invocation, job }: Publishing, sources: Subject["sources"]): boolean {
  const { kind, args } = invocation;
  return kind === "maven" && [job.id, ...args].some((word) => /snapshot/i.test(word)) ||
    invocation.client === "mvn" &&
      buildsOf(invocation).some((path) => mavenVersion(sources.get(path) ?? "")?.endsWith("-SNAPSHOT"));
}

/** The groups in which a publishing job is, with those of the jobs and the workflow around it. */
function groupsOf({ pipeline, chain }: Publishing): Concurrency[] {
  return [pipeline.concurrency, ...chain.map((job) => job.concurrency)].filter((group) => group !== null);
}

/** Runs for a branch and for a tag are both of one commit when they are pushed together. */
function byTheSameCommit(each: Publishing): Report | null {
  const { pipeline, starts, invocation } = each;
  const group = groupsOf(each).find(({ group, cancels }) =>
    cancels === "yes" && BY_COMMIT.test(group ?? "") && !/github\.(?:run_id|run_number|ref)/.test(group!)
  );
  const pushed = starts.filter(({ trigger }) => trigger.event === "push");
  const branch = pushed.find(({ ref }) => ref === "branch");
  const tag = pushed.find(({ ref, publishes }) => ref === "tag" && publishes !== "no");
  if (!group?.cancelsAt || pipeline.vendor !== "github" || !branch || !tag) return null;
  return {
    severity: "info",
    message:
      `The run that publishes with ${invocation.client} may be cancelled where the branch is pushed with its tag`,
    at: group.cancelsAt.at,
    label: "ends the other run of the same commit",
    related: [
      { at: tag.trigger.at, message: "starts for branches and for tags" },
      { at: invocation.at, message: "may be cut off here" },
    ],
    why: [
      "The group has the commit in its name, which is the same for both: `git push origin main v1` starts two runs, and the later ends the other.",
    ],
    next: ["put the ref into the group: `group: ${{ github.workflow }}-${{ github.ref }}`"],
  };
}

/** Groups are of the whole repository: a run of another workflow in the same one ends a release, or takes its place in the queue. */
function* byOthers(
  each: Publishing,
  own: Concurrency,
  pipelines: readonly Pipeline[],
  publishing: readonly Publishing[],
): Iterable<Report> {
  const { pipeline, called, invocation } = each;
  if (pipeline.vendor !== "github") return;
  const byRef = own.group!.includes("${{");
  for (const other of pipelines) {
    if (other.path === pipeline.path || other.path === called.path || !startsByItself(other)) continue;
    const shared = groupsIn(other).find((group) => isSameGroup(group, own));
    // Workflows that all publish may wait for each other on purpose.
    const alsoPublishes = publishing.some((one) => one.pipeline.path === other.path);
    if (!shared || shared.cancels !== "yes" && (alsoPublishes || byRef)) continue;
    if (byRef && !startTogether(each, other) && !(isOfRef(own) && startOnABranch(each, other))) continue;
    const name = plainLine(own.group!, 60);
    const ends = shared.cancels === "yes" && shared.cancelsAt;
    yield {
      severity: ends ? "warning" : "info",
      ...byRef ? { confidence: "likely" as const } : {},
      message: ends
        ? `A run of ${other.file} ${
          byRef ? "for the same ref may cancel" : "cancels"
        } the one that publishes with ${invocation.client}`
        : `Runs of ${other.file} may take the place of one that waits to publish with ${invocation.client}`,
      at: ends ? ends.at : shared.at,
      label: ends ? `ends whatever is under way in the group "${name}"` : `also in the group "${name}"`,
      related: [
        { at: own.at, message: "in the same group" },
        { at: invocation.at, message: ends ? "may be cut off here" : "would publish" },
      ],
      why: [
        "Groups are of the whole repository, not of one workflow.",
        ends ? HALF : "One run of a group waits at most: a newer one, of whichever workflow, cancels it.",
      ],
      next: [`give ${pipeline.file} a group of its own, e.g. \`group: release\``],
    };
  }
}

/** Whether a release that is started by hand and another workflow may be for one branch, such as the default one. */
function startOnABranch({ starts }: Publishing, { triggers }: Pipeline): boolean {
  return starts.some(({ trigger, ref, publishes }) =>
    trigger.event === "workflow_dispatch" && ref !== "tag" && publishes !== "no"
  ) && triggers.some(({ event, branches, tags, tagsIgnored }) =>
    event === "push" && (branches !== null || tags === null && tagsIgnored === null)
  );
}

/** Whether two different releases can be in the same group. */
function isShared({ group }: Concurrency, job: Publishing): boolean {
  if (group === null || UNIQUE.test(group)) return false;
  const publishing = job.starts.filter(({ publishes }) => publishes !== "no");
  const byTag = publishing.filter(({ ref }) => ref === "tag");
  // A script that asks for the ref makes a dry run of the others.
  const all = byTag.length === publishing.length || asksForRun(job);
  return !(BY_REF.test(group) && byTag.length > 0 && all);
}
