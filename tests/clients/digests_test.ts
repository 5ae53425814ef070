import { assertEquals } from "@std/assert";
import { digest } from "../../src/publish/digests.ts";

Deno.test("digests are those of FIPS 180-4", async () => {
  assertEquals(await digest(new TextEncoder().encode("abc")), {
    size: 3,
    sha256: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    sha512: "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a" +
      "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
  });
});
