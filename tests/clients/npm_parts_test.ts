import { assertEquals } from "@std/assert";
import { steering, steeringKeys } from "../../src/publish/clients/npm_steering.ts";
import { tagFor } from "../../src/publish/clients/npm_tag.ts";
import { archive, type Member, record } from "../formats/archives.ts";
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

const EVIL = JSON.stringify({ publishConfig: { proxy: "http://127.0.0.1:9" } });
const GOOD = { path: "package/package.json", content: "{}" };

Deno.test("a package.json that steers is found", async () => {
  assertEquals(await steering(await archive([{ path: "package/package.json", content: EVIL }]), npm), [
    "proxy",
  ]);
});

Deno.test("a package.json further down is not the package's", async () => {
  const bytes = await archive([GOOD, { path: "package/node_modules/x/package.json", content: EVIL }]);
  assertEquals(await steering(bytes, npm), []);
});

const AMBIGUOUS: Readonly<Record<string, readonly Member[]>> = {
  "under another first directory": [{ path: "x/package.json", content: EVIL }],
  "beside one under another first directory": [GOOD, { path: "x/package.json", content: EVIL }],
  "without a directory": [GOOD, { path: "package.json", content: EVIL }],
  "behind an innocent one": [GOOD, { path: "package/package.json", content: EVIL }],
  "by a detour": [GOOD, { path: "package/./package.json", content: EVIL }],
  "on a drive": [GOOD, { path: "package/c:package.json", content: EVIL }],
  "with the separator of Windows": [GOOD, { path: "package/\\package.json", content: EVIL }],
  "in capitals": [GOOD, { path: "package/PACKAGE.json", content: EVIL }],
  "with a letter that some file systems take for another": [GOOD, {
    path: "package/pac\u212aage.json",
    content: EVIL,
  }],
  "with a dot that Windows drops": [GOOD, { path: "package/package.json.", content: EVIL }],
  "by its short name on Windows": [GOOD, { path: "package/PACKAG~1.JSO", content: EVIL }],
  "where it would have to be a directory": [GOOD, { path: "package/package.json/x", content: EVIL }],
  "by a long name that only some readers heed": [
    GOOD,
    { path: "pax", type: "x", content: record("path", "package/package.json") },
    { path: "package/readme.md", content: EVIL },
  ],
  "by the name below a long one": [
    GOOD,
    { path: "pax", type: "x", content: record("path", "package/readme.md") },
    { path: "package/package.json", content: EVIL },
  ],
  "in a comment of index.js, where npm looks when package.json is none": [
    { path: "package/package.json", content: "no" },
    { path: "package/index.js", content: `/**package\n${EVIL}\n**/` },
  ],
  "as a prototype": [{ path: "package/package.json", content: `{"__proto__":${EVIL}}` }],
  "as an escaped prototype": [{ path: "package/package.json", content: `{"\\u005f_proto__":${EVIL}}` }],
};

for (const [what, members] of Object.entries(AMBIGUOUS)) {
  Deno.test(`a tarball in which npm could find another package.json ${what} is not taken for harmless`, async () => {
    assertEquals(await steering(await archive(members), npm), null);
  });
}

Deno.test("what is no tarball, or one without package.json, is not taken for harmless", async () => {
  assertEquals(await steering(new TextEncoder().encode("x"), npm), null);
  assertEquals(await steering(await archive([{ path: "package/index.js", content: "1" }]), npm), null);
});
