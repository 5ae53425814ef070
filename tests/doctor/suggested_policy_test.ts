import { assertEquals } from "@std/assert";
import { loadProject } from "../../src/config/load.ts";
import { diagnose } from "../../src/doctor/engine.ts";
import { repository, session } from "./repository.ts";

/** What is proposed for keyless.toml; `null` for nothing. */
async function proposed(files: Readonly<Record<string, string>>): Promise<string | null> {
  const root = await repository(new Map(Object.entries(files)));
  try {
    const { phases } = await diagnose(await loadProject(root, session().env), session());
    return phases.find(({ name }) => name === "trust policy (declared)")?.paste ?? null;
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

const A = ".github/workflows/a.yml";
const B = ".github/workflows/b.yml";

function publishing(step: string, environment: string | null = "release"): string {
  const around = environment === null ? "" : `    environment: ${environment}\n`;
  return `on: { push: { tags: [v*] } }\njobs:\n  publish:\n    runs-on: ubuntu-latest\n${around}    permissions: { id-token: write }\n    steps:\n      ${step}\n`;
}

const ACTION = "- uses: pypa/gh-action-pypi-publish@release/v1";
const python = (name: string) => `[project]\nname = "${name}"\nversion = "1.0.0"\n`;
const node = (name: string, more = {}) => JSON.stringify({ name, version: "1.0.0", ...more });

function policy(name: string, kind: string, path: string, workflow: string): string {
  return `[[package]]
name = "${name}"
kind = "${kind}"
path = "${path}"
[package.trust_policy]
workflow = "${workflow}"
environment = "release"`;
}

Deno.test("the policy of the only package that a job can publish is proposed", async () => {
  const tool = policy("tool", "pypi", ".", "a.yml");
  const files = { "pyproject.toml": python("tool"), [A]: publishing(ACTION) };
  assertEquals(await proposed(files), tool);
  // What lies among tests is published by nobody.
  assertEquals(await proposed({ ...files, "tests/x/pyproject.toml": python("x") }), tool);
  const test = `${ACTION}\n        with: { repository-url: https://test.pypi.org/legacy/ }`;
  assertEquals(await proposed({ ...files, [B]: publishing(test, "test") }), tool);
});

Deno.test("who publishes native code is told of its packages for platforms", async () => {
  const napi = {
    napi: { binaryName: "widget", packageName: "@acme/binding", targets: ["x86_64-apple-darwin"] },
  };
  const files = { "package.json": node("widget", napi), [A]: publishing("- run: npm publish") };
  const platforms =
    "# and for @acme/binding-PLATFORM, each of those that napi publishes: npm wants a record for every one";
  assertEquals(await proposed(files), `${policy("widget", "npm", ".", "a.yml")}\n${platforms}`);
});

Deno.test("a directory that is built is of the only package, and a recursive publish is of each", async () => {
  const built = { "package.json": node("tool"), [A]: publishing("- run: npm publish ./dist/*.tgz") };
  assertEquals(await proposed(built), policy("tool", "npm", ".", "a.yml"));
  assertEquals(await proposed({ ...built, "web/package.json": node("web") }), null);
  assertEquals(await proposed({ ...built, [A]: publishing("- run: pnpm publish --filter ./other") }), null);
  const workspace = {
    "package.json": node("root", { private: true, workspaces: ["one", "two"] }),
    "one/package.json": node("one"),
    "two/package.json": node("two"),
  };
  assertEquals(
    await proposed({ ...workspace, [A]: publishing("- run: pnpm publish -r --access public") }),
    `${policy("one", "npm", "one", "a.yml")}\n# the same for two`,
  );
});

Deno.test("nothing is proposed that may be false", async () => {
  const files = { "pyproject.toml": python("tool"), [A]: publishing(ACTION) };
  const cases: [what: string, files: Record<string, string>][] = [
    ["another workflow may be the one", { ...files, [B]: publishing(ACTION) }],
    ["another environment may be the one", { ...files, [B]: publishing(ACTION, "other") }],
    ["a project inside of it may be the one", { ...files, "backend/pyproject.toml": python("backend") }],
    ["only the run decides about the environment", {
      ...files,
      [A]: publishing(ACTION, "${{ inputs.where }}"),
    }],
    ["a filter leaves the package out", {
      "package.json": node("gradio"),
      [A]: publishing("- run: pnpm publish -r --filter=@gradio/*"),
    }],
    ["nobody sees what the tool's script publishes", {
      "package.json": node("root", {
        private: true,
        workspaces: ["one", "two"],
        scripts: { ship: "pnpm publish -r --filter=two" },
      }),
      "one/package.json": node("one"),
      "two/package.json": node("two"),
      [A]: publishing("- uses: changesets/action@v1\n        with: { publish: npm run ship }"),
    }],
  ];
  for (const [what, each] of cases) assertEquals(await proposed(each), null, what);
});

Deno.test("no file is proposed for a package that CircleCI publishes, because its record names none", async () => {
  const config = `version: 2.1
jobs:
  publish:
    docker: [{ image: cimg/node:24.0 }]
    steps:
      - checkout
      - run: |
          export NPM_ID_TOKEN=$(circleci run oidc get --claims '{"aud": "npm:registry.npmjs.org"}')
          npm install -g npm@^11.11 && npm publish
workflows:
  release: { jobs: [publish] }
`;
  const files = { "package.json": node("tool"), ".circleci/config.yml": config };
  assertEquals(await proposed(files), null);
  assertEquals(
    await proposed({ ...files, [A]: publishing("- run: npm publish") }),
    policy("tool", "npm", ".", "a.yml"),
  );
});

Deno.test("a policy that several packages share is written out once", async () => {
  const names = ["one", "two", "three", "four", "five", "six"];
  const files = {
    "package.json": node("root", {
      private: true,
      workspaces: ["packages/*"],
      scripts: { release: "npm run build && changeset publish" },
    }),
    ...Object.fromEntries(names.map((name) => [`packages/${name}/package.json`, node(name)])),
    [A]: publishing("- uses: changesets/action@v1\n        with: { publish: npm run release }"),
  };
  assertEquals(
    await proposed(files),
    `${policy("five", "npm", "packages/five", "a.yml")}\n# the same for four, one, six and 2 more`,
  );
});

Deno.test("each package gets the policy of the workflow that publishes its directory", async () => {
  const files = {
    "package.json": node("root", { private: true, workspaces: ["one", "two"] }),
    "one/package.json": node("one"),
    "two/package.json": node("two"),
    [A]: publishing("- run: npm publish\n        working-directory: one"),
    [B]: publishing("- run: pnpm publish --filter two"),
  };
  assertEquals(
    await proposed(files),
    `${policy("one", "npm", "one", "a.yml")}\n\n${policy("two", "npm", "two", "b.yml")}`,
  );
});

Deno.test("a workflow that publishes only for its callers is not taken for one that publishes by itself", async () => {
  const own = publishing(ACTION).replace(
    /^on: .*/,
    "on: { push: , workflow_call: { inputs: { go: { type: boolean } } } }",
  );
  const files = {
    "package.json": node("tool"),
    [A]:
      "on: { schedule: [{ cron: 0 1 * * * }] }\njobs:\n  call:\n    permissions: { id-token: write }\n    uses: ./.github/workflows/b.yml\n    with: { go: true }\n",
  };
  const to = (text: string) => text.replace(ACTION, "- run: npm publish");
  assertEquals(await proposed({ ...files, [B]: to(own) }), null);
  const asked = to(own).replace("    runs-on", "    if: inputs.go\n    runs-on");
  assertEquals(await proposed({ ...files, [B]: asked }), policy("tool", "npm", ".", "a.yml"));
});
