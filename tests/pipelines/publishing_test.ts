import { assertEquals } from "@std/assert";
import type { Answer } from "../../src/pipelines/model.ts";
import { PUBLISH_ACTIONS, PUBLISH_COMMANDS } from "../../src/pipelines/publishers.ts";
import { published } from "./workflows.ts";

/** Commands that publish, and as what they are known. */
const COMMANDS: readonly (readonly [command: string, client: string])[] = [
  ["keyless publish", "keyless"],
  ["npx -y keyless@1 publish", "keyless"],
  ["deno run -A https://example.com/keyless.js publish", "keyless"],
  ["npx putitoutthere publish", "putitoutthere"],
  ["cargo publish", "cargo"],
  ["cargo +nightly -Z build-std publish --locked", "cargo"],
  ["cargo workspaces publish --from-git", "cargo"],
  ["cargo release minor --execute", "cargo-release"],
  ["release-plz release", "release-plz"],
  ["npm publish", "npm"],
  ["npm --prefix dist publish --access public", "npm"],
  ["sudo -E env CI=1 npm publish ./a.tgz", "npm"],
  ["timeout 60 npm publish", "npm"],
  ["npx npm@11 publish", "npm"],
  ["bash -c 'npm publish'", "npm"],
  ["pnpm -r publish --no-git-checks", "pnpm"],
  ["pnpm --filter ./packages/* publish", "pnpm"],
  ["corepack pnpm publish", "pnpm"],
  ["yarn publish", "yarn"],
  ["yarn npm publish", "yarn"],
  ["yarn workspace a npm publish", "yarn"],
  ["yarn workspaces foreach -A --include a npm publish", "yarn"],
  ["bun publish", "bun"],
  ["pnpm exec changeset publish", "changesets"],
  ["yarn changeset publish", "changesets"],
  ["npx @changesets/cli publish", "changesets"],
  ["npx lerna publish from-package --yes", "lerna"],
  ["npx nx release publish", "nx release"],
  ["npx --package a --package b semantic-release", "semantic-release"],
  ["./node_modules/.bin/semantic-release --debug", "semantic-release"],
  ["twine upload dist/*", "twine"],
  ["python3 -m twine upload dist/*", "twine"],
  ["uvx twine upload dist/*", "twine"],
  ["uv tool run twine upload dist/*", "twine"],
  ["uv run --with twine twine upload dist/*", "twine"],
  ["pipx run 'twine==5.0' upload dist/*", "twine"],
  ["poetry run twine upload dist/*", "twine"],
  ["uv publish", "uv"],
  ["uv --directory a publish dist/*", "uv"],
  ["poetry publish --build", "poetry"],
  ["flit publish", "flit"],
  ["hatch publish", "hatch"],
  ["pdm publish", "pdm"],
  ["maturin publish", "maturin"],
  ["maturin upload target/wheels/*", "maturin"],
];

Deno.test("programs that publish are recognised, however they are started", async () => {
  for (const [command, client] of COMMANDS) {
    const found = await published(`- run: ${JSON.stringify(command)}`);
    assertEquals(found.map((each) => each.client), [client], command);
  }
  const untested = PUBLISH_COMMANDS.filter((row) => !COMMANDS.some(([, client]) => client === row.client));
  assertEquals(untested.map((row) => row.client), []);
});

Deno.test("what does not publish is not taken for it", async () => {
  const others = [
    "# npm publish",
    "echo npm publish",
    "echo 'cargo publish'",
    'git commit -m "npm publish"',
    "npm run publish",
    "npm run build -- publish",
    "pnpm exec pkg-pr-new publish",
    "npm publish --dry-run",
    "npm --dry-run publish",
    "npm publish --dry-run=true",
    "cargo publish -n",
    "cargo release minor",
    "cargo package",
    "release-plz release-pr",
    "uv publish --dry-run",
    "yarn run dist --publish=never",
    "yarn lerna version --force-publish '*'",
    "gh release upload v1 dist/*",
    "twine check dist/*",
    "semantic-release --dry-run",
    "npm publish --registry http://localhost:4873",
    "twine upload --repository-url=http://127.0.0.1:8080/ dist/*",
    "keyless plan",
    "keyless publish --dry-run",
    "docker run --rm image npm publish",
    "cat <<EOF\nnpm publish\nEOF",
  ];
  for (const script of others) {
    assertEquals(
      (await published(`- run: ${JSON.stringify(script)}`)).map((each) => each.client),
      [],
      script,
    );
  }
  assertEquals(
    await published("- run: print('x')\n  shell: python\n- run: npm publish\n  shell: python"),
    [],
  );
});

Deno.test("a dry run that may be none counts as publishing", async () => {
  for (
    const command of [
      "npm publish --dry-run=false",
      "npm publish --dry-run=$DRY",
      "npm publish --dry-run=${{ inputs.dry }}",
    ]
  ) {
    assertEquals((await published(`- run: ${command}`)).length, 1, command);
  }
});

Deno.test("packages and registries are read from the command line", async () => {
  const cases: [command: string, packages: string[], registry: string | null][] = [
    ["cargo publish -p a --package b", ["a", "b"], null],
    ["cargo publish --registry company", [], "company"],
    ["npm publish -w @acme/a --registry=https://npm.example.com/", ["@acme/a"], "https://npm.example.com/"],
    ["pnpm --filter=@acme/a publish", ["@acme/a"], null],
    ["pnpm --filter './packages/*' publish", [], null],
    ["yarn workspace @acme/a npm publish", ["@acme/a"], null],
    ["twine upload -r testpypi dist/*", [], "testpypi"],
    ["cargo publish -p ${{ matrix.crate }}", [], null],
    ["npm publish --registry ${{ matrix.registry }}", [], null],
  ];
  for (const [command, packages, registry] of cases) {
    const [found] = await published(`- run: ${JSON.stringify(command)}`);
    assertEquals([found?.packages, found?.registry], [packages, registry], command);
  }
});

Deno.test("several commands of one script are told apart, each with its place", async () => {
  const found = await published(
    "- run: |\n    set -e\n\n    cargo publish -p a && cargo publish \\\n      -p b\n    npm publish",
  );
  assertEquals(found.map(({ client, at }) => [client, at.start.line, at.start.column, at.end.column]), [
    ["cargo", 9, 11, 29],
    ["cargo", 9, 33, 48],
    ["npm", 11, 11, 22],
  ]);
});

Deno.test("a command has its place in every kind of YAML string", async () => {
  const cases: [step: string, line: number, column: number][] = [
    ["- run: npm publish", 6, 14],
    ["- run: 'npm publish'", 6, 15],
    ['- run: "cd a\\nnpm publish"', 6, 21],
    ["- run: >\n    cd a &&\n    npm publish", 8, 11],
    ["- run: |-\n    cd a\n      # deeper\n    npm publish", 9, 11],
    ["- run: npm\n    publish", 6, 14],
  ];
  for (const [step, line, column] of cases) {
    const [found] = await published(step);
    assertEquals([found?.at.start.line, found?.at.start.column], [line, column], step);
  }
});

const ACTIONS: readonly (readonly [step: string, client: string | null])[] = [
  ["- uses: thekevinscott/putitoutthere@v0\n  with: { command: publish }", "putitoutthere"],
  ["- uses: thekevinscott/putitoutthere@v0\n  with: { command: plan }", null],
  ["- uses: pypa/gh-action-pypi-publish@0a1b2c", "pypa/gh-action-pypi-publish"],
  ["- uses: PyO3/maturin-action@v1\n  with: { command: upload }", "maturin"],
  ["- uses: PyO3/maturin-action@v1", null],
  ["- uses: JS-DevTools/npm-publish@v4", "JS-DevTools/npm-publish"],
  ["- uses: JS-DevTools/npm-publish@v4\n  with: { dry-run: true }", null],
  ["- uses: changesets/action@v1\n  with: { publish: pnpm release }", "changesets/action"],
  ["- uses: changesets/action@v1", null],
  ["- uses: cycjimmy/semantic-release-action@v4", "semantic-release"],
  ["- uses: release-plz/action@v0.5\n  with: { command: release }", "release-plz"],
  ["- uses: release-plz/action@v0.5\n  with: { command: release-pr }", null],
  ["- uses: katyo/publish-crates@v2", "katyo/publish-crates"],
  ["- uses: actions-rs/cargo@v1\n  with: { command: publish }", "cargo"],
  ["- uses: actions-rs/cargo@v1\n  with: { command: test }", null],
  ["- uses: rust-lang/crates-io-auth-action@v1", "crates-io-auth-action"],
  ["- uses: nick-fields/retry@v3\n  with: { command: npm publish }", "npm"],
  ["- uses: actions/checkout@v4", null],
];

Deno.test("actions that publish are recognised by their inputs", async () => {
  for (const [step, client] of ACTIONS) {
    assertEquals((await published(step)).map((each) => each.client), client === null ? [] : [client], step);
  }
  const untested = PUBLISH_ACTIONS.filter((row) => !ACTIONS.some(([, client]) => client === row.client));
  assertEquals(untested.map((row) => row.client), []);
});

const SECRET = "${{ secrets.TOKEN }}";

/** Steps, and whether they publish with OIDC. */
const CREDENTIALS:
  readonly (readonly [answer: Answer, steps: string, around?: { env?: string; permissions?: string }])[] = [
    ["yes", "- run: keyless publish"],
    ["no", "- run: keyless publish --credential token"],
    ["yes", "- uses: pypa/gh-action-pypi-publish@v1"],
    ["yes", "- uses: pypa/gh-action-pypi-publish@v1\n  with: { password: '' }"],
    ["no", `- uses: pypa/gh-action-pypi-publish@v1\n  with: { password: "${SECRET}" }`],
    ["unknown", "- uses: pypa/gh-action-pypi-publish@v1\n  with: { password: '${{ inputs.password }}' }"],
    ["yes", "- run: uv publish --trusted-publishing always"],
    ["no", "- run: uv publish --trusted-publishing=never"],
    ["unknown", "- run: uv publish"],
    ["no", "- run: uv publish --token $T", { env: `{ T: "${SECRET}" }` }],
    ["no", "- run: uv publish", { env: `{ UV_PUBLISH_TOKEN: "${SECRET}" }` }],
    ["unknown", "- run: uv publish", { env: `{ UV_PUBLISH_TOKEN: "" }` }],
    ["no", `- run: twine upload dist/*\n  env: { TWINE_PASSWORD: "${SECRET}" }`],
    ["no", '- run: echo "$RC" > ~/.pypirc\n- run: twine upload dist/*'],
    ["no", `- run: TWINE_PASSWORD=${SECRET} twine upload dist/*`],
    ["no", `- run: cargo login ${SECRET}\n- run: cargo publish`],
    ["no", "- run: cargo publish --token literal"],
    ["unknown", "- run: cargo publish"],
    ["no", "- run: npm publish", { env: `{ NODE_AUTH_TOKEN: "${SECRET}" }` }],
    ["unknown", "- run: npm publish", {
      env: `{ NODE_AUTH_TOKEN: "${SECRET}" }`,
      permissions: "{ id-token: write }",
    }],
    ["no", "- run: npm publish", { env: '{ NODE_AUTH_TOKEN: "${{ github.token }}" }' }],
    ["unknown", "- run: npm publish", { env: '{ NODE_AUTH_TOKEN: "${{ secrets.A || inputs.b }}" }' }],
    ["no", "- run: echo //registry.npmjs.org/:_authToken=$X >> .npmrc\n- run: npm publish"],
    ["no", '- run: echo "NODE_AUTH_TOKEN=$X" >> $GITHUB_ENV\n- run: npm publish'],
    ["no", "- run: npm publish", { env: `{ OTHER: "${SECRET}", NODE_AUTH_TOKEN: "\${{ env.OTHER }}" }` }],
    ["yes", "- run: keyless run crates.io -- cargo publish"],
    [
      "yes",
      "- id: a\n  uses: rust-lang/crates-io-auth-action@v1\n- run: cargo publish\n  env: { CARGO_REGISTRY_TOKEN: '${{ steps.a.outputs.token }}' }",
    ],
    ["unknown", "- run: cargo publish\n  env: { CARGO_REGISTRY_TOKEN: '${{ steps.a.outputs.token }}' }"],
  ];

Deno.test("whether a step publishes with OIDC is told by the credentials that it is given", async () => {
  for (const [answer, steps, around] of CREDENTIALS) {
    const found = (await published(steps, around)).filter(({ client }) => client !== "crates-io-auth-action");
    assertEquals(found.map(({ keyless }) => keyless), [answer], `${steps} ${JSON.stringify(around ?? {})}`);
  }
});

Deno.test("an action that mints stands for a publishing that cannot be seen, and only then", async () => {
  const mint = "- id: a\n  uses: rust-lang/crates-io-auth-action@v1\n";
  const clients = async (steps: string) => (await published(steps)).map(({ client }) => client);
  assertEquals(await clients(`${mint}- run: ./release.sh`), ["crates-io-auth-action"]);
  assertEquals(
    await clients(
      `${mint}- run: cargo publish\n  env: { CARGO_REGISTRY_TOKEN: '\${{ steps.a.outputs.token }}' }`,
    ),
    ["cargo"],
  );
});

Deno.test("local composite actions are followed, with the inputs that they are given", async () => {
  const action = (token: string) =>
    `inputs:\n  token: { default: "" }\nruns:\n  using: composite\n  steps:\n    - uses: ./.github/actions/inner\n      with: { password: "${token}" }\n`;
  const inner =
    'inputs:\n  password: {}\nruns:\n  using: composite\n  steps:\n    - uses: pypa/gh-action-pypi-publish@v1\n      with: { password: "${{ inputs.password }}" }\n';
  const others = {
    ".github/actions/outer/action.yml": action("${{ inputs.token }}"),
    ".github/actions/inner/action.yaml": inner,
  };
  const cases: [answer: Answer, step: string][] = [
    ["yes", "- uses: ./.github/actions/outer"],
    ["yes", "- uses: $/.github/actions/outer/"],
    ["no", `- uses: ./.github/actions/outer\n  with: { token: "${SECRET}" }`],
  ];
  for (const [answer, step] of cases) {
    const found = await published(step, { others });
    assertEquals(found.map(({ keyless, at }) => [keyless, at.path]), [[
      answer,
      ".github/actions/inner/action.yaml",
    ]], step);
  }
  const minted =
    `- id: a\n  uses: rust-lang/crates-io-auth-action@v1\n- uses: ./cargo\n  with: { token: "\${{ steps.a.outputs.token }}" }`;
  const cargo =
    'inputs:\n  token: {}\nruns:\n  using: composite\n  steps:\n    - run: cargo publish\n      shell: bash\n      env: { CARGO_REGISTRY_TOKEN: "${{ inputs.token }}" }\n';
  const [found] = (await published(minted, { others: { "cargo/action.yml": cargo } })).filter(({ client }) =>
    client === "cargo"
  );
  assertEquals(found?.keyless, "yes");
  const npm = "runs:\n  using: composite\n  steps:\n    - run: npm publish\n      shell: bash\n";
  const written = await published("- run: echo //a/:_authToken=$X > .npmrc\n- uses: ./npm", {
    others: { "npm/action.yml": npm },
  });
  assertEquals(written.map(({ keyless }) => keyless), ["no"]);
  assertEquals(await published("- uses: ./.github/actions/missing", { others }), []);
  const circle = "runs:\n  using: composite\n  steps:\n    - uses: ./a\n    - run: npm publish\n";
  assertEquals((await published("- uses: ./a", { others: { "a/action.yml": circle } })).length > 0, true);
});
