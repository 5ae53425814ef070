import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import {
  cratesChecksum,
  cratesToken,
  isCratesToken,
  npmToken,
  pypiToken,
} from "../../src/rehearsal/tokens.ts";

Deno.test("crates.io tokens have the checksum that crates.io computes", () => {
  assertEquals(cratesChecksum("0".repeat(31)), "w");
  assert(isCratesToken("cio_tp_0000000000000000000000000000000w"));
  assert(isCratesToken("cio_tp_gGK6jurSwKyl9V3Az19z7YEFQI9aoOOd"));
  for (
    const wrong of [
      "cio_tp_0000000000000000000000000000000x",
      "cio_tp_000000000000000000000000000000w",
      "cio_tp_-000000000000000000000000000000w",
      "ciow",
    ]
  ) assert(!isCratesToken(wrong), wrong);
});

Deno.test("minted tokens have their registry's form, and are never the same twice", () => {
  for (let i = 0; i < 100; i++) assert(isCratesToken(cratesToken()));
  assertMatch(npmToken(), /^npm_[A-Za-z0-9]{36}$/);
  assertNotEquals(cratesToken(), cratesToken());
});

Deno.test("a PyPI token is a binary macaroon of version 2", async () => {
  const caveats = [[4, "publisher"], [2, ["x".repeat(200)]], [0, 1_800_000_900, 1_800_000_000]];
  const token = await pypiToken({ location: "test.pypi.org", caveats });
  assertMatch(token, /^pypi-AgENdGVzdC5weXBpLm9yZwI[A-Za-z0-9_-]{85,}$/);
  const { location, identifier, others, signature } = readMacaroon(token);
  assertEquals(location, "test.pypi.org");
  assertMatch(identifier, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  assertEquals(others.map((it) => JSON.parse(it)), caveats);
  assertEquals(signature, 32);
});

/** A decoder that shares nothing with the encoder. */
function readMacaroon(token: string) {
  const text = atob(token.slice("pypi-".length).replaceAll("-", "+").replaceAll("_", "/"));
  const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0));
  let at = 0;
  const number = () => {
    let value = 0;
    for (let shift = 0;; shift += 7) {
      const byte = bytes[at++]!;
      value += (byte & 127) << shift;
      if (byte < 128) return value;
    }
  };
  const field = (type: number) => {
    assertEquals(number(), type);
    const length = number();
    at += length;
    return new TextDecoder().decode(bytes.subarray(at - length, at));
  };
  assertEquals(bytes[at++], 2);
  const location = field(1);
  const identifier = field(2);
  assertEquals(bytes[at++], 0);
  const others: string[] = [];
  while (bytes[at] !== 0) {
    others.push(field(2));
    assertEquals(bytes[at++], 0);
  }
  at++;
  assertEquals(number(), 6);
  const signature = number();
  assertEquals(at + signature, bytes.length);
  return { location, identifier, others, signature };
}
