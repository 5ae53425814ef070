import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { KeylessError, type Problem } from "../../src/problem.ts";
import { assign, type Assignment } from "../../src/rehearsal/assignment.ts";
import { refsOf } from "../../src/rehearsal/refs.ts";
import { nameOf, runOf, type Scenario, type Wishes } from "../../src/rehearsal/scenario.ts";
import type { Refs } from "../../src/rehearsal/trigger.ts";
import { envOf } from "../../src/host/env.ts";
import { pipeline } from "../pipelines/workflows.ts";
import { packageOf } from "../publish/samples.ts";

const NOTHING: Wishes = { workflow: null, job: null, environment: null, ref: null, event: null };
const JOB = "\njobs:\n  publish:\n    environment: release\n    steps:\n      - run: keyless publish\n";
const NO_REFS: Refs = { tags: [], branches: [] };

/** Tags, the newest first; `@` in front: at the commit that is rehearsed. */
function tagged(...names: string[]): Refs {
  return {
    tags: names.map((name) => ({ name: name.replace("@", ""), atHead: name.startsWith("@") })),
    branches: [],
  };
}

interface Around {
  readonly wishes?: Partial<Wishes>;
  readonly refs?: Refs;
  readonly version?: string | null;
}

async function start(on: string, { wishes = {}, refs = NO_REFS, version = "0.1.0" }: Around = {}) {
  const read = await pipeline(`on: ${on}${JOB}`);
  const place = { pipeline: read, job: read.jobs[0]!, called: null };
  const about = { repository: "acme/widget", version, sha: "0".repeat(40), refs };
  return runOf(place, { ...NOTHING, ...wishes }, about);
}

Deno.test("the ref of a run is a tag that is there and starts the workflow, and made up only where there is none", async () => {
  const cases: [on: string, refs: Refs, version: string | null, ref: string, madeUp: boolean][] = [
    ["{ push: { tags: ['v*'] } }", tagged("v0.0.9", "@v0.1.0", "@latest"), "0.1.0", "v0.1.0", false],
    ["{ push: { tags: ['v*'] } }", tagged("@v0.0.9", "@v0.1.0"), "0.1.0", "v0.1.0", false],
    ["{ push: { tags: ['v*'] } }", tagged("nightly", "v0.0.9", "v0.0.8"), "0.1.0", "v0.0.9", false],
    ["{ push: { tags: ['v*'] } }", tagged("nightly"), "0.1.0", "v0.1.0", true],
    ["{ push: { tags: ['v*', '!v0.*'] } }", tagged("v0.0.9"), "1.2.0", "v1.2.0", true],
    ["{ push: { tags: ['v2.*'] } }", tagged("v1.0.0"), "0.1.0", "v2.0", true],
    ["{ push: { tags: ['v2.*'] } }", tagged("v2.7.0", "v1.0.0"), "0.1.0", "v2.7.0", false],
    ["{ push: { tags: ['v2.*'] } }", NO_REFS, "2.3.0", "v2.3.0", true],
    ["{ push: { tags: ['v[0-9]+.[0-9]+.[0-9]+'] } }", NO_REFS, "0.1.0", "v0.1.0", true],
    ["{ push: { tags: ['v[0-9]+.[0-9]+'] } }", NO_REFS, "0.1.0", "v0.0", true],
    ["{ push: { tags: ['v*-stable'] } }", NO_REFS, "0.1.0", "v0.1.0-stable", true],
    ["{ push: { tags: ['core-v*', 'v*'] } }", NO_REFS, "0.1.0", "core-v0.1.0", true],
    ["{ push: { tags: [release] } }", NO_REFS, "0.1.0", "release", true],
    ["{ push: { tags: ['v*'] } }", NO_REFS, null, "v1.0.0", true],
    ["{ push: { tags-ignore: ['*-rc*'] } }", tagged("v1-rc1", "v0.9"), null, "v0.9", false],
    ["release", tagged("v3.0.0"), "3.1.0", "v3.0.0", false],
    ["release", NO_REFS, "3.1.0", "v3.1.0", true],
  ];
  for (const [on, refs, version, ref, madeUp] of cases) {
    const { job, notCovered } = await start(on, { refs, version });
    assertEquals(job.ref, `refs/tags/${ref}`, `${on} ${version}`);
    const said = `the tag ${ref}: it is made up, because no tag of this repository starts release.yml`;
    assertEquals(notCovered, madeUp ? [said] : [], `${on} ${version}`);
  }
});

Deno.test("where no tag starts the workflow, the ref is a branch that does, or what the event has", async () => {
  const branches = { tags: [], branches: ["dev", "release/2"] };
  const cases: [on: string, event: string, ref: string][] = [
    ["push", "push", "refs/heads/main"],
    ["{ push: { branches: [trunk] } }", "push", "refs/heads/trunk"],
    ["{ push: { branches: ['release/**'] } }", "push", "refs/heads/release/2"],
    ["{ push: { branches: ['hotfix/*'] } }", "push", "refs/heads/hotfix/0"],
    ["[workflow_dispatch, schedule]", "workflow_dispatch", "refs/heads/main"],
    ["pull_request", "pull_request", "refs/pull/1/merge"],
    ["merge_group", "merge_group", "refs/heads/gh-readonly-queue/main/pr-1"],
  ];
  for (const [on, event, ref] of cases) {
    const { job, notCovered } = await start(on, { refs: branches });
    assertEquals([job.event, job.ref, notCovered], [event, ref, []], on);
  }
});

Deno.test("a short ref is the tag or the branch that has the name, else what the workflow starts for", async () => {
  const refs = { ...tagged("v1.4.0"), branches: ["main"] };
  const cases: [on: string, ref: string, expected: string, event: string][] = [
    ["workflow_dispatch", "v1.4.0", "refs/tags/v1.4.0", "workflow_dispatch"],
    ["workflow_dispatch", "v1.5.0", "refs/heads/v1.5.0", "workflow_dispatch"],
    ["{ push: { tags: ['v*'] } }", "v1.5.0", "refs/tags/v1.5.0", "push"],
    ["{ push: { tags: ['v*'] }, workflow_dispatch: }", "main", "refs/heads/main", "workflow_dispatch"],
    ["{ push: { branches: [main] }, release: }", "v1.4.0", "refs/tags/v1.4.0", "release"],
    ["push", "refs/tags/x", "refs/tags/x", "push"],
    ["release", "v9", "refs/tags/v9", "release"],
  ];
  for (const [on, ref, expected, event] of cases) {
    const { job, notCovered } = await start(on, { wishes: { ref }, refs });
    assertEquals([job.ref, job.event, notCovered], [expected, event, []], `${on} ${ref}`);
  }
});

Deno.test("a ref or an event that does not start the workflow is refused, with the trigger that is in the way", async () => {
  const refused = async (on: string, wishes: Partial<Wishes>) => {
    try {
      await start(on, { wishes });
    } catch (error) {
      assert(error instanceof KeylessError);
      const { code, message, why, at, next } = error.problem;
      assertEquals([at?.path, next.length > 0], [".github/workflows/release.yml", true]);
      return [code, message, ...why!].join(" | ");
    }
    return "it was accepted";
  };
  assertEquals(
    await refused("{ push: { tags: ['v*'] } }", { ref: "1.4.0" }),
    "ref-not-triggered | refs/tags/1.4.0 does not start release.yml | push starts it for tags that match v*, and for no branch.",
  );
  assertEquals(
    await refused("{ push: { branches: [main] }, release: }", { ref: "refs/heads/dev" }),
    "ref-not-triggered | refs/heads/dev does not start release.yml | push starts it for no tag, and for branches that match main. | release starts it for tags.",
  );
  assertEquals(
    await refused("[push, release]", { event: "release", ref: "refs/heads/main" }),
    "ref-not-triggered | refs/heads/main does not start release.yml | release starts it for tags.",
  );
  assertEquals(
    await refused("[release, workflow_dispatch]", { event: "schedule" }),
    'event-not-triggered | release.yml does not run on "schedule" | Its `on:` has release, workflow_dispatch.',
  );
});

const HIDDEN = `on: { push: { tags: ['v*'] } }
jobs:
  build:
    runs-on: x
    steps: [{ run: cargo build }]
  ship:
    permissions: { id-token: write }
    uses: acme/workflows/.github/workflows/ship.yml@v0
  never:
    if: false
    runs-on: x
    steps: [{ run: keyless publish }]
`;

async function assigned(
  text: string,
  wishes: Partial<Wishes> = {},
  problems: readonly Problem[] = [],
): Promise<Assignment> {
  const packages = [packageOf("widget"), packageOf("gadget", { kind: "npm" })];
  return assign(packages, { pipelines: [await pipeline(text)], problems }, { ...NOTHING, ...wishes });
}

const shown = ({ scenarios }: Assignment) =>
  [...scenarios].map(([scenario, packages]) => `${nameOf(scenario)}: ${packages.map(({ name }) => name)}`);

Deno.test("a job in which no step is seen to publish is rehearsed when its file and its id are given", async () => {
  assertEquals((await assigned(HIDDEN)).problems.map(({ code }) => code), [
    "no-publishing-job",
    "no-publishing-job",
  ]);
  const told = await assigned(HIDDEN, { workflow: "release.yml", job: "ship" });
  assertEquals([shown(told), told.problems], [["release.yml › ship: widget,gadget"], []]);
  assertEquals(told.notCovered, [
    "what release.yml › ship itself runs: no step of it is seen to publish widget, gadget, so keyless does it in its place",
  ]);
  const [scenario] = told.scenarios.keys() as Iterable<Scenario>;
  const about = { repository: "acme/widget", version: "1.0.0", sha: "", refs: tagged("v1.0.0") };
  const { job } = runOf(scenario!, NOTHING, about);
  assertEquals([job.environment, job.ref, job.workflow, job.calledWorkflow], [
    null,
    "refs/tags/v1.0.0",
    "release.yml",
    "acme/workflows/.github/workflows/ship.yml@v0",
  ]);
});

Deno.test("a job that shows only some of what it publishes publishes the rest, too, when it is named", async () => {
  const text = `on: push${JOB.replace("keyless publish", "cargo publish")}`;
  assertEquals((await assigned(text)).problems.map(({ package: name }) => name), ["gadget"]);
  const told = await assigned(text, { workflow: "release.yml", job: "publish" });
  assertEquals(shown(told), ["release.yml › publish: widget,gadget"]);
  assertStringIncludes(told.notCovered[0]!, "seen to publish gadget, so");
});

Deno.test("a workflow or a job that is not there is an error that suggests those that are", async () => {
  const cases: [wishes: Partial<Wishes>, message: string, next: string][] = [
    [
      { workflow: "relaese.yml" },
      'There is no workflow "relaese.yml"',
      "did you mean --workflow release.yml?",
    ],
    [{ workflow: "ci.yml", job: "x" }, 'There is no workflow "ci.yml"', "the workflows are: release.yml"],
    [
      { workflow: "release.yml", job: "shp" },
      'release.yml has no job "shp" that can run',
      "did you mean --job ship?",
    ],
    [
      { job: "never" },
      'There is no job "never" that can run',
      "the jobs are: release.yml › build, release.yml › ship",
    ],
    [
      { workflow: "release.yml" },
      "No job of release.yml is seen to publish",
      "if it publishes all the same, say so with file and job: --workflow release.yml --job build, or --workflow release.yml --job ship",
    ],
    [
      { job: "ship" },
      'No step of job "ship" is seen to publish',
      "if it publishes all the same, say so with file and job: --workflow release.yml --job ship",
    ],
  ];
  const read = await pipeline(HIDDEN);
  for (const [wishes, message, next] of cases) {
    const { problem } = assertThrows(
      () => assign([packageOf("widget")], { pipelines: [read], problems: [] }, { ...NOTHING, ...wishes }),
      KeylessError,
    );
    assertEquals([problem.code, problem.message, problem.next[0]], ["no-such-job", message, next]);
  }
});

Deno.test("what is in a workflow that cannot be read is not said to be missing", async () => {
  const start = { line: 1, column: 1, offset: 0 };
  const broken: Problem = {
    code: "yaml-syntax",
    message: "Cannot read .github/workflows/ship.yml",
    next: ["repair it"],
    at: { path: ".github/workflows/ship.yml", start, end: start },
  };
  const { problems } = await assigned(HIDDEN, {}, [broken]);
  assertEquals([problems[0]!.message, problems[0]!.next[0]], [
    "No workflow job that can be read publishes widget to crates.io",
    "repair .github/workflows/ship.yml",
  ]);
  const read = await pipeline(HIDDEN);
  const wishes = { ...NOTHING, workflow: "ship.yml" };
  const error = assertThrows(
    () => assign([], { pipelines: [read], problems: [broken] }, wishes),
    KeylessError,
  );
  assertEquals(error.problems, [broken]);
});

Deno.test("git tells the tags, the newest first and those at the commit marked, and the branches", async () => {
  const root = await Deno.makeTempDir({ prefix: "keyless-refs-" });
  const env = envOf({ PATH: Deno.env.get("PATH")!, HOME: root });
  const git = async (date: string, ...args: string[]) => {
    const when = `2026-01-0${date}T00:00:00Z`;
    const { success, stdout } = await new Deno.Command("git", {
      args: ["-c", "user.name=t", "-c", "user.email=t@example.com", ...args],
      cwd: root,
      clearEnv: true,
      env: { PATH: Deno.env.get("PATH")!, HOME: root, GIT_AUTHOR_DATE: when, GIT_COMMITTER_DATE: when },
    }).output();
    assert(success, args.join(" "));
    return new TextDecoder().decode(stdout).trim();
  };
  try {
    await git("1", "init", "-q", "-b", "main");
    await git("1", "commit", "-q", "--allow-empty", "-m", "one");
    await git("1", "tag", "v1.9.0");
    await git("1", "tag", "v1.10.0");
    await git("2", "commit", "-q", "--allow-empty", "-m", "two");
    await git("3", "tag", "-a", "v2.0.0", "-m", "annotated");
    const head = await git("3", "rev-parse", "HEAD");
    assertEquals(await refsOf(env, root, head), {
      tags: [
        { name: "v2.0.0", atHead: true },
        { name: "v1.10.0", atHead: false },
        { name: "v1.9.0", atHead: false },
      ],
      branches: ["main"],
    });
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});
