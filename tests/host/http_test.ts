import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import type { Clock } from "../../src/host/clock.ts";
import { Http, retryAfter, TransportError, USER_AGENT } from "../../src/host/http.ts";
import { Secret } from "../../src/host/secret.ts";
import { KeylessError } from "../../src/problem.ts";

/** A clock that never waits and remembers for how long it should have. */
function instantClock(): Clock & { waits: number[] } {
  const waits: number[] = [];
  return { waits, now: () => Date.UTC(2026, 10, 21), sleep: (ms) => (waits.push(ms), Promise.resolve()) };
}

async function serving(
  handler: (request: Request, count: number) => Response | Promise<Response>,
  test: (origin: string, seen: Headers[]) => Promise<void>,
): Promise<void> {
  const seen: Headers[] = [];
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, (request) => {
    seen.push(new Headers(request.headers));
    return handler(request, seen.length);
  });
  try {
    await test(`http://127.0.0.1:${server.addr.port}`, seen);
  } finally {
    await server.shutdown();
  }
}

const token = (origin: string | null) => new Secret("CANARY-token-for-http-tests", "test token", origin);

Deno.test("a request names keyless and carries its secret to the host that it is for", async () => {
  await serving(() => Response.json({ ok: true }), async (origin, seen) => {
    const reply = await new Http().send({
      url: `${origin}/x`,
      authorization: { scheme: "Bearer", secret: token(origin) },
    });
    assertEquals(reply.json(), { ok: true });
    assertEquals(seen[0]!.get("user-agent"), USER_AGENT);
    assertEquals(seen[0]!.get("authorization"), "Bearer CANARY-token-for-http-tests");
  });
});

Deno.test("a secret is sent to no other host, port or scheme", async () => {
  await serving(() => new Response(), async (origin, seen) => {
    const port = Number(new URL(origin).port);
    for (
      const bound of [
        `http://127.0.0.1:${port + 1}`,
        `https://127.0.0.1:${port}`,
        "https://registry.npmjs.org",
        null,
      ]
    ) {
      const error = await assertRejects(
        () => new Http().send({ url: origin, authorization: { scheme: "Bearer", secret: token(bound) } }),
        KeylessError,
      );
      assertEquals(error.problem.code, "secret-bound-elsewhere");
      await assertRejects(
        () => new Http().send({ url: origin, method: "POST", json: { jwt: token(bound) } }),
        KeylessError,
      );
    }
    assertEquals(seen.length, 0);
  });
});

Deno.test("a secret in a JSON body is revealed to its host", async () => {
  let body = "";
  await serving(async (request) => {
    body = await request.text();
    return new Response();
  }, async (origin) => {
    await new Http().send({ url: origin, method: "POST", json: { jwt: token(origin), n: 1 } });
    assertEquals(JSON.parse(body), { jwt: "CANARY-token-for-http-tests", n: 1 });
  });
});

Deno.test("a redirect is followed for GET, without the secret when the host changes", async () => {
  const other: Headers[] = [];
  const target = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, (request) => {
    other.push(new Headers(request.headers));
    return new Response("there");
  });
  await serving(
    () => Response.redirect(`http://127.0.0.1:${target.addr.port}/there`, 302),
    async (origin) => {
      const secret = token(origin);
      const reply = await new Http().send({ url: origin, authorization: { scheme: "Bearer", secret } });
      assertEquals(reply.text, "there");
      assertEquals(other[0]!.get("authorization"), null);
      const post = await new Http().send({
        url: origin,
        method: "POST",
        authorization: { scheme: "Bearer", secret },
      });
      assertEquals(post.status, 302);
      assertEquals(other.length, 1);
    },
  );
  await target.shutdown();
});

Deno.test("a redirect to plain http elsewhere is refused", async () => {
  await serving(() => Response.redirect("http://192.0.2.1/", 302), async (origin) => {
    const error = await assertRejects(() => new Http().send({ url: origin }), KeylessError);
    assertEquals(error.problem.code, "insecure-url");
  });
});

Deno.test("429 and 502 to 504 are tried again for idempotent requests only, and Retry-After is obeyed", async () => {
  const clock = instantClock();
  const http = new Http({ clock, random: () => 0.5 });
  await serving(
    (_, count) =>
      count === 1
        ? new Response("", { status: 429, headers: { "retry-after": "7" } })
        : count === 2
        ? new Response("", { status: 503 })
        : new Response("ok"),
    async (origin, seen) => {
      assertEquals((await http.send({ url: origin })).text, "ok");
      assertEquals(seen.length, 3);
      assertEquals(clock.waits, [7000, 500]);
    },
  );
  await serving(() => new Response("", { status: 503 }), async (origin, seen) => {
    assertEquals((await http.send({ url: origin, method: "POST" })).status, 503);
    assertEquals(seen.length, 1);
  });
  await serving(
    () => new Response("", { status: 429, headers: { "retry-after": "999" } }),
    async (origin, seen) => {
      assertEquals((await http.send({ url: origin })).status, 429);
      assertEquals(seen.length, 1);
    },
  );
});

Deno.test("Retry-After is read in both forms", () => {
  const now = Date.UTC(2026, 10, 21, 10, 0, 0);
  assertEquals(retryAfter("120", now), 120_000);
  assertEquals(retryAfter("Sat, 21 Nov 2026 10:01:00 GMT", now), 60_000);
  assertEquals(retryAfter("Sat, 21 Nov 2026 09:00:00 GMT", now), 0);
  assertEquals(retryAfter("soon", now), null);
  assertEquals(retryAfter(null, now), null);
});

Deno.test("a closed port is told apart from a broken connection: only the first was certainly not reached", async () => {
  const listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  const origin = `http://127.0.0.1:${listener.addr.port}`;
  const accepted = (async () => {
    const connection = await listener.accept();
    await connection.read(new Uint8Array(1024));
    connection.close();
  })();
  const cut = await assertRejects(() => new Http().send({ url: origin, method: "POST" }), TransportError);
  await accepted;
  listener.close();
  assertEquals(cut.reached, true);
  const refused = await assertRejects(() => new Http().send({ url: origin, method: "POST" }), TransportError);
  assertEquals(refused.reached, false);
  assertStringIncludes(refused.problem.message, "127.0.0.1");
});

Deno.test("a server that hangs ends in a time-out that names it", async () => {
  const release = Promise.withResolvers<Response>();
  await serving(() => release.promise, async (origin) => {
    const error = await assertRejects(
      () => new Http({ clock: instantClock() }).send({ url: origin, method: "POST", timeout: 100 }),
      TransportError,
    );
    assertEquals(error.problem.code, "network-timeout");
    release.resolve(new Response());
  });
});

Deno.test("an endless answer is cut off", async () => {
  await serving(() => new Response("x".repeat(5000)), async (origin) => {
    const error = await assertRejects(() => new Http().send({ url: origin, limit: 1000 }), KeylessError);
    assertEquals(error.problem.code, "answer-too-large");
  });
});

Deno.test("plain http is for this machine only", async () => {
  for (const url of ["http://registry.npmjs.org/x", "http://127.0.0.1.evil.example/", "ftp://crates.io/"]) {
    const error = await assertRejects(() => new Http().send({ url }), KeylessError);
    assertEquals(error.problem.code, "insecure-url");
  }
  assert(USER_AGENT.startsWith("keyless/"));
});
