import { assertEquals } from "@std/assert";
import type { Answer } from "../../src/pipelines/model.ts";
import { clientFacts, PUBLISH_ACTIONS, PUBLISH_COMMANDS } from "../../src/pipelines/publishers.ts";
import { ACTIONS, COMMANDS } from "./publish_cases.ts";
import { published, unseen } from "./workflows.ts";

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
    "cargo release minor $OPTIONS",
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
    "ssh host <<EOF\nnpm publish\nEOF",
    "npm run release -- --dry-run",
    "gradle publishToMavenLocal",
    "gradle closeSonatypeStagingRepository",
    "./mill foo.publishLocal",
    "mvn nexus-staging:close",
    "mvn org.sonatype.central:central-publishing-maven-plugin:publish -DskipPublishing=true",
    "melos publish -y",
    "napi prepublish --skip-optional-publish",
    "napi prepublish --dry-run",
    "curl https://pypi.fury.io/acme/",
    "sbt publishLocal",
    "mvn deploy -Dmaven.deploy.skip",
    "goreleaser release --snapshot",
    "goreleaser release --skip=publish",
    "release-it --no-npm",
    "release-it --npm.publish=false",
    "rush publish",
    "beachball publish --no-publish",
    "jreleaser full-release --dry-run",
    "dotnet publish -c Release",
    "semantic-release version",
    "rake release:notes",
    "cargo release minor --execute --no-publish",
    "cargo release version minor --execute",
    "cargo release tag --execute --no-confirm",
    "lerna version --force-publish",
    "npx pkg-pr-new publish",
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
    ["npm publish --@acme:registry=https://npm.example.com", [], "https://npm.example.com"],
    ["npm config set registry https://npm.example.com\nnpm publish", [], null],
    ["export npm_config_registry=https://npm.example.com\nnpm publish", [], "https://npm.example.com"],
    ["TWINE_REPOSITORY=testpypi twine upload dist/*", [], "testpypi"],
    ["HOST=npm.example.com; npm publish --registry=https://$HOST/", [], "https://npm.example.com/"],
    ["dotnet nuget push x -s https://nuget.example.com", [], "https://nuget.example.com"],
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
    [
      "yes",
      "- id: a\n  uses: rust-lang/crates-io-auth-action@v1\n- run: cargo publish --token ${{ steps.a.outputs.token }}",
    ],
    [
      "yes",
      "- id: a\n  uses: rust-lang/crates-io-auth-action@v1\n- run: cargo login ${{ steps.a.outputs.token }}\n- run: cargo publish",
    ],
    [
      "yes",
      "- id: n\n  uses: NuGet/login@v1\n- run: dotnet nuget push x -k ${{ steps.n.outputs.NUGET_API_KEY }}",
    ],
    ["no", `- uses: NuGet/login@v1\n- run: dotnet nuget push x -k ${SECRET}`],
    ["yes", "- uses: rubygems/configure-rubygems-credentials@v1\n- run: gem push a.gem"],
    [
      "unknown",
      `- uses: rubygems/configure-rubygems-credentials@v1\n  with: { api-token: "${SECRET}" }\n- run: gem push a.gem`,
    ],
    ["yes", "- uses: rubygems/release-gem@v1"],
    ["no", "- uses: rubygems/release-gem@v1\n  with: { setup-trusted-publisher: false }"],
    ["yes", "- uses: dart-lang/setup-dart@v1\n- run: dart pub publish -f", {
      permissions: "{ id-token: write }",
    }],
    ["unknown", "- uses: dart-lang/setup-dart@v1\n- run: dart pub publish -f"],
    ["unknown", "- run: npm publish", { env: "{ NPM_TOKEN: '' }", permissions: "{ id-token: write }" }],
    ["no", "- run: npm publish", { env: "{ NODE_AUTH_TOKEN: '${{ secrets.A || secrets.B }}' }" }],
    ["no", "- run: npm publish", {
      env: "{ NODE_AUTH_TOKEN: '${{ inputs.own && secrets.A || secrets.B }}' }",
    }],
    ["no", "- run: npm publish", { env: "{ NODE_AUTH_TOKEN: \"${{ secrets.A || '' }}\" }" }],
    ["unknown", "- run: npm publish", { env: "{ NODE_AUTH_TOKEN: \"${{ '' || '' }}\" }" }],
    ["no", "- run: yarn npm publish", {
      env: `{ YARN_NPM_AUTH_TOKEN: "${SECRET}" }`,
      permissions: "{ id-token: write }",
    }],
    ["no", "- run: bun publish", {
      env: `{ NPM_CONFIG_TOKEN: "${SECRET}" }`,
      permissions: "{ id-token: write }",
    }],
    ["no", "- run: poetry config pypi-token.pypi $T\n- run: poetry publish", { env: `{ T: "${SECRET}" }` }],
    ["no", `- run: npm publish --registry https://npm.example.com`, {
      env: `{ NODE_AUTH_TOKEN: "${SECRET}" }`,
      permissions: "{ id-token: write }",
    }],
    [
      "no",
      `- uses: actions/setup-node@v4\n  with: { registry-url: 'https://npm.pkg.github.com' }\n- run: npm publish`,
      {
        env: `{ NODE_AUTH_TOKEN: "${SECRET}" }`,
        permissions: "{ id-token: write }",
      },
    ],
    [
      "unknown",
      "- run: npm config set //npm.example.com/:_authToken $T\n- run: npm publish --registry https://registry.npmjs.org/",
    ],
    ["no", "- run: npm config set //registry.npmjs.org/:_authToken $T\n- run: npm publish"],
    ["unknown", "- run: npm publish\n- run: echo //registry.npmjs.org/:_authToken=$T > .npmrc"],
    ["unknown", "- run: |\n    # echo _authToken=x > .npmrc\n    npm publish"],
    ["unknown", "- run: unset NODE_AUTH_TOKEN && npm publish", { env: `{ NODE_AUTH_TOKEN: "${SECRET}" }` }],
    ["unknown", "- run: env -u NODE_AUTH_TOKEN npm publish", { env: `{ NODE_AUTH_TOKEN: "${SECRET}" }` }],
    ["no", "- run: export TWINE_PASSWORD=$T && twine upload x", { env: `{ T: "${SECRET}" }` }],
    ["unknown", "- run: export TWINE_PASSWORD=x\n- run: twine upload x"],
    [
      "yes",
      "- id: mint\n  run: curl https://pypi.org/_/oidc/mint-token\n- run: twine upload x\n  env: { TWINE_PASSWORD: '${{ steps.mint.outputs.token }}' }",
    ],
    [
      "yes",
      '- run: |\n    T=$(curl https://pypi.org/_/oidc/mint-token)\n    echo "TWINE_PASSWORD=$T" >> $GITHUB_ENV\n- run: twine upload x',
    ],
    [
      "yes",
      "- shell: python\n  run: |\n    r = post('https://pypi.org/_/oidc/mint-token')\n    open(os.environ['GITHUB_ENV'], 'a').write(f\"TWINE_PASSWORD={token}\\n\")\n- run: twine upload x",
    ],
    ["no", "- run: mvn deploy"],
    ["yes", "- run: deno publish"],
    ["no", `- run: deno publish --token ${SECRET}`],
    ["no", "- run: goreleaser release"],
  ];

const MINTS = ["crates-io-auth-action", "NuGet/login", "configure-rubygems-credentials"];

Deno.test("whether a step publishes with OIDC is told by the credentials that it is given", async () => {
  for (const [answer, steps, around] of CREDENTIALS) {
    const found = (await published(steps, around)).filter(({ client }) => !MINTS.includes(client));
    assertEquals(found.at(-1)?.keyless, answer, `${steps} ${JSON.stringify(around ?? {})}`);
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

Deno.test("the table knows which clients fetch a token by OIDC themselves", () => {
  const cases: [client: string, oidc: string | null | undefined, runs: string[]][] = [
    ["npm", "11.5.1", []],
    ["pnpm", "11.0.0", ["npm"]],
    ["yarn", "4.10.0", []],
    ["yarn 1", null, []],
    ["bun", null, []],
    ["changesets", undefined, ["npm", "pnpm", "yarn"]],
    ["twine", "6.1.0", []],
    ["poetry", null, []],
    ["cargo", null, []],
    ["deno", undefined, []],
  ];
  for (const [client, oidc, runs] of cases) {
    const facts = clientFacts(client);
    assertEquals([facts?.oidc, facts?.runs], [oidc, runs], client);
  }
  assertEquals(clientFacts("make"), null);
});

Deno.test("a program that the matrix names is read in every leg, where these are written out", async () => {
  const legs = async (step: string, matrix: string) =>
    (await published(step, { job: `strategy:\n  matrix: ${matrix}` })).map(
      ({ client, credentials, at }) =>
        `${client} ${credentials.map(({ secret }) => secret)} ${at.start.column}-${at.end.column}`,
    );
  const step = "- run: npx ${{ matrix.cmd }} publish --pat ${{ secrets[matrix.pat] }}";
  const include = "{ include: [{ cmd: vsce, pat: ONE }, { cmd: ovsx, pat: TWO }, { cmd: echo }] }";
  assertEquals(await legs(step, include), ["vsce ONE 14-76", "ovsx TWO 14-76"]);
  const inEnv = "- run: npx ${{ matrix.cmd }} publish\n  env: { VSCE_PAT: '${{ secrets[matrix.pat] }}' }";
  assertEquals(await legs(inEnv, "{ cmd: [vsce], pat: [ONE, TWO] }"), ["vsce ONE 14-43", "vsce TWO 14-43"]);
  assertEquals(await legs("- run: ${{ matrix.run.how }} publish", "{ run: [{ how: npm }] }"), ["npm  14-43"]);
  // What another expression brings, and what `include` and `exclude` come to, is not known.
  for (
    const matrix of [
      "'${{ fromJSON(vars.LEGS) }}'",
      "{ cmd: '${{ fromJSON(vars.LEGS) }}' }",
      "{ include: [{ cmd: '${{ vars.CMD }}' }] }",
      "{ cmd: [vsce], include: [{ pat: ONE }] }",
      "{ cmd: [vsce, ovsx], exclude: [{ cmd: ovsx }] }",
      `{ cmd: [${Array.from({ length: 21 }, (_, index) => `c${index}`)}] }`,
    ]
  ) {
    assertEquals(await legs(step, matrix), [], matrix);
    assertEquals((await unseen(step, { job: `strategy:\n  matrix: ${matrix}` })).length, 1, matrix);
  }
});
