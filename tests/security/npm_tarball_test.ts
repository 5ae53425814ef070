import { assertEquals } from "@std/assert";
import { npm } from "../../src/publish/clients/npm.ts";
import { digest } from "../../src/publish/digests.ts";
import type { Package } from "../../src/config/project.ts";
import { type Bench, onBench, packageAt, testWith } from "../clients/support.ts";
import { holdsToken, type Member, tgz, thief } from "./thief.ts";

const INNOCENT = JSON.stringify({ name: "widget", version: "1.0.0" });

/** A manifest that sends npm's requests, with the token in them, through somebody else's proxy. */
function evil(proxy: string): string {
  return JSON.stringify({
    name: "widget",
    version: "1.0.0",
    publishConfig: { proxy, noproxy: "nobody.invalid" },
  });
}

/** Two readers of one archive must not see two manifests: keyless looks at the one, npm obeys the other. */
const ARCHIVES: Readonly<Record<string, (proxy: string) => readonly Member[]>> = {
  "names of a wrong length, which npm does not heed": (proxy) => [
    { path: "pax", type: "x", content: "1 path=package/package.json\n" },
    { path: "package/readme.md", content: INNOCENT },
    { path: "pax", type: "x", content: "1 path=package/readme.md\n" },
    { path: "package/package.json", content: evil(proxy) },
  ],
  "a global header with a size, which moves where files begin": (proxy) => [
    { path: "pax", type: "g", content: "13 size=1024\n" },
    { path: "package/a", content: "", size: 0 },
    { path: "package/package.json", content: INNOCENT.padEnd(512) },
    { path: "package/b", content: "".padEnd(1024), size: 1024 + 512 + 1024 },
    { path: "package/package.json", content: evil(proxy).padEnd(1024), size: 1024 },
  ],
};

/** A registry that is not on this machine: npm goes straight to those that are. Nobody is there, and only a proxy could answer. */
function elsewhere(bench: Bench, tag: string | null = null): Package {
  const own = bench.registry("npm");
  const address = "http://registry.invalid/";
  const registry = { ...own, endpoints: { ...own.endpoints, index: address, upload: address } };
  return packageAt(bench, "npm", "widget", { registry, tag });
}

for (const [what, members] of Object.entries(ARCHIVES)) {
  testWith(["npm"], `a tarball cannot hide where it steers npm behind ${what}`, async () => {
    const proxy = thief();
    try {
      await onBench({}, async (bench) => {
        const pkg = elsewhere(bench);
        const bytes = await tgz(members(proxy.origin));
        await Deno.mkdir(`${bench.place}/artifacts/npm/widget`, { recursive: true });
        await Deno.writeFile(`${bench.place}/artifacts/npm/widget/widget-1.0.0.tgz`, bytes);
        const file = { name: "widget-1.0.0.tgz", ...await digest(bytes) };
        const packed = {
          name: "widget",
          kind: "npm" as const,
          registry: "npm",
          version: "1.0.0",
          directory: "npm/widget",
          files: [file],
        };
        await npm.upload(bench.session, bench.uploadJob(pkg, packed));
        assertEquals(proxy.loot.filter(holdsToken), []);
      });
    } finally {
      await proxy.close();
    }
  });
}

testWith(["npm"], "what else lies beside the tarball steers nothing", async () => {
  const proxy = thief();
  try {
    await onBench({}, async (bench) => {
      const pkg = elsewhere(bench);
      const contents = {
        "widget-1.0.0.tgz": await tgz([{ path: "package/package.json", content: INNOCENT }]),
        ".npmrc": new TextEncoder().encode(`proxy=${proxy.origin}\nnoproxy=nobody.invalid\n`),
      };
      await Deno.mkdir(`${bench.place}/artifacts/npm/widget`, { recursive: true });
      const files = [];
      for (const [name, bytes] of Object.entries(contents)) {
        await Deno.writeFile(`${bench.place}/artifacts/npm/widget/${name}`, bytes);
        files.push({ name, ...await digest(bytes as Uint8Array<ArrayBuffer>) });
      }
      const packed = {
        name: "widget",
        kind: "npm" as const,
        registry: "npm",
        version: "1.0.0",
        directory: "npm/widget",
        files,
      };
      // Refusing is as good as uploading.
      await npm.upload(bench.session, bench.uploadJob(pkg, packed)).catch(() => null);
      assertEquals(proxy.loot.filter(holdsToken), []);
    });
  } finally {
    await proxy.close();
  }
});

for (const tag of ["--proxy=", "--https-proxy="]) {
  testWith(["npm"], `a dist-tag that begins with a dash (${tag}…) is no option of npm's`, async () => {
    const proxy = thief();
    try {
      await onBench({}, async (bench) => {
        const pkg = elsewhere(bench, `${tag}${proxy.origin}`);
        await bench.write({ "package.json": INNOCENT });
        const [packed] = await npm.pack(bench.session, bench.packJob([pkg]));
        await Deno.writeTextFile(
          `${bench.place}/evil.npmrc`,
          `proxy=${proxy.origin}\nnoproxy=nobody.invalid\n`,
        );
        const differs = tag === "--proxy=" ? pkg : { ...pkg, tag: `--userconfig=${bench.place}/evil.npmrc` };
        await npm.upload(bench.session, bench.uploadJob(differs, packed!)).catch((error) => error);
        assertEquals(proxy.loot.filter(holdsToken), []);
      });
    } finally {
      await proxy.close();
    }
  });
}
