import { assertEquals, assertMatch } from "@std/assert";
import { clientNamed } from "../../src/publish/clients/table.ts";
import { onBench, testWith } from "./support.ts";

const CASES = [
  ["cargo", "1.73.9", true],
  ["cargo", "1.74.0", false],
  ["cargo", "1.96.0-nightly", false],
  ["npm", "8.19.4", true],
  ["npm", "11.5.0", true],
  ["npm", "11.5.1", false],
  ["npm", "12.2.0", false],
  ["twine", "6.0.1", true],
  ["twine", "6.1.0", false],
  ["uv", "0.4.30", true],
  ["uv", "0.13.9", false],
] as const;

for (const [name, version, unfit] of CASES) {
  Deno.test(`${name} ${version} is ${unfit ? "too old" : "new enough"}`, () => {
    assertEquals(clientNamed(name).unfit(version)?.code, unfit ? "client-unfit" : undefined);
  });
}

for (const name of ["cargo", "npm", "twine", "uv"] as const) {
  testWith([name], `${name} tells its version`, async () => {
    await onBench({}, async (bench) => {
      assertMatch(await clientNamed(name).version(bench.session) ?? "", /^\d+\.\d+\.\d+/);
    });
  });

  Deno.test(`${name} that is not on PATH has no version`, async () => {
    await onBench({ PATH: "/nowhere" }, async (bench) => {
      assertEquals(await clientNamed(name).version(bench.session), null);
    });
  });
}
