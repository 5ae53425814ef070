import { assertEquals } from "@std/assert";
import { knownRegistry } from "../../src/registries/known.ts";
import { mintedToken } from "../../src/registries/minted.ts";

const registry = knownRegistry("npm")!;

for (
  const [what, value, taken] of [
    ["a token", "npm_CANARY", true],
    ["the longest token", "x".repeat(4096), true],
    ["something longer", "x".repeat(4097), false],
    ["something too short to be masked", "1234567", false],
    ["two lines", "npm_CANARY\nPATH=/evil", false],
    ["a line with its end", "npm_CANARY\n", false],
    ["an escape", "npm_CANARY\u001b[2J", false],
    ["a blank", "npm CANARY", false],
    ["other letters", "npm_CANARYé", false],
    ["a number", 12345678, false],
  ] as const
) {
  Deno.test(`${what} is ${taken ? "" : "not "}taken for a minted token`, () => {
    const minted = mintedToken(value, { registry, mintedAt: 0, expiresAt: null, lifetime: 1000 });
    assertEquals(minted?.token.reveal() ?? null, taken ? value : null);
  });
}
