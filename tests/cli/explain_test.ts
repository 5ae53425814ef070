import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { renderPage, summaryOf } from "../../src/explain/page.ts";
import { answer, assertGolden, TERMINAL } from "./support.ts";

const PAGE = `# broken-tap

The tap drips since
it was turned off.

## Why

- The **washer** is worn, see [the manual](https://a.example/manual) and [the rule](../rules/other.md);
  it happens.
- \`turn --off\` was not enough for the tap.

1. first

| tap | drips |
|---|---|
| left | yes |

\`\`\`yaml
tap:   # as it is
    off: "no"

    long: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
\`\`\`
`;

Deno.test("a page is laid out for the terminal: folded text, code as it is", async () => {
  await assertGolden("page", renderPage(PAGE, { ...TERMINAL, width: 44 }));
  await assertGolden("page-colour-ascii", renderPage(PAGE, { ...TERMINAL, colour: true, unicode: false }));
});

Deno.test("the summary of a page is its first paragraph", () => {
  assertEquals(summaryOf(PAGE), "The tap drips since it was turned off.");
});

Deno.test("explain lays a page out on a terminal and leaves it as it is in a pipe", async () => {
  const piped = await answer(["explain", "unknown-option"], { ...TERMINAL, isTerminal: false });
  assertEquals(
    piped.stdout,
    await Deno.readTextFile(new URL("../../docs/codes/unknown-option.md", import.meta.url)),
  );
  const shown = await answer(["explain", "unknown-option"]);
  assertMatch(shown.stdout, /^unknown-option\n\nThe command does not know this option\.\n\nWhy\n/);
  assertEquals([piped.code, shown.code], [0, 0]);
});

Deno.test("explain lists all codes, one a line in a pipe", async () => {
  const { stdout } = await answer(["explain", "--list"], { ...TERMINAL, isTerminal: false });
  const codes = stdout.trimEnd().split("\n");
  assert(codes.includes("internal-error"));
  assertEquals(codes, [...codes].sort());
  assertEquals((await answer(["explain"], { ...TERMINAL, isTerminal: false })).stdout, stdout);
});

Deno.test("on a terminal the list has what doctor finds first, by severity, and a sentence on each code", async () => {
  const { stdout } = await answer(["explain", "--list"]);
  const place = (text: string) => {
    assertStringIncludes(stdout, text);
    return stdout.indexOf(text);
  };
  const order = [
    place("What keyless doctor finds\n"),
    place("  ✗ missing-id-token\n      A job publishes without"),
    place("  ! unused-ignore\n"),
    place("What stops a command\n"),
    place("  internal-error\n      keyless met something"),
  ];
  assertEquals(order, order.toSorted((a, b) => a - b));
});

Deno.test("explain gives pages to programs as JSON", async () => {
  const one = JSON.parse((await answer(["explain", "unknown-option", "--json"])).stdout);
  assertEquals(one.schema, "keyless/explain/1");
  assertEquals(one.pages.length, 1);
  assertEquals([one.pages[0].summary, one.pages[0].severity], [
    "The command does not know this option.",
    null,
  ]);
  const { pages } = JSON.parse((await answer(["explain", "--list", "--json"])).stdout);
  const severities = new Map<string, string | null>(
    pages.map((page: { code: string; severity: string | null }) => [page.code, page.severity]),
  );
  assertEquals(
    ["missing-id-token", "unused-ignore", "token-not-burned", "internal-error"].map((code) =>
      severities.get(code)
    ),
    [
      "error",
      "warning",
      "info",
      null,
    ],
  );
});

Deno.test("an unknown code comes with a suggestion", async () => {
  const { code, stderr } = await answer(["explain", "unknwon-option"]);
  assertEquals(code, 2);
  assertStringIncludes(stderr, 'There is no code "unknwon-option"');
  assertStringIncludes(stderr, "did you mean keyless explain unknown-option?");
  assertEquals((await answer(["explain", "unknown-option", "--list"])).code, 2);
  assertEquals((await answer(["explain", "constructor"])).code, 2);
});
