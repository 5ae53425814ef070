import { assertEquals } from "@std/assert";
import { publishers } from "../../src/pipelines/publishing_jobs.ts";
import { job, only, problemsOf, published, read, runs, scripts } from "./other_ci.ts";

const FILE = ".circleci/config.yml";

/** A configuration with a job `publish` of these steps, used once. */
function withSteps(steps: string, more = ""): Record<string, string> {
  return {
    [FILE]:
      `version: 2.1\n${more}jobs:\n  publish:\n    docker: [{ image: x }]\n    steps: ${steps}\nworkflows:\n  w: { jobs: [publish] }\n`,
  };
}

Deno.test("a project of CircleCI is read with its executors, commands and contexts", async () => {
  const pipeline = await only({
    [FILE]: `version: 2.1
orbs:
  node: circleci/node@5.2
executors:
  small:
    parameters: { tag: { type: string, default: "22.0" } }
    docker: [{ image: "cimg/node:<< parameters.tag >>", environment: { FROM_IMAGE: i } }]
    resource_class: small
    environment: { FROM_EXECUTOR: e }
commands:
  publish:
    parameters:
      tag: { type: string, default: latest }
      after: { type: steps, default: [] }
    steps:
      - run:
          name: Publish
          command: |
            npm ci
            npm publish --tag << parameters.tag >> --access public
      - steps: << parameters.after >>
jobs:
  release:
    executor: { name: small, tag: "24.8" }
    environment: { FROM_JOB: j }
    steps:
      - checkout
      - node/install-packages
      - publish:
          tag: next
          after: [{ run: echo done }]
workflows:
  version: 2
  main:
    jobs:
      - release:
          name: release next
          context: [npm, github]
          requires: [hold]
          filters: { branches: { only: main } }
      - hold: { type: approval }
`,
  });
  assertEquals([pipeline.vendor, pipeline.path, pipeline.file], ["circleci", FILE, "config.yml"]);
  const release = job(pipeline, "release next");
  assertEquals(release.container?.value, "cimg/node:24.8");
  assertEquals(release.runner?.labels, ["small"]);
  assertEquals([...release.env.keys()], ["FROM_EXECUTOR", "FROM_IMAGE", "FROM_JOB"]);
  assertEquals(release.contexts?.map(({ value }) => value), ["npm", "github"]);
  assertEquals(release.needs, ["hold"]);
  assertEquals(runs(release), "push main");
  assertEquals(scripts(pipeline, "release next"), [
    "npm ci\nnpm publish --tag next --access public",
    "echo done",
  ]);
  assertEquals(published(pipeline), [`release next npm unknown ${FILE}:20:13`]);
  assertEquals(pipeline.jobs.length, 1);
});

Deno.test("tags start a job only where its filters, and those of all that it needs, name some", async () => {
  const tags = "filters: { tags: { only: /^v.*/ } }";
  const onlyTags = "filters: { tags: { only: /^v.*/ }, branches: { ignore: /.*/ } }";
  const cases: [test: string, publish: string, expected: string][] = [
    ["", "", "push"],
    ["", "filters: { branches: { only: [main, next] } }", "push main next"],
    ["", "filters: { branches: { ignore: gh-pages } }", "push !gh-pages"],
    [tags, tags, "push | tag /^v.*/"],
    [tags, onlyTags, "tag /^v.*/"],
    ["", onlyTags, "tag /^v.*/"],
    ["", `requires: [test], ${onlyTags}`, "never"],
    [tags, `requires: [test], ${onlyTags}`, "tag /^v.*/"],
    ["filters: { tags: { ignore: /.*-rc/ } }", `requires: [test], ${onlyTags}`, "tag /^v.*/"],
    ["", "filters: { branches: { ignore: /.*/ } }", "never"],
    ["", 'filters: pipeline.git.tag starts-with "v"', "push | tag ?"],
  ];
  for (const [test, publish, expected] of cases) {
    const pipeline = await only({
      [FILE]: `version: 2.1
jobs:
  test: { docker: [{ image: x }], steps: [checkout] }
  publish: { docker: [{ image: x }], steps: [{ run: npm publish }] }
workflows:
  w:
    jobs:
      - test: { ${test} }
      - publish: { ${publish} }
`,
    });
    assertEquals(runs(job(pipeline, "publish")), expected, `${test} / ${publish}`);
  }
});

Deno.test("workflows run by schedule, on conditions, or not at all", async () => {
  const cases: [workflow: string, expected: string][] = [
    ["triggers: [{ schedule: { cron: 0 0 * * *, filters: { branches: { only: main } } } }]", "schedule main"],
    ["when: << pipeline.parameters.release >>", "push ?"],
    ["when: false", "never"],
    ["unless: true", "never"],
    ["when: { and: [true, { not: false }] }", "push"],
    ["when: { or: [false, { equal: [a, b] }] }", "never"],
    ["when: { or: [{ equal: [main, << pipeline.git.branch >>] }, false] }", "push ?"],
    ['when: pipeline.git.branch == "main"', "push ?"],
  ];
  for (const [workflow, expected] of cases) {
    const pipeline = await only({
      [FILE]: `version: 2.1
jobs: { publish: { docker: [{ image: x }], steps: [{ run: npm publish }] } }
workflows:
  w:
    ${workflow}
    jobs: [publish]
`,
    });
    assertEquals(runs(job(pipeline, "publish")), expected, workflow);
  }
});

Deno.test("a job that no workflow uses never runs; without workflows `build` does", async () => {
  const jobs = "jobs: { build: { steps: [{ run: npm publish }] }, other: { steps: [{ run: npm publish }] } }";
  const without = await only({ [FILE]: `version: 2\n${jobs}\n` });
  assertEquals(without.jobs.map(runs), ["push", "never"]);
  const other = await only({
    [FILE]: `version: 2\n${jobs}\nworkflows: { version: 2, w: { jobs: [other] } }\n`,
  });
  assertEquals(other.jobs.map((each) => [each.id, runs(each)]), [["other", "push"], ["build", "never"]]);
});

Deno.test("steps on a condition that parameters decide are known to run or not", async () => {
  const parts = (value: string) =>
    `commands:
  publish:
    parameters: { dry: { type: boolean, default: ${value} } }
    steps:
      - when: { condition: << parameters.dry >>, steps: [{ run: echo dry }] }
      - unless: { condition: << parameters.dry >>, steps: [{ run: npm publish }] }
`;
  const cases: [steps: string, value: string, expected: number][] = [
    ["[publish]", "false", 1],
    ["[publish]", "true", 0],
    ["[{ publish: { dry: true } }]", "false", 0],
    ["[{ publish: { dry: << pipeline.parameters.dry >> } }]", "true", 1],
  ];
  for (const [steps, value, expected] of cases) {
    const pipeline = await only(withSteps(steps, parts(value)));
    assertEquals(published(pipeline).length, expected, `${steps} ${value}`);
  }
});

Deno.test("orbs in the file are read, others are named where they sound like publishing", async () => {
  const pipeline = await only({
    [FILE]: `version: 2.1
orbs:
  node: circleci/node@5.2
  ship: acme/ship@1.0
  own:
    commands:
      release: { steps: [push-it] }
      push-it: { steps: [{ run: npm publish }] }
    jobs:
      go: { docker: [{ image: x }], steps: [release] }
jobs:
  a:
    docker: [{ image: x }]
    steps: [node/install-packages, node/publish, ship/it, own/release]
workflows:
  w: { jobs: [a, own/go, ship/all, node/test] }
`,
  });
  assertEquals(job(pipeline, "a").steps.flatMap(({ unseen }) => unseen).map(({ reference }) => reference), [
    "circleci/node@5.2 publish",
    "acme/ship@1.0 it",
  ]);
  assertEquals(pipeline.jobs.map(({ id, calls }) => [id, calls?.reference ?? null]), [
    ["a", null],
    ["own/go", null],
    ["ship/all", "acme/ship@1.0 all"],
    ["node/test", null],
  ]);
  assertEquals(published(pipeline).length, 2);
});

Deno.test("steps that a command or a job of an orb is given may run", async () => {
  const pipeline = await only({
    [FILE]: `version: 2.1
orbs: { maven: circleci/maven@1.3.0, ship: acme/ship@1.0 }
commands:
  cached:
    parameters: { then: { type: steps, default: [] } }
    steps: [{ maven/with_cache: { maven_command: ./mvnw, steps: << parameters.then >> } }]
  it: { steps: [{ run: twine upload dist/* }] }
jobs:
  a:
    docker: [{ image: x }]
    parameters: { tag: { type: string, default: next } }
    steps:
      - maven/with_cache: { steps: [{ run: npm publish --tag << parameters.tag >> }] }
      - cached: { then: [it] }
workflows:
  w:
    jobs:
      - a
      - ship/all: { context: [one], pre-steps: [{ run: npm test }], after: [checkout, { run: cargo publish }] }
`,
  });
  assertEquals(
    publishers(pipeline).map(({ live, invocation: { client, args } }) => [client, args, live]),
    [["npm", ["publish", "--tag", "next"], "unknown"], ["twine", ["upload", "dist/*"], "unknown"], ["cargo", [
      "publish",
    ], "unknown"]],
  );
  assertEquals(job(pipeline, "ship/all").steps.map(({ run, live }) => [run?.value, live]), [
    ["npm test", "yes"],
    ["cargo publish", "unknown"],
  ]);
});

Deno.test("OIDC tokens that a job asks for are known with their audience", async () => {
  const claims = `--claims '{"aud": "npm:registry.npmjs.org"}'`;
  const cases: [script: string, tokens: [string, readonly string[] | null][]][] = [
    [`export NPM_ID_TOKEN=$(circleci run oidc get ${claims})`, [["NPM_ID_TOKEN", [
      "npm:registry.npmjs.org",
    ]]]],
    [`NPM_ID_TOKEN="$(circleci run oidc get --root-issuer ${claims})"`, [["NPM_ID_TOKEN", [
      "npm:registry.npmjs.org",
    ]]]],
    ['X=$(circleci run oidc get --claims "{\\"aud\\":\\"a\\"}")', [["X", ["a"]]]],
    ['X=$(circleci run oidc get --claims "{\\"aud\\":\\"$A\\"}")', [["X", null]]],
    [`X=$(circleci run oidc get --claims '{"aud":["a","b"]}')`, [["X", ["a", "b"]]]],
    ["X=$(circleci run oidc get)", [["X", []]]],
    ["export NPM_ID_TOKEN=${CIRCLE_OIDC_TOKEN_V2}", [["NPM_ID_TOKEN", []]]],
    ["echo $CIRCLE_OIDC_TOKEN", []],
  ];
  for (const [script, tokens] of cases) {
    const pipeline = await only(withSteps(`\n      - run: |\n          ${script}\n          npm publish`));
    const publish = job(pipeline, "publish");
    assertEquals(publish.idTokens.map(({ variable, audiences }) => [variable, audiences]), tokens, script);
    assertEquals(publish.permissions.allows("id-token", "write"), "yes");
  }
  const plain = job(await only(withSteps("[{ run: npm publish }]")), "publish");
  assertEquals(plain.permissions.allows("id-token", "write"), "no");
});

Deno.test("anchors and merge keys are followed, and the table's own keys win", async () => {
  const pipeline = await only({
    [FILE]: `version: 2
defaults: &defaults { docker: [{ image: base }], environment: { A: a } }
more: &more { resource_class: large }
jobs:
  build:
    docker: [{ image: own }]
    <<: *defaults
    <<: *more
    steps: [{ run: npm publish }]
`,
  });
  const [build] = pipeline.jobs;
  assertEquals([build!.container?.value, build!.runner?.labels, build!.env.get("A")?.value], ["own", [
    "large",
  ], "a"]);
});

Deno.test("commands that use parameters and here-documents have exact places", async () => {
  const pipeline = await only({
    [FILE]: `version: 2.1
jobs:
  publish:
    parameters: { args: { type: string, default: "--tag latest" } }
    docker: [{ image: x }]
    steps:
      - run: |
          cat \\<<EOF > .npmrc
          //registry.npmjs.org/:_authToken=\${NPM_TOKEN}
          EOF
          echo << pipeline.number >>; npm publish << parameters.args >>
workflows: { w: { jobs: [publish] } }
`,
  });
  const [{ invocation } = { invocation: null }] = publishers(pipeline);
  assertEquals(invocation?.args, ["publish", "--tag", "latest"]);
  assertEquals([invocation?.at.start.line, invocation?.at.start.column], [11, 39]);
  assertEquals(invocation?.keyless, "no");
});

Deno.test("a set-up configuration goes on with a file of the repository, or with something that nobody sees", async () => {
  const setup = `version: 2.1
setup: true
orbs: { continuation: circleci/continuation@1.0 }
workflows:
  w: { jobs: [{ continuation/continue: { configuration_path: .circleci/release.yml } }] }
`;
  const next = "version: 2.1\njobs: { build: { docker: [{ image: x }], steps: [{ run: npm publish }] } }\n";
  const both = await read({ [FILE]: setup, ".circleci/release.yml": next });
  assertEquals(both.problems, []);
  assertEquals(both.pipelines.map(({ path, unseen }) => [path, unseen.length]), [[FILE, 0], [
    ".circleci/release.yml",
    0,
  ]]);
  assertEquals(published(both.pipelines[1]!).length, 1);
  const alone = await only({ [FILE]: setup });
  assertEquals(alone.unseen.map(({ reference }) => reference), [
    "the configuration that `setup: true` goes on with",
  ]);
});

Deno.test("what is not defined is a problem, and commands in a circle end", async () => {
  assertEquals(
    await problemsOf({ [FILE]: "version: 2.1\njobs: {}\nworkflows: { w: { jobs: [publish] } }\n" }),
    [
      `${FILE}:3 pipeline-unresolvable: A workflow in ${FILE} uses the job "publish", which is not defined`,
    ],
  );
  assertEquals(await problemsOf({ [FILE]: "" }), [`${FILE}:1 workflow-empty: ${FILE} holds no job`]);
  const commands = "commands: { a: { steps: [b, { run: npm publish }] }, b: { steps: [a, a] } }\n";
  assertEquals(published(await only(withSteps("[a]", commands))).length, 1);
});
