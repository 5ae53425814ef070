import { assertEquals } from "@std/assert";
import { publishers } from "../../src/pipelines/publishing_jobs.ts";
import { apply } from "../doctor/repository.ts";
import { job, only, problemsOf, published, runs, scripts } from "./other_ci.ts";

const FILE = ".gitlab-ci.yml";

Deno.test("a project of GitLab is read with everything that its jobs inherit", async () => {
  const pipeline = await only({
    [FILE]: `include:
  - local: /ci/python.yml
  - template: Jobs/Secret-Detection.gitlab-ci.yml
stages: [test, deploy]
default:
  image: python:3.13
  id_tokens: { VAULT_ID_TOKEN: { aud: https://vault.example.com } }
variables:
  DEPLOY_TO: pypi
  RETRIES: { value: "3", description: how often }
test:
  extends: .python
  script: [pytest, [ruff check, [mypy .]]]
deploy:
  extends: [.python, .tagged]
  stage: deploy
  needs: [test, { job: build, optional: true }]
  resource_group: pypi
  allow_failure: true
  tags: [docker]
  environment: { name: $DEPLOY_TO }
  id_tokens:
    PYPI_ID_TOKEN: { aud: pypi }
  before_script: []
  script:
    - !reference [.build, script]
    - uv publish --trusted-publishing always
  after_script: echo done
`,
    "ci/python.yml": `.python:
  before_script: [pip install uv]
  variables: { UV_CACHE_DIR: .uv }
.build: { script: [uv build] }
.tagged: { rules: [{ if: $CI_COMMIT_TAG }] }
`,
  });
  assertEquals([pipeline.vendor, pipeline.path, pipeline.file], ["gitlab", FILE, FILE]);
  assertEquals(pipeline.env.get("RETRIES")?.value, "3");
  assertEquals(pipeline.unseen, []);
  assertEquals(scripts(pipeline, "test"), ["pip install uv", "pytest", "ruff check", "mypy ."]);
  assertEquals(scripts(pipeline, "deploy"), [
    "uv build",
    "uv publish --trusted-publishing always",
    "echo done",
  ]);
  const deploy = job(pipeline, "deploy");
  assertEquals(deploy.environment?.names, ["pypi"]);
  assertEquals(deploy.container?.value, "python:3.13");
  assertEquals(deploy.concurrency?.group, "pypi");
  assertEquals(deploy.continueOnError?.value, "true");
  assertEquals(deploy.runner?.labels, ["docker"]);
  assertEquals(deploy.needs, ["test", "build"]);
  assertEquals(deploy.env.get("UV_CACHE_DIR")?.value, ".uv");
  assertEquals(deploy.idTokens.map(({ variable, audiences }) => [variable, audiences]), [["PYPI_ID_TOKEN", [
    "pypi",
  ]]]);
  assertEquals(job(pipeline, "test").idTokens.map(({ variable }) => variable), ["VAULT_ID_TOKEN"]);
  assertEquals(deploy.permissions.allows("id-token", "write"), "yes");
  assertEquals(published(pipeline), [`deploy uv yes ${FILE}:27:7`]);
});

Deno.test("extends merges tables, replaces lists, and lets the later one win", async () => {
  const pipeline = await only({
    [FILE]: `.a: { variables: { ONE: a, TWO: a }, script: [a] }
.b: { extends: .a, variables: { TWO: b }, tags: [b] }
.c: { variables: { ONE: c } }
x: { extends: [.b, .c], script: [x] }
y: { extends: [.c, .b] }
`,
  });
  const variables = (id: string) =>
    [...job(pipeline, id).env.values()].map(({ name, value }) => `${name}=${value}`);
  assertEquals(variables("x"), ["ONE=c", "TWO=b"]);
  assertEquals(variables("y"), ["ONE=a", "TWO=b"]);
  assertEquals(scripts(pipeline, "x"), ["x"]);
  assertEquals(scripts(pipeline, "y"), ["a"]);
  assertEquals(job(pipeline, "x").runner?.labels, ["b"]);
});

Deno.test("anchors and merge keys mean what they mean to GitLab, several in one table too", async () => {
  const pipeline = await only({
    [FILE]: `.one: &one { image: one, variables: { A: one } }
.two: &two { image: two, tags: [two] }
.lines: &lines [echo 1, echo 2]
x:
  <<: *one
  <<: *two
  script: [*lines, echo 3]
y:
  <<: [*one, *two]
  script: *lines
z:
  image: z
  script: z
  <<: *one
`,
  });
  assertEquals(job(pipeline, "x").container?.value, "two");
  assertEquals(job(pipeline, "x").env.get("A")?.value, "one");
  assertEquals(scripts(pipeline, "x"), ["echo 1", "echo 2", "echo 3"]);
  assertEquals(job(pipeline, "y").container?.value, "one");
  assertEquals(scripts(pipeline, "y"), ["echo 1", "echo 2"]);
  assertEquals(job(pipeline, "z").container?.value, "one", "what stands later wins");
});

Deno.test("a job inherits from default only what it lets in", async () => {
  const pipeline = await only({
    [FILE]: `default: { image: d, before_script: [before], tags: [t] }
variables: { A: a, B: b }
all: { script: [x] }
none: { inherit: { default: false, variables: false }, script: [x] }
some: { inherit: { default: [image], variables: [A] }, script: [x] }
`,
  });
  assertEquals(scripts(pipeline, "all"), ["before", "x"]);
  assertEquals(scripts(pipeline, "none"), ["x"]);
  assertEquals([job(pipeline, "none").container, job(pipeline, "none").runner], [null, null]);
  assertEquals(job(pipeline, "some").container?.value, "d");
  assertEquals(scripts(pipeline, "some"), ["x"]);
});

Deno.test("a job's rules say when it runs", async () => {
  const cases: [rules: string, expected: string][] = [
    ["rules: [{ if: $CI_COMMIT_TAG }]", "tag"],
    ["rules: [{ if: '$CI_COMMIT_TAG =~ /^v\\d+/ && $CI_PROJECT_PATH == \"a/b\"' }]", "tag /^v\\d+/ ?"],
    ["rules: [{ if: '$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH' }]", "push $CI_DEFAULT_BRANCH"],
    ["rules: [{ if: '$CI_COMMIT_BRANCH == \"main\" || $CI_COMMIT_TAG', when: manual }]", "push main | tag ?"],
    [
      "rules: [{ if: '($CI_COMMIT_TAG || $CI_COMMIT_BRANCH) && $CI_COMMIT_REF_PROTECTED == \"true\"' }]",
      "protected tag | protected push",
    ],
    ["rules: [{ if: '$CI_COMMIT_TAG && $CI_COMMIT_REF_PROTECTED != \"true\"' }]", "tag ?"],
    [
      "rules: [{ if: '$CI_COMMIT_REF_PROTECTED == \"true\"' }]",
      "protected push | protected tag | merge_request_event | schedule | web ?",
    ],
    ["rules: [{ if: $CI_MERGE_REQUEST_IID }]", "merge_request_event"],
    ["rules: [{ if: '$CI_PIPELINE_SOURCE == \"schedule\"' }]", "schedule"],
    ["rules: [{ if: '$CI_PIPELINE_SOURCE == \"push\"' }]", "push | tag"],
    ["rules: [{ if: '$CI_PIPELINE_SOURCE == \"web\" && $CI_COMMIT_TAG' }]", "web"],
    ["rules: [{ if: '$CI_COMMIT_TAG && $CI_COMMIT_BRANCH' }]", "never"],
    ["rules: [{ if: $CI_COMMIT_BRANCH, when: never }, { if: $CI_COMMIT_TAG }]", "tag"],
    ["rules: [{ when: never }, { if: $CI_COMMIT_TAG }]", "never"],
    ["rules: [{ if: $CI_COMMIT_TAG, when: never }]", "never"],
    ["rules: []", "never"],
    ["rules: [{ if: $CI_COMMIT_TAG, changes: [a] }]", "tag ?"],
    ["rules: [{ if: 'this is no expression' }]", "push | tag | merge_request_event | schedule | web ?"],
    ["rules: [[{ if: $CI_COMMIT_TAG }]]", "tag"],
    ["only: [tags]", "tag"],
    ["only: tags", "tag"],
    ["only: { refs: [main, /^v.*$/] }", "push main | push /^v.*$/ | tag /^v.*$/"],
    ["only: [branches@group/project]", "push"],
    ["except: [tags, merge_requests]", "push"],
    ["except: [branches, tags]", "never"],
    ["only: { refs: [tags], variables: [$X] }", "tag ?"],
    ["when: manual", "push | tag ?"],
    ["rules: [{ when: manual }]", "push | tag | merge_request_event | schedule | web ?"],
    ["when: always", "push | tag"],
  ];
  for (const [rules, expected] of cases) {
    const pipeline = await only({ [FILE]: `x:\n  ${rules}\n  script: [x]\n` });
    assertEquals(runs(job(pipeline, "x")), expected, rules);
  }
});

Deno.test("a job runs only in pipelines that the workflow's rules let start", async () => {
  const cases: [workflow: string, expected: string][] = [
    ["[{ if: $CI_COMMIT_BRANCH }]", "never"],
    ["[{ if: $CI_COMMIT_TAG }, { if: $CI_COMMIT_BRANCH }]", "tag"],
    ["[{ when: always }]", "tag"],
    // What a variable decides may let it run.
    ["[{ if: '$CI_COMMIT_BRANCH && $X' }]", "tag ?"],
    ["[{ if: '$CI_COMMIT_TAG && $CI_COMMIT_REF_PROTECTED == \"true\"' }]", "protected tag"],
    [
      "[{ if: '$CI_COMMIT_REF_PROTECTED == \"true\" && $CI_COMMIT_TAG', when: never }, { when: always }]",
      "tag",
    ],
  ];
  for (const [rules, expected] of cases) {
    const pipeline = await only({
      [FILE]: `workflow: { rules: ${rules} }\nx: { only: [tags], script: [npm publish] }\n`,
    });
    assertEquals(runs(job(pipeline, "x")), expected, rules);
  }
});

Deno.test("a job without rules of its own runs for the branches and tags of the workflow's", async () => {
  const cases: [workflow: string, expected: string][] = [
    ["[{ if: $CI_COMMIT_TAG }, { if: '$CI_COMMIT_BRANCH == \"main\"' }]", "push main | tag"],
    ["[{ if: '$CI_COMMIT_BRANCH == \"main\"' }, { when: always }]", "push | tag"],
  ];
  for (const [rules, expected] of cases) {
    const pipeline = await only({ [FILE]: `workflow: { rules: ${rules} }\nx: { script: [npm publish] }\n` });
    assertEquals(runs(job(pipeline, "x")), expected, rules);
  }
});

Deno.test("local files are included by path and by pattern, and what lies elsewhere is named", async () => {
  const files = {
    "ci/a.yml": "a: { script: [a] }\n",
    "ci/deep/b.yml": "b: { script: [b] }\n",
    "ci/c.txt": "c: { script: [c] }\n",
  };
  const cases: [include: string, jobs: string[], unseen: string[]][] = [
    ["ci/a.yml", ["a"], []],
    ["[{ local: /ci/a.yml }, /ci/deep/b.yml]", ["a", "b"], []],
    ["{ local: 'ci/*.yml' }", ["a"], []],
    ["{ local: 'ci/**.yml' }", ["a", "b"], []],
    ["{ local: 'ci/**/*.yml' }", ["b"], []],
    ["[{ project: group/ci, file: /x.yml, ref: v1 }]", [], ["group/ci /x.yml"]],
    ["https://example.com/ci.yml", [], ["https://example.com/ci.yml"]],
    ["{ component: $CI_SERVER_FQDN/group/publish/npm@1 }", [], ["$CI_SERVER_FQDN/group/publish/npm@1"]],
    ["{ local: ci/$NAME.yml }", [], ["ci/$NAME.yml"]],
    // GitLab's own, of which it is known what they do.
    [
      "[{ template: Security/SAST.gitlab-ci.yml }, { component: $CI_SERVER_FQDN/components/sast/sast@1 }]",
      [],
      [],
    ],
    ["{ template: npm.gitlab-ci.yml }", [], ["npm.gitlab-ci.yml"]],
  ];
  for (const [include, jobs, unseen] of cases) {
    const pipeline = await only({ ...files, [FILE]: `include: ${include}\nx: { script: [x] }\n` });
    assertEquals(pipeline.jobs.map(({ id }) => id).filter((id) => id !== "x"), jobs, include);
    assertEquals(pipeline.unseen.map(({ reference }) => reference), unseen, include);
  }
});

Deno.test("inputs are put into an included file that declares them in a header", async () => {
  const pipeline = await only({
    [FILE]: "include: [{ local: ci/p.yml, inputs: { client: npm, job: release } }]\n",
    "ci/p.yml": `spec:
  inputs:
    job:
    client: { default: twine }
    flag: { default: "--access public" }
    more: { type: array, default: [echo a] }
---
"$[[ inputs.job ]]":
  before_script: $[[ inputs.more ]]
  script:
    - $[[ inputs.client ]] publish $[[ inputs.flag | expand_vars ]]
`,
  });
  assertEquals(scripts(pipeline, "release"), ["echo a", "npm publish --access public"]);
  assertEquals(published(pipeline), ["release npm unknown ci/p.yml:11:7"]);
});

Deno.test("a child pipeline in the repository is read as its caller's part", async () => {
  const pipeline = await only({
    [FILE]: `child: { trigger: { include: [{ local: ci/child.yml }] } }
other: { trigger: group/project }
made: { trigger: { include: [{ artifact: x.yml, job: y }] } }
shared: { trigger: { include: [{ project: group/shared, file: /npm.yml }] } }
`,
    "ci/child.yml": "publish: { script: [npm publish] }\n",
  });
  assertEquals(published(pipeline), ["child › publish npm unknown ci/child.yml:1:21"]);
  assertEquals(pipeline.jobs.map(({ calls }) => [calls?.reference, calls?.pipeline === null]), [
    ["ci/child.yml", false],
    ["group/project", true],
    ['x.yml of job "y"', true],
    ["group/shared /npm.yml", true],
  ]);
});

Deno.test("entries of a script are one shell, and each command has its own place", async () => {
  const pipeline = await only({
    [FILE]: `publish:
  before_script:
    - cd packages/widget
  script:
    - if [ -n "$CI_COMMIT_TAG" ]; then
    - npm publish
    - fi
    - |
      echo "npm publish"
      pnpm publish || true
  after_script:
    - yarn npm publish
`,
    "packages/widget/package.json": "{}",
  });
  const found = publishers(pipeline).map(({ invocation, step }) => [
    invocation.client,
    invocation.at.start.line,
    invocation.tolerated,
    invocation.directory,
    step.name,
  ]);
  assertEquals(found, [
    ["npm", 6, false, "packages/widget", "script"],
    ["pnpm", 10, true, "packages/widget", "script"],
    ["yarn", 12, true, ".", "after_script"],
  ]);
});

Deno.test("a token is known by where it comes from", async () => {
  const cases: [job: string, keyless: string][] = [
    ["{ script: [uv publish --token $PYPI_TOKEN] }", "unknown"],
    ["{ variables: { UV_PUBLISH_TOKEN: $CI_JOB_TOKEN }, script: [uv publish] }", "no"],
    ["{ secrets: { UV_PUBLISH_TOKEN: { vault: a/b/c@d } }, script: [uv publish] }", "no"],
    ["{ variables: { UV_PUBLISH_TOKEN: '' }, script: [uv publish] }", "unknown"],
    ["{ script: [uv publish --trusted-publishing always] }", "yes"],
  ];
  for (const [text, keyless] of cases) {
    const [found] = publishers(await only({ [FILE]: `x: ${text}\n` }));
    assertEquals(found?.invocation.keyless, keyless, text);
  }
});

Deno.test("an OIDC token is added to a job where that changes nothing else", async () => {
  const cases: [before: string, after: string | null][] = [
    ["x:\n  script: [a]\n", 'x:\n  id_tokens:\n    N:\n      aud: "npm:r"\n  script: [a]\n'],
    [
      "x:\n    script: [a]\n    id_tokens:\n        V: { aud: v }\n",
      'x:\n    script: [a]\n    id_tokens:\n        N:\n          aud: "npm:r"\n        V: { aud: v }\n',
    ],
    [
      "x:\n  id_tokens: { N: { aud: other } }\n  script: [a]\n",
      'x:\n  id_tokens: { N: { aud: "npm:r" } }\n  script: [a]\n',
    ],
    ["x:\r\n  script: [a]\r\n", 'x:\r\n  id_tokens:\r\n    N:\r\n      aud: "npm:r"\r\n  script: [a]\r\n'],
    ["x: { script: [a] }\n", null],
    ["default:\n  id_tokens: { V: { aud: v } }\nx:\n  script: [a]\n", null],
    [
      ".b: &b { aud: x }\nx:\n  id_tokens: { N: *b }\n  script: [a]\n",
      '.b: &b { aud: "npm:r" }\nx:\n  id_tokens: { N: *b }\n  script: [a]\n',
    ],
    ["x:\n  id_tokens: { N: { aud: [a, b] } }\n  script: [a]\n", null],
  ];
  for (const [before, after] of cases) {
    const fix = job(await only({ [FILE]: before }), "x").addIdToken!("N", "npm:r");
    assertEquals(fix && apply(fix.edits, new Map([[FILE, before]])).get(FILE), after, before);
  }
});

Deno.test("names that lead nowhere or in a circle are problems, not crashes", async () => {
  const cases: [files: Record<string, string>, expected: string][] = [
    [
      { [FILE]: ".a: { extends: .b }\n.b: { extends: .a }\nx: { extends: .a, script: [x] }\n" },
      `${FILE}:2 pipeline-unresolvable: Job ".b" extends ".a", which leads back to itself`,
    ],
    [
      { [FILE]: "x: { extends: .none, script: [x] }\n" },
      `${FILE}:1 pipeline-unresolvable: Job "x" extends ".none", which does not exist`,
    ],
    [
      { [FILE]: "include: ci/none.yml\nx: { script: [x] }\n" },
      `${FILE}:1 pipeline-unresolvable: ${FILE} includes "ci/none.yml", which does not exist`,
    ],
    [
      { [FILE]: "include: ci/a.yml\nx: { script: [x] }\n", "ci/a.yml": `include: ${FILE}\n` },
      `ci/a.yml:1 pipeline-unresolvable: ci/a.yml includes "${FILE}", which leads back to itself`,
    ],
    [
      { [FILE]: "x: { script: [!reference [y, script]] }\ny: { script: !reference [x, script] }\n" },
      `${FILE}:1 pipeline-unresolvable: !reference [y, script] leads back to itself`,
    ],
    [
      { [FILE]: "x: { script: !reference [none, script] }\n" },
      `${FILE}:1 pipeline-unresolvable: !reference [none, script] names something that does not exist`,
    ],
    [{ [FILE]: "# nothing\n" }, `${FILE}:1 workflow-empty: ${FILE} holds no job`],
  ];
  for (const [files, expected] of cases) assertEquals((await problemsOf(files))[0], expected);
});

Deno.test("where an included file is missing, nobody says that there are no jobs", async () => {
  assertEquals(await problemsOf({ [FILE]: "include: ci/none.yml\n" }), [
    `${FILE}:1 pipeline-unresolvable: ${FILE} includes "ci/none.yml", which does not exist`,
  ]);
});

Deno.test("what a file that cannot be read defines is missed by nobody", async () => {
  const pipeline = await only({
    [FILE]: `include: [{ project: group/ci, file: x.yml }]
x: { extends: .theirs, script: [!reference [.theirs, script], uv publish] }
`,
  });
  assertEquals(job(pipeline, "x").permissions.allows("id-token", "write"), "unknown");
  assertEquals(scripts(pipeline, "x"), ["uv publish"]);
});
