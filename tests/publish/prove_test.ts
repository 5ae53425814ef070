import { assertEquals, assertRejects } from "@std/assert";
import type { Clock } from "../../src/host/clock.ts";
import { envOf } from "../../src/host/env.ts";
import { Http } from "../../src/host/http.ts";
import { silent } from "../../src/host/session.ts";
import { KeylessError } from "../../src/problem.ts";
import { digest } from "../../src/publish/digests.ts";
import type { PackedPackage } from "../../src/publish/manifest.ts";
import { prove } from "../../src/publish/prove.ts";
import { startRegistries } from "../../src/rehearsal/registries.ts";
import { packageOf } from "./samples.ts";

const BYTES = new TextEncoder().encode("the wheel");
const FILE = "widget-1.0.0-py3-none-any.whl";

/** A clock on which waiting takes no time, but passes it. */
function quickClock(): Clock {
  let time = 0;
  return { now: () => time, sleep: (ms) => (time += ms, Promise.resolve()) };
}

async function proved(content: Uint8Array | null) {
  const version = content
    ? [{ version: "1.0.0", files: [{ name: FILE, bytes: content as Uint8Array<ArrayBuffer> }] }]
    : [];
  const registries = await startRegistries({
    claims: {},
    packages: [{ registry: "pypi", name: "widget", versions: version }],
  });
  try {
    const clock = quickClock();
    const pkg = packageOf("widget", { kind: "pypi", registry: registries.registries.get("pypi")! });
    const packed: PackedPackage = {
      name: "widget",
      kind: "pypi",
      registry: "pypi",
      version: "1.0.0",
      directory: "pypi/widget",
      files: [{ name: FILE, ...await digest(BYTES) }],
    };
    return await prove(
      { env: envOf({}), http: new Http({ clock }), clock, progress: silent },
      pkg,
      packed,
      null,
    );
  } finally {
    await registries.close();
  }
}

Deno.test("the same bytes at the registry are the proof", async () => {
  assertEquals(await proved(BYTES), { visible: "yes", seconds: 0, publisher: "unnamed", source: null });
});

Deno.test("a version that stays invisible is pending after a bounded time", async () => {
  const proof = await proved(null);
  assertEquals(proof.visible, "pending");
  assertEquals(proof.seconds > 30 && proof.seconds <= 60, true, String(proof.seconds));
});

Deno.test("other bytes at the registry are a conflict", async () => {
  const error = await assertRejects(() => proved(new TextEncoder().encode("another wheel")), KeylessError);
  assertEquals(error.problem.code, "version-conflict");
});
