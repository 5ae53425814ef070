import { assert, assertEquals, assertRejects } from "@std/assert";
import type { Answer, Received } from "../../src/host/http1.ts";
import { type Handler, listen } from "../../src/host/listen.ts";

async function serving(handler: Handler, test: (origin: string) => Promise<void>): Promise<void> {
  const listener = listen(handler);
  try {
    await test(listener.origin);
  } finally {
    await listener.close();
  }
}

/** Says back what came. */
function echo(request: Received): Promise<Answer> {
  const { method, target } = request;
  const body = new TextDecoder().decode(request.body);
  return Promise.resolve({ status: 200, body: JSON.stringify({ method, target, body }) });
}

async function raw(origin: string, ...parts: string[]): Promise<string> {
  const { hostname, port } = new URL(origin);
  const connection = await Deno.connect({ hostname, port: Number(port) });
  for (const part of parts) await connection.write(new TextEncoder().encode(part));
  return await new Response(connection.readable).text();
}

const LAST = "host: x\r\nconnection: close\r\n";

Deno.test("a request arrives as it was sent: method, undecoded target, body", () =>
  serving(echo, async (origin) => {
    const response = await fetch(`${origin}/@acme%2fwidget?a=%20b`, { method: "PUT", body: "content" });
    assertEquals(await response.json(), { method: "PUT", target: "/@acme%2fwidget?a=%20b", body: "content" });
  }));

Deno.test("a large body arrives whole", () =>
  serving(
    (request) => Promise.resolve({ status: 200, body: String(request.body.length) }),
    async (origin) => {
      const response = await fetch(origin, { method: "POST", body: new Uint8Array(3_000_001) });
      assertEquals(await response.text(), "3000001");
    },
  ));

Deno.test("a body in chunks is put together", () =>
  serving(echo, async (origin) => {
    const head = `POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n${LAST}\r\n`;
    const answer = await raw(origin, head, "3\r\nabc\r\n", "4;x=y\r\ndefg\r\n0\r\n", "trailer: 1\r\n\r\n");
    assert(answer.includes('"body":"abcdefg"'), answer);
  }));

Deno.test("a client that waits for 100 Continue gets it", () =>
  serving(echo, async (origin) => {
    const answer = await raw(
      origin,
      `PUT / HTTP/1.1\r\nexpect: 100-continue\r\ncontent-length: 2\r\n${LAST}\r\nok`,
    );
    assert(answer.startsWith("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 "), answer);
  }));

Deno.test("several requests share a connection", () =>
  serving(echo, async (origin) => {
    const answer = await raw(origin, `GET /1 HTTP/1.1\r\nhost: x\r\n\r\nGET /2 HTTP/1.1\r\n${LAST}\r\n`);
    assertEquals(answer.match(/"\/\d"/g), ['"/1"', '"/2"']);
  }));

Deno.test("an answer carries its reason phrase, without anything that could end the line", () =>
  serving(
    () => Promise.resolve({ status: 400, reason: "File already\r\nexists", body: "no" }),
    async (origin) => {
      const answer = await raw(origin, `GET / HTTP/1.1\r\n${LAST}\r\n`);
      assertEquals(answer.split("\r\n")[0], "HTTP/1.1 400 File already  exists");
    },
  ));

for (
  const [name, method, status] of [["HEAD", "HEAD", 200], ["204", "GET", 204], ["304", "GET", 304]] as const
) {
  Deno.test(`nothing follows the head of an answer to ${name}`, () =>
    serving(
      () => Promise.resolve({ status, body: "unsent" }),
      async (origin) => {
        const answer = await raw(origin, `${method} / HTTP/1.1\r\n${LAST}\r\n`);
        assert(answer.endsWith("\r\n\r\n"), answer);
        assertEquals(answer.includes("content-length"), status === 200);
      },
    ));
}

Deno.test("null breaks the connection off without a single byte", () =>
  serving(() => Promise.resolve(null), async (origin) => {
    assertEquals(await raw(origin, `GET / HTTP/1.1\r\n${LAST}\r\n`), "");
    await assertRejects(() => fetch(origin));
  }));

Deno.test("a bug in a handler is answered with 500 and what it was", () =>
  serving(() => Promise.reject(new Error("broken")), async (origin) => {
    const response = await fetch(origin);
    assertEquals([response.status, (await response.text()).includes("broken")], [500, true]);
  }));

Deno.test("clients that break off, or speak something else, harm nobody", () =>
  serving(echo, async (origin) => {
    const { hostname, port } = new URL(origin);
    for (const text of ["GET / HT", "nonsense\r\n\r\n", "POST / HTTP/1.1\r\ncontent-length: 9\r\n\r\nabc"]) {
      const connection = await Deno.connect({ hostname, port: Number(port) });
      await connection.write(new TextEncoder().encode(text));
      connection.close();
    }
    const response = await fetch(origin);
    assertEquals(response.status, 200);
    await response.body?.cancel();
  }));

Deno.test("closing breaks off what is never answered", async () => {
  const arrived = Promise.withResolvers<void>();
  const listener = listen(() => {
    arrived.resolve();
    return new Promise(() => {});
  });
  const asking = assertRejects(() => fetch(listener.origin));
  await arrived.promise;
  await listener.close();
  await asking;
});
