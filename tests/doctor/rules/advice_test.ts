import { assertEquals } from "@std/assert";
import { loadProject } from "../../../src/config/load.ts";
import { diagnose } from "../../../src/doctor/engine.ts";
import { repository, session } from "../repository.ts";

/** What a rule says about one file. */
async function said(code: string, path: string, text: string) {
  const root = await repository(new Map([[path, text]]));
  try {
    const { findings } = await diagnose(await loadProject(root, session().env), session(), { only: [code] });
    return findings.map(({ at, label, why, next }) => ({ line: at.start.line, label, why, next }));
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

Deno.test("nobody is told to publish with OIDC to a registry that takes tokens alone", async () => {
  const workflow = (run: string) =>
    `on: { push: { tags: ["v*"] } }
jobs:
  publish:
    runs-on: ubuntu-latest
    env: { HEX_API_KEY: "\${{ secrets.KEY }}", OVSX_PAT: "\${{ secrets.KEY }}", NPM_TOKEN: "\${{ secrets.KEY }}" }
    steps:
      - run: ${run}
`;
  const next = async (code: string, run: string) =>
    (await said(code, ".github/workflows/release.yml", workflow(run))).flatMap(({ next }) => next);
  const keep = "keep it as a secret of an environment that only your release branches or tags may use";
  assertEquals(await next("token-outside-environment", "mix hex.publish --yes"), [keep]);
  assertEquals(await next("token-outside-environment", "npm publish"), [
    "publish with OIDC, and revoke the token",
    `or ${keep}`,
  ]);
  for (const run of ["bun publish", "npm publish --registry https://npm.pkg.github.com"]) {
    assertEquals(await next("token-outside-environment", run), [keep]);
  }
  const given = "give ovsx the token in OVSX_PAT, which it reads by itself";
  assertEquals(await next("secret-in-arguments", "ovsx publish -p $OVSX_PAT"), [given]);
  assertEquals(await next("secret-in-arguments", "ovsx publish -p ${{ secrets.KEY }}"), [given]);
});

Deno.test("who writes Node 24.10 without quotes is told that YAML makes 24.1 of it", async () => {
  const workflow = (version: string) =>
    `on: release
jobs:
  publish:
    runs-on: ubuntu-latest
    permissions: { id-token: write }
    steps:
      - uses: actions/setup-node@v6
        with:
          node-version: ${version}
      - run: npm publish
`;
  const [cut] = await said("npm-too-old", ".github/workflows/release.yml", workflow("24.10"));
  assertEquals([cut!.label, cut!.why.at(-1), cut!.next[0]], [
    "without quotes this is the number 24.1",
    "YAML reads 24.10 as 24.1, and that is the Node that GitHub sets up.",
    'write it in quotes: "24.10"',
  ]);
  const [old] = await said("npm-too-old", ".github/workflows/release.yml", workflow("24.1"));
  assertEquals([old!.label, old!.next[0]], [
    "Node has such an npm since 24.5.0",
    "use Node 24 or newer for this job",
  ]);
});

Deno.test("nobody is told to revoke what an action of others is given", async () => {
  const keep = "keep it as a secret of an environment that only your release branches or tags may use";
  const cases = [["api-token", "KEY", [keep]], [
    "pypi-token",
    "KEY",
    [keep, "or publish with OIDC, where what is given it can"],
  ]] as const;
  for (const [input, secret, next] of cases) {
    const workflow = `on: push
jobs:
  publish:
    runs-on: ubuntu-latest
    steps:
      - uses: acme/publish@v1
        with: { ${input}: "\${{ secrets.${secret} }}" }
`;
    const [found] = await said("token-outside-environment", ".github/workflows/release.yml", workflow);
    assertEquals(found?.next, [...next], input);
  }
});

Deno.test("who publishes under a condition that no event meets is told what it asks for", async () => {
  const start = "let the workflow start for what the condition asks for";
  const tag =
    "ask for a tag in the condition, as that is what starts the workflow: `github.ref_type == 'tag'`";
  const cases: [on: string, condition: string, next: string[]][] = [
    ["{ push: { tags: ['v*'] } }", "github.ref == 'refs/heads/main'", [
      tag,
      `or ${start}: \`push: { branches: [main] }\``,
    ]],
    ["{ push: { branches: [main] } }", "startsWith(github.ref, 'refs/tags/')", [
      `${start}: \`push: { tags: ['v*'] }\``,
    ]],
    ["{ push: { branches: [main] } }", "github.event_name == 'release'", [`${start}: \`release\``]],
    ["{ push: { tags: ['v*'] } }", "github.ref_type == 'branch'", [tag, `or ${start}`]],
  ];
  for (const [on, condition, next] of cases) {
    const workflow = `on: ${on}
jobs:
  publish:
    if: ${condition}
    runs-on: ubuntu-latest
    steps:
      - run: npm publish
`;
    const findings = await said("publish-never-runs", ".github/workflows/release.yml", workflow);
    assertEquals(findings.map((each) => each.next), [next]);
  }
});

Deno.test("who filters tags on CircleCI for the publishing job alone is told to do it for what it requires too", async () => {
  const give = (names: string) =>
    `give ${names} a filter for tags, e.g. \`filters: { tags: { only: /^v.*/ } }\``;
  const onlyTags = "{ tags: { only: /^v.*/ }, branches: { ignore: /.*/ } }";
  const cases: [test: string, publish: string, line: number, label: string, next: string][] = [
    ["test", `{ requires: [test], filters: ${onlyTags} }`, 13, "runs for no tag", give('"test"')],
    [
      "test",
      "{ requires: [test], filters: { branches: { ignore: /.*/ } } }",
      13,
      "runs for no tag",
      give('"publish" and "test"'),
    ],
    [
      "hold: { type: approval }",
      `{ requires: [hold], filters: ${onlyTags} }`,
      14,
      "lets no branch through",
      give("every job that it requires"),
    ],
    [
      `test: { filters: ${onlyTags} }`,
      "{ requires: [test], filters: { branches: { only: main } } }",
      14,
      "false in every run",
      "make the condition true for a release, or remove the step",
    ],
  ];
  for (const [test, publish, ...expected] of cases) {
    const config = `version: 2.1
jobs:
  test:
    docker: [{ image: cimg/node:24.11 }]
    steps: [checkout, { run: node --test }]
  publish:
    docker: [{ image: cimg/node:24.11 }]
    steps:
      - run: npm publish
workflows:
  release:
    jobs:
      - ${test}
      - publish: ${publish}
`;
    const findings = await said("publish-never-runs", ".circleci/config.yml", config);
    assertEquals(findings.map(({ line, label, next }) => [line, label, ...next]), [expected]);
  }
});

Deno.test("who pins dtolnay/rust-toolchain is told to name the toolchain, which its ref has named", async () => {
  const next = async (step: string) =>
    (await said(
      "publish-action-not-pinned",
      ".github/workflows/release.yml",
      `on: { push: { tags: ["v*"] } }
jobs:
  publish:
    runs-on: ubuntu-latest
    steps:
      - ${step}
      - run: cargo publish
        env: { CARGO_REGISTRY_TOKEN: "\${{ secrets.KEY }}" }
`,
    )).flatMap(({ next }) => next);
  const pin = "pin a commit of its branch master: `uses: dtolnay/rust-toolchain@<40 digits> # master`";
  assertEquals(await next("uses: dtolnay/rust-toolchain@stable"), [
    `${pin}, and add \`with: { toolchain: stable }\``,
  ]);
  assertEquals(await next("{ uses: dtolnay/rust-toolchain@master, with: { toolchain: 1.88 } }"), [pin]);
  assertEquals(await next("uses: acme/setup@main"), [
    "pin the commit, and keep the version as a comment: `uses: owner/action@<40 digits> # v1.2.3`",
  ]);
});

Deno.test("who hands every secret to a workflow of the repository is told which of them that one reads", async () => {
  const caller = `on: { push: { tags: ["v*"] } }
jobs:
  publish:
    uses: ./.github/workflows/publish.yml
    secrets: inherit
`;
  const promote = `on: workflow_call
jobs:
  promote:
    runs-on: ubuntu-latest
    steps:
      - run: aws s3 sync dist s3://dist
        env: { AWS_SECRET_ACCESS_KEY: "\${{ secrets.AWS_KEY }}" }
`;
  const callee = (env: string, more = "") =>
    `on: workflow_call
jobs:
  publish:
    runs-on: ubuntu-latest
    permissions: { id-token: write }
    steps:
      - run: npm publish
        env: { ${env} }
${more}`;
  const next = async (publish: string) => {
    const root = await repository(
      new Map([
        [".github/workflows/release.yml", caller],
        [".github/workflows/publish.yml", publish],
        [".github/workflows/promote.yml", promote],
      ]),
    );
    try {
      const { findings } = await diagnose(await loadProject(root, session().env), session(), {
        only: ["secrets-inherited"],
      });
      return findings.filter(({ at }) => at.path.endsWith("release.yml")).flatMap(({ next }) => next);
    } finally {
      await Deno.remove(root, { recursive: true });
    }
  };
  const naming = (secrets: string) =>
    `name what it reads: \`secrets: { ${secrets} }\`, and the same under \`on: workflow_call: secrets:\` of publish.yml`;
  const token = 'NODE_AUTH_TOKEN: "${{ secrets.NPM }}"';
  assertEquals(await next(callee("A: b")), ["delete the line: publish.yml reads no secret"]);
  assertEquals(await next(callee(token)), [
    naming("NPM: ${{ secrets.NPM }}"),
    "with OIDC it needs none",
  ]);
  const inherits = (uses: string) => `  promote:\n    uses: ${uses}\n    secrets: inherit\n`;
  assertEquals(await next(callee(token, inherits("./.github/workflows/promote.yml"))), [
    naming("NPM: ${{ secrets.NPM }}, AWS_KEY: ${{ secrets.AWS_KEY }}"),
  ]);
  assertEquals(await next(callee(token, inherits("acme/shared/.github/workflows/promote.yml@v1"))), [
    "name what it needs under `secrets:`; not all of that is seen from here",
  ]);
});

Deno.test("GitLab's jobs are told of OIDC where their registry exchanges a token with GitLab", async () => {
  const pipeline = (upload: string) =>
    `publish:
  image: python:3
  variables: { TWINE_PASSWORD: $PASSWORD }
  rules: [{ if: $CI_COMMIT_TAG }]
  script: ['twine upload ${upload} dist/*']
`;
  const next = async (upload: string) =>
    (await said("protected-variable-on-unprotected-tag", ".gitlab-ci.yml", pipeline(upload))).flatMap((
      { next },
    ) => next);
  const protect =
    "where PASSWORD is protected: protect the tags too (Settings → Repository → Protected tags)";
  assertEquals(await next(""), [protect, "or publish with OIDC, which needs no variable"]);
  for (const url of ['"${NEXUS_URL}/repository/x/"', "https://pypi.acme.example/"]) {
    assertEquals(await next(`--repository-url ${url}`), [protect]);
  }
});
