import { assertEquals } from "@std/assert";
import { fold } from "../../src/report/fold.ts";
import { table } from "../../src/report/table.ts";
import { width } from "../../src/report/width.ts";
import { ASCII, NARROW, UNICODE } from "./samples.ts";

Deno.test("text is folded between words, and no word is cut", () => {
  const cases: [text: string, first: string, lines: string[]][] = [
    ["one two three", "", ["one two", "three"]],
    ["one two three", "→ ", ["→ one two", "  three"]],
    ["a-name-that-is-longer x", "- ", ["- a-name-that-is-longer", "  x"]],
    ["a\n  b c d e f", "> ", ["> a", "    b c d", "    e f"]],
    ["", "x ", ["x"]],
    ["日本 日本 日本", "", ["日本 日本", "日本"]],
  ];
  for (const [text, first, lines] of cases) assertEquals(fold(text, { width: 10, first }), lines);
});

Deno.test("width counts columns, not code units", () => {
  const cases: [string, number][] = [
    ["abc", 3],
    ["日本", 4],
    ["ｶﾅ", 2],
    ["e\u0301", 1],
    ["👍🏽", 2],
    ["🇩🇪", 2],
    ["❤️", 2],
    ["\x1b[31mred\x1b[39m", 3],
    ["", 0],
  ];
  for (const [text, columns] of cases) assertEquals(width(text), columns, JSON.stringify(text));
});

const PLAN = {
  header: ["package", "registry", ""],
  rows: [["widget-core", "crates.io", "✓"], ["@acme/widget", "", "✗"]],
};

Deno.test("a table has aligned columns where there is room", () => {
  assertEquals(table(PLAN, UNICODE), [
    "package       registry",
    "widget-core   crates.io  ✓",
    "@acme/widget             ✗",
  ]);
  assertEquals(table(PLAN, ASCII).at(-1), "@acme/widget             error");
});

Deno.test("a table is a list under 80 columns, or where it does not fit", () => {
  const list = ["widget-core  ✓", "  registry  crates.io", "@acme/widget  ✗"];
  assertEquals(table(PLAN, NARROW), list);
  const wide = { ...PLAN, rows: [...PLAN.rows, ["x", "y".repeat(100), ""]] };
  assertEquals(table(wide, UNICODE), [...list, "x", `  registry  ${"y".repeat(100)}`]);
});
