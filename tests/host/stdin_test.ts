import { assertEquals, assertRejects } from "@std/assert";
import { readStdin } from "../../src/host/stdin.ts";
import { KeylessError, UsageError } from "../../src/problem.ts";

const holding = (text: string) => ({
  isTerminal: () => false,
  readable: ReadableStream.from([new TextEncoder().encode(text)]) as ReadableStream<Uint8Array<ArrayBuffer>>,
});

Deno.test("what stands on stdin is read up to its limit", async () => {
  assertEquals(new TextDecoder().decode(await readStdin(5, holding("on: x"))), "on: x");
  await assertRejects(() => readStdin(4, holding("on: x")), KeylessError, "longer than 4 bytes");
});

Deno.test("nobody is left waiting for a text that they would have to type", async () => {
  const { problem } = await assertRejects(
    () => readStdin(5, { ...holding("on: x"), isTerminal: () => true }),
    UsageError,
  );
  assertEquals(problem.code, "stdin-missing");
});
