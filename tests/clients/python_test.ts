import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { Secret } from "../../src/host/secret.ts";
import { KeylessError } from "../../src/problem.ts";
import { clientNamed } from "../../src/publish/clients/table.ts";
import { plant, setTrap, textOf, withTemporary } from "./hostile.ts";
import { pythonProject } from "./python_backend.ts";
import { type Bench, onBench, packageAt, packAndUpload, STRAYS, testWith, TOKENS } from "./support.ts";

const FILES = ["acme_widget-1.0.0-py3-none-any.whl", "acme_widget-1.0.0.tar.gz"];
const ACCEPTED = ["acme-widget 1.0.0 200", "acme-widget 1.0.0 200"];

const widget = (bench: Bench, client: "twine" | "uv") => packageAt(bench, "pypi", "acme-widget", { client });

/** The same machine with another home. */
function withHome(bench: Bench, home: string): Bench {
  const get = (name: string) => name === "HOME" ? home : bench.session.env.get(name);
  return { ...bench, session: { ...bench.session, env: { get } } };
}

for (const name of ["twine", "uv"] as const) {
  const client = clientNamed(name);

  testWith(
    ["uv", name],
    `${name}: sdist and wheel are built and uploaded with exactly the packed bytes`,
    async () => {
      await onBench({}, async (bench) => {
        await bench.write(pythonProject());
        const [packed] = await client.pack(bench.session, bench.packJob([widget(bench, name)]));
        assertEquals(packed!.version, "1.0.0");
        assertEquals(packed!.files.map((file) => file.name), FILES);

        const outcome = await client.upload(bench.session, bench.uploadJob(widget(bench, name), packed!));
        assertEquals(outcome, { status: "accepted" });
        assertEquals(bench.uploads("pypi"), ACCEPTED);
        const sent = bench.registries.recorder.of("upload").map((event) => event.sha256);
        assertEquals(sent.toSorted(), packed!.files.map((file) => file.sha256).toSorted());
      });
    },
  );

  testWith(
    ["uv", name],
    `${name}: no configuration, keyring, netrc or variable but ours takes part in an upload`,
    async () => {
      const trap = setTrap();
      const { host } = new URL(trap.origin);
      await onBench({
        ...STRAYS,
        TWINE_REPOSITORY_URL: `${trap.origin}/legacy/`,
        TWINE_CERT: "/nowhere",
        UV_PUBLISH_URL: `${trap.origin}/legacy/`,
        UV_PUBLISH_CHECK_URL: `${trap.origin}/simple/`,
        UV_KEYRING_PROVIDER: "subprocess",
        NETRC: "/nowhere",
        HTTP_PROXY: trap.origin,
        https_proxy: trap.origin,
        ALL_PROXY: trap.origin,
      }, async (bare) => {
        const bench = withHome(bare, `${bare.place}/home`);
        const ran = `${bench.place}/ran`;
        const keyring = { "bin/keyring": `#!/bin/sh\ntouch '${ran}'\necho CANARY\n` };
        await plant(bench.place, keyring);
        await bench.write(pythonProject(`
[tool.uv]
publish-url = "${trap.origin}/legacy/"
trusted-publishing = "always"
keyring-provider = "subprocess"
`));
        const plain = {
          ...bare,
          session: {
            ...bare.session,
            env: { get: (key: string) => /PROXY/i.test(key) ? undefined : bare.session.env.get(key) },
          },
        };
        const [packed] = await client.pack(plain.session, bench.packJob([widget(bench, name)]));
        const settings =
          `[distutils]\nindex-servers = pypi\n[pypi]\nrepository = ${trap.origin}/legacy/\nusername = __token__\npassword = CANARY\n`;
        const uvSettings =
          `publish-url = "${trap.origin}/legacy/"\ntrusted-publishing = "always"\nkeyring-provider = "subprocess"\n`;
        for (const place of ["home", "tree"]) {
          await plant(`${bench.place}/${place}`, {
            ".pypirc": settings,
            ".netrc": `machine 127.0.0.1 login x password CANARY\nmachine ${host} login x password CANARY\n`,
            "uv.toml": uvSettings,
            ".config/uv/uv.toml": uvSettings,
          });
        }
        const path = `${Deno.env.get("PATH")}:${bench.place}/bin`;
        const session = {
          ...bench.session,
          env: { get: (key: string) => key === "PATH" ? path : bench.session.env.get(key) },
        };
        // uv looks for settings in every directory above the one it starts in.
        await plant(bench.place, { "uv.toml": uvSettings });
        await withTemporary(`${bench.place}/tmp`, async () => {
          const outcome = await client.upload(session, bench.uploadJob(widget(bench, name), packed!));
          assertEquals(outcome, { status: "accepted" });
        });
        assertEquals(bench.uploads("pypi"), ACCEPTED);
        assertEquals(trap.visits(), 0);
        assertEquals(await textOf(ran), null);
        assert(!bench.lines.join("\n").includes("CANARY"));
      });
      await trap.close();
    },
  );

  testWith(["uv", name], `${name}: what the registry refuses is told apart, in its own words`, async () => {
    await onBench({}, async (bench) => {
      await bench.write(pythonProject());
      const pkg = widget(bench, name);
      await packAndUpload(client, bench, pkg);

      await bench.write({ "backend.py": pythonProject()["backend.py"]!.replace("TWO = 2", "TWO = 3") });
      const again = await packAndUpload(client, bench, pkg);
      assert(again.status === "exists", JSON.stringify(again));
      assertStringIncludes(again.said, "File already exists ('acme_widget-1.0.0");

      const credential = {
        path: "token" as const,
        describe: "PYPI_API_TOKEN",
        token: () => Promise.resolve(new Secret("pypi-CANARYunknown", "PyPI token", null)),
        expiresAt: () => null,
      };
      const refused = await packAndUpload(client, bench, pkg, { credential });
      assert(refused.status === "refused");
      assertEquals(refused.problem.code, "token-rejected");
      assertStringIncludes(refused.problem.said!, "Invalid or non-existent authentication information.");
      assertStringIncludes(refused.problem.next[0]!, "PYPI_API_TOKEN");
    });
  });

  testWith(
    ["uv", name],
    `${name}: a file that changed since it was packed is refused, and no token is handed out`,
    async () => {
      await onBench({}, async (bench) => {
        await bench.write(pythonProject());
        const [packed] = await client.pack(bench.session, bench.packJob([widget(bench, name)]));
        const job = bench.uploadJob(widget(bench, name), packed!);
        await Deno.writeTextFile(job.files[1]!.path, "other");
        const error = await assertRejects(() => client.upload(bench.session, job), KeylessError);
        assertEquals(error.problem.code, "packed-bytes-changed");
        assertEquals(bench.tokensGiven(), 0);
        assertEquals(bench.uploads("pypi"), []);
      });
    },
  );
}

for (const builder of ["uv", "python3"] as const) {
  testWith(
    [builder === "uv" ? "uv" : "python3 -m build"],
    `a build backend run by ${builder} sees no credential, and the time of the commit`,
    async () => {
      await onBench(STRAYS, async (bench) => {
        await bench.write(pythonProject());
        // Only what is asked for is on this PATH.
        const bin = `${bench.place}/bin`;
        await Deno.mkdir(bin);
        for (const program of new Set([builder, "python3", "git"])) {
          const real = Deno.env.get("PATH")!.split(":").map((directory) => `${directory}/${program}`).find(
            (path) => {
              try {
                return Deno.statSync(path).isFile;
              } catch {
                return false;
              }
            },
          );
          await Deno.writeTextFile(`${bin}/${program}`, `#!/bin/sh\nexec '${real}' "$@"\n`, { mode: 0o755 });
        }
        const session = {
          ...bench.session,
          env: { get: (key: string) => key === "PATH" ? `${bin}:/usr/bin:/bin` : bench.session.env.get(key) },
        };
        const [packed] = await clientNamed("twine").pack(session, bench.packJob([widget(bench, "twine")]));
        assertEquals(packed!.files.map((file) => file.name), FILES);
        const seen = (await textOf(`${bench.tree}/seen`))!.split("\n");
        assert(seen.some((line) => /^SOURCE_DATE_EPOCH=\d{10}$/.test(line)));
        assertEquals(seen.filter((line) => /CANARY|^ACTIONS_|_TOKEN=/.test(line)), []);
        assert(!seen.some((line) => line.includes(TOKENS.pypi)));
      });
    },
  );
}

testWith(["uv"], "a version that the manifest writes differently stays as it is written there", async () => {
  await onBench({}, async (bench) => {
    await bench.write(pythonProject());
    const pkg = packageAt(bench, "pypi", "acme-widget", { client: "uv", version: "1.0" });
    const [packed] = await clientNamed("uv").pack(bench.session, bench.packJob([pkg]));
    assertEquals(packed!.version, "1.0");
  });
});

testWith(["uv"], "a build that fails stops packing with its own words", async () => {
  await onBench({}, async (bench) => {
    await bench.write({ ...pythonProject(), "backend.py": 'raise SystemExit("no compiler here")\n' });
    const error = await assertRejects(
      () => clientNamed("uv").pack(bench.session, bench.packJob([widget(bench, "uv")])),
      KeylessError,
    );
    assertEquals(error.problem.code, "pack-failed");
    assertStringIncludes(error.problem.said!, "no compiler here");
  });
});
