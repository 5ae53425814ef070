import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { bounds } from "../bounds.ts";
import semver from "semver";
import { withLibraries } from "../../src/formats/on_demand.ts";
import { intersects, subset, validRange } from "../../src/formats/version_range.ts";

const number = fc.oneof(fc.nat({ max: 30 }), fc.nat({ max: 99_999 }));
const any = fc.constantFrom(...["", "", "", ".x", ".*", ".x.x"]);
const partial = fc.tuple(fc.array(number, { minLength: 1, maxLength: 3 }), any)
  .map(([parts, rest]) => parts.join(".") + (parts.length < 3 ? rest : ""));
const comparator = fc.tuple(fc.constantFrom("", ">=", "<", "^", "<=", ">", "~", "v"), partial)
  .map((parts) => parts.join(""));
const odd = fc.constantFrom(
  ...[
    "",
    " ",
    "*",
    "x",
    "latest",
    "lts/*",
    "lts/iron",
    "lts/-1",
    "node",
    "01",
    "1.2.3-rc.1",
    "1.x",
    "^0.3.1",
  ],
  ...["1 - 2", "1.2.3.4", "release/v1", "v", "next-11", "current", "xx", "nightly", "1.2.3+build"],
);
const range = fc.oneof(
  partial,
  odd,
  comparator,
  fc.array(comparator, { minLength: 1, maxLength: 3 }).map((parts) => parts.join(" ")),
  fc.array(comparator, { minLength: 2, maxLength: 3 }).map((parts) => parts.join(" || ")),
);

// The first test, because nothing has loaded the library yet.
Deno.test("what most people write is read without the library", () => {
  assertEquals(["24", "v4", "11.5.1", "lts/*", "latest", "*"].map(validRange), [
    ">=24.0.0 <25.0.0-0",
    ">=4.0.0 <5.0.0-0",
    "11.5.1",
    null,
    null,
    "*",
  ]);
  assertEquals(intersects(validRange("24")!, ">=24.5.0"), true);
  assertEquals(intersects("^22.22.2 || ^24.15.0 || >=26.0.0", "25.1.0"), false);
  assertEquals(["14.x", "^22.3", "~24.1", ">=20"].map(validRange), [
    ">=14.0.0 <15.0.0-0",
    ">=22.3.0 <23.0.0-0",
    ">=24.1.0 <24.2.0-0",
    ">=20.0.0",
  ]);
  assertThrows(() => validRange("<24.1"));
});

Deno.test("a version or a range means what npm takes it for", async () => {
  await fc.assert(
    fc.asyncProperty(range, async (text) => {
      assertEquals(await withLibraries(() => validRange(text)), semver.validRange(text));
    }),
    bounds(3000),
  );
});

Deno.test("ranges meet where npm says so", async () => {
  const valid = range.filter((text) => semver.validRange(text) !== null);
  await fc.assert(
    fc.asyncProperty(valid, valid, async (one, other) => {
      assertEquals(await withLibraries(() => intersects(one, other)), semver.intersects(one, other));
      const [a, b] = [semver.validRange(one)!, semver.validRange(other)!];
      assertEquals(await withLibraries(() => intersects(a, b)), semver.intersects(a, b));
    }),
    bounds(5000),
  );
});

Deno.test("a range lies in another one where npm says so", async () => {
  const valid = range.filter((text) => semver.validRange(text) !== null);
  await fc.assert(
    fc.asyncProperty(valid, valid, async (one, other) => {
      assertEquals(
        await withLibraries(() => subset(one, other)),
        semver.subset(one, other),
        `${one} in ${other}`,
      );
      const [a, b] = [semver.validRange(one)!, semver.validRange(other)!];
      assertEquals(await withLibraries(() => subset(a, b)), semver.subset(a, b), `${a} in ${b}`);
      assertEquals(await withLibraries(() => subset(a, other)), semver.subset(a, other), `${a} in ${other}`);
    }),
    bounds(5000),
  );
});
