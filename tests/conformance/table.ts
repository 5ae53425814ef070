import { assert, assertEquals } from "@std/assert";

/** One scenario of a table, and how it is accounted for; at least one of the three ways. */
export interface Row {
  /** As the table numbers it. */
  readonly row: number | string;
  /** What happens, and what must come of it. */
  readonly says: string;
  readonly test?: () => Promise<void>;
  /** Tests elsewhere: file below `tests`, and a name or case as it is written there. */
  readonly by?: readonly (readonly [file: string, name: string])[];
  /** Why the scenario, or what is left of it, is not about this program. */
  readonly notOurs?: string;
}

/** Registers the tests of one table; `numbers` are all rows that it has. */
export function conformance(
  table: string,
  numbers: readonly (number | string)[],
  rows: readonly Row[],
): void {
  Deno.test(`${table}: every scenario is accounted for, once`, () => {
    assertEquals(rows.map(({ row }) => row), [...numbers]);
    assertEquals(rows.filter(({ test, by, notOurs }) => !test && !by && !notOurs).map(({ row }) => row), []);
  });
  for (const { row, says, test, by, notOurs } of rows) {
    const name = `${table} ${row}: ${says}`;
    if (!test && !by) {
      Deno.test({ name: `${name} (not ours: ${notOurs})`, ignore: true, fn() {} });
      continue;
    }
    Deno.test(name, async () => {
      for (const [file, covering] of by ?? []) await assertNamed(file, covering);
      await test?.();
    });
  }
}

/** A reference to a test that was renamed or removed is worth nothing. */
async function assertNamed(file: string, name: string): Promise<void> {
  const text = await Deno.readTextFile(new URL(`../${file}`, import.meta.url));
  const there = ['"', "'", "`"].some((quote) => text.includes(quote + name + quote));
  assert(there, `tests/${file} has no test or case named ${JSON.stringify(name)}`);
}
