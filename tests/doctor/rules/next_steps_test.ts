import { assertEquals } from "@std/assert";
import { loadProject } from "../../../src/config/load.ts";
import { diagnose } from "../../../src/doctor/engine.ts";
import { repository, session } from "../repository.ts";

const JENKINSFILE = (script: string) =>
  `pipeline {
  agent any
  environment { TOKEN = credentials('token') }
  stages {
    stage('Publish') {
      steps {
        sh "${script}"
      }
    }
  }
}
`;

Deno.test("who takes a secret out of Groovy's double quotes is told how to keep it out of the arguments", async () => {
  const cases: [script: string, how: string][] = [
    ["twine upload -p $TOKEN dist/*", "give twine the token in TWINE_PASSWORD, which it reads by itself"],
    [
      "cargo publish --token $TOKEN",
      "give cargo the token in CARGO_REGISTRY_TOKEN, which it reads by itself",
    ],
    [
      "npm config set //registry.npmjs.org/:_authToken $TOKEN && npm publish",
      'write "//registry.npmjs.org/:_authToken=${TOKEN}" into .npmrc as it stands here: npm fills in the variable itself',
    ],
    [
      "pnpm config set //registry.npmjs.org/:_authToken $TOKEN && pnpm publish",
      'write "//registry.npmjs.org/:_authToken=${TOKEN}" into ~/.npmrc as it stands here: pnpm fills in the variable itself',
    ],
  ];
  for (const [script, how] of cases) {
    const root = await repository(new Map([["Jenkinsfile", JENKINSFILE(script)]]));
    try {
      const { findings } = await diagnose(await loadProject(root, session().env), session(), {
        only: ["jenkins-secret-in-double-quotes", "secret-in-arguments"],
      });
      assertEquals(findings.map(({ code, next }) => [code, next]), [["jenkins-secret-in-double-quotes", [
        "write the script in single quotes: then the shell reads the variable",
        `and keep it out of the arguments: ${how}`,
      ]]]);
    } finally {
      await Deno.remove(root, { recursive: true });
    }
  }
});

Deno.test("who pushes without a credential is told to use the token that the checkout was given, and never reads one that stands there", async () => {
  const cases: [token: string, said: string][] = [
    ["${{ steps.app.outputs.token }}", "${{ steps.app.outputs.token }}"],
    ["CANARY", "${{ github.token }}"],
  ];
  for (const [token, said] of cases) {
    const workflow = `on: workflow_dispatch
jobs:
  publish:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v5
        with: { token: "${token}", persist-credentials: false }
      - run: git push
      - run: npm publish
`;
    const root = await repository(new Map([[".github/workflows/release.yml", workflow]]));
    try {
      const { findings } = await diagnose(await loadProject(root, session().env), session(), {
        only: ["push-without-credentials"],
      });
      assertEquals(findings.map(({ next }) => next[0]), [
        `let git ask gh for the token, in the step that pushes: \`gh auth setup-git\`, with GH_TOKEN: ${said} in its env`,
      ]);
    } finally {
      await Deno.remove(root, { recursive: true });
    }
  }
});

Deno.test("who names an action of this repository by a branch is told to check out first where nothing does", async () => {
  for (
    const [before, how] of [["", "check the repository out first, and name it by its path"], [
      "      - uses: actions/checkout@v6\n",
      "name it by its path, behind the checkout",
    ]] as const
  ) {
    const workflow = `on: release
jobs:
  publish:
    runs-on: ubuntu-latest
    permissions: { id-token: write }
    steps:
${before}      - uses: acme/widget/.github/actions/setup@main
      - run: npm publish
`;
    const root = await repository(
      new Map([
        [".github/workflows/release.yml", workflow],
        [".github/actions/setup/action.yml", "runs: { using: composite, steps: [] }\n"],
        [
          ".git/config",
          `[core]\n\trepositoryformatversion = 0\n[remote "origin"]\n\turl = https://github.com/acme/widget.git\n`,
        ],
      ]),
    );
    try {
      const { findings } = await diagnose(await loadProject(root, session().env), session(), {
        only: ["publish-action-not-pinned"],
      });
      const own = findings.filter(({ message }) => message.includes("acme/widget"));
      assertEquals(own.map(({ next }) => next), [[`${how}: \`uses: ./.github/actions/setup\``]]);
    } finally {
      await Deno.remove(root, { recursive: true });
    }
  }
});
