import { assert, assertEquals, assertRejects } from "@std/assert";
import { htmlPage } from "../../src/rehearsal/faults.ts";
import type { Boundary } from "../../src/rehearsal/recorder.ts";
import { onStage, record, type TestStage } from "./stage.ts";

const TOKENS = "/api/v1/trusted_publishing/tokens";
const SETUP = {
  records: [record("crates.io", "widget"), record("pypi", "widget")],
  packages: [{ registry: "crates.io", name: "widget" }],
};

async function exchange(stage: TestStage) {
  return await stage.post("crates.io", TOKENS, { jwt: await stage.jwt("crates.io") });
}

Deno.test("the three public registries are up unless others are asked for, each on a port of its own", () =>
  onStage({}, (stage) => {
    const { registries, issuer } = stage.all;
    assertEquals([...registries.values()].map((it) => [it.name, it.kind]), [
      ["crates.io", "crates"],
      ["pypi", "pypi"],
      ["npm", "npm"],
    ]);
    const origins = [issuer.origin, ...[...registries.values()].map((it) => it.endpoints.exchange!)];
    assertEquals(new Set(origins).size, 4);
    const crates = registries.get("crates.io")!.endpoints;
    assertEquals(crates, {
      index: `${crates.exchange}/index/`,
      api: crates.exchange!,
      upload: crates.exchange!,
      exchange: crates.exchange,
      audience: "crates.io",
      web: "https://crates.io",
    });
    const pypi = registries.get("pypi")!.endpoints;
    assertEquals([pypi.index, pypi.upload], [`${pypi.exchange}/simple/`, `${pypi.exchange}/legacy/`]);
    assertEquals([pypi.audience, registries.get("npm")!.endpoints.audience], [
      null,
      "npm:registry.npmjs.org",
    ]);
    return Promise.resolve();
  }));

Deno.test("a registry of another name follows its kind's rules for the audience, and asks for less metadata", () =>
  onStage({
    registries: [{ name: "company", label: "company", kind: "crates", audience: null }],
    records: [record("company", "widget"), record("crates.io", "other")],
    packages: [{ registry: "company", name: "widget" }],
  }, async (stage) => {
    const { endpoints } = stage.all.registries.get("company")!;
    assertEquals(endpoints.audience, new URL(endpoints.exchange!).host);
    assertEquals(endpoints.web, null);
    const reply = await stage.post("company", TOKENS, { jwt: await stage.jwt(endpoints.audience!) });
    assertEquals(reply.status, 200);
    assertEquals(stage.all.recorder.of("exchange")[0]!.packages, ["widget"]);
  }));

Deno.test("a registry may have a name that every object knows", () =>
  onStage(
    { registries: [{ name: "constructor", label: "C", kind: "npm", audience: null }], tokens: {} },
    ({ all }) => {
      assertEquals([...all.registries.keys()], ["constructor"]);
      assertEquals(all.recorder.tokens, []);
      return Promise.resolve();
    },
  ));

Deno.test("hooks stop the world before a request is handled, and before its answer is sent", () =>
  onStage(SETUP, async (stage) => {
    const { recorder } = stage.all;
    const seen: unknown[] = [];
    const forget = recorder.onRequest(async (info: Boundary) => {
      await Promise.resolve();
      seen.push(["before", info.registry, info.path, recorder.tokens.length]);
    });
    recorder.onAnswer((info) => {
      seen.push(["after", info.registry, info.path, recorder.tokens.length, info.status]);
    });
    await exchange(stage);
    assertEquals(seen.filter((it) => (it as string[])[1] === "crates.io"), [
      ["before", "crates.io", TOKENS, 0],
      ["after", "crates.io", TOKENS, 1, 200],
    ]);
    forget();
    seen.length = 0;
    await exchange(stage);
    assertEquals(seen.length, 1);
  }));

Deno.test("requests are numbered over all servers, and recorded in order", () =>
  onStage(SETUP, async (stage) => {
    const numbers: number[] = [];
    stage.all.recorder.onRequest(({ number }) => void numbers.push(number));
    const heard: string[] = [];
    stage.all.recorder.onEvent((event) => void heard.push(event.what));
    await stage.get("npm", "/nothing");
    await stage.get("pypi", "/_/oidc/audience");
    assertEquals(numbers, [1, 2]);
    assertEquals(heard, ["request", "request"]);
    const requests = stage.all.recorder.of("request").map((
      it,
    ) => [it.registry, it.method, it.path, it.status, it.at]);
    const now = stage.clock.now();
    assertEquals(requests, [["npm", "GET", "/nothing", 404, now], [
      "pypi",
      "GET",
      "/_/oidc/audience",
      200,
      now,
    ]]);
  }));

Deno.test("a token's record says when it lived, and never what it is", () =>
  onStage(SETUP, async (stage) => {
    const { token } = (await exchange(stage)).json;
    const { recorder } = stage.all;
    const [life] = recorder.liveTokens();
    assertEquals(life, {
      id: 1,
      registry: "crates.io",
      kind: "minted",
      packages: ["widget"],
      mintedAt: stage.clock.now(),
      expiresAt: stage.clock.now() + 1_800_000,
      burnedAt: null,
      usedFor: [],
    });
    assert(!JSON.stringify([recorder.events, recorder.tokens]).includes(token));
    stage.clock.pass(1800);
    assertEquals(recorder.liveTokens(), []);
  }));

Deno.test("a fault meets the request that it is for, as often as was said", () =>
  onStage(SETUP, async (stage) => {
    stage.all.faults.add({ registry: "crates.io", method: "POST", path: TOKENS, times: 2 }, {
      answer: { status: 429, headers: { "retry-after": "7" }, body: "slowly" },
    });
    assertEquals((await stage.get("crates.io", "/api/v1/crates/widget")).status, 200);
    const replies = [await exchange(stage), await exchange(stage), await exchange(stage)];
    assertEquals(replies.map((it) => it.status), [429, 429, 200]);
    assertEquals([replies[0]!.headers.get("retry-after"), replies[0]!.text], ["7", "slowly"]);
    assertEquals(stage.all.recorder.tokens.length, 1);
  }));

for (const [when, minted] of [["before", 0], ["after", 1]] as const) {
  Deno.test(`a connection cut ${when} handling leaves ${minted} tokens behind`, () =>
    onStage(SETUP, async (stage) => {
      stage.all.faults.add({ path: TOKENS }, { cut: when });
      await assertRejects(() => exchange(stage));
      assertEquals(stage.all.recorder.liveTokens().length, minted);
      assertEquals(stage.all.recorder.of("request").at(-1)!.status, null);
    }));
}

Deno.test("a delayed request is handled, late", () =>
  onStage(SETUP, async (stage) => {
    const started = stage.clock.now();
    stage.all.faults.add({ path: /tokens$/ }, { delay: 5000 });
    assertEquals((await exchange(stage)).status, 200);
    assertEquals(stage.clock.now() - started, 5000);
  }));

Deno.test("a proxy's page can stand where JSON was expected", () =>
  onStage(SETUP, async (stage) => {
    stage.all.faults.add({}, htmlPage(502));
    const reply = await stage.get("pypi", "/_/oidc/audience");
    assertEquals([reply.status, reply.json, reply.text.startsWith("<!DOCTYPE html>")], [
      502,
      undefined,
      true,
    ]);
    stage.all.faults.add({}, htmlPage(502));
    stage.all.faults.clear();
    assertEquals((await stage.get("pypi", "/_/oidc/audience")).status, 200);
  }));

Deno.test("a hanging request is over when everything is closed", async () => {
  let asking: Promise<unknown> | undefined;
  await onStage(SETUP, async (stage) => {
    const arrived = Promise.withResolvers<void>();
    stage.all.recorder.onRequest(() => arrived.resolve());
    stage.all.faults.add({}, { hang: true });
    asking = assertRejects(() => stage.get("npm", "/widget"));
    await arrived.promise;
  });
  await asking;
});
