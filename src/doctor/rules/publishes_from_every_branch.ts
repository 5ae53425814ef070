import { plainLine } from "../../host/redact.ts";
import type { Trigger } from "../../pipelines/model.ts";
import { asksNothing } from "../../pipelines/starts.ts";
import { publicTarget } from "../oidc.ts";
import { goesOut } from "../outside_github.ts";
import type { Publishing, Report, Rule } from "../rule.ts";

/** Clients that decide by themselves from which branch they release. */
const CHOOSY = [
  "semantic-release",
  "changeset",
  "changesets/action",
  "release-plz",
  "auto",
  "lerna",
  "putitoutthere",
];

/** A push without a filter, or a job without rules, starts a release for every branch. */
export const publishesFromEveryBranch: Rule = {
  code: "publishes-from-every-branch",
  severity: "warning",
  phase: "publishing jobs",
  *check(subject) {
    const jobs = subject.publishing.filter((job) =>
      !CHOOSY.includes(job.invocation.client) && !isForTests(job) &&
      (job.pipeline.vendor === "github" || goesOut(job, subject))
    );
    for (const [job, alike] of Map.groupBy(jobs.filter((each) => open(each)), ({ job }) => job)) {
      const [first] = alike as [Publishing, ...Publishing[]];
      const { at, branchesIgnored } = open(first)!;
      const names = branchesIgnored?.map((branch) => plainLine(branch, 60)).join(" and ") ?? "";
      const but = names && ` but ${names}`;
      yield {
        message: `Job "${job.id}" publishes with every push to any branch${but}`,
        at,
        label: first.pipeline.vendor === "github"
          ? `starts ${first.pipeline.file} for every branch${but}`
          : `runs for every branch${but}`,
        related: alike.map(({ invocation }) => ({
          at: invocation.at,
          message: `publishes with ${invocation.client}, on no condition`,
        })),
        why: ["A push to a topic branch would release it, or fail because the version is already there."],
        next: [NEXT[first.pipeline.vendor]],
      } satisfies Report;
    }
    for (const [job, [first]] of Map.groupBy(jobs.filter(inEveryBuild), ({ job }) => job)) {
      yield {
        severity: "unverified",
        message: `Job "${job.id}" publishes in every build, of whatever branches Jenkins builds`,
        at: job.at,
        label: "no `when` leaves a build out",
        related: [{ at: first!.invocation.at, message: `publishes with ${first!.invocation.client}` }],
        why: ["Which branches it builds, and when, is set in Jenkins and in no file here."],
        next: [NEXT.jenkins, "where it builds for releases alone: nothing"],
      } satisfies Report;
    }
  },
};

/** Whether it goes to the registry that is there for trying: every push may. */
function isForTests({ invocation }: Publishing): boolean {
  return publicTarget(invocation)?.name === "testpypi";
}

const NEXT = {
  github: "limit it: `push: { tags: ['v*'] }`, or add a condition to the job",
  gitlab: "limit it: `rules: [{ if: $CI_COMMIT_TAG }]`",
  circleci:
    "limit it where a workflow uses it: `filters: { branches: { ignore: /.*/ }, tags: { only: /^v.*/ } }`",
  jenkins: "limit it: `when { buildingTag() }`",
} as const;

/** Whether a stage of the Jenkinsfile that all branches have publishes on no condition, and nobody is asked. One without any other stage is there to release. */
function inEveryBuild(each: Publishing): boolean {
  const { pipeline, starts } = each;
  return pipeline.vendor === "jenkins" && pipeline.path === "Jenkinsfile" && pipeline.jobs.length > 1 &&
    asksNothing(each) &&
    !/\binput\b|\bparams\./.test(pipeline.text) &&
    starts.some(({ trigger: { event, branches } }) => event === "push" && !branches);
}

/** What starts it with every push to whichever branch, or to all but a few, on no condition. */
function open({ starts }: Publishing): Trigger | null {
  return starts.find((
    { trigger: { event, branches, branchesIgnored, tags, tagsIgnored, protectedOnly }, ref, publishes },
  ) =>
    event === "push" && !protectedOnly && ref === "branch" && publishes === "yes" &&
    (branches?.join() === "**" || !branches && branchesIgnored?.every(isAside) ||
      !(branches ?? branchesIgnored ?? tags ?? tagsIgnored))
  )?.trigger ?? null;
}

/** Whether leaving out these branches still lets those through on which people work; who leaves out the main one means those. */
function isAside(pattern: string): boolean {
  return /^\w[\w.-]*(?:\/(?:[\w.-]+|\*{1,2}))*\*?$/.test(pattern) &&
    !/^(?:main|master|trunk|develop|dev|default|stable|production)$/i.test(pattern);
}
