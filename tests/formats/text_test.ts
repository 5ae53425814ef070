import { assertEquals, assertStringIncludes } from "@std/assert";
import { decodeUtf8 } from "../../src/formats/text.ts";
import { refusal } from "./support.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

Deno.test("a byte order mark is no part of the text", () => {
  assertEquals(decodeUtf8(bytes("\ufeffa = 1"), "x"), "a = 1");
});

Deno.test("bytes that are not UTF-8 are named at their place", () => {
  const broken = new Uint8Array([...bytes('name = "é"\n# \ufffd\nauthor = "Ren'), 0xe9, ...bytes('"\n')]);
  assertEquals(
    refusal(() => decodeUtf8(broken, "keyless.toml")),
    'text-not-utf8 3:14 "\ufffd" Cannot read keyless.toml: it is not UTF-8 here',
  );
  assertStringIncludes(
    refusal(() => decodeUtf8(new Uint8Array([0xff, 0xfe, 0x61, 0]), "keyless.toml")),
    "Cannot read keyless.toml: it is UTF-16, not UTF-8",
  );
  assertEquals(
    refusal(() => decodeUtf8(new Uint8Array([0x61, 0xc3]), "x")).slice(0, 17),
    "text-not-utf8 1:2",
  );
});
