import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { bounds } from "../bounds.ts";
import { loadProject } from "../../src/config/load.ts";
import { envOf } from "../../src/host/env.ts";
import { KeylessError } from "../../src/problem.ts";
import { crate, inTree, load, npm, order, python, type Tree } from "./support.ts";

const CONFIG = `[[package]]
name = "my-crate"
kind = "crates"
path = "c"
depends_on = ["w"]
[package.trust_policy]
workflow = "r.yml"
[[package]]
name = "w"
kind = "npm"
path = "."
registry = "company"
[registry.company]
kind = "npm"
index = "https://npm.example.com/"
[registry.company.auth]
type = "bearer"
token = "\${T}"
[[doctor.ignore]]
code = "x"
reason = "y"
`;

Deno.test("a configuration that was damaged anywhere is read or refused, never crashed on", async () => {
  await inTree({ "c/Cargo.toml": crate("my-crate"), "package.json": npm("w") }, async (root) => {
    const damage = fc.record({
      at: fc.nat(CONFIG.length),
      cut: fc.nat(12),
      put: fc.constantFrom(
        "",
        "[",
        "]",
        '"',
        "=",
        "\n",
        "1",
        "[[x]]",
        "__proto__",
        "= {}",
        "\ufeff",
        "true",
        "é",
        ".",
      ),
    });
    await fc.assert(
      fc.asyncProperty(damage, async ({ at, cut, put }) => {
        await Deno.writeTextFile(`${root}/keyless.toml`, CONFIG.slice(0, at) + put + CONFIG.slice(at + cut));
        await survives(() => loadProject(root, envOf({})));
      }),
      bounds(300),
    );
  });
});

Deno.test("manifests with values of the wrong type are read or refused, never crashed on", async () => {
  const value = fc.oneof(
    fc.constant(1),
    fc.constant("x"),
    fc.constant([]),
    fc.constant([1]),
    fc.constant({}),
    fc.constant(null),
  );
  const keys = [
    "name",
    "version",
    "private",
    "workspaces",
    "publishConfig",
    "repository",
    "dependencies",
    "peerDependencies",
  ];
  const manifest = fc.oneof(value, fc.dictionary(fc.constantFrom(...keys), value, { noNullPrototype: true }));
  await inTree({}, async (root) => {
    await fc.assert(
      fc.asyncProperty(manifest, async (content) => {
        await Deno.writeTextFile(`${root}/package.json`, JSON.stringify(content));
        await survives(() => loadProject(root, envOf({})));
      }),
      bounds(200),
    );
  });
  for (
    const text of [
      "package = 1",
      "[package]\nname = 1\nversion = []\npublish = 1",
      "workspace = 1",
      "[workspace]\nmembers = 1\nexclude = [1]",
      '[package]\nname="a"\nversion.workspace = true\nworkspace = 1',
      '[package]\nname="a"\nversion="1"\ndependencies = 1\ntarget = 1\n[build-dependencies]\nx = { path = 1 }',
    ]
  ) await inTree({ "Cargo.toml": text }, (root) => survives(() => loadProject(root, envOf({}))));
  for (
    const text of [
      "project = 1",
      "tool = 1",
      "[project]\nname = 1\ndependencies = 1\nurls = 1",
      "[tool]\npoetry = 1\nuv = 1",
    ]
  ) {
    await inTree({ "pyproject.toml": text }, (root) => survives(() => loadProject(root, envOf({}))));
  }
});

Deno.test("names such as __proto__ are names like any other", async () => {
  const project = await load({
    "package.json":
      `{"name": "constructor", "version": "1.0.0", "dependencies": {"__proto__": "workspace:*"}}`,
    "keyless.toml": '[registry.constructor]\nkind = "npm"\nindex = "https://npm.example.com/"\n',
  });
  assertEquals([order(project), project.registries.has("constructor")], [["constructor"], true]);
});

Deno.test("a project of thirty packages is read with all their dependencies", async () => {
  const tree: Record<string, string> = {
    "Cargo.toml": '[workspace]\nmembers = ["crates/*"]\n',
    "package.json": '{"private": true, "workspaces": ["js/*"]}',
  };
  let config = "";
  for (let i = 0; i < 10; i++) {
    const before = `c${i - 1}`;
    tree[`crates/c${i}/Cargo.toml`] = crate(
      `c${i}`,
      i > 0 ? `[dependencies]\n${before} = { path = "../${before}", version = "1" }\n` : "",
    );
    tree[`js/n${i}/package.json`] = npm(
      `n${i}`,
      i > 0 ? { dependencies: { [`n${i - 1}`]: "workspace:^" } } : {},
    );
    tree[`py/p${i}/pyproject.toml`] = python(`p${i}`, i > 0 ? `dependencies = ["p${i - 1}"]\n` : "");
    for (const [kind, path] of [["crates", `crates/c${i}`], ["npm", `js/n${i}`], ["pypi", `py/p${i}`]]) {
      config += `[[package]]\nname = "${path!.split("/")[1]}"\nkind = "${kind}"\npath = "${path}"\n`;
    }
  }
  for (const all of [tree, { ...tree, "keyless.toml": config } as Tree]) {
    await inTree(all, async (root) => {
      const project = await loadProject(root, envOf({}));
      assertEquals(order(project).filter((line) => line.includes("<-")).length, 27);
    });
  }
});

async function survives(act: () => Promise<unknown>): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (!(error instanceof KeylessError)) throw error;
  }
}
