import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { cleanUp } from "../../src/host/cleanup.ts";
import { TransportError } from "../../src/host/http.ts";
import { enableMasking } from "../../src/host/mask.ts";
import { githubActions } from "../../src/identity/github.ts";
import { KeylessError } from "../../src/problem.ts";
import { customRegistry } from "../../src/registries/custom.ts";
import { keep, mint, release } from "../../src/registries/mint.ts";
import { ExchangeRefused } from "../../src/registries/refusal.ts";
import { catching } from "../identity/stderr.ts";
import { Loopback, type Reply, sessionWith } from "./loopback.ts";
import { fakeProvider, jwtWith, localRegistry, POLICY } from "./samples.ts";

const CRATES = "/api/v1/trusted_publishing/tokens";
const PYPI = "/_/oidc/mint-token";
const CONTEXT = { packageName: "widget", declared: POLICY };
const CIO = { json: { token: "cio_tp_CANARY-minted-token" } };
const AUDIENCE = { "GET /_/oidc/audience": { json: { audience: "pypi" } } };

function detail(words: string, status = 400): Reply {
  return { status, json: { errors: [{ detail: words }] } };
}

function error(code: string): Reply {
  return { status: 422, json: { message: "Token request failed", errors: [{ code, description: "no" }] } };
}

Deno.test("minting asks for the registry's audience, exchanges once, and releasing burns the token", async () => {
  await using server = new Loopback({ [`POST ${CRATES}`]: CIO, [`DELETE ${CRATES}`]: { status: 204 } });
  const { session } = sessionWith();
  const provider = fakeProvider();
  const minted = await mint(session, provider, localRegistry("crates.io", server.origin), CONTEXT);
  assertEquals(provider.audiences, ["crates.io"]);
  assertEquals(await release(session, minted), "burned");
  assertEquals(server.seen.map((one) => one.method), ["POST", "DELETE"]);
  assertEquals(server.seen[1]!.headers.get("authorization"), "Bearer cio_tp_CANARY-minted-token");
});

Deno.test("a token is burned once: by a second release as little as by the clean-up after it", async () => {
  await using server = new Loopback({ [`POST ${CRATES}`]: CIO, [`DELETE ${CRATES}`]: { status: 204 } });
  const { session } = sessionWith();
  const minted = await mint(session, fakeProvider(), localRegistry("crates.io", server.origin), CONTEXT);
  await release(session, minted);
  assertEquals(await release(session, minted), null);
  await cleanUp();
  assertEquals(server.to(`DELETE ${CRATES}`).length, 1);
});

Deno.test("the minted token is masked before anything else is written", async () => {
  await using server = new Loopback({ [`POST ${CRATES}`]: CIO, [`DELETE ${CRATES}`]: { status: 204 } });
  const { session } = sessionWith();
  const caught = catching();
  enableMasking();
  try {
    await release(
      session,
      await mint(session, fakeProvider(), localRegistry("crates.io", server.origin), CONTEXT),
    );
  } finally {
    enableMasking(false);
    caught.stop();
  }
  assertEquals(caught.text, "::add-mask::cio_tp_CANARY-minted-token\n");
});

/** What a registry answers in turn, and how often it is asked before minting ends. */
const RETRIES: readonly {
  name: string;
  registry: "crates.io" | "pypi";
  answers: readonly Reply[];
  asked: number;
  ends: "token" | string;
}[] = [
  {
    name: "crates.io: a replayed token is followed by one new one",
    registry: "crates.io",
    answers: [detail("JWT has already been used"), CIO],
    asked: 2,
    ends: "token",
  },
  {
    name: "crates.io: a token replayed twice is given up",
    registry: "crates.io",
    answers: [detail("JWT has already been used")],
    asked: 2,
    ends: "exchange-replayed",
  },
  {
    name: "crates.io: a mismatch is never tried again",
    registry: "crates.io",
    answers: [detail("No Trusted Publishing config found for repository `acme/widgets`."), CIO],
    asked: 1,
    ends: "exchange-no-publisher",
  },
  {
    name: "crates.io: an undecodable token is never tried again",
    registry: "crates.io",
    answers: [detail("Failed to decode JWT"), CIO],
    asked: 1,
    ends: "exchange-token-invalid",
  },
  {
    name: "crates.io: an outage is waited for",
    registry: "crates.io",
    answers: [detail("Service unavailable", 503), { status: 500, text: "" }, CIO],
    asked: 3,
    ends: "token",
  },
  {
    name: "crates.io: an outage that stays is given up after four tries",
    registry: "crates.io",
    answers: [{ status: 502, text: "<html>" }],
    asked: 4,
    ends: "exchange-unavailable",
  },
  {
    name: "crates.io: a connection cut after the exchange was processed is tried again",
    registry: "crates.io",
    answers: ["cut", CIO],
    asked: 2,
    ends: "token",
  },
  {
    name: "crates.io: connections that are always cut are given up after four tries",
    registry: "crates.io",
    answers: ["cut"],
    asked: 4,
    ends: "network-error",
  },
  {
    name: "crates.io: a 429 without Retry-After is never tried again",
    registry: "crates.io",
    answers: [detail("slow down", 429), CIO],
    asked: 1,
    ends: "exchange-unavailable",
  },
  {
    name: "PyPI: an invalid token is followed by one new one",
    registry: "pypi",
    answers: [error("invalid-token"), { json: { token: "pypi-CANARYminted" } }],
    asked: 2,
    ends: "token",
  },
  {
    name: "PyPI: a second invalid token is given up",
    registry: "pypi",
    answers: [error("invalid-token")],
    asked: 2,
    ends: "exchange-token-invalid",
  },
  {
    name: "PyPI: invalid-publisher is never tried again",
    registry: "pypi",
    answers: [error("invalid-publisher")],
    asked: 1,
    ends: "exchange-no-publisher",
  },
  {
    name: "PyPI: a stale pending publisher is tried once more",
    registry: "pypi",
    answers: [error("invalid-pending-publisher")],
    asked: 2,
    ends: "exchange-pending-publisher",
  },
  {
    name: "PyPI: not-enabled is never tried again",
    registry: "pypi",
    answers: [error("not-enabled")],
    asked: 1,
    ends: "exchange-disabled",
  },
  {
    name: "PyPI: an outage between two invalid tokens does not give a third",
    registry: "pypi",
    answers: [error("invalid-token"), { status: 503, text: "" }, error("invalid-token")],
    asked: 3,
    ends: "exchange-token-invalid",
  },
];

for (const { name, registry, answers, asked, ends } of RETRIES) {
  Deno.test(name, async () => {
    const path = registry === "pypi" ? PYPI : CRATES;
    await using server = new Loopback({
      ...AUDIENCE,
      [`POST ${path}`]: answers,
      [`DELETE ${CRATES}`]: { status: 204 },
      "POST /_/oidc/burn-token": { status: 202 },
    });
    const { session, clock } = sessionWith();
    const provider = fakeProvider();
    const minting = mint(session, provider, localRegistry(registry, server.origin), CONTEXT);
    if (ends === "token") await release(session, await minting);
    else assertEquals((await assertRejects(() => minting, KeylessError)).problem.code, ends);
    assertEquals(server.to(`POST ${path}`).length, asked);
    // A registry takes each OIDC token once: every try has its own.
    assertEquals(provider.given.length, asked);
    const sent = server.to(`POST ${path}`).map((one) => Object.values(JSON.parse(one.body))[0]);
    assertEquals(sent, provider.given);
    assertEquals(clock.slept.length, asked - 1);
  });
}

for (
  const [name, answer, code] of [
    ["a replayed token", detail("JWT has already been used"), "exchange-replayed"],
    ["an outage", detail("Service unavailable", 503), "exchange-unavailable"],
    ["a cut connection", "cut", "network-error"],
  ] as const
) {
  Deno.test(`a provider that always gives the same token gets one try: ${name}`, async () => {
    await using server = new Loopback({ [`POST ${CRATES}`]: [answer, CIO] });
    const { session } = sessionWith();
    const minting = mint(
      session,
      fakeProvider({}, false),
      localRegistry("crates.io", server.origin),
      CONTEXT,
    );
    assertEquals((await assertRejects(() => minting, KeylessError)).problem.code, code);
    assertEquals(server.seen.length, 1);
  });
}

for (
  const [name, header, slept] of [
    ["seconds are kept to", "7", 7000],
    ["a date is kept to", new Date(Date.parse("2026-11-21T12:00:30Z")).toUTCString(), 30_000],
    ["more than two minutes are not waited for", "121", null],
  ] as const
) {
  Deno.test(`Retry-After of an exchange: ${name}, and every try has a new OIDC token`, async () => {
    await using server = new Loopback({
      [`POST ${CRATES}`]: [{ status: 429, text: "", headers: { "retry-after": header } }, CIO],
      [`DELETE ${CRATES}`]: { status: 204 },
    });
    const { session, clock, said } = sessionWith();
    const provider = fakeProvider();
    const minting = mint(session, provider, localRegistry("crates.io", server.origin), CONTEXT);
    if (slept === null) {
      const refused = await assertRejects(() => minting, ExchangeRefused);
      assertEquals(refused.refusal.retryAfter, 121_000);
      return;
    }
    await release(session, await minting);
    assertEquals(clock.slept, [slept]);
    assertEquals(new Set(provider.given).size, 2);
    assertStringIncludes(said[0]!, "429");
  });
}

Deno.test("the registry's words and the comparison arrive with the error", async () => {
  await using server = new Loopback({
    [`POST ${CRATES}`]: detail(
      "The Trusted Publishing config for repository `acme/widgets` does not match the workflow filename `release.yml` in the JWT. " +
        "Expected workflow filenames: `ship.yml`",
    ),
  });
  const { session } = sessionWith();
  const refused = await assertRejects(
    () => mint(session, fakeProvider(), localRegistry("crates.io", server.origin), CONTEXT),
    ExchangeRefused,
  );
  assertEquals(refused.refusal.expected, ["ship.yml"]);
  assertEquals(refused.problem.comparison?.find((row) => row.matches === false)?.field, "workflow");
  assertStringIncludes(refused.problem.said!, "Expected workflow filenames: `ship.yml`");
});

for (
  const [registry, event] of [["crates.io", "pull_request_target"], ["crates.io", "workflow_run"], [
    "pypi",
    "pull_request_target",
  ]] as const
) {
  Deno.test(`${registry}: a run started by ${event} is refused before anything is exchanged`, async () => {
    await using server = new Loopback({ ...AUDIENCE });
    const { session } = sessionWith();
    const refused = await assertRejects(
      () =>
        mint(session, fakeProvider({ event_name: event }), localRegistry(registry, server.origin), CONTEXT),
      KeylessError,
    );
    assertEquals(refused.problem.code, "exchange-event-refused");
    assertEquals(refused.problem.package, "widget");
    assertEquals(server.seen.filter((one) => one.method === "POST"), []);
  });
}

Deno.test("PyPI: a job in a reusable workflow is exchanged all the same: the registry decides", async () => {
  await using server = new Loopback({
    ...AUDIENCE,
    [`POST ${PYPI}`]: { json: { token: "pypi-CANARYminted" } },
    "POST /_/oidc/burn-token": { status: 202 },
  });
  const { session } = sessionWith();
  const provider = fakeProvider({
    job_workflow_ref: "acme/widgets/.github/workflows/shared.yml@refs/tags/v1.4.0",
  });
  const minted = await mint(session, provider, localRegistry("pypi", server.origin), CONTEXT);
  assertEquals(await release(session, minted), "burned");
});

Deno.test("a registry without exchange is refused before anything is asked", async () => {
  const registry = customRegistry("company", { kind: "npm", index: "https://npm.example.com/" });
  const provider = fakeProvider();
  const refused = await assertRejects(
    () => mint(sessionWith().session, provider, registry, CONTEXT),
    KeylessError,
  );
  assertEquals(refused.problem.code, "no-exchange");
  assertEquals(provider.given, []);
});

for (
  const [name, answers, outcome] of [
    ["204", { status: 204 }, "burned"],
    ["404", { status: 404, text: "" }, "unsupported"],
    ["503", { status: 503, text: "<html>" }, "failed"],
    ["a cut connection", "cut", "failed"],
  ] as const
) {
  Deno.test(`crates.io: burning is quiet at ${name}`, async () => {
    await using server = new Loopback({ [`POST ${CRATES}`]: CIO, [`DELETE ${CRATES}`]: answers });
    const { session, said } = sessionWith();
    const minted = await mint(session, fakeProvider(), localRegistry("crates.io", server.origin), CONTEXT);
    assertEquals(await release(session, minted), outcome);
    assertEquals(said, []);
    assertEquals(server.to(`DELETE ${CRATES}`).length, 1);
  });
}

for (
  const [name, answers, outcome] of [
    ["202", { status: 202, json: { message: "Accepted", errors: [] } }, "burned"],
    ["404", { status: 404, text: "" }, "unsupported"],
    ["503", { status: 503, text: "" }, "failed"],
    ["a cut connection", "cut", "failed"],
  ] as const
) {
  Deno.test(`PyPI: burning is quiet at ${name}`, async () => {
    await using server = new Loopback({
      ...AUDIENCE,
      [`POST ${PYPI}`]: { json: { token: "pypi-CANARYminted" } },
      "POST /_/oidc/burn-token": answers,
    });
    const { session, said } = sessionWith();
    const minted = await mint(session, fakeProvider(), localRegistry("pypi", server.origin), CONTEXT);
    assertEquals(await release(session, minted), outcome);
    assertEquals(said, []);
    assertEquals(JSON.parse(server.to("POST /_/oidc/burn-token")[0]!.body), { token: "pypi-CANARYminted" });
  });
}

for (
  const [name, answers, outcome] of [
    ["204", { status: 204 }, "burned"],
    ["401, because exchanged tokens may not", { status: 401, text: "" }, "unsupported"],
    ["404", { status: 404, text: "" }, "unsupported"],
    ["503", { status: 503, text: "" }, "failed"],
    ["a cut connection", "cut", "failed"],
  ] as const
) {
  Deno.test(`npm: burning is quiet at ${name}`, async () => {
    const path = "/-/npm/v1/tokens/token/npm_CANARYminted";
    await using server = new Loopback({
      "POST /-/npm/v1/oidc/token/exchange/package/widget": {
        status: 201,
        json: { token: "npm_CANARYminted" },
      },
      [`DELETE ${path}`]: answers,
    });
    const { session, said } = sessionWith();
    const minted = await mint(session, fakeProvider(), localRegistry("npm", server.origin), CONTEXT);
    assertEquals(await release(session, minted), outcome);
    assertEquals(said, []);
    assertEquals(server.to(`DELETE ${path}`).map((one) => one.headers.get("authorization")), [
      "Bearer npm_CANARYminted",
    ]);
  });
}

/** Hands out time-outs that end when the test says so. */
function timeouts(): { readonly asked: number[]; readonly fire: () => void; readonly restore: () => void } {
  const original = AbortSignal.timeout;
  const asked: number[] = [];
  let last = new AbortController();
  AbortSignal.timeout = (ms) => {
    asked.push(ms);
    last = new AbortController();
    return last.signal;
  };
  return {
    asked,
    fire: () => last.abort(new DOMException("Signal timed out.", "TimeoutError")),
    restore: () => AbortSignal.timeout = original,
  };
}

Deno.test("an exchange that is not answered within 30 s is repeated with a new OIDC token; a burn gets 5 s and is quiet", async () => {
  const clockwork = timeouts();
  const late = Promise.withResolvers<Reply>();
  await using server = new Loopback({
    [`POST ${CRATES}`]: [() => (clockwork.fire(), late.promise), CIO],
    [`DELETE ${CRATES}`]: () => (clockwork.fire(), late.promise),
  });
  try {
    const { session } = sessionWith();
    const provider = fakeProvider();
    const minted = await mint(session, provider, localRegistry("crates.io", server.origin), CONTEXT);
    assertEquals(new Set(provider.given).size, 2);
    assertEquals(await release(session, minted), "failed");
    assertEquals(clockwork.asked, [30_000, 30_000, 5000]);
  } finally {
    late.resolve({ status: 500, text: "" });
    clockwork.restore();
  }
});

Deno.test("an exchange that redirects to another host does not take the OIDC token there", async () => {
  await using elsewhere = new Loopback({ [`POST ${CRATES}`]: CIO });
  for (const status of [301, 302, 307, 308]) {
    await using server = new Loopback({
      [`POST ${CRATES}`]: { status, text: "", headers: { location: `${elsewhere.origin}${CRATES}` } },
    });
    const { session } = sessionWith();
    const refused = await assertRejects(
      () => mint(session, fakeProvider(), localRegistry("crates.io", server.origin), CONTEXT),
      ExchangeRefused,
    );
    assertEquals(refused.refusal.code, "exchange-unexpected");
  }
  assertEquals(elsewhere.seen, []);
});

Deno.test("an OIDC token that is bound to another registry is never sent", async () => {
  await using server = new Loopback({ [`POST ${CRATES}`]: CIO });
  const { session } = sessionWith();
  const provider = fakeProvider();
  const stray = {
    ...provider,
    request: (s: typeof session, audience: string) =>
      provider.request(s, audience, "https://elsewhere.example"),
  };
  const refused = await assertRejects(
    () => mint(session, stray, localRegistry("crates.io", server.origin), CONTEXT),
    KeylessError,
  );
  assertEquals(refused.problem.code, "secret-bound-elsewhere");
  assert(!(refused instanceof TransportError));
  assertEquals(server.seen, []);
});

Deno.test("a program that ends without releasing burns what it holds", async () => {
  await using server = new Loopback({ [`POST ${CRATES}`]: CIO, [`DELETE ${CRATES}`]: { status: 204 } });
  const { session } = sessionWith();
  await mint(session, fakeProvider(), localRegistry("crates.io", server.origin), CONTEXT);
  await cleanUp();
  assertEquals(server.to(`DELETE ${CRATES}`).length, 1);
});

Deno.test("a token that is kept is left to whoever it was handed to", async () => {
  await using server = new Loopback({ [`POST ${CRATES}`]: CIO, [`DELETE ${CRATES}`]: { status: 204 } });
  const { session } = sessionWith();
  const minted = await mint(session, fakeProvider(), localRegistry("crates.io", server.origin), CONTEXT);
  keep(minted);
  await cleanUp();
  assertEquals(await release(session, minted), null);
  assertEquals(server.to(`DELETE ${CRATES}`), []);
});

Deno.test("a refused exchange leaves nothing to clean up", async () => {
  await using server = new Loopback({ [`POST ${CRATES}`]: detail("Failed to decode JWT") });
  const { session } = sessionWith();
  await assertRejects(
    () => mint(session, fakeProvider(), localRegistry("crates.io", server.origin), CONTEXT),
    ExchangeRefused,
  );
  await cleanUp();
  assertEquals(server.seen.length, 1);
});

Deno.test("in GitHub Actions: after a cut exchange the issuer is asked again, and each side sees only its own secret", async () => {
  const jwts = [jwtWith(), jwtWith()];
  await using issuer = new Loopback({ "GET /token": jwts.map((value) => ({ json: { value } })) });
  await using server = new Loopback({
    [`POST ${CRATES}`]: ["cut", CIO],
    [`DELETE ${CRATES}`]: { status: 204 },
  });
  const { session } = sessionWith({
    GITHUB_ACTIONS: "true",
    ACTIONS_ID_TOKEN_REQUEST_URL: `${issuer.origin}/token?api-version=2.0`,
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: "CANARY-request-token",
  });
  const minted = await mint(session, githubActions, localRegistry("crates.io", server.origin), CONTEXT);
  await release(session, minted);
  assertEquals(
    issuer.seen.map((one) => one.target),
    Array(2).fill("/token?api-version=2.0&audience=crates.io"),
  );
  assertEquals(server.to(`POST ${CRATES}`).map((one) => JSON.parse(one.body).jwt), jwts);
  const heard = JSON.stringify(server.seen.map((one) => [...one.headers, one.body]));
  assert(!heard.includes("CANARY-request-token"));
});
