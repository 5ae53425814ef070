import { assertEquals } from "@std/assert";
import { steering, steeringKeys } from "../../src/publish/clients/npm_steering.ts";
import { tagFor } from "../../src/publish/clients/npm_tag.ts";
import { knownRegistry } from "../../src/registries/table.ts";

const npm = knownRegistry("npm")!;

const STEERS: readonly (readonly [Record<string, unknown>, readonly string[]])[] = [
  [{}, []],
  [{ access: "public", tag: "next", provenance: true, directory: "dist", types: "x.d.ts" }, []],
  [{ registry: "https://registry.npmjs.org/" }, []],
  [{ registry: "https://registry.npmjs.org" }, []],
  [{ "@acme:registry": "https://registry.npmjs.org/" }, []],
  [{ registry: "https://evil.example/" }, ["registry"]],
  [{ registry: "http://registry.npmjs.org/" }, ["registry"]],
  [{ registry: "https://registry.npmjs.org/other/" }, ["registry"]],
  [{ registry: 7 }, ["registry"]],
  [{ "@acme:registry": "https://evil.example/" }, ["@acme:registry"]],
  [{ "//registry.npmjs.org/:_authToken": "x" }, ["//registry.npmjs.org/:_authToken"]],
  [{ _auth: "x", _authToken: "x", _password: "x" }, ["_auth", "_authToken", "_password"]],
  [{ "proxy": "x", "https-proxy": "x", "http-proxy": "x", "noproxy": "x" }, [
    "proxy",
    "https-proxy",
    "http-proxy",
    "noproxy",
  ]],
  [{ "ca": "x", "cafile": "x", "cert": "x", "key": "x", "strict-ssl": false }, [
    "ca",
    "cafile",
    "cert",
    "key",
    "strict-ssl",
  ]],
];

for (const [publishConfig, keys] of STEERS) {
  const shown = Object.keys(publishConfig).join(", ") || "nothing";
  Deno.test(`publishConfig with ${shown} (${JSON.stringify(Object.values(publishConfig)[0])}) steers by: ${keys.join(", ") || "nothing"}`, () => {
    assertEquals(steeringKeys({ publishConfig }, npm), [...keys]);
  });
}

Deno.test("a manifest without publishConfig, or none at all, steers nothing", () => {
  for (const manifest of [null, {}, { publishConfig: "x" }, "x"]) {
    assertEquals(steeringKeys(manifest, npm), []);
  }
});

const TAGS: readonly (readonly [string, string | null, string])[] = [
  ["1.0.0", null, "latest"],
  ["1.0.0+build.1", null, "latest"],
  ["1.0.0-rc.1", null, "rc"],
  ["1.0.0-beta", null, "beta"],
  ["1.0.0-alpha.2+x", null, "alpha"],
  ["1.0.0-canary-x.1", null, "canary-x"],
  ["1.0.0-0", null, "next"],
  ["1.0.0-20260101", null, "next"],
  ["1.0.0-x.1", null, "next"],
  ["1.0.0-v1", null, "next"],
  ["1.0.0-rc1", null, "next"],
  ["1.0.0-rc.1", "edge", "edge"],
  ["1.0.0", "v1-lts", "v1-lts"],
];

for (const [version, configured, tag] of TAGS) {
  Deno.test(`${version}${configured ? ` configured as ${configured}` : ""} is published as ${tag}`, () => {
    assertEquals(tagFor(version, configured), tag);
  });
}

/** A gzipped tar of these files; a path longer than a header's field gets an extended one. */
async function tarball(files: readonly (readonly [string, string])[]): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  const encoder = new TextEncoder();
  const add = (path: string, type: string, content: string) => {
    const data = encoder.encode(content);
    const header = new Uint8Array(512);
    header.set(encoder.encode(path.slice(0, 100)));
    header.set(encoder.encode(data.length.toString(8).padStart(11, "0")), 124);
    header.set(encoder.encode(type), 156);
    header.set(encoder.encode("ustar"), 257);
    parts.push(header, data, new Uint8Array((512 - data.length % 512) % 512));
  };
  for (const [path, content] of files) {
    const [shown, real] = path.split(" => ");
    if (real) add("pax", "x", `${`00 path=${real}\n`.length} path=${real}\n`);
    add(shown!, "0", content);
  }
  parts.push(new Uint8Array(1024));
  const zipped = new Blob(parts).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(zipped).arrayBuffer());
}

const EVIL = JSON.stringify({ publishConfig: { proxy: "http://127.0.0.1:9" } });

for (
  const [what, files] of Object.entries({
    "under npm's own name": [["package/package.json", EVIL]],
    "under another first directory": [["x/package.json", EVIL]],
    "behind an innocent one": [["package/package.json", "{}"], ["package/package.json", EVIL]],
    "by a detour": [["package/package.json", "{}"], ["package/./package.json", EVIL]],
    "under a long name": [["package/package.json", "{}"], [
      "package/readme.md => package/package.json",
      EVIL,
    ]],
  } as Record<string, [string, string][]>)
) {
  Deno.test(`a package.json that steers is found ${what}`, async () => {
    assertEquals(await steering(await tarball(files), npm), ["proxy"]);
  });
}

Deno.test("a package.json further down is not the package's", async () => {
  const files: [string, string][] = [["package/package.json", "{}"], [
    "package/node_modules/x/package.json",
    EVIL,
  ]];
  assertEquals(await steering(await tarball(files), npm), []);
});

Deno.test("what is no tarball, or one without package.json, is not taken for harmless", async () => {
  assertEquals(await steering(new TextEncoder().encode("x"), npm), null);
  assertEquals(await steering(await tarball([["package/index.js", "1"]]), npm), null);
  const one = await tarball([["package/package.json", "{}"]]);
  assertEquals(await steering(new Uint8Array([...one, ...one]), npm), null);
});
