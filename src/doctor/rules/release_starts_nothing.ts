import type { Pipeline, Trigger } from "../../pipelines/model.ts";
import { accepts, mayAccept } from "../../pipelines/ref_filter.ts";
import {
  isOfTags,
  mentionsReleases,
  type ReleaseMaker,
  releaseMakers,
  waitsForReleases,
} from "../../pipelines/release_makers.ts";
import type { Publishing, Report, Rule } from "../rule.ts";

/** What a job does with its GITHUB_TOKEN starts no workflow, so a release that is made with it publishes nothing. */
export const releaseStartsNothing: Rule = {
  code: "release-starts-nothing",
  severity: "warning",
  confidence: "likely",
  phase: "publishing jobs",
  *check({ publishing, pipelines, sources }) {
    const waiting = [...Map.groupBy(publishing, ({ pipeline }) => pipeline)].filter(([pipeline]) =>
      waitsForReleases(pipeline)
    );
    if (
      waiting.length === 0 || !pipelines.some(({ text }) => mentionsReleases(text)) || hasUnknown(pipelines)
    ) return;
    const makers = releaseMakers(pipelines, sources);
    for (const [pipeline, jobs] of waiting) {
      const kinds = new Set(jobs.map(({ invocation }) => invocation.kind));
      // Where another workflow publishes it too, this one is there for people.
      const others = publishing.some((job) => job.pipeline !== pipeline && kinds.has(job.invocation.kind));
      const blocked = pipeline.triggers.map((trigger) => blockedBy(trigger, pipeline, makers, pipelines));
      const found = blocked.flat();
      const maker = found.find((each) => !isOfTagsThere(each)) ?? found[0];
      if (others || !maker || blocked.some((each) => each.length === 0)) continue;
      yield reportOf(pipeline, jobs[0]!, maker);
    }
  },
};

/** Whether a workflow of another repository may make releases, with whatever token. */
function hasUnknown(pipelines: readonly Pipeline[]): boolean {
  return pipelines.some(({ text }) =>
    /\buses:[ \t]{0,9}["']?[\w.-]{1,100}\/[\w.-]{1,100}\/\.github\/workflows\/[^\s@]{0,100}(?:release|tag|version|bump)/i
      .test(text)
  );
}

/** The makers of everything that a trigger is for, where all of them use the token that starts nothing; none otherwise. */
function blockedBy(
  trigger: Trigger,
  pipeline: Pipeline,
  makers: readonly ReleaseMaker[],
  all: readonly Pipeline[],
): readonly ReleaseMaker[] {
  const what = trigger.event === "release" ? "release" : "tag";
  const meant = makers.filter((maker) =>
    maker.makes.includes(what) && maker.pipeline !== pipeline &&
    (what === "release" || maker.ref === null ||
      (maker.ref.whole ? accepts : mayAccept)(trigger, maker.ref.begins)) &&
    !(what === "tag" && (isForPeoplesTags(maker, trigger) || asksForTag(maker))) &&
    // What a release or a tag has started adds to it, and neither the clock nor an open pull request makes a release of a version.
    !maker.pipeline.triggers.every((each) =>
      each.event === "release" || each.event === "schedule" || isOfOpenPullRequests(each) ||
      what === "tag" && (isOfTags(each) || each.event === "workflow_call" && !isCalled(maker.pipeline, all))
    )
  );
  return meant.every(({ byJobToken }) => byJobToken) ? meant : [];
}

/** Whether a workflow of this repository may call another one of it. */
function isCalled({ file, path }: Pipeline, all: readonly Pipeline[]): boolean {
  return all.some((other) => other.path !== path && other.text.includes(file));
}

/** Whether a step that makes tags is for one that somebody has pushed, which started `waiting` too: its workflow runs for such tags, and what is asked on the way names no branch. */
function isForPeoplesTags({ pipeline, conditions }: ReleaseMaker, waiting: Trigger): boolean {
  if (conditions.length === 0 || conditions.some((each) => NAMES_BRANCH.test(each))) return false;
  const forTags = conditions.some((each) => NAMES_TAGS.test(each));
  return pipeline.triggers.some(({ event, tags, branches, branchesIgnored }) =>
    event === "push" &&
    (tags
      ? tags.some((pattern) => mayAccept(waiting, `refs/tags/${/^[^*?+[\\!]*/.exec(pattern)![0]}`))
      : forTags && !branches && !branchesIgnored)
  );
}

const NAMES_TAGS = /refs\/tags\/|ref_type\s*==\s*'tag'/;
const NAMES_BRANCH =
  /refs\/heads\/|default_branch|ref_name\s*==|ref_type\s*==\s*'branch'|!\s*startsWith|!=|pull_request/;

/** Whether releases are made of tags that are there: with a release that a person makes comes its tag. */
function isOfTagsThere(maker: ReleaseMaker): boolean {
  const { triggers } = maker.pipeline;
  return asksForTag(maker) || triggers.some(isOfTags) &&
      triggers.every((each) =>
        isOfTags(each) || isOfOpenPullRequests(each) || OTHERWISE.includes(each.event)
      );
}

/** Whether a step runs for tags alone, whatever starts its workflow. */
function asksForTag({ conditions }: ReleaseMaker): boolean {
  return conditions.some((each) => NAMES_TAGS.test(each) && !LEAVES_CHOICE.test(each));
}

/** What makes of a condition more than a list of what must be. */
const LEAVES_CHOICE = /\|\||!|\bfalse\b/;

/** Whether a trigger is for pull requests before they are merged. */
function isOfOpenPullRequests({ event, types }: Trigger): boolean {
  return (event === "pull_request" || event === "pull_request_target") && !types?.includes("closed");
}

/** What starts a workflow for tags besides, and makes no tag. */
const OTHERWISE = ["workflow_dispatch", "release", "schedule"];

function reportOf({ file, triggers }: Pipeline, { invocation }: Publishing, maker: ReleaseMaker): Report {
  const what = triggers.every(({ event }) => event === "release")
    ? "releases"
    : triggers.some(({ event }) => event === "release")
    ? "releases and tags"
    : "tags";
  const ofTags = isOfTagsThere(maker);
  return {
    ...ofTags ? { severity: "unverified", confidence: "certain" } : {},
    message: `${file} starts only for ${what}, and ${maker.pipeline.file} makes them ${
      ofTags ? "of tags " : ""
    }with GITHUB_TOKEN, which starts no workflow`,
    at: triggers[0]!.at,
    label: "starts only for what a person does",
    related: [
      { at: maker.at, message: "made here" },
      { at: invocation.at, message: `publishes with ${invocation.client}` },
    ],
    why: [
      "GitHub starts no workflow for what a job does with its own token, so that none starts itself again and again. Nothing would be published, and nothing would fail.",
      ...ofTags ? ["A release that a person publishes on GitHub starts it, and makes the tag with it."] : [],
    ],
    next: [
      ...ofTags ? ["where you never push a tag before its release, leave it as it is"] : [],
      `call ${file} from ${maker.pipeline.file} where a release was made (on: workflow_call)`,
      `or start it from there: on: workflow_dispatch, and \`gh workflow run ${file}\``,
      "or make the release with the token of a GitHub App",
    ],
  };
}
