import { assertEquals, assertStringIncludes } from "@std/assert";
import { clientTest, inDirectory, runClient } from "./client.ts";
import { onStage, record, type TestStage } from "./stage.ts";

const USER = "cioCANARYCANARYCANARYCANARYCANARY12";

/** Two crates, of which `app` depends on `lib` of the same registry. */
function crates(registry: string | null): Record<string, string> {
  const from = registry ? `, registry = "${registry}"` : "";
  const manifest = (name: string, rest: string) =>
    `[package]\nname = "${name}"\nversion = "1.0.0"\nedition = "2021"\n${METADATA}\n[dependencies]\n${rest}`;
  return {
    "lib/Cargo.toml": manifest("acme-lib", ""),
    "lib/src/lib.rs": "pub fn answer() -> u8 { 42 }\n",
    "app/Cargo.toml": manifest("acme-app", `lib = { package = "acme-lib", version = "1"${from} }\n`),
    "app/src/lib.rs": "pub use lib::answer;\n",
  };
}

const METADATA = 'description = "An example"\nlicense = "MIT"\n[workspace]';

/** cargo with a home of its own, so that neither this machine's settings nor its caches take part. */
function cargo(directory: string, args: string[], env: Record<string, string>) {
  return runClient("cargo", args, {
    cwd: directory,
    env: { CARGO_HOME: `${directory}/.home`, CARGO_TARGET_DIR: `${directory}/.target`, ...env },
  });
}

function publish(directory: string, crate: string, registry: string, env: Record<string, string>) {
  const manifest = `${directory}/${crate}/Cargo.toml`;
  return cargo(
    directory,
    ["publish", "--allow-dirty", "--registry", registry, "--manifest-path", manifest],
    env,
  );
}

/** The environment in which cargo takes an embedded registry for crates.io. */
function asCratesIo(stage: TestStage, token: string): Record<string, string> {
  const { index } = stage.all.registries.get("crates.io")!.endpoints;
  return { __CARGO_TEST_CRATES_IO_URL_DO_NOT_USE_THIS: `sparse+${index}`, CARGO_REGISTRY_TOKEN: token };
}

clientTest("cargo", "cargo publishes to an alternate registry and builds what depends on it", () =>
  onStage({
    registries: [{ name: "company", label: "company", kind: "crates", audience: null }],
    tokens: { company: [{ value: USER, packages: null }] },
    lag: 1,
  }, (stage) =>
    inDirectory(crates("company"), async (directory) => {
      const env = {
        CARGO_REGISTRIES_COMPANY_INDEX: `sparse+${stage.all.registries.get("company")!.endpoints.index}`,
        CARGO_REGISTRIES_COMPANY_TOKEN: USER,
      };
      for (const crate of ["lib", "app"]) {
        const { code, output } = await publish(directory, crate, "company", env);
        assertEquals(code, 0, output);
        assertStringIncludes(output, `Published acme-${crate} v1.0.0`);
      }
      assertEquals(stage.all.recorder.of("upload").map((it) => it.package), ["acme-lib", "acme-app"]);
      const again = await publish(directory, "lib", "company", env);
      assertEquals(again.code, 101);
      assertStringIncludes(again.output, "crate acme-lib@1.0.0 already exists on `company` index");
    })));

clientTest("cargo", "cargo publishes with a minted token to what it takes for crates.io", () =>
  onStage({
    records: [record("crates.io", "acme-lib")],
    packages: [{ registry: "crates.io", name: "acme-lib", versions: [{ version: "0.9.0" }] }],
  }, (stage) =>
    inDirectory(crates(null), async (directory) => {
      const { token } = (await stage.post("crates.io", "/api/v1/trusted_publishing/tokens", {
        jwt: await stage.jwt("crates.io"),
      })).json;
      const env = asCratesIo(stage, token);
      const { code, output } = await publish(directory, "lib", "crates-io", env);
      assertEquals(code, 0, output);
      const { version } = (await stage.get("crates.io", "/api/v1/crates/acme-lib/1.0.0")).json;
      assertEquals([version.checksum, version.trustpub_data.run_id], [
        stage.all.recorder.of("upload")[0]!.sha256,
        "88123",
      ]);

      const other = await publish(directory, "app", "crates-io", env);
      assertEquals(other.code, 101);
      assertStringIncludes(
        other.output,
        "(status 403 Forbidden): Trusted Publishing tokens do not support creating new crates. " +
          "Publish the crate manually, first",
      );
    })));

clientTest(
  "cargo",
  "cargo shows a server's refusal, and does not know what a broken connection did",
  () =>
    onStage(
      { tokens: { "crates.io": [{ value: USER, packages: null }] } },
      (stage) =>
        inDirectory(crates(null), async (directory) => {
          const env = asCratesIo(stage, USER);
          stage.all.faults.add({ method: "PUT" }, { cut: "after" });
          const cut = await publish(directory, "lib", "crates-io", env);
          assertEquals(cut.code, 101, cut.output);
          const upload = stage.all.recorder.of("upload");
          assertEquals(upload.map((it) => it.status), [200]);
          stage.all.faults.add({ method: "GET", path: "/index/ac/me/acme-lib" }, { answer: { status: 404 } });
          const again = await publish(directory, "lib", "crates-io", env);
          assertStringIncludes(
            again.output,
            "(status 400 Bad Request): crate version `1.0.0` is already uploaded",
          );
        }),
    ),
);
