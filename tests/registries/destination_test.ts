import { assertEquals, assertThrows } from "@std/assert";
import { Secret } from "../../src/host/secret.ts";
import { KeylessError } from "../../src/problem.ts";
import { forUpload } from "../../src/registries/destination.ts";
import { KNOWN, knownRegistry } from "../../src/registries/known.ts";
import type { Registry } from "../../src/registries/registry.ts";

const at = (origin: string | null) => new Secret("CANARY-token", "token", origin);

Deno.test("every public registry's minted and long-lived tokens may be uploaded with", () => {
  for (const registry of KNOWN) {
    const upload = new URL(registry.endpoints.upload).origin;
    for (const origin of [registry.endpoints.exchange!, upload]) {
      assertEquals(forUpload(at(origin), registry).origin, upload);
    }
  }
});

Deno.test("a token is handed on for no other host than its own", () => {
  const npm = knownRegistry("npm")!;
  const elsewhere = (changes: Partial<Registry["endpoints"]>): Registry => ({
    ...npm,
    endpoints: { ...npm.endpoints, ...changes },
  });
  for (
    const [origin, registry] of [
      ["https://registry.npmjs.org", elsewhere({ upload: "https://evil.example/" })],
      ["https://registry.npmjs.org", elsewhere({ upload: "https://registry.npmjs.org:8443/" })],
      ["https://pypi.org", elsewhere({ upload: "https://evil.example/", tokenFor: "https://evil.example" })],
      [null, npm],
    ] as const
  ) {
    const { problem } = assertThrows(() => forUpload(at(origin), registry), KeylessError);
    assertEquals([problem.code, JSON.stringify(problem).includes("CANARY")], [
      "secret-bound-elsewhere",
      false,
    ]);
  }
});
