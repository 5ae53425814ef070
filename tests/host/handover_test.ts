import { assertEquals, assertRejects } from "@std/assert";
import { outputSecret } from "../../src/host/handover.ts";
import { Secret } from "../../src/host/secret.ts";
import { KeylessError } from "../../src/problem.ts";

Deno.test("a step output is one line, and no secret adds another", async () => {
  const file = await Deno.makeTempFile({ prefix: "keyless-output-" });
  try {
    await outputSecret(file, "token", new Secret("CANARY-token", "npm token", null));
    for (const value of ["CANARY-token\nother=x", "CANARY-token\r", "\n"]) {
      const { problem } = await assertRejects(
        () => outputSecret(file, "token", new Secret(value, "npm token", null)),
        KeylessError,
      );
      assertEquals([problem.code, JSON.stringify(problem).includes("CANARY")], ["token-malformed", false]);
    }
    assertEquals(await Deno.readTextFile(file), "token=CANARY-token\n");
  } finally {
    await Deno.remove(file);
  }
});
