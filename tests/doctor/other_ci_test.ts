import { assert, assertEquals } from "@std/assert";
import { loadProject } from "../../src/config/load.ts";
import { diagnose, type Diagnosis } from "../../src/doctor/engine.ts";
import { program } from "../house/sources.ts";
import { repository, session } from "./repository.ts";

async function diagnosisOf(files: Record<string, string>): Promise<Diagnosis> {
  const root = await repository(new Map(Object.entries(files)));
  try {
    return await diagnose(await loadProject(root, session().env), session());
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

/** What doctor says: `PATH:LINE SEVERITY CODE: MESSAGE`. */
const said = ({ findings }: Diagnosis) =>
  findings.map(({ at, severity, code, message }) =>
    `${at.path}:${at.start.line} ${severity} ${code}: ${message}`
  );
const local = ({ phases }: Diagnosis) => {
  const { status, reason, seen = [] } = phases[0]!;
  return `${status}: ${[...seen, ...reason === null ? [] : [reason]].join("; ")}`;
};

const PYTHON = { "pyproject.toml": '[project]\nname = "widget"\nversion = "1.0.0"\n' };
const NODE = { "package.json": '{"name": "widget", "version": "1.0.0"}\n' };
/** A package with a trust policy for GitLab. */
const declared = (kind: string, environment: string) => ({
  "keyless.toml":
    `[[package]]\nname = "widget"\nkind = "${kind}"\npath = "."\n[package.trust_policy]\nworkflow = ".gitlab-ci.yml"\nenvironment = "${environment}"\n`,
});

/** A library that publishes to PyPI with OIDC, its parts in several files. */
const TRUSTED_GITLAB = {
  ...PYTHON,
  ".gitlab-ci.yml": `include:
  - local: ci/*.yml
  - template: Jobs/Secret-Detection.gitlab-ci.yml
  - component: $CI_SERVER_FQDN/components/sast/sast@3
workflow:
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
    - if: $CI_COMMIT_TAG
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
default:
  image: python:3.13-slim
  interruptible: true
stages: [test, build, deploy]
test:
  extends: .python
  parallel:
    matrix: [{ PYTHON: ["3.12", "3.13"] }]
  image: python:$PYTHON
  script: [pytest]
build:
  extends: .python
  script: [python -m build]
  artifacts: { paths: [dist/] }
deploy:
  stage: deploy
  interruptible: false
  environment: { name: pypi, url: "https://pypi.org/p/widget" }
  rules: [!reference [.tags, rules]]
  needs: [build]
  id_tokens:
    PYPI_ID_TOKEN: { aud: pypi }
  script:
    - pip install twine==6.2.0
    - twine upload dist/*
`,
  "ci/common.yml": `.python:
  before_script:
    - pip install build pytest
.tags:
  rules:
    - if: $CI_COMMIT_TAG
`,
};

/** A package that is published with a token whenever its version is new. */
const TOKEN_GITLAB = {
  ...NODE,
  ".gitlab-ci.yml": `image: node:24-alpine
stages: [test, publish]
test:
  stage: test
  script: [npm ci, npm test]
publish:
  stage: publish
  rules:
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
  before_script:
    - echo "//registry.npmjs.org/:_authToken=\${NPM_TOKEN}" > .npmrc
  script:
    - |
      VERSION=$(node -p "require('./package.json').version")
      if [ -z "$(npm view "widget@$VERSION" version)" ]; then
        npm publish --access public --ignore-scripts
      else
        echo "no need to npm publish"
      fi
`,
};

/** Releases by script from one of two branches, with a token of a context. */
const TOKEN_CIRCLECI = {
  "package.json": '{"name": "widget", "version": "1.0.0", "scripts": {"release": "semantic-release"}}\n',
  ".circleci/config.yml": `version: 2.1
orbs:
  node: circleci/node@5.2
executors:
  linux:
    docker: [{ image: "cimg/node:24.8" }]
commands:
  install:
    steps:
      - checkout
      - node/install-packages
jobs:
  test:
    parameters: { version: { type: string, default: "24.8" } }
    docker: [{ image: "cimg/node:<< parameters.version >>" }]
    steps: [install, { run: npm test }]
  publish:
    executor: linux
    steps:
      - install
      - run: { name: Release, command: npm run release }
workflows:
  version: 2
  build-and-release:
    jobs:
      - test: { matrix: { parameters: { version: ["22.0", "24.8"] } } }
      - publish:
          context: [npm, github]
          requires: [test]
          filters: { branches: { only: [main, next] } }
`,
};

/** Declarative stages, the last of which publishes with a bound credential. */
const TOKEN_JENKINS = {
  ...NODE,
  Jenkinsfile: `#!/usr/bin/env groovy
pipeline {
  agent { label 'docker' }
  options { timeout(time: 30, unit: 'MINUTES'); disableConcurrentBuilds() }
  stages {
    stage('Checks') {
      parallel {
        stage('Lint') { steps { sh 'npm run lint' } }
        stage('Test') {
          steps { sh "npm test -- --build=\${env.BUILD_NUMBER}" }
          post { always { junit 'reports/*.xml' } }
        }
      }
    }
    stage('Publish') {
      when { buildingTag() }
      steps {
        withCredentials([string(credentialsId: 'npm-publish', variable: 'NPM_TOKEN')]) {
          sh '''
            echo "//registry.npmjs.org/:_authToken=\${NPM_TOKEN}" > ~/.npmrc
            npm publish --ignore-scripts
          '''
        }
      }
    }
  }
}
`,
};

Deno.test("good set-ups of other vendors have no finding, and their jobs count", async () => {
  const cases: [files: Record<string, string>, reason: string][] = [
    [
      { ...TRUSTED_GITLAB, ...declared("pypi", "pypi") },
      '.gitlab-ci.yml: job "deploy" publishes to PyPI with OIDC, environment "pypi", runs on tags',
    ],
    [
      TOKEN_GITLAB,
      '.gitlab-ci.yml: job "publish" publishes to npm with $NPM_TOKEN, no environment, runs on pushes to $CI_DEFAULT_BRANCH',
    ],
    [
      TOKEN_CIRCLECI,
      '.circleci/config.yml › build-and-release: job "publish" publishes to npm with semantic-release (no credential is seen here), context "npm" and "github", runs on pushes to main, next',
    ],
    [
      TOKEN_JENKINS,
      'Jenkinsfile: job "Publish" publishes to npm with credential "npm-publish", runs on tags',
    ],
  ];
  for (const [files, reason] of cases) {
    const diagnosis = await diagnosisOf(files);
    assertEquals(said(diagnosis), [], reason);
    assertEquals(local(diagnosis), `passed: ${reason}`);
    assertEquals(diagnosis.publishes, true);
    assert(diagnosis.checked.jobs > 0);
  }
});

Deno.test("a trust policy that names GitLab's file is compared with GitLab's jobs, by the registry's rules for GitLab", async () => {
  assertEquals(said(await diagnosisOf({ ...TRUSTED_GITLAB, ...declared("pypi", "PyPI") })), [
    '.gitlab-ci.yml:27 error publisher-environment-mismatch: widget expects environment "PyPI", job "deploy" runs in "pypi"',
  ]);
  assertEquals(said(await diagnosisOf({ ...TOKEN_JENKINS, ...declared("npm", "npm") })), [
    'keyless.toml:6 error publisher-workflow-mismatch: widget expects workflow ".gitlab-ci.yml", which does not exist',
  ]);
});

Deno.test("a file of another vendor that is broken is one finding, and the others are looked at", async () => {
  const diagnosis = await diagnosisOf({ ...TOKEN_JENKINS, ".gitlab-ci.yml": "publish: [\n" });
  assertEquals(diagnosis.findings.map(({ at, code, severity }) => [at.path, code, severity]), [
    [".gitlab-ci.yml", "yaml-syntax", "error"],
  ]);
  assertEquals(diagnosis.publishes, true);
});

Deno.test("where another vendor's file publishes nothing, that is said, and what nobody can see is named", async () => {
  const nothing = await diagnosisOf({ ".gitlab-ci.yml": "test: { script: [make test] }\n" });
  assertEquals([local(nothing), nothing.publishes], ["skipped: no job is seen to publish", false]);
  const unseen = await diagnosisOf({
    ".gitlab-ci.yml": "include: [{ project: group/ci, file: /release.yml }]\ntest: { script: [make test] }\n",
  });
  assertEquals(said(unseen), [
    ".gitlab-ci.yml:1 unverified publish-out-of-sight: group/ci /release.yml may publish, and cannot be read from here",
  ]);
});

Deno.test("readers of other vendors are loaded only where there is a file to read", async () => {
  const all = await program();
  const reader = all.find(({ path }) => path === "src/pipelines/read.ts")!;
  const vendors = reader.imports.filter(({ path }) =>
    /\/(?:gitlab|circleci|jenkins)\/read\.ts$/.test(path ?? "")
  );
  assertEquals(vendors.length, 3);
  assert(vendors.every(({ dynamic }) => dynamic));
});

Deno.test("a pipeline of GitLab that is left behind at github.com is told once, and hides nothing", async () => {
  const at = (...hosts: string[]) => ({
    ".git/config": hosts.map((host) => `[remote "${host}"]\n\turl = https://${host}/acme/widget.git\n`).join(
      "",
    ),
  });
  const broken = { ...PYTHON, ".gitlab-ci.yml": "include: [ci/one.yml, ci/two.yml]\n" };
  const steps = "[{ run: twine upload dist/* }]";
  const github = {
    ".github/workflows/ci.yml":
      `on: release\njobs: { a: { runs-on: ubuntu-latest, environment: pypi, steps: ${steps} } }\n`,
  };
  const cases: [files: Record<string, string>, severities: string[]][] = [
    [{ ...broken, ...github, ...at("github.com") }, ["warning"]],
    // Somebody there may run it.
    [{ ...broken, ...github, ...at("github.com", "gitlab.com") }, ["error", "error"]],
    [{ ...broken, ...github }, ["error", "error"]],
    [{ ...broken, ...at("github.com") }, ["error", "error"]],
    [{ ...broken, ...github, ...at("github.com"), ...declared("pypi", "pypi") }, ["error", "error"]],
  ];
  for (const [files, severities] of cases) {
    const { findings, phases } = await diagnosisOf(files);
    const found = findings.filter(({ code }) => code === "pipeline-unresolvable");
    assertEquals(found.map(({ severity }) => severity), severities);
    assertEquals(
      phases.some(({ reason }) => reason?.includes("cannot read .gitlab-ci.yml")),
      severities.length > 1,
    );
  }
});
