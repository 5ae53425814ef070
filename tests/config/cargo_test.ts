import { assertEquals } from "@std/assert";
import { complaints, crate, left, load, order } from "./support.ts";

Deno.test("members of a workspace are found by glob, excluded and unpublished ones are told apart", async () => {
  const project = await load({
    "Cargo.toml": '[workspace]\nmembers = ["crates/*", "tools/gen"]\nexclude = ["crates/old"]\n',
    "crates/one/Cargo.toml": crate("one"),
    "crates/two/Cargo.toml": crate("two"),
    "crates/old/Cargo.toml": crate("old"),
    "crates/old/inner/Cargo.toml": crate("inner"),
    "crates/private/Cargo.toml": crate("private", "publish = false\n"),
    "crates/nowhere/Cargo.toml": crate("nowhere", "publish = []\n"),
    "crates/draft/Cargo.toml": '[package]\nname = "draft"\n',
    "tools/gen/Cargo.toml": crate("gen"),
    "tools/other/Cargo.toml": crate("other"),
    "target/package/one/Cargo.toml": crate("one"),
  });
  assertEquals(order(project), ["gen", "one", "two"]);
  assertEquals(left(project), [
    "draft (crates/draft): it has no version, which cargo does not publish",
    "inner (crates/old/inner): not a member of the workspace in Cargo.toml",
    "nowhere (crates/nowhere): publish = []",
    "old (crates/old): not a member of the workspace in Cargo.toml",
    "other (tools/other): not a member of the workspace in Cargo.toml",
    "private (crates/private): publish = false",
  ]);
});

Deno.test("a member may lie where nobody looks", async () => {
  const project = await load({
    "Cargo.toml": '[workspace]\nmembers = ["vendor/fork"]\n',
    "vendor/fork/Cargo.toml": crate("fork"),
    "vendor/other/Cargo.toml": crate("other"),
  });
  assertEquals(order(project), ["fork"]);
});

Deno.test("fields are inherited from the workspace", async () => {
  const project = await load({
    "Cargo.toml":
      '[workspace]\nmembers = ["one", "two"]\n[workspace.package]\nversion = "2.3.4"\nrepository = "https://github.com/acme/widgets/"\npublish = false\n',
    "one/Cargo.toml":
      '[package]\nname = "one"\nversion.workspace = true\nrepository = { workspace = true }\n',
    "two/Cargo.toml": '[package]\nname = "two"\nversion.workspace = true\npublish.workspace = true\n',
  });
  const [one] = project.packages;
  assertEquals([one!.version, one!.repositoryUrl, one!.manifest], [
    "2.3.4",
    "https://github.com/acme/widgets",
    "one/Cargo.toml",
  ]);
  assertEquals(left(project), ["two (two): publish = false"]);
});

Deno.test("what the workspace does not have cannot be inherited", async () => {
  assertEquals(
    await complaints({
      "Cargo.toml": '[workspace]\nmembers = ["one"]\n',
      "one/Cargo.toml": '[package]\nname = "one"\nversion.workspace = true\n',
    }),
    [
      `manifest-incomplete one/Cargo.toml:3:1: one/Cargo.toml takes "version" from its workspace, and Cargo.toml has none
  version.workspace = true
  ^^^^^^^
  -> add version = "…" to [workspace.package] in Cargo.toml, or to [package] here`,
    ],
  );
});

Deno.test("path dependencies come first, also renamed, inherited, optional, of a target and of the build script; those of tests do not", async () => {
  const project = await load({
    "Cargo.toml":
      '[workspace]\nmembers = ["crates/*"]\n[workspace.dependencies]\nshared = { path = "crates/shared", version = "1" }\n',
    "crates/app/Cargo.toml": crate(
      "app",
      `[dependencies]
serde = "1"
alias = { package = "renamed", path = "../renamed", version = "1" }
shared.workspace = true
option = { path = "../option", optional = true }
[build-dependencies]
build = { path = "../build" }
[target.'cfg(unix)'.dependencies]
unix = { path = "../unix" }
[dev-dependencies]
dev = { path = "../dev" }
`,
    ),
    "crates/dev/Cargo.toml": crate("dev", '[dependencies]\napp = { path = "../app" }\n'),
    ...Object.fromEntries(
      ["renamed", "shared", "option", "build", "unix"].map((
        name,
      ) => [`crates/${name}/Cargo.toml`, crate(name)]),
    ),
    "crates/serde/Cargo.toml": crate("serde"),
  });
  assertEquals(order(project).filter((line) => line.includes("<-")), [
    "app <- renamed, shared, option, build, unix",
    "dev <- app",
  ]);
});

Deno.test("a path dependency of a member is a member, unless it is excluded", async () => {
  const project = await load({
    "Cargo.toml": crate(
      "root",
      '[workspace]\nexclude = ["out"]\n[dependencies]\ninner = { path = "inner" }\nout = { path = "out" }\n',
    ),
    "inner/Cargo.toml": crate("inner", '[dependencies]\ndeep = { path = "deep" }\n'),
    "inner/deep/Cargo.toml": crate("deep"),
    "out/Cargo.toml": crate("out"),
    "other/Cargo.toml": crate("other"),
  });
  assertEquals(order(project), ["deep", "inner <- deep", "root <- inner, out"]);
  assertEquals(left(project).length, 2);
});

Deno.test("a list of registries decides where a crate goes", async () => {
  const registry =
    '[registry.company]\nkind = "crates"\nindex = "sparse+https://packages.example.com/index/"\n';
  const listed = (names: string) => ({ "Cargo.toml": crate("one", `publish = [${names}]\n`) });
  const target = async (names: string, config: string) =>
    (await load({ ...listed(names), "keyless.toml": config })).packages[0]!.registry.name;
  assertEquals(await target('"company"', registry), "company");
  assertEquals(await target('"company", "crates-io"', registry), "crates.io");
  const one = '[[package]]\nname = "one"\nkind = "crates"\npath = "."\n';
  assertEquals(await target('"company", "crates-io"', `${one}registry = "company"\n${registry}`), "company");
  assertEquals(await complaints({ ...listed('"company"'), "keyless.toml": one }), [
    `registry-not-declared Cargo.toml:4:11: Cargo.toml goes to "company", which keyless does not know
  publish = ["company"]
            ^^^^^^^^^^^
  -> add to keyless.toml: [registry.company] with kind = "crates" and index = "sparse+https://…"`,
  ]);
  assertEquals(
    await complaints({ ...listed('"company"'), "keyless.toml": `${one}registry = "crates.io"\n${registry}` }),
    [
      `registry-conflict Cargo.toml:4:11: Cargo.toml allows "company" only, and the configuration says "crates.io"
  publish = ["company"]
            ^^^^^^^^^^^
  -> change one of the two`,
    ],
  );
});

Deno.test("a configured crate that is never published is a mistake", async () => {
  assertEquals(
    await complaints({
      "Cargo.toml": crate("one", "publish = false\n"),
      "keyless.toml": '[[package]]\nname = "one"\nkind = "crates"\npath = "."\n',
    }),
    [
      `package-private Cargo.toml:2:8: Cargo.toml says that the package is not published: publish = false
  name = "one"
         ^^^^^
  -> change the manifest, or remove the package from the configuration`,
    ],
  );
});

Deno.test("a configured crate knows what it needs although the configuration does not list it", async () => {
  const project = await load({
    "Cargo.toml": '[workspace]\nmembers = ["a", "b", "c"]\n',
    "a/Cargo.toml": crate("a", '[dependencies]\nb = { path = "../b" }\nc = { path = "../c" }\n'),
    "b/Cargo.toml": crate("b"),
    "c/Cargo.toml": crate("c", "publish = false\n"),
    "keyless.toml": '[[package]]\nname = "a"\nkind = "crates"\npath = "a"\n',
  });
  assertEquals(order(project), ["a <- b, c"]);
  assertEquals(left(project), ["b (b): not listed in keyless.toml", "c (c): publish = false"]);
});
