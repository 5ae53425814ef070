import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { Secret } from "../../src/host/secret.ts";

const VALUE = "npm_CANARYsecretCANARYsecretCANARY7890";

Deno.test("a secret never shows its value, however it is printed", () => {
  const secret = new Secret(VALUE, "npm token", "https://registry.npmjs.org");
  const shown = [
    String(secret),
    `${secret}`,
    JSON.stringify({ secret }),
    JSON.stringify([secret]),
    Deno.inspect(secret),
    Deno.inspect({ deep: { secret } }, { depth: 9, showHidden: true }),
    secret + "",
    Object.entries(secret).join(),
    Deno.inspect(new Error("x", { cause: secret })),
  ];
  for (const text of shown) assert(!text.includes("CANARY"), text);
  assertEquals(String(secret), "«npm token …7890»");
});

Deno.test("a short secret shows nothing of itself", () => {
  assertEquals(String(new Secret("CANARYshort", "token", null)), "«token …»");
});

Deno.test("binding a secret to a host keeps the value", () => {
  const bound = new Secret(VALUE, "npm token", null).boundTo("https://a.example");
  assertEquals(bound.origin, "https://a.example");
  assertEquals(bound.reveal(), VALUE);
  assertNotEquals(bound.toString(), VALUE);
});
