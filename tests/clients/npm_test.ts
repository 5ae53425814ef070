import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { Secret } from "../../src/host/secret.ts";
import { KeylessError } from "../../src/problem.ts";
import { npm } from "../../src/publish/clients/npm.ts";
import { plant, setTrap, textOf, withTemporary } from "./hostile.ts";
import { thief } from "../security/thief.ts";
import { type Bench, onBench, packageAt, packAndUpload, STRAYS, testWith } from "./support.ts";

const manifest = (rest: Record<string, unknown> = {}) =>
  JSON.stringify({ name: "@acme/widget", version: "1.0.0", ...rest });

const widget = (bench: Bench, differs = {}) => packageAt(bench, "npm", "@acme/widget", differs);

/** The document that the registry has of a package. */
async function document(bench: Bench) {
  const { endpoints } = bench.registry("npm");
  return await (await fetch(`${endpoints.index}@acme%2fwidget`)).json();
}

testWith(["npm"], "a package is packed and uploaded with exactly the packed bytes", async () => {
  await onBench({}, async (bench) => {
    await bench.write({ "package.json": manifest(), "index.js": "1;\n" });
    const [packed] = await npm.pack(bench.session, bench.packJob([widget(bench)]));
    assertEquals(packed!.version, "1.0.0");
    assertEquals(packed!.files.map((file) => file.name), ["acme-widget-1.0.0.tgz"]);
    assertEquals(packed!.directory, "npm/@acme/widget");

    assertEquals(await npm.upload(bench.session, bench.uploadJob(widget(bench), packed!)), {
      status: "accepted",
    });
    assertEquals(bench.uploads("npm"), ["@acme/widget 1.0.0 200"]);
    assertEquals(bench.registries.recorder.of("upload")[0]!.sha256, packed!.files[0]!.sha256);
    assertEquals((await document(bench))["dist-tags"], { latest: "1.0.0" });
  });
});

testWith(["npm"], "a prerelease gets a tag of its own, and a configured tag counts most", async () => {
  await onBench({}, async (bench) => {
    await bench.write({ "package.json": manifest() });
    await packAndUpload(npm, bench, widget(bench));
    await bench.write({ "package.json": manifest({ version: "2.0.0-rc.1" }) });
    await packAndUpload(npm, bench, widget(bench), { first: false });
    await bench.write({ "package.json": manifest({ version: "0.9.9", publishConfig: { tag: "other" } }) });
    await packAndUpload(npm, bench, widget(bench, { tag: "v0-lts" }), { first: false });
    assertEquals((await document(bench))["dist-tags"], {
      "latest": "1.0.0",
      "rc": "2.0.0-rc.1",
      "v0-lts": "0.9.9",
    });
  });
});

testWith(["npm"], "a member of a workspace is packed in its own directory", async () => {
  await onBench({}, async (bench) => {
    await bench.write({
      "package.json": '{"private":true,"workspaces":["packages/*"]}',
      "packages/widget/package.json": manifest(),
      "packages/other/package.json": '{"name":"other","version":"3.0.0"}',
    });
    const pkg = widget(bench, { path: "packages/widget" });
    const [packed] = await npm.pack(bench.session, bench.packJob([pkg]));
    assertEquals(packed!.files.map((file) => file.name), ["acme-widget-1.0.0.tgz"]);
  });
});

testWith(["npm"], "scripts run when packing, without credentials, and none when uploading", async () => {
  await onBench(STRAYS, async (bench) => {
    const [seen, ran] = [`${bench.place}/seen`, `${bench.place}/ran`];
    const home = `${bench.place}/home`;
    await plant(home, { ".npmrc": "//registry.npmjs.org/:_authToken=npm_CANARYofTheUser\n_auth=CANARY\n" });
    await bench.write({
      "package.json": manifest({
        scripts: {
          prepack: `env > '${seen}'`,
          prepublishOnly: `touch '${ran}'`,
          publish: `touch '${ran}'`,
          postpublish: `touch '${ran}'`,
        },
      }),
    });
    const session = {
      ...bench.session,
      env: { get: (name: string) => name === "HOME" ? home : bench.session.env.get(name) },
    };
    assertEquals(await packAndUpload(npm, { ...bench, session }, widget(bench)), { status: "accepted" });
    const text = (await textOf(seen))!;
    assertStringIncludes(text, "npm_package_name=@acme/widget");
    assertEquals(text.split("\n").filter((line) => /CANARY|^ACTIONS_|_TOKEN=|_auth/i.test(line)), []);
    assertEquals(await textOf(ran), null);
  });
});

testWith(["npm"], "what a script needs is installed from the lock file first", async () => {
  await onBench({}, async (bench) => {
    await bench.write({
      "package.json": manifest({
        devDependencies: { helper: "file:helper" },
        scripts: { prepack: "node -e \"require('fs').writeFileSync('made.txt', require('helper'))\"" },
        files: ["made.txt"],
      }),
      "helper/package.json": '{"name":"helper","version":"1.0.0"}',
      "helper/index.js": 'module.exports = "made";\n',
      "package-lock.json": JSON.stringify({
        name: "@acme/widget",
        version: "1.0.0",
        lockfileVersion: 3,
        requires: true,
        packages: {
          "": { name: "@acme/widget", version: "1.0.0", devDependencies: { helper: "file:helper" } },
          "helper": { version: "1.0.0" },
          "node_modules/helper": { resolved: "helper", link: true },
        },
      }),
      ".gitignore": "node_modules\nmade.txt\n",
    });
    await npm.pack(bench.session, bench.packJob([widget(bench)]));
    assertEquals(await textOf(`${bench.tree}/made.txt`), "made");
  });
});

testWith(["npm"], "a range that only a workspace understands does not ship", async () => {
  for (const range of ["workspace:*", "catalog:", "file:../core"]) {
    await onBench({}, async (bench) => {
      await bench.write({ "package.json": manifest({ dependencies: { "@acme/core": range } }) });
      const error = await assertRejects(
        () => npm.pack(bench.session, bench.packJob([widget(bench)])),
        KeylessError,
      );
      assertEquals(error.problem.code, "workspace-range");
      assertStringIncludes(error.problem.message, `"@acme/core": "${range}"`);
    });
  }
});

testWith(["npm"], "a script that fails stops packing with its own words", async () => {
  await onBench({}, async (bench) => {
    await bench.write({
      "package.json": manifest({ scripts: { prepack: "echo no compiler here >&2; exit 3" } }),
    });
    const error = await assertRejects(
      () => npm.pack(bench.session, bench.packJob([widget(bench)])),
      KeylessError,
    );
    assertEquals(error.problem.code, "pack-failed");
    assertStringIncludes(error.problem.said!, "no compiler here");
  });
});

testWith(
  ["npm"],
  "no settings of the project, of the user or of a directory above the private one steer an upload",
  async () => {
    const trap = setTrap();
    await onBench({ ...STRAYS, PATH: Deno.env.get("PATH")! }, async (bench) => {
      const { host } = new URL(bench.registry("npm").endpoints.upload);
      const settings = [
        `registry=${trap.origin}/`,
        `@acme:registry=${trap.origin}/`,
        `proxy=${trap.origin}`,
        `//${host}/:_authToken=npm_CANARYofTheProject`,
        `//${host}/:username=CANARY`,
        `//${host}/:_password=Q0FOQVJZ`,
        "dry-run=true",
        "tag=hijacked",
        "",
      ].join("\n");
      const home = `${bench.place}/home`;
      await plant(home, { ".npmrc": settings });
      await bench.write({ "package.json": manifest() });
      const [packed] = await npm.pack(bench.session, bench.packJob([widget(bench)]));
      await plant(bench.tree, { ".npmrc": settings });
      // The private directory would be a member of this workspace, and its settings would count.
      await plant(bench.place, {
        "tmp/package.json": '{"workspaces":["keyless-*"]}',
        "tmp/.npmrc": settings,
        "package.json": '{"workspaces":["tmp/*"]}',
        ".npmrc": settings,
      });
      const session = {
        ...bench.session,
        env: { get: (name: string) => name === "HOME" ? home : bench.session.env.get(name) },
      };
      await withTemporary(`${bench.place}/tmp`, async () => {
        assertEquals(await npm.upload(session, bench.uploadJob(widget(bench), packed!)), {
          status: "accepted",
        });
      });
      assertEquals(bench.uploads("npm"), ["@acme/widget 1.0.0 200"]);
      assertEquals((await document(bench))["dist-tags"], { latest: "1.0.0" });
      assertEquals(trap.visits(), 0);
    });
    await trap.close();
  },
);

testWith(
  ["npm"],
  "a tarball whose publishConfig redirects the upload is refused, and no token is handed out",
  async () => {
    await onBench({}, async (bench) => {
      await bench.write({ "package.json": manifest({ publishConfig: { proxy: "http://127.0.0.1:9" } }) });
      const outcome = await packAndUpload(npm, bench, widget(bench));
      assert(outcome.status === "refused");
      assertEquals(outcome.problem.code, "publish-config-conflict");
      assertEquals(bench.tokensGiven(), 0);
      assertEquals(bench.uploads("npm"), []);
    });
  },
);

testWith(
  ["npm"],
  "publishConfig may name the registry that is published to, and cannot ask for provenance",
  async () => {
    await onBench({}, async (bench) => {
      const registry = bench.registry("npm").endpoints.upload;
      const publishConfig = { registry, access: "public", provenance: true };
      await bench.write({ "package.json": manifest({ publishConfig }) });
      assertEquals(await packAndUpload(npm, bench, widget(bench)), { status: "accepted" });
      assertEquals(bench.uploads("npm"), ["@acme/widget 1.0.0 200"]);
    });
  },
);

testWith(
  ["npm"],
  "a tarball that changed since it was packed is refused, and no token is handed out",
  async () => {
    await onBench({}, async (bench) => {
      await bench.write({ "package.json": manifest() });
      const [packed] = await npm.pack(bench.session, bench.packJob([widget(bench)]));
      const job = bench.uploadJob(widget(bench), packed!);
      await Deno.writeTextFile(job.files[0]!.path, "other");
      const error = await assertRejects(() => npm.upload(bench.session, job), KeylessError);
      assertEquals(error.problem.code, "packed-bytes-changed");
      assertEquals(bench.tokensGiven(), 0);
    });
  },
);

testWith(
  ["npm"],
  "a version that is there, a useless token and a cut connection are told apart",
  async () => {
    await onBench({}, async (bench) => {
      await bench.write({ "package.json": manifest() });
      await packAndUpload(npm, bench, widget(bench));
      const again = await packAndUpload(npm, bench, widget(bench));
      assertEquals(again, {
        status: "exists",
        said: "You cannot publish over the previously published versions: 1.0.0.",
      });

      await bench.write({ "package.json": manifest({ version: "1.0.1" }) });
      const useless = {
        path: "token" as const,
        describe: "NPM_TOKEN",
        expiresAt: () => null,
        token: () => Promise.resolve(new Secret("npm_CANARYuseless", "npm token", null)),
      };
      const refused = await packAndUpload(npm, bench, widget(bench), { credential: useless });
      assert(refused.status === "refused");
      assertEquals(refused.problem.code, "upload-not-allowed");

      bench.registries.faults.add({ method: "PUT" }, { cut: "after" });
      const cut = await packAndUpload(npm, bench, widget(bench));
      assertEquals(cut.status, "unclear");
      assertEquals(bench.uploads("npm").slice(-1), ["@acme/widget 1.0.1 200"]);
    });
  },
);

testWith(["npm"], "a proxy is not asked for what is on this machine", async () => {
  const trap = setTrap();
  await onBench(
    { HTTP_PROXY: trap.origin, https_proxy: trap.origin, ALL_PROXY: trap.origin },
    async (bench) => {
      await bench.write({ "package.json": manifest() });
      assertEquals(await packAndUpload(npm, bench, widget(bench)), { status: "accepted" });
    },
  );
  assertEquals(trap.visits(), 0);
  await trap.close();
});

testWith(
  ["npm"],
  "with provenance npm gets what the statement needs and nothing to exchange with, otherwise nothing of the CI",
  async () => {
    await onBench(STRAYS, async (bench) => {
      await bench.write({ "package.json": manifest() });
      const [packed] = await npm.pack(bench.session, bench.packJob([widget(bench)]));
      const seen = `${bench.place}/seen`;
      await plant(bench.place, { "bin/npm": `#!/bin/sh\n{ printf 'argv %s\\n' "$@"; env; } > '${seen}'\n` });
      const session = {
        ...bench.session,
        env: {
          get: (name: string) =>
            name === "PATH" ? `${bench.place}/bin:${Deno.env.get("PATH")}` : bench.session.env.get(name),
        },
      };
      const upload = async (provenance: { token: Secret; variables: Record<string, string> } | null) => {
        await npm.upload(session, bench.uploadJob(widget(bench), packed!, { provenance }));
        return (await textOf(seen))!.split("\n");
      };

      const without = await upload(null);
      assert(without.includes("argv --provenance=false"));
      assertEquals(without.filter((line) => /^(?:ACTIONS|GITHUB|SIGSTORE|CI=|NPM_ID)/.test(line)), []);

      const variables = { GITHUB_ACTIONS: "true", GITHUB_SHA: "abc" };
      const given = await upload({ token: new Secret("eyJCANARY", "OIDC token", null), variables });
      assert(given.includes("argv --provenance=true"));
      assertEquals(given.filter((line) => /^(?:ACTIONS|GITHUB|SIGSTORE|CI=|NPM_ID)/.test(line)).sort(), [
        "ACTIONS_ID_TOKEN_REQUEST_URL=given-by-keyless",
        "GITHUB_ACTIONS=true",
        "GITHUB_SHA=abc",
        "SIGSTORE_ID_TOKEN=eyJCANARY",
      ]);
      assertEquals(given.filter((line) => line.startsWith("argv ") && /CANARY/.test(line)), []);
    });
  },
);

testWith(["npm"], "a proxy of the environment is used for what is elsewhere", async () => {
  const proxy = thief("{}", "403 Forbidden");
  try {
    await onBench({ HTTP_PROXY: proxy.origin }, async (bench) => {
      const own = bench.registry("npm");
      const upload = "http://registry.invalid/";
      const registry = { ...own, endpoints: { ...own.endpoints, index: upload, upload } };
      await bench.write({ "package.json": manifest() });
      const outcome = await packAndUpload(npm, bench, { ...widget(bench), registry });
      assertEquals(outcome.status, "refused");
      assert(proxy.loot.some((text) => text.startsWith("PUT http://registry.invalid/@acme%2fwidget ")));
    });
  } finally {
    await proxy.close();
  }
});
