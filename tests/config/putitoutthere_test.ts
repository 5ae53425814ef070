import { assertEquals } from "@std/assert";
import { complaints, crate, load, npm, order, python } from "./support.ts";

const SEED = `[[package]]
name = "my-crate"
kind = "crates"
path = "crates/my-crate"
paths = ["crates/my-crate/**"]
[package.trust_policy]
workflow = "release.yml" # required; bare filename, not a path
environment = "release" # optional
repository = "my-org/my-crate" # optional; owner/repo
`;

Deno.test("an unknown key in a table that holds nothing else is told what the table can hold", async () => {
  const shown = await Promise.all(["verison = 1", "frequency = 1"].map(async (line) => {
    const [complaint] = await complaints({ "putitoutthere.toml": `[putitoutthere]\n${line}\n` });
    return complaint!.split("\n").at(-1);
  }));
  assertEquals(shown, ['  -> did you mean "version"?', "  -> it can hold version"]);
});

const WHOLE = `[putitoutthere]
version = 1

[[package]]
name = "rust core"
kind = "crates"
crate = "widget"
path = "core"
globs = ["core/**", "Cargo.lock"]
tag_format = "core-v{version}"
features = ["simd"]

[[package]]
name = "js-widget"
kind = "npm"
npm = "@acme/widget"
path = "js"
globs = ["js/**"]
depends_on = ["rust core"]
access = "public"
tag = "next"
tag_format = "{name}-v{version}"

[[package]]
name = "py-widget"
kind = "pypi"
pypi = "widget"
path = "py"
globs = ["py/**"]
depends_on = ["widget"]
build = "maturin"
`;

Deno.test("a declared trust policy is read", async () => {
  const project = await load({ "putitoutthere.toml": SEED, "crates/my-crate/Cargo.toml": crate("my-crate") });
  assertEquals([project.configuration, project.warnings], ["putitoutthere.toml", []]);
  const [pkg] = project.packages;
  const { workflow, environment, repository, environmentAt } = pkg!.trustPolicy!;
  assertEquals([workflow, environment, repository], ["release.yml", "release", "my-org/my-crate"]);
  assertEquals([environmentAt!.start.line, environmentAt!.start.column], [8, 15]);
});

Deno.test("names at registries, globs, access and tags are taken over; what means nothing here is named", async () => {
  const project = await load({
    "putitoutthere.toml": WHOLE,
    "core/Cargo.toml": crate("widget"),
    "js/package.json": npm("@acme/widget"),
    "py/pyproject.toml": python("widget"),
  });
  assertEquals(order(project), ["@acme/widget <- widget", "widget", "widget <- widget"]);
  const [core, js] = project.packages;
  assertEquals([core!.paths, js!.access, js!.tag], [["core/**", "Cargo.lock"], "public", "next"]);
  assertEquals(
    project.warnings.map(({ code, message, at, why }) => [code, message, at!.start.line, ...why!]),
    [
      [
        "key-ignored",
        '"tag_format" means nothing to keyless and is ignored',
        10,
        "It is a key of putitoutthere: keyless reads no tags and makes none.",
        "Also in line 22.",
      ],
      [
        "key-ignored",
        '"features" means nothing to keyless and is ignored',
        11,
        "It is a key of putitoutthere: how packages are built is decided by their manifests.",
      ],
      [
        "key-ignored",
        '"build" means nothing to keyless and is ignored',
        31,
        "It is a key of putitoutthere: how packages are built is decided by their manifests.",
      ],
    ],
  );
});

Deno.test("keys that neither tool knows are mistakes, and keyless.toml has none of the other's", async () => {
  assertEquals(
    (await complaints({ "putitoutthere.toml": "[package]\nx = 1\n" }))[0]!.split(" ")[0],
    "wrong-type",
  );
  const fetures = SEED.replace("paths =", "fetures =");
  assertEquals(
    (await complaints({ "putitoutthere.toml": fetures, "crates/my-crate/Cargo.toml": crate("my-crate") }))[0]!
      .split("\n")[0],
    'unknown-key putitoutthere.toml:5:1: unknown key "fetures" in [[package]] "my-crate"',
  );
  assertEquals(
    (await complaints({ "keyless.toml": "[putitoutthere]\nversion = 1\n" }))[0]!.split(" ")[0],
    "unknown-key",
  );
});

Deno.test("keyless.toml wins", async () => {
  const project = await load({
    "keyless.toml": "",
    "putitoutthere.toml": "nonsense",
    "package.json": npm("widget"),
  });
  assertEquals(project.configuration, "keyless.toml");
});
