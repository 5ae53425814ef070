import { assertEquals } from "@std/assert";
import type { Pipeline } from "../../src/pipelines/model.ts";
import { publishers } from "../../src/pipelines/publishing_jobs.ts";
import { job, only, published, read, runs, scripts } from "./other_ci.ts";

const FILE = "Jenkinsfile";

/** A declarative pipeline with one stage of these steps. */
function stage(steps: string, around = ""): Promise<Pipeline> {
  return only({
    [FILE]:
      `pipeline {\n  agent any\n  ${around}\n  stages {\n    stage('x') {\n      ${steps}\n    }\n  }\n}\n`,
  });
}

Deno.test("a declarative pipeline is read stage by stage", async () => {
  const pipeline = await only({
    [FILE]: `#!/usr/bin/env groovy
@Library(['build@main', 'notify']) _
pipeline {
  agent { docker { image 'node:24'; label 'linux' } }
  triggers { cron('H 4 * * *') }
  options { disableConcurrentBuilds(abortPrevious: true) }
  parameters { string(name: 'sh', defaultValue: 'npm publish') }
  environment {
    CI = 'true'
    NPM_TOKEN = credentials('npm-token')
  }
  stages {
    stage('Test') {
      parallel {
        stage('Unit') { steps { sh 'npm test' } }
        stage('Lint') { agent { label 'small' } steps { sh(script: 'npm run lint', label: 'lint') } }
      }
    }
    stage("Publish") {
      when { buildingTag() }
      environment { TAG = "\${env.TAG_NAME}" }
      steps {
        // sh 'yarn npm publish'
        sh '''
          echo "//registry.npmjs.org/:_authToken=\${NPM_TOKEN}" > .npmrc
          npm publish
        '''
      }
    }
  }
  post { failure { sh 'echo failed' } }
}
`,
  });
  assertEquals([pipeline.vendor, pipeline.file], ["jenkins", FILE]);
  assertEquals(pipeline.unseen.map(({ reference }) => reference), [
    "shared library build@main",
    "shared library notify",
  ]);
  assertEquals(pipeline.jobs.map(({ id }) => id), [FILE, "Unit", "Lint", "Publish"]);
  assertEquals([...pipeline.env.keys()], ["CI", "NPM_TOKEN", "NPM_TOKEN_USR", "NPM_TOKEN_PSW"]);
  assertEquals(pipeline.concurrency?.cancels, "yes");
  assertEquals(pipeline.triggers.map(({ event }) => event), ["push", "schedule", "tag"]);
  assertEquals(job(pipeline, "Unit").container?.value, "node:24");
  assertEquals([job(pipeline, "Unit").runner?.labels, job(pipeline, "Lint").runner?.labels], [["linux"], [
    "small",
  ]]);
  assertEquals([...job(pipeline, "Publish").env.keys()], ["TAG"]);
  assertEquals(runs(job(pipeline, "Publish")), "tag");
  assertEquals(published(pipeline), [`Publish npm no ${FILE}:26:11`]);
  const [{ invocation } = { invocation: null }] = publishers(pipeline);
  assertEquals(invocation?.credentials.find(({ name }) => name === "NPM_TOKEN")?.secret, "npm-token");
  assertEquals(pipeline.commentedOut.map(({ client, at }) => [client, at.start.line]), [["yarn", 23]]);
});

Deno.test("a scripted pipeline is read as far as its shell steps go", async () => {
  const pipeline = await only({
    [FILE]: `def publish(String dir) {
  sh "cd \${dir} && npm publish"
}
node('linux && docker') {
  try {
    checkout scm
    stage 'old form'
    stage('Build') {
      docker.image('rust:1.90').inside('-v /x:/y') { sh 'cargo build' }
    }
    if (env.BRANCH_NAME == 'main') {
      stage('Publish') {
        withEnv(['CARGO_TERM_COLOR=always', "X=\${Y}"]) {
          dir('crates/widget') { sh 'cargo publish' }
        }
      }
    } else if (false) {
      sh 'cargo publish'
    }
  } finally {
    load 'ci/cleanup.groovy'
    build job: 'downstream', parameters: [string(name: 'package', value: 'widget')], wait: false
    library(identifier: 'tools@main', retriever: modernSCM([$class: 'GitSCMSource', remote: 'https://github.com/acme/tools.git']))
  }
}
`,
    "crates/widget/Cargo.toml": "",
  });
  assertEquals(scripts(pipeline, "Build"), ["cargo build"]);
  const found = publishers(pipeline).map((
    { job: { id }, invocation, live },
  ) => [id, invocation.client, live, invocation.directory]);
  assertEquals(found, [
    [FILE, "npm", "yes", null],
    [FILE, "cargo", "no", "."],
    ["Publish", "cargo", "unknown", "crates/widget"],
  ]);
  assertEquals(job(pipeline, "Publish").runner?.labels, ["linux && docker"]);
  assertEquals(pipeline.unseen.map(({ reference }) => reference), [
    "load ci/cleanup.groovy",
    "job downstream",
    "shared library tools@main",
  ]);
});

Deno.test("what a function does is done where it is called, with what is bound and asked there", async () => {
  const pipeline = await only({
    [FILE]: `pipeline {
  agent any
  stages {
    stage('Build') { steps { build(); this.build(); lib.upload(); cleanSh('make clean') } }
    stage('Try') { steps { withEnv(['TWINE_REPOSITORY_URL=' + env.TRY]) { upload() } } }
    stage('Publish') {
      when { buildingTag() }
      steps {
        withToken('pypi') { upload 'dist' }
      }
    }
  }
}
def cleanSh(String what) { sh what }
void build() { sh 'make' ; again(1) }
def again(int times) { if (times) { again(times - 1) } }
def withToken(id, Closure body)
{
  withCredentials([string(credentialsId: 'pypi', variable: 'TWINE_PASSWORD')]) { body() }
}
def upload(String directory = '.') {
  dir('out') { sh 'twine upload *' }
}
def unused() { sh 'gem push x.gem' }
`,
  });
  const found = publishers(pipeline).map((
    { job, invocation: { client, registry, directory, credentials } },
  ) => [job.id, runs(job), client, registry, directory, credentials[0]?.secret ?? null].join(" "));
  assertEquals(found, [
    `${FILE} push gem  . `,
    "Try push twine  out ",
    "Publish tag twine  out pypi",
  ]);
  assertEquals(scripts(pipeline, "Build"), ["make", "make clean"]);
  assertEquals(publishers(pipeline)[1]?.invocation.registryAs, "\ue000");
});

Deno.test("functions that call each other come to an end", async () => {
  const functions = Array.from(
    { length: 40 },
    (_, index) => `def f${index}() { dir('a') { f${index + 1}() }; dir('b') { f${index + 1}() }; f0() }\n`,
  );
  const pipeline = await only({
    [FILE]: `node { stage('x') { f0() } }\n${functions.join("")}def f40() { sh 'npm publish' }\n`,
  });
  assertEquals(publishers(pipeline).length > 0, true);
});

Deno.test("when says what a stage runs for", async () => {
  const cases: [when: string, expected: string][] = [
    ["buildingTag()", "tag"],
    ["tag 'v*'", "tag v*"],
    ["tag pattern: 'v\\\\d+', comparator: 'REGEXP'", "tag v\\d+"],
    ["branch 'main'", "push main"],
    ["anyOf { branch 'main'; tag 'v*' }", "push main | tag v*"],
    ["changeRequest()", "pull_request"],
    ["beforeAgent true; buildingTag()", "tag"],
    ['buildingTag(); tag pattern: /${env.TAGS}/, comparator: "REGEXP"', "tag"],
    ["allOf { buildingTag(); expression { return params.GO } }", "tag ?"],
    ["not { branch 'main' }", "push ?"],
    ["expression { false }", "never"],
    ["expression { return false }", "never"],
    ["expression { params.X == false }", "push ?"],
  ];
  for (const [when, expected] of cases) {
    const pipeline = await stage(`when { ${when} }\n      steps { sh 'npm publish' }`);
    assertEquals(runs(job(pipeline, "x")), expected, when);
  }
});

Deno.test("each form of a string gives the script that the shell sees", async () => {
  const cases: [groovy: string, script: string][] = [
    ["sh 'npm publish'", "npm publish"],
    ['sh "npm publish"', "npm publish"],
    ["sh('npm publish')", "npm publish"],
    ["sh(returnStdout: true, script: 'npm publish')", "npm publish"],
    ["sh script: 'npm publish', label: 'Publish'", "npm publish"],
    ["sh '''npm publish'''", "npm publish"],
    ["sh '''\n  npm publish\n'''.stripIndent()", "npm publish"],
    ["sh 'npm ' +\n        'publish'", "npm"],
    ["sh 'npm ' + 'publish'", "npm publish"],
    ["sh /npm publish/", "npm publish"],
    ["sh $/npm publish/$", "npm publish"],
    ['sh "npm publish --tag \\"x\\""', 'npm publish --tag "x"'],
    ["sh 'npm \\\n publish'", "npm  publish"],
    ['sh "npm publish --tag $TAG"', "npm publish --tag $TAG"],
    ['sh "npm publish --tag ${TAG}"', "npm publish --tag ${TAG}"],
    ['sh "npm publish --tag ${a ? "}" : b}"', `npm publish --tag ${"\ue000".repeat(14)}`],
    ['sh "npm publish \\$X"', "npm publish $X"],
    ["this.sh 'npm publish'", "npm publish"],
    ["infrapool.agentSh 'npm publish'", "npm publish"],
    ["def out = sh(script: 'npm publish', returnStdout: true).trim()", "npm publish"],
  ];
  for (const [groovy, script] of cases) {
    const pipeline = await stage(`steps { script { ${groovy} } }`);
    assertEquals(scripts(pipeline, "x")[0]?.slice(0, 60), script, groovy);
  }
});

Deno.test("what is no step is none", async () => {
  const cases = [
    "steps { echo 'npm publish' }",
    "steps { /* sh 'npm publish' */ echo 'x' }",
    "steps { echo \"it's // sh 'npm publish'\" }",
    "steps { script { def map = [sh: 'npm publish'] } }",
    "steps { script { sh = 'npm publish' } }",
    "steps { script { def url = 'https://x' // sh 'npm publish'\n } }",
    "steps { sh 'npm publish --dry-run' }",
  ];
  for (const steps of cases) assertEquals(published(await stage(steps)), [], steps);
});

Deno.test("credentials are bound for the block behind them", async () => {
  const cases: [steps: string, keyless: string, secret: string | null][] = [
    [
      "withCredentials([string(credentialsId: 'pypi', variable: 'TWINE_PASSWORD')]) { sh 'twine upload dist/*' }",
      "no",
      "pypi",
    ],
    [
      "withCredentials([usernamePassword(passwordVariable: 'TWINE_PASSWORD', usernameVariable: 'U', credentialsId: 'p')]) { sh 'twine upload dist/*' }",
      "no",
      "p",
    ],
    [
      "withCredentials([[$class: 'StringBinding', credentialsId: 'c', variable: 'TWINE_PASSWORD']]) { sh 'twine upload dist/*' }",
      "no",
      "c",
    ],
    [
      "withCredentials([string(credentialsId: 'c', variable: 'TWINE_PASSWORD')]) { }\n sh 'twine upload dist/*'",
      "unknown",
      null,
    ],
    ["bat 'twine upload -u __token__ -p %TOKEN% dist/*'", "unknown", null],
    ["powershell 'twine upload dist/*'", "unknown", null],
  ];
  for (const [steps, keyless, secret] of cases) {
    const [{ invocation } = { invocation: null }] = publishers(await stage(`steps { ${steps} }`));
    assertEquals(invocation?.keyless, keyless, steps);
    assertEquals(invocation?.credentials[0]?.secret ?? null, secret, steps);
  }
});

Deno.test("failures that a step swallows are known", async () => {
  const cases: [step: string, tolerated: boolean][] = [
    ["sh 'npm publish'", false],
    ["sh 'npm publish || true'", true],
    ["sh(script: 'npm publish', returnStatus: true)", true],
    ["catchError(buildResult: 'SUCCESS') { sh 'npm publish' }", true],
  ];
  for (const [step, tolerated] of cases) {
    const [{ invocation } = { invocation: null }] = publishers(await stage(`steps { ${step} }`));
    assertEquals(invocation?.tolerated, tolerated, step);
  }
});

Deno.test("pipelines are found by their usual names", async () => {
  const text = "node { sh 'npm publish' }\n";
  const { pipelines } = await read({
    "Jenkinsfile": text,
    "Jenkinsfile.release": text,
    "jenkins/Jenkinsfile-nightly": text,
    "ci/publish.jenkinsfile": text,
    "Jenkinsfile.md": text,
    "docs/Jenkinsfile": text,
    "MyJenkinsfile": text,
    "ci/release.groovy": "@Library('acme') _\n\npipeline { agent any\n}\n",
    "jenkins/nightly.groovy": "node('linux') {\n}\n",
    "ci/library.groovy": "def call() {\n  pipeline { agent any }\n}\n",
    "scripts/release.groovy": text,
  });
  assertEquals(pipelines.map(({ path }) => path).sort(), [
    "Jenkinsfile",
    "Jenkinsfile.release",
    "ci/publish.jenkinsfile",
    "ci/release.groovy",
    "jenkins/Jenkinsfile-nightly",
    "jenkins/nightly.groovy",
  ]);
});

Deno.test("a pipeline that lies elsewhere is found where nothing else publishes", async () => {
  const text = "node { sh 'npm publish' }\n";
  const hidden = {
    "scripts/pipeline/release.groovy": text,
    ".github/ci.Jenkinsfile": text,
    "scripts/vars/release.groovy": text,
    "lib/release.groovy": text,
    "scripts/a/b/release.groovy": text,
    "scripts/tool.groovy": "println 'npm publish'\n",
  };
  const found = async (others: Readonly<Record<string, string>>) =>
    (await read({ ...hidden, ...others })).pipelines.filter(({ vendor }) => vendor === "jenkins").map((
      { path },
    ) => path);
  const workflow = (run: string) => `on: push\njobs: { a: { runs-on: x, steps: [{ run: ${run} }] } }\n`;
  const both = [".github/ci.Jenkinsfile", "scripts/pipeline/release.groovy"];
  assertEquals(await found({}), both);
  assertEquals(await found({ ".github/workflows/test.yml": workflow("npm test") }), both);
  assertEquals(await found({ ".github/workflows/release.yml": workflow("npm publish") }), []);
});
