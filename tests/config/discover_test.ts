import { assert, assertEquals } from "@std/assert";
import { loadProject } from "../../src/config/load.ts";
import { envOf } from "../../src/host/env.ts";
import { complaints, crate, inTree, left, load, npm, order, python } from "./support.ts";

Deno.test("one repository may hold all kinds, one inside the other", async () => {
  const project = await load({
    "Cargo.toml": crate("widget"),
    "python/pyproject.toml": python("widget"),
    "js/package.json": npm("widget"),
  });
  assertEquals(
    project.packages.map((
      { kind, path, manifest, client, registry },
    ) => [kind, path, manifest, client, registry.name]),
    [
      ["crates", ".", "Cargo.toml", "cargo", "crates.io"],
      ["pypi", "python", "python/pyproject.toml", "twine", "pypi"],
      ["npm", "js", "js/package.json", "npm", "npm"],
    ],
  );
  assertEquals([project.configuration, [...project.registries.keys()]], [null, ["crates.io", "pypi", "npm"]]);
  const [{ at }] = project.packages as [typeof project.packages[0]];
  assertEquals([at.path, at.start.line, at.start.column], ["Cargo.toml", 2, 8]);
});

Deno.test("what lies among tests and examples, or inside of another package, is not published", async () => {
  const project = await load({
    "Cargo.toml": crate("root"),
    "examples/demo/Cargo.toml": crate("demo"),
    "inner/Cargo.toml": crate("inner"),
    "js/package.json": npm("outer", { private: true }),
    "js/one/package.json": npm("one"),
    "js/tests/data/package.json": npm("data"),
    "inner/test_fixtures/case/Cargo.toml": `${crate("case")}[workspace]\n`,
    "js/fixtures/bad/package.json": "{{",
  });
  assertEquals(order(project), ["one", "root"]);
  assertEquals(project.warnings, []);
  assertEquals(left(project), [
    "case (inner/test_fixtures/case): lies among tests or examples",
    "data (js/tests/data): lies among tests or examples",
    "demo (examples/demo): lies among tests or examples",
    "inner (inner): lies inside of root, and no workspace names it",
    'outer (js): "private": true',
  ]);
});

Deno.test("generated, hidden and foreign directories are not entered, links not followed", async () => {
  const elsewhere = [
    "node_modules/a",
    "target/a",
    "dist/a",
    "vendor/a",
    ".venv/a",
    ".cache/a",
    "__pycache__/a",
  ];
  await inTree({
    ...Object.fromEntries(elsewhere.map((path, i) => [`${path}/package.json`, npm(`a${i}`)])),
    "environment/pyvenv.cfg": "",
    "environment/lib/package.json": npm("environment"),
    "submodule/.git": "gitdir: ../.git/modules/submodule",
    "submodule/package.json": npm("submodule"),
    [`${"a/".repeat(17)}package.json`]: npm("deep"),
    "one/package.json": npm("one"),
  }, async (root) => {
    await Deno.symlink(`${root}/one`, `${root}/link`);
    await Deno.symlink(root, `${root}/one/loop`);
    const project = await loadProject(root, envOf({}));
    assertEquals([order(project), left(project)], [["one"], []]);
    assertEquals(project.warnings.map(({ code }) => code), ["discovery-incomplete"]);
  });
});

Deno.test("the root is the nearest directory with a configuration or a repository", async () => {
  await inTree(
    { "package.json": npm("outer"), "a/keyless.toml": "", "a/b/package.json": npm("inner") },
    async (root) => {
      for (
        const [start, expected, names] of [["", "", "outer"], ["/a/b", "/a", "inner"], [
          "/a",
          "/a",
          "inner",
        ]] as const
      ) {
        const project = await loadProject(root + start, envOf({}));
        assertEquals([project.root, project.packages.map(({ name }) => name).join()], [
          root + expected,
          names,
        ]);
      }
      await Deno.remove(`${root}/.git`);
      await Deno.remove(`${root}/a/keyless.toml`);
      assertEquals((await loadProject(`${root}/a`, envOf({}))).root, `${root}/a`);
    },
  );
});

Deno.test("a package for a registry that nobody has described is left out, with a warning on what to add", async () => {
  const project = await load({
    "Cargo.toml": crate("internal", 'publish = ["company"]\n'),
    "cli/Cargo.toml": crate("apart", 'publish = ["company", "other"]\n'),
    "js/package.json": npm("widget"),
    "ui/package.json": npm("ui", { publishConfig: { registry: "https://ci:CANARY@npm.example.com/" } }),
  });
  assertEquals(order(project), ["widget"]);
  assertEquals(left(project), [
    "apart (cli): lies inside of internal, and no workspace names it",
    'internal (.): publishes to "company", which keyless.toml does not describe',
    'ui (ui): publishes to "https://npm.example.com/", which keyless.toml does not describe',
  ]);
  assert(!JSON.stringify(project.warnings).includes("CANARY"), "a password in an address is shown");
  assertEquals(project.warnings.map(({ code, at, next }) => [code, at?.path, next[0]]), [
    [
      "registry-not-declared",
      "Cargo.toml",
      'add to keyless.toml: [registry.company] with kind = "crates" and index = "sparse+https://…"',
    ],
    [
      "registry-not-declared",
      "ui/package.json",
      'add to keyless.toml: [registry.NAME] with kind = "npm" and index = "https://npm.example.com/"',
    ],
  ]);
});

Deno.test("a version that is no text is a mistake at its place, where the package could be published", async () => {
  const numbered = (rest: object) => npm("widget", { version: 14, ...rest });
  assertEquals(await complaints({ "package.json": numbered({}) }), [
    `wrong-type package.json:3:14: "version" in package.json is a number, and must be text
    "version": 14
               ^^
  -> write it in quotes, with all its parts: "14.0.0"`,
  ]);
  const config = '[[package]]\nname = "widget"\nkind = "npm"\npath = "."\n';
  assertEquals(
    (await complaints({ "package.json": numbered({}), "keyless.toml": config }))[0]!.split(" ")[1],
    "package.json:3:14:",
  );
  assertEquals(left(await load({ "package.json": numbered({ private: true }) })), [
    'widget (.): "private": true',
  ]);
  const others: Record<string, string> = {
    "Cargo.toml": '[package]\nname = "widget"\nversion = 1.2\n',
    "pyproject.toml": '[project]\nname = "widget"\nversion = 1.2\n',
  };
  for (const [file, text] of Object.entries(others)) {
    const [complaint] = await complaints({ [file]: text });
    assertEquals(complaint!.split("\n").at(-1), '  -> write it in quotes, with all its parts: "1.2.0"');
    assertEquals(complaint!.split(" ").slice(0, 2), ["wrong-type", `${file}:3:11:`]);
  }
  const inherited = await complaints({
    "Cargo.toml": '[workspace]\nmembers = ["a"]\n[workspace.package]\nversion = 2\n',
    "a/Cargo.toml": '[package]\nname = "a"\nversion.workspace = true\n',
  });
  assertEquals(inherited[0]!.split(":").slice(0, 3), ["wrong-type Cargo.toml", "4", "11"]);
});

Deno.test("a workspace that lies among tests is one to test with", async () => {
  const members = '[workspace]\nmembers = ["widget"]\n';
  const project = await load({
    "Cargo.toml": members,
    "widget/Cargo.toml": crate("widget"),
    "test/one/Cargo.toml": members,
    "test/one/widget/Cargo.toml": crate("widget"),
    "test-crates/two/Cargo.toml": members,
    "test-crates/two/widget/Cargo.toml": crate("widget"),
  });
  assertEquals(order(project), ["widget"]);
  assertEquals(left(project), [
    "widget (test-crates/two/widget): lies among tests or examples",
    "widget (test/one/widget): lies among tests or examples",
  ]);
});

Deno.test("two packages of one name cannot be told apart", async () => {
  assertEquals(await complaints({ "a/package.json": npm("widget"), "b/package.json": npm("widget") }), [
    `duplicate-package b/package.json:2:11: "widget" is there twice for npm
    "name": "widget",
            ^^^^^^^^
  -> list in keyless.toml what is published, say: [[package]] with name = "widget", kind = "npm", path = "a"`,
  ]);
});

Deno.test("a name that no registry accepts is a mistake, not part of an address", async () => {
  for (const name of ["../../evil", "a b", "@acme", "@acme/../x", ""]) {
    assertEquals((await complaints({ "package.json": npm(name) }))[0]?.split(" ")[0], "name-invalid", name);
  }
});

Deno.test("a configuration without packages leaves finding them to the manifests", async () => {
  const project = await load({
    "keyless.toml": '[doctor]\nfail_on = "info"\n',
    "package.json": npm("widget"),
  });
  assertEquals([project.configuration, project.doctor.failOn, order(project)], ["keyless.toml", "info", [
    "widget",
  ]]);
});

Deno.test("an empty directory is a project without packages", async () => {
  const project = await load({});
  assertEquals([project.packages, project.unpublished, project.warnings], [[], [], []]);
});
