import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { answerAlone } from "../../src/credentials/cargo_alone.ts";
import type { CargoRequest } from "../../src/credentials/cargo_protocol.ts";
import { defer } from "../../src/host/cleanup.ts";
import { systemClock } from "../../src/host/clock.ts";
import { envOf } from "../../src/host/env.ts";
import { Http, type Reply, type Request } from "../../src/host/http.ts";
import { Secret } from "../../src/host/secret.ts";
import { silent } from "../../src/host/session.ts";
import { githubClaims } from "../../src/rehearsal/github_claims.ts";
import { type Registries, startRegistries } from "../../src/rehearsal/registries.ts";
import { JOB, record } from "../rehearsal/stage.ts";

// The program listens to signals from its first clean-up task on and for good; a test that begins it would be said to leak.
defer(() => {})();

const ask = (differs: Partial<CargoRequest> = {}): CargoRequest => ({
  kind: "get",
  registry: { "index-url": "https://github.com/rust-lang/crates.io-index", "name": "crates-io" },
  operation: "publish",
  name: "widget",
  vers: "1.0.0",
  cksum: "00",
  args: ["cargo-credential"],
  ...differs,
});

/** Sends what is for crates.io to the embedded one. */
class Redirected extends Http {
  constructor(readonly origin: string) {
    super();
  }

  override send(request: Request): Promise<Reply> {
    if (!request.url.startsWith("https://crates.io/")) return super.send(request);
    const json = Object.fromEntries(
      Object.entries(request.json ?? {}).map((
        [name, value],
      ) => [name, value instanceof Secret ? value.boundTo(this.origin) : value]),
    );
    return super.send({ ...request, json, url: request.url.replace("https://crates.io", this.origin) });
  }
}

async function inJob(
  records: boolean,
  test: (ask: (request: CargoRequest) => ReturnType<typeof answerAlone>, stage: Registries) => Promise<void>,
) {
  const stage = await startRegistries({
    claims: githubClaims(JOB),
    records: records ? [record("crates.io", "widget")] : [],
    packages: [{ registry: "crates.io", name: "widget" }],
  });
  const env = envOf({
    GITHUB_ACTIONS: "true",
    ACTIONS_ID_TOKEN_REQUEST_URL: stage.issuer.requestUrl,
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: stage.issuer.requestToken,
  });
  const origin = stage.registries.get("crates.io")!.endpoints.api;
  try {
    await test(
      (request) =>
        answerAlone({ env, http: new Redirected(origin), clock: systemClock, progress: silent }, request),
      stage,
    );
  } finally {
    await stage.close();
  }
}

const elsewhere = { env: envOf({}), http: new Http(), clock: systemClock, progress: silent };

Deno.test("configured by people, keyless exchanges for each crate and leaves the token to end by itself", async () => {
  await inJob(true, async (answer, { recorder }) => {
    const reply = await answer(ask());
    assert("Ok" in reply && reply.Ok.token instanceof Secret);
    assert(reply.Ok.token.startsWith("cio_tp_"));
    assertEquals([reply.Ok.cache, reply.Ok.operation_independent], ["expires", false]);
    // Never later than the registry's own, and earlier by no more than the exchange took.
    const early = recorder.tokens[0]!.expiresAt! / 1000 - reply.Ok.expiration!;
    assert(early >= 0 && early < 60, `${early} s`);
    assertEquals(recorder.liveTokens().length, 1);
  });
});

Deno.test("an exchange that is refused reaches cargo with its reason", async () => {
  await inJob(false, async (answer, { recorder }) => {
    const reply = await answer(ask());
    assert("Err" in reply && reply.Err.kind === "other");
    assertStringIncludes(reply.Err["caused-by"].join("\n"), "No Trusted Publishing config found");
    assertEquals(recorder.tokens, []);
  });
});

Deno.test("cargo's first question costs no exchange, and other operations get nothing", async () => {
  await inJob(true, async (answer, { recorder }) => {
    assert("Ok" in await answer(ask({ operation: "read" })));
    for (const operation of ["yank", "unyank", "owners"] as const) {
      assertEquals(await answer(ask({ operation })), { Err: { kind: "not-found" } });
    }
    assertEquals(recorder.of("exchange"), []);
  });
});

Deno.test("outside a CI the next provider is asked", async () => {
  for (const operation of ["read", "publish"] as const) {
    assertEquals(await answerAlone(elsewhere, ask({ operation })), { Err: { kind: "not-found" } });
  }
});

Deno.test("an unknown index is another provider's, and logging in is nobody's", async () => {
  for (
    const index of [
      "sparse+https://evil.example/index/",
      "sparse+https://crates/index/",
      "sparse+http://index.crates.io/",
      "sparse+https://registry.npmjs.org/",
    ]
  ) {
    const foreign = ask({ registry: { "index-url": index } });
    assertEquals(await answerAlone(elsewhere, foreign), { Err: { kind: "url-not-supported" } });
  }
  assertEquals(await answerAlone(elsewhere, ask({ kind: "login" })), {
    Err: { kind: "operation-not-supported" },
  });
});
