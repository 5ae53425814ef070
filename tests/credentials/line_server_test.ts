import { assertEquals, assertRejects } from "@std/assert";
import { firstLine } from "../../src/host/line.ts";
import { askLine, revealing, serveLines } from "../../src/host/listen_tcp.ts";
import { Secret } from "../../src/host/secret.ts";

function streamOf(...chunks: string[]): ReadableStream<Uint8Array> {
  return ReadableStream.from(chunks.map((chunk) => new TextEncoder().encode(chunk)));
}

const LINES: readonly (readonly [string[], string | null])[] = [
  [["a\n"], "a"],
  [["a", "b\nc\n"], "ab"],
  [["a\r\n"], "a"],
  [["\n"], ""],
  [["a"], null],
  [[], null],
  [["x".repeat(20)], null],
];

for (const [chunks, line] of LINES) {
  Deno.test(`the first line of ${JSON.stringify(chunks)} is ${JSON.stringify(line)}`, async () => {
    assertEquals(await firstLine(streamOf(...chunks), 10), line);
  });
}

Deno.test("each line gets its answer, in one line", async () => {
  const server = serveLines((line) => Promise.resolve({ said: `${line}\nand more` }));
  const answers = await Promise.all(["a", "b"].map((line) => askLine(server.port, line)));
  assertEquals(answers, ['{"said":"a\\nand more"}', '{"said":"b\\nand more"}']);
  await server.close();
});

Deno.test("a server listens on this machine alone", async () => {
  const server = serveLines(() => Promise.resolve(null));
  const others = Deno.networkInterfaces().filter(({ family, address }) =>
    family === "IPv4" && address !== "127.0.0.1"
  );
  for (const { address } of others) {
    await assertRejects(() => Deno.connect({ hostname: address, port: server.port }));
  }
  await server.close();
});

Deno.test("an answer that fails, or a server that has gone, is no answer", async () => {
  const server = serveLines(() => Promise.reject(new Error("CANARY")));
  assertEquals(await askLine(server.port, "a"), null);
  await server.close();
  assertEquals(await askLine(server.port, "a"), null);
});

Deno.test("a secret in an answer travels as it is, wherever it stands", () => {
  const secret = new Secret("CANARY-secret", "token", null);
  assertEquals(
    revealing({ a: { token: secret, b: [secret] } }),
    '{"a":{"token":"CANARY-secret","b":["CANARY-secret"]}}',
  );
  assertEquals(JSON.stringify({ token: secret }).includes("CANARY"), false);
});
