import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { bounds } from "../bounds.ts";
import { SourceText } from "../../src/formats/positions.ts";

Deno.test("lines and columns start at 1, offsets at 0, and all count UTF-16 units", () => {
  const source = new SourceText("a\n😀b\r\nc", "x");
  assertEquals(source.position(0), { line: 1, column: 1, offset: 0 });
  assertEquals(source.position(4), { line: 2, column: 3, offset: 4 });
  assertEquals(source.position(7), { line: 3, column: 1, offset: 7 });
});

Deno.test("an offset beyond the end is the end", () => {
  assertEquals(new SourceText("ab\n", "x").position(99), { line: 2, column: 1, offset: 3 });
});

Deno.test("a byte order mark counts in offsets of the text, not in columns", () => {
  const source = new SourceText("\ufeffab", "x");
  assertEquals(source.body, "ab");
  assertEquals(source.position(1), { line: 1, column: 2, offset: 2 });
});

Deno.test("a word ends where its line does", () => {
  const source = new SourceText("key = \r\nnext", "x");
  assertEquals(source.wordAt(0).end, { line: 1, column: 4, offset: 3 });
  assertEquals(source.wordAt(6).end, { line: 1, column: 7, offset: 6 });
});

Deno.test("line and column lead back to the offset, for any text", () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom("a", "\n", "\r\n", "😀") }), fc.nat(50), (text, at) => {
      const source = new SourceText(text, "x");
      const { line, column, offset } = source.position(at);
      assertEquals(source.offsetOf(line, column), offset);
      assertEquals(text.slice(0, offset).split("\n").length, line);
    }),
    bounds(100),
  );
});
