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

Deno.test("closing hangs up on whoever has connected and says nothing", async () => {
  const server = serveLines((line) => Promise.resolve({ line }));
  const silent = await Deno.connect({ hostname: "127.0.0.1", port: server.port });
  // Answered after the silent one, which is connected by now.
  await askLine(server.port, "a");
  await server.close();
  assertEquals(await silent.read(new Uint8Array(1)), null);
  silent.close();
});

Deno.test("more than can be heard at once wait for their turn", async () => {
  let open = 0;
  let most = 0;
  const full = Promise.withResolvers<void>();
  const server = serveLines(async (line) => {
    most = Math.max(most, ++open);
    if (open === 16) full.resolve();
    await full.promise;
    open--;
    return { line };
  });
  const answers = await Promise.all(Array.from({ length: 40 }, (_, at) => askLine(server.port, `${at}`)));
  assertEquals(answers, answers.map((_, at) => JSON.stringify({ line: `${at}` })));
  assertEquals(most, 16);
  await server.close();
});

Deno.test("a secret in an answer travels as it is, wherever it stands", () => {
  const secret = new Secret("CANARY-secret", "token", null);
  assertEquals(
    revealing({ a: { token: secret, b: [secret] } }),
    '{"a":{"token":"CANARY-secret","b":["CANARY-secret"]}}',
  );
  assertEquals(JSON.stringify({ token: secret }).includes("CANARY"), false);
});
