import { assertEquals } from "@std/assert";

/** Compares with `golden/NAME.txt` beside the test, escapes written as `␛`; `UPDATE_GOLDEN=1` writes the file instead, to be read before it is kept. */
export async function assertGolden(
  name: string,
  text: string,
  test: string = import.meta.url,
): Promise<void> {
  const file = new URL(`golden/${name}.txt`, test);
  const seen = text.replaceAll("\x1b", "␛");
  if (Deno.env.get("UPDATE_GOLDEN")) await Deno.writeTextFile(file, seen);
  assertEquals(seen, await Deno.readTextFile(file));
}
