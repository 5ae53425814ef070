import { assertEquals, assertStringIncludes } from "@std/assert";
import { loadProject } from "../../src/config/load.ts";
import { diagnose } from "../../src/doctor/engine.ts";
import { repository, session } from "./repository.ts";

const RELEASE = ".github/workflows/release.yml";
const CIRCLECI = ".circleci/config.yml";

/** The jobs that a set-up is seen to publish with. */
async function listed(files: Readonly<Record<string, string>>): Promise<readonly string[]> {
  return (await sectionOf(files))?.seen ?? [];
}

/** The section that has the list. */
async function sectionOf(files: Readonly<Record<string, string>>) {
  const root = await repository(new Map(Object.entries(files)));
  try {
    const { phases } = await diagnose(await loadProject(root, session().env), session());
    return phases.find(({ name }) => name === "trust policy (local)");
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

/** A workflow with one job of these steps. */
function workflow(steps: string, { on = "{ push: { tags: [v*] } }", job = "" } = {}): string {
  return `on: ${on}\njobs:\n  publish:\n    runs-on: ubuntu-latest\n${job}    steps:\n${steps}\n`;
}

const JOB = 'release.yml: job "publish" publishes to';

Deno.test("every registry and every credential of a job has a line, and what says the same has one", async () => {
  const cases: [what: string, workflow: string, lines: readonly string[]][] = [
    [
      "two registries",
      workflow(
        `      - uses: pypa/gh-action-pypi-publish@release/v1
        with: { repository-url: https://test.pypi.org/legacy/, password: "\${{ secrets.TEST_PYPI }}" }
      - uses: pypa/gh-action-pypi-publish@release/v1`,
        {
          job: "    environment: pypi\n    permissions: { id-token: write }\n",
        },
      ),
      [
        `${JOB} TestPyPI with secrets.TEST_PYPI, environment "pypi", runs on tags v*`,
        `${JOB} PyPI with OIDC, environment "pypi", runs on tags v*`,
      ],
    ],
    [
      "one registry for several packages",
      workflow(
        `      - run: npm publish ./one/
      - run: npm publish ./two/
        if: github.event_name == 'workflow_dispatch'`,
        {
          on: "[workflow_dispatch, release]",
          job: "    env: { NODE_AUTH_TOKEN: '${{ secrets.NPM }}' }\n",
        },
      ),
      [`${JOB} npm with secrets.NPM, no environment, runs by hand, for releases`],
    ],
    [
      "a registry that is known when it runs, and one by its host",
      workflow(`      - run: twine upload --repository-url "$INDEX/legacy" dist/*
        env: { TWINE_PASSWORD: CANARY-literal }
      - run: npm publish --registry https://npm.pkg.github.com
        env: { NODE_AUTH_TOKEN: "\${{ github.token }}" }
      - run: cargo publish --token "\${{ inputs.dry && secrets.ONE || secrets.TWO }}"`),
      [
        `${JOB} $INDEX/legacy with $TWINE_PASSWORD, no environment, runs on tags v*`,
        `${JOB} npm.pkg.github.com with the job's GITHUB_TOKEN, no environment, runs on tags v*`,
        `${JOB} crates.io with secrets.ONE or secrets.TWO, no environment, runs on tags v*`,
      ],
    ],
    [
      "a branch, which a pull request's ref is never called",
      workflow("      - run: npm publish", {
        on: "{ push: , pull_request: }",
        job: "    if: github.ref_name == 'main'\n    env: { NODE_AUTH_TOKEN: '${{ secrets.NPM }}' }\n",
      }),
      [`${JOB} npm with secrets.NPM, no environment, runs on pushes to main`],
    ],
    [
      "a credential that a step before hands on",
      workflow(`      - uses: acme/get-secrets@v1
        id: get-secrets
      - run: ./gradlew publish
        env: { MAVEN_PASSWORD: "\${{ steps.get-secrets.outputs.password }}" }`),
      [
        'release.yml: job "publish" publishes with steps.get-secrets.outputs.password, no environment, runs on tags v*',
      ],
    ],
    [
      "a credential that a step before writes into gem's file",
      workflow(`      - run: |
          mkdir ~/.gem
          echo ":rubygems_api_key: $GEMS_KEY" > ~/.gem/credentials
      - run: gem push *.gem`),
      [`${JOB} RubyGems with $GEMS_KEY, no environment, runs on tags v*`],
    ],
    [
      "what jsii has made of a project, with a token or OIDC as variables say",
      workflow(`      - run: npx -p publib@1 publib-npm
        env: { NPM_TOKEN: "\${{ secrets.NPM }}", NPM_TRUSTED_PUBLISHER: "false" }
      - run: npx -p publib@1 publib-npm
        env: { NPM_TOKEN: "\${{ github.token }}", NPM_REGISTRY: npm.pkg.github.com }
      - run: npx -p publib@1 publib-maven
        env: { MAVEN_PASSWORD: "\${{ secrets.CENTRAL }}" }
      - run: npx -p publib@1 publib-pypi
        env: { TWINE_PASSWORD: "\${{ secrets.OLD }}", PYPI_TRUSTED_PUBLISHER: "true" }
      - run: npx -p publib@1 publib-nuget
        env: { PUBLIB_DRYRUN: "true", NUGET_API_KEY: "\${{ secrets.NUGET }}" }
      - run: npx -p publib@1 publib-nuget
        env: { NUGET_API_KEY: "\${{ secrets.NUGET }}", NUGET_TRUSTED_PUBLISHER: "\${{ vars.OIDC }}" }
      - run: npx publib`),
      [
        `${JOB} npm with secrets.NPM, no environment, runs on tags v*`,
        `${JOB} npm.pkg.github.com with the job's GITHUB_TOKEN, no environment, runs on tags v*`,
        `${JOB} Maven Central with secrets.CENTRAL, no environment, runs on tags v*`,
        `${JOB} PyPI with OIDC (but cannot request a token), no environment, runs on tags v*`,
        `${JOB} NuGet with secrets.NUGET, no environment, runs on tags v*`,
        'release.yml: job "publish" publishes with publib, no environment, runs on tags v*',
      ],
    ],
  ];
  for (const [what, text, lines] of cases) assertEquals(await listed({ [RELEASE]: text }), lines, what);
});

Deno.test("a token beside id-token counts where npm cannot exchange one, else either may be used", async () => {
  const publish = (node: string) =>
    workflow(
      `      - uses: actions/setup-node@v4
        with: { node-version: ${node}, registry-url: "https://registry.npmjs.org" }
      - run: npm publish --provenance
        env: { NODE_AUTH_TOKEN: "\${{ secrets.NPM_TOKEN }}" }`,
      {
        on: "workflow_dispatch",
        job: "    environment: npm\n    permissions: { id-token: write }\n",
      },
    );
  const rest = 'environment "npm", runs by hand';
  for (
    const [node, credential] of [["18", "secrets.NPM_TOKEN"], ["24", "OIDC or secrets.NPM_TOKEN"]] as const
  ) {
    assertEquals(await listed({ [RELEASE]: publish(node) }), [`${JOB} npm with ${credential}, ${rest}`]);
  }
});

Deno.test("semantic-release exchanges no token before its plugin for npm can", async () => {
  const text = workflow(
    `      - run: npx semantic-release
        env: { NPM_TOKEN: "\${{ secrets.NPM_TOKEN }}" }`,
    { on: "workflow_dispatch", job: "    environment: npm\n    permissions: { id-token: write }\n" },
  );
  for (
    const [tool, plugin, credential] of [
      ["^24.1.0", "^12.0.1", "secrets.NPM_TOKEN"],
      ["^25.0.1", "^13.1.0", "OIDC or secrets.NPM_TOKEN"],
    ] as const
  ) {
    const devDependencies = { "semantic-release": tool, "@semantic-release/npm": plugin };
    const manifest = JSON.stringify({ name: "widget", version: "1.0.0", devDependencies });
    assertEquals(
      await listed({ [RELEASE]: text, "package.json": manifest }),
      [`${JOB} npm with ${credential}, environment "npm", runs by hand`],
    );
  }
});

Deno.test("who publishes to PyPI under a name of one's own does it with a password", async () => {
  for (
    const [user, credential] of [["monty", "the password of monty"], ["__token__", "secrets.P"]] as const
  ) {
    const text = workflow(
      `      - run: twine upload dist/*
        env: { TWINE_USERNAME: ${user}, TWINE_PASSWORD: "\${{ secrets.P }}" }`,
    );
    assertEquals(
      await listed({ [RELEASE]: text }),
      [`${JOB} PyPI with ${credential}, no environment, runs on tags v*`],
    );
  }
});

Deno.test("what is published with the token of GitLab's jobs goes to GitLab", async () => {
  const text = `publish:
  image: node:22
  rules: [{ if: $CI_COMMIT_TAG }]
  script:
    - echo "//\${CI_SERVER_HOST}/api/v4/projects/\${CI_PROJECT_ID}/packages/npm/:_authToken=\${CI_JOB_TOKEN}" > .npmrc
    - npx semantic-release
`;
  assertEquals(
    await listed({ ".gitlab-ci.yml": text }),
    [
      '.gitlab-ci.yml: job "publish" publishes to GitLab\'s package registry with $CI_JOB_TOKEN, no environment, runs on tags',
    ],
  );
});

Deno.test("the registry of a manifest goes before that of the job", async () => {
  const text = workflow("      - run: npm publish");
  const manifest = (registry: string) =>
    JSON.stringify({ name: "@acme/widget", version: "1.0.0", publishConfig: { registry } });
  assertEquals(
    await listed({ [RELEASE]: text, "package.json": manifest("https://npm.acme.example/") }),
    [`${JOB} npm.acme.example with npm (no credential is seen here), no environment, runs on tags v*`],
  );
  const scoped = { "package.json": '{ "name": "@acme/widget", "version": "1.0.0" }', [RELEASE]: text };
  for (
    const [line, registry] of [
      ["@acme:registry=https://npm.acme.example/", "npm.acme.example"],
      ["@other:registry=https://npm.acme.example/", "npm"],
      ["registry = https://npm.acme.example/", "npm.acme.example"],
    ] as const
  ) {
    assertEquals(
      await listed({ ...scoped, ".npmrc": `${line}\n` }),
      [`${JOB} ${registry} with npm (no credential is seen here), no environment, runs on tags v*`],
      line,
    );
  }
});

Deno.test("no registry is named that the credential cannot be for, nor a credential of clients that find it elsewhere", async () => {
  const text = workflow(`      - run: npm publish
        env: { NODE_AUTH_TOKEN: "\${{ secrets.GITHUB_TOKEN }}" }
      - run: mvn deploy
      - run: vsce publish --pat "\${{ secrets.VSCE }}"`);
  assertEquals(await listed({ [RELEASE]: text }), [
    'release.yml: job "publish" publishes with the job\'s GITHUB_TOKEN, no environment, runs on tags v*',
    'release.yml: job "publish" publishes with mvn, no environment, runs on tags v*',
    `${JOB} the VS Code Marketplace with secrets.VSCE, no environment, runs on tags v*`,
  ]);
});

Deno.test("a registry that whoever starts a script or a recipe names is never told by the place of its name", async () => {
  const env = "        env: { TWINE_PASSWORD: '${{ secrets.P }}' }";
  const files = {
    justfile: "publish to:\n\ttwine upload --repository {{to}} dist/*\n",
    Makefile: "publish:\n\ttwine upload --repository $(TO) dist/*\n",
    "publish.sh": "twine upload --repository $1 dist/*\n",
  };
  const cases = {
    "just publish $TO": "a registry that its caller names",
    "make publish": "a registry that its caller names",
    "make publish TO=$TO": "a registry that its caller names",
    "bash publish.sh $TO": "a registry that its caller names",
    "just publish testpypi": "TestPyPI",
    "make publish TO=testpypi": "TestPyPI",
    "bash publish.sh testpypi": "TestPyPI",
  };
  for (const [run, to] of Object.entries(cases)) {
    const release = workflow(`      - run: ${run}\n${env}`);
    const expected = [`${JOB} ${to} with secrets.P, no environment, runs on tags v*`];
    assertEquals(await listed({ [RELEASE]: release, ...files }), expected, run);
  }
});

Deno.test("when a job runs is told in words, and what decides only then as what may be", async () => {
  const publish = "      - uses: pypa/gh-action-pypi-publish@release/v1";
  const cases: [on: string, condition: string | null, when: string][] = [
    ["{ push: { tags: [a, b, c, d, e] } }", null, "runs on tags a, b, c and 2 more"],
    ["push", null, "runs on pushes to every branch, on tags"],
    ["{ push: { branches: [main] } }", "vars.RELEASE", "may run on pushes to main"],
    ["{ push: { branches-ignore: [dev] } }", null, "runs on pushes to every branch but dev"],
    [
      "{ push: { tags: [v*] }, workflow_dispatch: }",
      "startsWith(github.ref, 'refs/tags/')",
      "runs on tags v*, by hand for a tag",
    ],
    [
      "{ release: { types: [published] }, schedule: [{ cron: 0 0 * * 0 }] }",
      "github.event_name == 'release'",
      "runs when a release is published",
    ],
    ["{ workflow_run: { workflows: [CI], types: [completed] } }", null, 'runs after "CI"'],
    [
      "{ workflow_dispatch:, push: { tags: [v*] } }",
      "github.event_name == 'push' || inputs.publish",
      "runs on tags v*, may run by hand",
    ],
    ["push", "github.ref == 'refs/heads/main'", "runs on pushes to main"],
    ["push", "github.event.ref == 'refs/heads/main'", "runs on pushes to main"],
    ["push", "github.ref_name == 'main'", "runs on pushes to main"],
    ["push", "\"'main' == github.ref_name && github.event_name == 'push'\"", "runs on pushes to main"],
    ["push", "startsWith(github.ref, 'refs/heads/release')", "runs on pushes to release*"],
    ["push", "startsWith(github.ref, 'refs/tags/v')", "runs on tags v*"],
    ["push", "startsWith(github.ref_name, 'v')", "runs on pushes to v*, on tags v*"],
    [
      "push",
      "github.ref == 'refs/heads/main' || startsWith(github.ref, 'refs/tags/')",
      "runs on pushes to main, on tags",
    ],
    ["push", "github.ref == 'refs/heads/main' && vars.RELEASE", "may run on pushes to main"],
    [
      "push",
      "github.ref_name == github.event.repository.default_branch",
      "runs on pushes to the default branch",
    ],
    [
      "push",
      "github.ref == format('refs/heads/{0}', github.event.repository.default_branch)",
      "runs on pushes to the default branch",
    ],
    ["{ push: { branches: [main, dev] } }", "github.ref == 'refs/heads/main'", "runs on pushes to main"],
    ["{ push: { branches: [main, 'v/**'] } }", "github.ref == 'refs/heads/main'", "runs on pushes to main"],
    ["workflow_dispatch", "github.ref == 'refs/heads/main'", "runs by hand on main"],
    [
      "{ pull_request: { types: [closed] } }",
      "github.event.pull_request.merged",
      "may run when a pull request is closed",
    ],
    ["workflow_dispatch", "startsWith(github.ref, 'refs/tags/v')", "runs by hand for tags v*"],
    [
      "{ workflow_dispatch:, push: { tags: [v*] }, schedule: [{ cron: 0 0 * * 0 }] }",
      "startsWith(github.event.ref, 'refs/tags') || inputs.need_release",
      "runs on tags v*, may run by hand",
    ],
    [
      "{ push: { tags: [v*] }, workflow_dispatch: { inputs: { b: { type: boolean, default: false } } } }",
      "'!github.event.inputs.b'",
      "runs on tags v*",
    ],
    [
      "{ push: { tags: [v*] }, workflow_dispatch: { inputs: { b: { type: boolean, default: false } } } }",
      "github.event.inputs.b",
      "runs by hand",
    ],
    [
      "{ push: { tags: [v*] }, workflow_dispatch: { inputs: { b: { type: boolean, default: false } } } }",
      "'!inputs.b'",
      "runs on tags v*, may run by hand",
    ],
    ["{ push: { tags: [v*] }, pull_request: }", "'!github.event.pull_request'", "runs on tags v*"],
    // What nobody can tell from here stays open.
    ["push", "github['ref'] == 'refs/heads/main'", "may run on pushes to every branch"],
    [
      "push",
      "github.event.repository.default_branch == 'main'",
      "may run on pushes to every branch, on tags",
    ],
    ["push", "github.ref != 'refs/heads/main'", "runs on tags, may run on pushes to every branch"],
    ["push", "contains(github.ref, 'main')", "may run on pushes to every branch, on tags"],
    [
      "push",
      "github.ref == 'refs/heads/main' || vars.RELEASE",
      "may run on pushes to every branch, on tags",
    ],
    [
      "push",
      "github.ref == 'refs/heads/main' || endsWith(github.ref, '-rc')",
      "may run on pushes to every branch, on tags",
    ],
    [
      "{ push: { branches: ['v[0-9]+'] } }",
      "startsWith(github.ref, 'refs/heads/v')",
      "may run on pushes to v[0-9]+",
    ],
  ];
  for (const [on, condition, when] of cases) {
    const text = workflow(publish, {
      on,
      job: `    permissions: { id-token: write }\n${condition === null ? "" : `    if: ${condition}\n`}`,
    });
    assertEquals(
      await listed({ [RELEASE]: text }),
      [`${JOB} PyPI with OIDC, no environment, ${when}`],
      `${on} ${condition}`,
    );
  }
});

Deno.test("a job of GitLab that somebody has to start is told so, with the pipelines in which it waits", async () => {
  const cases: [keys: string, when: string][] = [
    ["only: [tags]", "runs on tags"],
    ["when: manual\n  only: [tags]", "may run by hand for tags"],
    ["when: manual\n  only: [main, /^v/]", "may run by hand on main, by hand on /^v/, by hand for tags /^v/"],
    ["when: manual", "may run by hand"],
    ["rules: [{ when: manual }]", "may run by hand"],
    ["when: manual\n  rules: [{ if: $CI_COMMIT_TAG }]", "may run by hand for tags"],
    ["when: manual\n  rules: [{ if: $CI_COMMIT_TAG, when: on_success }]", "may run on tags"],
    [
      "rules: [{ if: $CI_COMMIT_TAG }, { if: $CI_COMMIT_BRANCH == 'main', when: manual }]",
      "runs on tags, by hand on main",
    ],
    [
      "rules: [{ if: $CI_COMMIT_BRANCH && $CI_COMMIT_REF_PROTECTED == 'true' }]",
      "runs on pushes to protected branches",
    ],
    [
      "rules: [{ if: $CI_COMMIT_TAG =~ /^v/ && $CI_COMMIT_REF_PROTECTED == 'true' }]",
      "runs on protected tags /^v/",
    ],
    [
      "rules: [{ if: $CI_COMMIT_BRANCH && $CI_COMMIT_REF_PROTECTED == 'true', when: manual }]",
      "may run by hand on protected branches",
    ],
  ];
  for (const [keys, when] of cases) {
    const text = `publish:\n  image: python:3\n  script: [twine upload dist/*]\n  ${keys}\n`;
    assertEquals(
      await listed({ ".gitlab-ci.yml": text }),
      [
        `.gitlab-ci.yml: job "publish" publishes to PyPI with twine (no credential is seen here), no environment, ${when}`,
      ],
      keys,
    );
  }
});

Deno.test("a section is not right where only the run tells which registry or environment is meant", async () => {
  const text = (url: string, environment: string) =>
    workflow(
      `      - uses: pypa/gh-action-pypi-publish@v1\n        with: { repository-url: "${url}" }`,
      { job: `    environment: "${environment}"\n    permissions: { id-token: write }\n` },
    );
  const host = "https://${{ vars.PYPI_HOST }}/legacy/";
  const cases = [
    ["https://upload.pypi.org/legacy/", "pypi", "passed", null],
    [host, "pypi", "skipped", "not compared: the registry is known only when it runs"],
    [
      "https://upload.pypi.org/legacy/",
      "${{ vars.E }}",
      "skipped",
      "the environment is known only when it runs",
    ],
    [
      host,
      "${{ vars.E }}",
      "skipped",
      "not compared: the registry and the environment are known only when it runs",
    ],
  ] as const;
  for (const [url, environment, status, reason] of cases) {
    const section = await sectionOf({ [RELEASE]: text(url, environment) });
    assertEquals([section?.status, section?.reason], [status, reason], `${url} ${environment}`);
  }
});

Deno.test("a credential that nothing reads is told as such", async () => {
  const text = (command: string) =>
    `pipeline {\n  agent any\n  environment { NPM_TOKEN = credentials('npm') }\n  stages { stage('npm') { steps { sh '${command}' } } }\n}\n`;
  const job = 'Jenkinsfile: job "npm" publishes to npm with credential "npm"';
  assertEquals(await listed({ Jenkinsfile: text("npm publish") }), [
    `${job} (which nothing here reads), runs in every build`,
  ]);
  const written = "echo //registry.npmjs.org/:_authToken=$NPM_TOKEN > .npmrc; npm publish";
  assertEquals(await listed({ Jenkinsfile: text(written) }), [`${job}, runs in every build`]);
});

Deno.test("a job that several workflows of CircleCI run is told once for each, and one that may be halted as such", async () => {
  const halt =
    'if [ -z "${CIRCLE_TAG}" ]; then\n              # Nothing to do\n              circleci-agent step halt\n            fi';
  const config = `version: 2.1
jobs:
  wheels:
    docker: [{ image: "cimg/python:3.13" }]
    steps:
      - checkout
      - run:
          command: |
            ${halt}
      - run: twine upload dist/*
workflows:
  ci:
    jobs: [wheels]
  release:
    jobs:
      - wheels:
          filters: { branches: { ignore: /.*/ }, tags: { only: /^v.*/ } }
`;
  const job = 'job "wheels" publishes to PyPI with twine (no credential is seen here)';
  assertEquals(await listed({ [CIRCLECI]: config }), [
    `${CIRCLECI} › ci: ${job}, may run on pushes to every branch`,
    `${CIRCLECI} › release: ${job}, runs on tags /^v.*/`,
  ]);
  assertEquals(await listed({ [CIRCLECI]: config.replace(halt, "true") }), [
    `${CIRCLECI} › ci: ${job}, runs on pushes to every branch`,
    `${CIRCLECI} › release: ${job}, runs on tags /^v.*/`,
  ]);
});

Deno.test("what is wrong in the section leaves the list as it is", async () => {
  const publish = workflow("      - uses: pypa/gh-action-pypi-publish@release/v1", {
    job: "    permissions: { contents: read }\n",
  });
  assertEquals(await listed({ [RELEASE]: publish }), [
    `${JOB} PyPI with OIDC (but cannot request a token), no environment, runs on tags v*`,
  ]);
});

Deno.test("an OIDC token of GitLab that is shown to others is none for npm", async () => {
  const job = (tokens: string, more = "") =>
    `publish:
  rules: [{ if: $CI_COMMIT_TAG }]
  id_tokens: ${tokens}
${more}  script:
    - npm config set //registry.npmjs.org/:_authToken "$NPM_TOKEN"
    - npm publish
`;
  const said = async (text: string) => (await listed({ ".gitlab-ci.yml": text }))[0]!.split(/ to npm |,/)[1];
  const secrets = '  secrets: { NPM_TOKEN: { vault: "a/b@c", token: $SECRETS_TOKEN } }\n';
  assertEquals(await said(job("{ VAULT_ID_TOKEN: { aud: $VAULT_SERVER_URL } }")), "with $NPM_TOKEN");
  assertEquals(
    await said(job("{ SECRETS_TOKEN: { aud: https://vault.example.org } }", secrets)),
    "with $NPM_TOKEN",
  );
  assertEquals(
    await said(job('{ NPM_ID_TOKEN: { aud: "npm:registry.npmjs.org" } }', secrets)),
    "with OIDC or $NPM_TOKEN",
  );
});

Deno.test("what a script asks GitHub for is what pub.dev takes in place of a token", async () => {
  const steps = (script: string) =>
    workflow(
      `      - uses: actions/github-script@v7\n        with: { script: "${script}" }\n` +
        "      - run: dart pub token add https://pub.dev --env-var PUB_TOKEN\n" +
        "      - run: dart pub publish --force",
      { job: "    permissions: { id-token: write }\n" },
    );
  const asks = (audience: string) =>
    steps(`core.exportVariable('PUB_TOKEN', await core.getIDToken('${audience}'))`);
  assertEquals(await listed({ [RELEASE]: asks("https://pub.dev") }), [
    `${JOB} pub.dev with OIDC, no environment, runs on tags v*`,
  ]);
  for (const other of [asks("https://example.org"), steps("core.info('https://pub.dev')")]) {
    assertEquals(await listed({ [RELEASE]: other }), [
      `${JOB} pub.dev with $PUB_TOKEN, no environment, runs on tags v*`,
    ]);
  }
});

Deno.test("a script is found below the directory into which the repository is checked out", async () => {
  const script = { "scripts/release.sh": "#!/bin/sh\nnpm publish\n" };
  const github = async (path: string, command: string, more: Record<string, string> = {}) =>
    (await listed({
      [RELEASE]: workflow(
        `      - uses: actions/checkout@v6\n        with: { ${path} }\n      - run: ${command}`,
      ),
      ...script,
      ...more,
    })).length;
  for (
    const command of [
      "src/scripts/release.sh",
      "bash src/scripts/release.sh",
      "bash ./src/scripts/release.sh",
    ]
  ) {
    assertEquals(await github("path: src", command), 1, command);
    assertEquals(await github("", command), 0, command);
    assertEquals(await github("repository: acme/other, path: src", command), 0, command);
  }
  assertEquals(await github("path: src", "src/build.sh", { "src/build.sh": "npm publish" }), 1);
  const circleci = async (checkout: string, command: string, more = "") =>
    (await listed({
      [CIRCLECI]: `version: 2.1
jobs:
  publish:
    docker: [{ image: "cimg/node:24.0" }]
${more}    steps:
      - ${checkout}
      - run: ${command}
workflows: { w: { jobs: [publish] } }
`,
      ...script,
    })).length;
  const below = "checkout: { path: /home/circleci/widget }";
  assertEquals(await circleci(below, "/home/circleci/widget/scripts/release.sh"), 1);
  assertEquals(await circleci(below, "bash ~/widget/scripts/release.sh"), 1);
  assertEquals(await circleci(below, "cd /home/circleci/widget/scripts && ./release.sh"), 1);
  assertEquals(await circleci(below, "/home/circleci/other/scripts/release.sh"), 0);
  assertEquals(await circleci("checkout: { path: src }", "src/scripts/release.sh"), 1);
  assertEquals(await circleci("checkout", "~/project/scripts/release.sh"), 1);
  assertEquals(await circleci("checkout", "bash /root/project/scripts/release.sh"), 1);
  assertEquals(await circleci("checkout", "bash ~/w/scripts/release.sh", "    working_directory: ~/w\n"), 1);
});

Deno.test("what Gradle puts into a directory is not published", async () => {
  const build = (url: string, name = "localStaging") =>
    `publishing { repositories { maven { url = uri("https://maven.acme.example") }\n maven {\n  name = "${name}"\n  url = ${url}\n } } }\n`;
  const task = "./gradlew publishReleasePublicationToLocalStagingRepository";
  const jobs = async (command: string, build: string, path = "build.gradle.kts") =>
    (await listed({ [RELEASE]: workflow(`      - run: ${command}`), [path]: build })).length;
  const directory = 'uri(layout.buildDirectory.dir("repo"))';
  const cases: [command: string, build: string, path: string | undefined, jobs: number][] = [
    [task, build(directory), undefined, 0],
    [task, build(directory).replaceAll(" = ", " ").replaceAll('"', "'"), "build.gradle", 0],
    [task, build('"file:///tmp/repo"'), undefined, 0],
    [task, build("// layout\n  url = uri(target)"), undefined, 1],
    [task, build('uri(if (layout) "https://maven.acme.example" else "")'), undefined, 1],
    ["./gradlew publishAllPublicationsToAcmeRepository", build(directory, "acme"), undefined, 0],
    ["./gradlew publishAllPublicationsToAcmeRepository", "", undefined, 1],
    [`${task} -Pto=$(pwd)/repo`, build('project.property("to")'), undefined, 0],
    [`${task} -P to=out/repo`, build("findProperty('to')"), undefined, 0],
    [`${task} -Pto=$TARGET`, build('project.property("to")'), undefined, 1],
    [`${task} -Pto=https://maven.acme.example`, build('uri(project.property("to"))'), undefined, 1],
    [`${task} -Pother=.`, build('project.property("to")'), undefined, 1],
    ["./gradlew publish", build(directory), undefined, 1],
    [`${task} publishAllPublicationsToAcmeRepository`, build(directory), undefined, 1],
    [
      "./gradlew :lib:publishAllPublicationsToAcmeRepository",
      build(directory, "acme"),
      "lib/build.gradle.kts",
      0,
    ],
    [
      "./gradlew -p lib publishAllPublicationsToAcmeRepository",
      build(directory, "acme"),
      "lib/build.gradle.kts",
      0,
    ],
  ];
  for (const [command, text, path, expected] of cases) {
    assertEquals(await jobs(command, text, path), expected, `${command} ${text}`);
  }
});

Deno.test("of the credentials of Gradle those count that its build has a use for", async () => {
  const publish = workflow(
    "      - run: ./gradlew publish\n        env:\n" +
      '          ORG_GRADLE_PROJECT_mavenCentralPassword: "${{ secrets.CENTRAL }}"\n' +
      '          ORG_GRADLE_PROJECT_acmePassword: "${{ secrets.ACME }}"\n',
  );
  const build = (more: string) =>
    `plugins { alias(libs.plugins.maven.publish) }\nmavenPublishing {\n  ${more}\n  signAllPublications()\n}\n`;
  const cases: [files: Record<string, string>, secret: string][] = [
    [{ "build.gradle.kts": build("") }, "ACME"],
    [{ "build.gradle.kts": build("publishToMavenCentral()") }, "CENTRAL"],
    [{ "build.gradle.kts": build(""), "gradle.properties": "mavenCentralPublishing=true\n" }, "CENTRAL"],
    [{}, "CENTRAL"],
  ];
  for (const [files, secret] of cases) {
    const [line] = await listed({ [RELEASE]: publish, ...files });
    assertStringIncludes(line!, ` with secrets.${secret}, `, JSON.stringify(files));
  }
});

Deno.test("what is put into a directory for a later step is no publication, and Maven Central is called so", async () => {
  const curl = "curl -F bundle=@b.zip https://central.sonatype.com/api/v1/publisher/upload";
  const step = (run: string, variable: string) =>
    `      - run: ${run}\n        env: { ${variable}: "\${{ secrets.P }}" }\n`;
  const staged = 'mvn -DaltDeploymentRepository="staging::file://$PWD/staging" deploy';
  for (
    const steps of [
      "      - run: ./gradlew publish\n" +
      step("./gradlew jreleaserDeploy", "JRELEASER_MAVENCENTRAL_PASSWORD"),
      step(staged, "CENTRAL_PASSWORD") + step(curl, "CENTRAL_PASSWORD"),
      step(staged.replace("::", "::default::"), "CENTRAL_PASSWORD") + step(curl, "CENTRAL_PASSWORD"),
      step("./gradlew publishToMavenCentral", "ORG_GRADLE_PROJECT_mavenCentralPassword"),
    ]
  ) {
    assertEquals(
      await listed({ [RELEASE]: workflow(steps) }),
      [`${JOB} Maven Central with secrets.P, no environment, runs on tags v*`],
      steps,
    );
  }
});

Deno.test("where the task or the build of Java says where it uploads to, the list does", async () => {
  const run = (command: string) =>
    workflow(`      - run: ${command}\n        env: { MAVEN_CENTRAL_PASSWORD: "\${{ secrets.CENTRAL }}" }`);
  const plugin =
    "<build><plugins><plugin><artifactId>central-publishing-maven-plugin</artifactId></plugin></plugins></build>";
  const vanniktech =
    'plugins { id("com.vanniktech.maven.publish") }\nmavenPublishing { signAllPublications() }\n';
  const cases: [command: string, files: Readonly<Record<string, string>>, to: string][] = [
    ["mvn -f java/pom.xml deploy", { "java/pom.xml": `<project>${plugin}</project>` }, "Maven Central"],
    ["mvn --file=java deploy", { "java/pom.xml": `<project>${plugin}</project>` }, "Maven Central"],
    ["mvn deploy", { "pom.xml": `<project><!-- ${plugin} --></project>` }, ""],
    ["mvn deploy", { "pom.xml": `<project><pluginManagement>${plugin}</pluginManagement></project>` }, ""],
    ["mvn deploy", { "pom.xml": `<profile><id>central</id>${plugin}</profile>` }, ""],
    [
      "mvn deploy -Pci,central",
      { "pom.xml": `<profile><id>central</id>${plugin}</profile>` },
      "Maven Central",
    ],
    [
      "mvn deploy",
      {
        "pom.xml":
          "<distributionManagement><repository><url>https://ossrh-staging-api.central.sonatype.com/service/local/staging/deploy/maven2/</url></repository></distributionManagement>",
      },
      "Maven Central",
    ],
    [
      "mvn deploy",
      {
        "pom.xml":
          "<distributionManagement><repository><url>https://nexus.example.com/releases</url></repository></distributionManagement>",
      },
      "",
    ],
    ["./gradlew publishPlugins", {}, "the Gradle Plugin Portal"],
    [
      "./gradlew :plugin:publishPlugins publishToMavenCentral",
      {},
      "the Gradle Plugin Portal and Maven Central",
    ],
    ["./gradlew publishAggregationToCentralPortal", {}, "Maven Central"],
    ["./gradlew publishAllPublicationsToMavenCentralRepository", {}, "Maven Central"],
    ["./gradlew publishAllPublicationsToAcmeRepository", { "build.gradle.kts": vanniktech }, ""],
    ["./gradlew publish", { "build.gradle.kts": vanniktech }, ""],
    [
      "./gradlew publish",
      {
        "build.gradle": 'publishing { repositories { maven { url = "https://maven.pkg.github.com/a/b" } } }',
      },
      "GitHub Packages",
    ],
    [
      "./gradlew publish",
      { "build.gradle.kts": vanniktech, "gradle.properties": "mavenCentralPublishing=true\n" },
      "Maven Central",
    ],
    [
      "./gradlew publish",
      {
        "build.gradle.kts":
          `${vanniktech}// publishing { repositories {} }\nmavenPublishing { publishToMavenCentral() }`,
      },
      "Maven Central",
    ],
    [
      "./gradlew publish",
      {
        "build.gradle.kts":
          `${vanniktech}mavenPublishing { publishToMavenCentral() }\npublishing { repositories { maven("https://nexus.example.com") } }`,
      },
      "",
    ],
    [
      "./gradlew publishToSonatype closeAndReleaseSonatypeStagingRepository",
      { "build.gradle": "nexusPublishing { repositories { sonatype() } }" },
      "Maven Central",
    ],
    [
      "./gradlew publishToSonatype",
      {
        "build.gradle":
          'nexusPublishing { repositories { sonatype { nexusUrl = uri("https://nexus.example.com/service/local/") } } }',
      },
      "",
    ],
  ];
  for (const [command, files, to] of cases) {
    assertEquals(
      await listed({ [RELEASE]: run(command), ...files }),
      [
        `release.yml: job "publish" publishes${
          to && ` to ${to}`
        } with secrets.CENTRAL, no environment, runs on tags v*`,
      ],
      `${command} ${JSON.stringify(files)}`,
    );
  }
});

Deno.test("a token that a script of the project writes down is known to what publishes after it", async () => {
  const login = 'yarn config set npmAuthToken "$TOKEN"\n';
  const env = "        env: { TOKEN: '${{ secrets.NPM }}' }\n";
  const cases: [steps: string, files: Readonly<Record<string, string>>][] = [
    [`      - run: ./login.sh\n${env}      - run: yarn npm publish\n`, { "login.sh": login }],
    [`      - run: ./login.sh && yarn npm publish\n${env}`, { "login.sh": login }],
    [`      - run: ./all.sh\n${env}      - run: yarn npm publish\n`, {
      "all.sh": "./login.sh",
      "login.sh": login,
    }],
    [`      - run: ./all.sh\n${env}`, { "all.sh": "./login.sh\nyarn npm publish\n", "login.sh": login }],
    [
      `      - run: yarn run login\n${env}      - run: yarn run release\n`,
      { "package.json": JSON.stringify({ scripts: { login: login.trim(), release: "yarn npm publish" } }) },
    ],
    [
      `      - run: ./login.sh\n${env}      - run: npm publish\n`,
      { "login.sh": 'echo "//registry.npmjs.org/:_authToken=$TOKEN" > .npmrc\n' },
    ],
  ];
  for (const [steps, files] of cases) {
    assertEquals(
      await listed({ [RELEASE]: workflow(steps), ...files }),
      [`${JOB} npm with secrets.NPM, no environment, runs on tags v*`],
      steps,
    );
  }
});

Deno.test("of scripts that each write a token and publish, each publishes with its own", async () => {
  const script = (name: string) =>
    `echo "//registry.npmjs.org/:_authToken=$${name}" > .npmrc\nnpm publish ${name.toLowerCase()}.tgz\n`;
  const steps = `      - run: ./one.sh\n        env: { ONE: '\${{ secrets.ONE }}' }
      - run: ./two.sh\n        env: { TWO: '\${{ secrets.TWO }}' }\n`;
  assertEquals(
    await listed({ [RELEASE]: workflow(steps), "one.sh": script("ONE"), "two.sh": script("TWO") }),
    [
      `${JOB} npm with secrets.ONE, no environment, runs on tags v*`,
      `${JOB} npm with secrets.TWO, no environment, runs on tags v*`,
    ],
  );
});

Deno.test("of what publishes to several registries every token is named", async () => {
  const steps = `      - uses: jupyter-server/jupyter_releaser/.github/actions/finalize-release@v2
        env: { PYPI_TOKEN: "\${{ secrets.PYPI }}", NPM_TOKEN: "\${{ secrets.NPM }}" }
`;
  assertEquals(
    await listed({ [RELEASE]: workflow(steps), "package.json": '{"name":"widget","version":"1.0.0"}' }),
    [`${JOB} npm with jupyter-releaser, secrets.PYPI and secrets.NPM, no environment, runs on tags v*`],
  );
});

Deno.test("a registry that an expression chooses is one of those that stand there", async () => {
  const cases: [written: string, to: string][] = [
    ["${{ vars.TEST == 'true' && 'testpypi' || 'pypi' }}", "PyPI or TestPyPI"],
    ["${{ inputs.test && 'https://test.pypi.org/legacy/' || '' }}", "PyPI or TestPyPI"],
    ["${{ inputs.own && 'https://pypi.example.com/' || 'pypi' }}", "PyPI or pypi.example.com"],
    ["${{ inputs.test && vars.OTHER || 'pypi' }}", "${{ inputs.test && vars.OTHER || 'pypi' }}"],
    ["${{ vars.REGISTRY }}", "${{ vars.REGISTRY }}"],
  ];
  for (const [written, to] of cases) {
    const steps = `      - run: maturin upload dist/*
        env:
          MATURIN_PYPI_TOKEN: "\${{ secrets.PYPI }}"
          MATURIN_REPOSITORY: "${written}"
`;
    assertEquals(
      await listed({ [RELEASE]: workflow(steps) }),
      [`${JOB} ${to} with secrets.PYPI, no environment, runs on tags v*`],
      written,
    );
  }
});

Deno.test("what an action does depends on its inputs, as far as they are written", async () => {
  const action = `inputs: { environment: { required: true }, token: {} }
runs:
  using: composite
  steps:
    - shell: bash
      run: |
        if [ "\${{ inputs.environment }}" = "testpypi" ]; then
          uv publish --publish-url https://test.pypi.org/legacy/ --token "\${{ inputs.token }}"
        else
          uv publish
        fi
`;
  const cases: [given: string, lines: readonly string[]][] = [
    ["testpypi, token: CANARY-literal", [
      `${JOB} TestPyPI with --token, no environment, runs on tags v*`,
    ]],
    ["pypi", [`${JOB} PyPI with uv (no credential is seen here), no environment, runs on tags v*`]],
    ['"${{ github.ref_name }}"', [
      `${JOB} TestPyPI with uv (no credential is seen here), no environment, runs on tags v*`,
      `${JOB} PyPI with uv (no credential is seen here), no environment, runs on tags v*`,
    ]],
  ];
  for (const [given, lines] of cases) {
    const files = {
      [RELEASE]: workflow(`      - uses: ./publish\n        with: { environment: ${given} }`),
      "publish/action.yml": action,
    };
    assertEquals(await listed(files), lines, given);
  }
});
