import { assertEquals, assertRejects } from "@std/assert";
import { withStrayErrors } from "../../src/cli/stray.ts";

const never = () => new Promise<number>(() => {});

Deno.test("work that succeeds or fails does so as it would alone", async () => {
  assertEquals(await withStrayErrors(() => Promise.resolve(5)), 5);
  await assertRejects(() => withStrayErrors(() => Promise.reject(new TypeError("own"))), TypeError, "own");
});

Deno.test("a rejection that nobody waits for ends the work", async () => {
  const work = () => {
    void Promise.reject(new RangeError("let go"));
    return never();
  };
  await assertRejects(() => withStrayErrors(work), RangeError, "let go");
});

Deno.test("an exception in a callback ends the work", async () => {
  const work = () => {
    queueMicrotask(() => {
      throw new RangeError("in a callback");
    });
    return never();
  };
  await assertRejects(() => withStrayErrors(work), RangeError, "in a callback");
});
