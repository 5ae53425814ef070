import { assertEquals } from "@std/assert";
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
  });
  assertEquals(order(project), ["one", "root"]);
  assertEquals(left(project), [
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

Deno.test("two packages of one name cannot be told apart", async () => {
  assertEquals(await complaints({ "a/package.json": npm("widget"), "b/package.json": npm("widget") }), [
    `duplicate-package b/package.json:2:11: "widget" is there twice for npm
    "name": "widget",
            ^^^^^^^^
  -> remove one of the two, or give it another name or registry`,
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
