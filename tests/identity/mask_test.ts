import { assertEquals } from "@std/assert";
import { enableMasking, mask } from "../../src/host/mask.ts";
import { Secret } from "../../src/host/secret.ts";
import { listening } from "./stderr.ts";

Deno.test("nothing is masked until masking is switched on", () => {
  enableMasking(false);
  assertEquals(listening(() => mask(new Secret("CANARY-token-1", "token", null))).text, "");
});

for (
  const [name, value, commands] of [
    ["a token is masked whole", "CANARY-token-2", ["::add-mask::CANARY-token-2"]],
    ["a value under 8 characters would shred the log and is never masked", "CANARY7", []],
    ["a percent sign is escaped", "CANARY%0Atoken", ["::add-mask::CANARY%250Atoken"]],
    [
      "each line of a value is masked, and its line breaks are escaped",
      "CANARY-line-1\r\nCANARY-line-2\nshort",
      [
        "::add-mask::CANARY-line-1%0D%0ACANARY-line-2%0Ashort",
        "::add-mask::CANARY-line-1",
        "::add-mask::CANARY-line-2",
      ],
    ],
  ] as const
) {
  Deno.test(name, () => {
    enableMasking();
    try {
      const { text } = listening(() => mask(new Secret(value, "token", null)));
      assertEquals(text.split("\n").filter((line) => line !== ""), [...commands]);
    } finally {
      enableMasking(false);
    }
  });
}
