import { assertEquals } from "@std/assert";
import { complaints, left, load, npm, order, type Tree } from "./support.ts";

const MEMBERS: Tree = {
  "packages/core/package.json": npm("@acme/core"),
  "packages/ui/package.json": npm("@acme/ui", { dependencies: { "@acme/core": "^1.0.0", "left-pad": "1" } }),
  "packages/site/package.json": npm("@acme/site", { private: true }),
  "packages/nested/deep/package.json": npm("@acme/deep"),
  "packages/old/package.json": npm("@acme/old"),
  "scripts/package.json": npm("scripts"),
  "node_modules/left-pad/package.json": npm("left-pad"),
};

const WORKSPACES: readonly [string, Tree][] = [
  ["npm's and yarn's list", {
    "package.json": JSON.stringify({ private: true, workspaces: ["packages/*", "!packages/old"] }),
  }],
  [
    "yarn's and bun's object",
    {
      "package.json": JSON.stringify({
        private: true,
        workspaces: { packages: ["./packages/*/", "!packages/old"], nohoist: [] },
      }),
    },
  ],
  [
    "pnpm's file",
    {
      "package.json": JSON.stringify({ private: true }),
      "pnpm-workspace.yaml":
        "packages:\n  - 'packages/*' # all\n  - '!packages/old'\ncatalog:\n  react: 19\n",
    },
  ],
  [
    "the list of lerna",
    {
      "package.json": JSON.stringify({ private: true }),
      "lerna.json": JSON.stringify({ packages: ["packages/*", "!packages/old"], version: "independent" }),
    },
  ],
];

for (const [what, root] of WORKSPACES) {
  Deno.test(`members are found by ${what}`, async () => {
    const project = await load({ ...MEMBERS, ...root });
    assertEquals(order(project), ["@acme/core", "@acme/ui <- @acme/core"]);
    assertEquals(left(project).filter((line) => !line.startsWith(". ")), [
      `@acme/deep (packages/nested/deep): not a member of the workspace in ${Object.keys(root).at(-1)}`,
      `@acme/old (packages/old): not a member of the workspace in ${Object.keys(root).at(-1)}`,
      '@acme/site (packages/site): "private": true',
      `scripts (scripts): not a member of the workspace in ${Object.keys(root).at(-1)}`,
    ]);
  });
}

Deno.test("of lerna's list counts only one that can be read, and that no package manager overrules", async () => {
  const packages = { "a/package.json": npm("a"), "b/package.json": npm("b") };
  const root = JSON.stringify({ private: true });
  const unread = { ...packages, "package.json": root, "lerna.json": '{ "packages": ["a"], // ours\n }' };
  assertEquals(order(await load(unread)), ["a", "b"]);
  const workspaces = JSON.stringify({ private: true, workspaces: ["a", "b"] });
  const overruled = { ...packages, "package.json": workspaces, "lerna.json": '{ "packages": ["a"] }' };
  assertEquals(order(await load(overruled)), ["a", "b"]);
});

Deno.test("members that users need come first, however the range is written", async () => {
  const names = ["plain", "star", "link", "renamed", "peer", "optional", "dev", "stranger"];
  const project = await load({
    "package.json": JSON.stringify({ private: true, workspaces: ["p/*"] }),
    "p/app/package.json": npm("app", {
      dependencies: {
        plain: "^1.0.0",
        star: "workspace:*",
        other: "workspace:renamed@^",
        link: "file:../link",
        stranger: 1,
      },
      peerDependencies: { peer: ">=1" },
      optionalDependencies: { optional: "npm:optional@1" },
      devDependencies: { dev: "workspace:*" },
    }),
    ...Object.fromEntries(names.map((name) => [`p/${name}/package.json`, npm(name)])),
  });
  assertEquals(order(project)[0], "app <- plain, star, renamed, link, peer, optional");
});

Deno.test("publishConfig decides access, tag and registry", async () => {
  const tree = (publishConfig: object, config = "") => ({
    "package.json": npm("@acme/widget", { publishConfig, repository: "acme/widgets" }),
    "keyless.toml": config,
  });
  const [pkg] =
    (await load(tree({ access: "public", tag: "next", registry: "https://registry.npmjs.org" }))).packages;
  assertEquals([pkg!.access, pkg!.tag, pkg!.registry.name, pkg!.repositoryUrl], [
    "public",
    "next",
    "npm",
    "https://github.com/acme/widgets",
  ]);
  const one = '[[package]]\nname = "@acme/widget"\nkind = "npm"\npath = "."\n';
  const company = '[registry.company]\nkind = "npm"\nindex = "https://npm.example.com/registry/"\n';
  const [other] = (await load(tree({ registry: "https://npm.example.com/registry" }, company))).packages;
  assertEquals([other!.registry.name, other!.access, other!.tag], ["company", null, null]);
  assertEquals(
    (await complaints(tree({ registry: "https://ci:CANARY@npm.example.com/" }, one))).map((text) =>
      text.split("\n")[0]
    ),
    [
      'registry-not-declared package.json:5:17: package.json goes to "https://npm.example.com/", which keyless does not know',
    ],
  );
});

Deno.test("the repository is read in each of its forms", async () => {
  for (
    const repository of ["github:acme/widgets", {
      type: "git",
      url: "git+https://github.com/acme/widgets.git",
      directory: "js",
    }]
  ) {
    const [pkg] = (await load({ "package.json": npm("widget", { repository }) })).packages;
    assertEquals(pkg!.repositoryUrl, "https://github.com/acme/widgets");
  }
});

Deno.test("a manifest that is no JSON is shown at its place, unless it would not be published", async () => {
  const broken = '{\n  "name": "widget", // the name\n  "version": "1.0.0"\n}\n';
  assertEquals(await complaints({ "package.json": broken }), [
    `json-syntax package.json:2:21: Cannot read package.json: JSON has no comments
    "name": "widget", // the name
                      ^
  -> correct the line, then run again`,
  ]);
  const project = await load({
    "package.json": npm("widget"),
    "inner/package.json": broken,
    // Nobody corrects what lies there to be wrong.
    "tests/fixtures/bad/package.json": broken,
  });
  assertEquals(project.packages.map(({ name }) => name), ["widget"]);
  assertEquals(project.warnings.map(({ code, at }) => [code, at?.path]), [[
    "json-syntax",
    "inner/package.json",
  ]]);
});
