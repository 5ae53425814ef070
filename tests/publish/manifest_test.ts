import { assertEquals, assertNotEquals } from "@std/assert";
import { isOf } from "../../src/publish/contents.ts";
import { oddName, type PackedPackage, parseManifest } from "../../src/publish/manifest.ts";
import type { Kind } from "../../src/registries/registry.ts";
import { archive } from "../formats/archives.ts";

const DIGESTS = { size: 1, sha256: "a".repeat(64), sha512: "b".repeat(128) };

function file(name: string) {
  return { name, ...DIGESTS };
}

const NPM: PackedPackage = {
  name: "@acme/widget",
  kind: "npm",
  registry: "npm",
  version: "1.0.0-rc.1+build",
  directory: "npm/@acme/widget",
  files: [file("acme-widget-1.0.0-rc.1+build.tgz")],
};
const CRATE: PackedPackage = {
  name: "widget_core",
  kind: "crates",
  registry: "crates.io",
  version: "1.0.0",
  directory: "crates.io/widget_core",
  files: [file("widget_core-1.0.0.crate")],
};
const PYTHON: PackedPackage = {
  name: "Acme.Widget",
  kind: "pypi",
  registry: "pypi",
  version: "1!1.0",
  directory: "pypi/Acme.Widget",
  files: [file("acme_widget-1!1.0-py3-none-any.whl"), file("acme_widget-1!1.0.tar.gz")],
};

function text(packages: readonly unknown[], differs: Record<string, unknown> = {}): string {
  const tools = { cargo: "1.95.0", npm: "11.19.1" };
  return JSON.stringify({
    schema: "keyless/artifacts/1",
    commit: "c".repeat(40),
    tools,
    packages,
    ...differs,
  });
}

Deno.test("a manifest of every kind is read as it was written", () => {
  assertEquals(parseManifest(text([NPM, CRATE, PYTHON]))?.packages, [NPM, CRATE, PYTHON]);
});

const ODD: Readonly<Record<string, unknown>> = {
  "a version with a line break": { ...NPM, version: "1.0.0\n::stop-commands::x" },
  "a version that is a list": { ...NPM, version: ["1.0.0"] },
  "a version of 129 characters": { ...NPM, version: "1".repeat(129) },
  "a name with a line break": { ...NPM, name: "x\ny", directory: "npm/x\ny" },
  "a name that leads out": { ...NPM, name: "..", directory: "npm/.." },
  "a scope that leads out": { ...NPM, name: "@../x", directory: "npm/@../x" },
  "a registry that leads out": { ...NPM, registry: "..", directory: "../@acme/widget" },
  "a directory of another package": { ...NPM, directory: "npm/other" },
  "an unknown kind": { ...NPM, kind: "constructor" },
  "a settings file": { ...NPM, files: [file(".npmrc")] },
  "a settings file beside the tarball": { ...NPM, files: [...NPM.files, file(".npmrc")] },
  "two tarballs": { ...NPM, files: [...NPM.files, file("b.tgz")] },
  "an option for a file": { ...PYTHON, files: [file("-x.whl")] },
  "a hidden file": { ...PYTHON, files: [file(".x.whl")] },
  "a file with a line break": { ...PYTHON, files: [file("x\n.whl")] },
  "a file in a directory": { ...PYTHON, files: [file("x/y.whl")] },
  "a file of another kind": { ...PYTHON, files: [file("pypirc")] },
  "a file twice": { ...PYTHON, files: [PYTHON.files[0], PYTHON.files[0]] },
  "two crates": { ...CRATE, files: [...CRATE.files, file("x-1.0.0.crate")] },
  "no file": { ...CRATE, files: [] },
  "a file without digests": { ...CRATE, files: [{ name: "widget_core-1.0.0.crate" }] },
};

for (const [what, pkg] of Object.entries(ODD)) {
  Deno.test(`a manifest with ${what} is none`, () => assertEquals(parseManifest(text([pkg])), null));
}

Deno.test("a manifest with a package twice, an odd commit or odd tools is none", () => {
  assertEquals(parseManifest(text([NPM, NPM])), null);
  assertEquals(parseManifest(text([NPM], { commit: "HEAD" })), null);
  assertEquals(parseManifest(text([NPM], { tools: { cargo: "1\n::stop-commands::x" } })), null);
  assertEquals(parseManifest(text([NPM], { tools: null })), null);
});

Deno.test("a file that a build adds under an odd name is named in the complaint, as one line", () => {
  const said = oddName(PYTHON, [PYTHON.files[0]!.name, "x\n::stop-commands::y.whl"]);
  assertNotEquals(said, null);
  assertEquals(said!.includes("\n"), false);
});

const BELONG: readonly (readonly [Kind, string, string, string, boolean])[] = [
  ["crates", "widget", "1.0.0", "widget-1.0.0.crate", true],
  ["crates", "widget", "1.0.0", "widget-99.0.0.crate", false],
  ["crates", "widget", "1.0.0", "widget-core-1.0.0.crate", false],
  ["pypi", "Acme.Widget", "1.0", "acme_widget-1.0.0-py3-none-any.whl", true],
  ["pypi", "Acme.Widget", "1.0", "acme_widget-1.0.tar.gz", true],
  ["pypi", "Acme.Widget", "1.0", "acme-widget-1.0.tar.gz", true],
  ["pypi", "Acme.Widget", "1.0", "acme_widget-99.0.tar.gz", false],
  ["pypi", "Acme.Widget", "1.0", "acme_widget-99.0-py3-none-any.whl", false],
  ["pypi", "Acme.Widget", "1.0", "other-1.0.tar.gz", false],
  ["pypi", "Acme.Widget", "1.0", "other-1.0-py3-none-any.whl", false],
  ["npm", "widget", "1.0.0", "anything.tgz", true],
  ["npm", "widget", "99.0.0", "anything.tgz", false],
  ["npm", "@acme/widget", "1.0.0", "anything.tgz", false],
];

for (const [kind, name, version, path, expected] of BELONG) {
  Deno.test(`${path} ${expected ? "is" : "is not"} taken for ${name} ${version} (${kind})`, async () => {
    const content = JSON.stringify({ name: "widget", version: "1.0.0" });
    const bytes = await archive([{ path: "package/package.json", content }]);
    const pkg = { ...NPM, kind, name, version };
    assertEquals(await isOf(pkg, path, bytes), expected);
  });
}
