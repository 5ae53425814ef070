import { assertEquals } from "@std/assert";
import { expressionsIn, flowsOf } from "../../src/formats/expression_text.ts";

Deno.test("expressions are found in a text, and braces in their texts close none", () => {
  assertEquals(
    expressionsIn("a ${{ b }} c ${{ format('}} {0}', d) }}${{e}} ${{ open").map(({ expression }) =>
      expression
    ),
    [" b ", " format('}} {0}', d) ", "e"],
  );
  const text = "x ${{ y }}z";
  const { start, end } = expressionsIn(text)[0]!;
  assertEquals(text.slice(start, end), "${{ y }}");
  assertEquals(expressionsIn("${{ 'a }}"), []);
});

Deno.test("what comes into an expression's result is told from what it only asks about", () => {
  const cases: [expression: string, flows: readonly string[]][] = [
    ["github.event.comment.body", ["github.event.comment.body"]],
    [" GitHub.Head_Ref ", ["github.head_ref"]],
    ["github['event'].issue['title']", ["github.event.issue.title"]],
    ["github.event.commits[0].message", ["github.event.commits.*.message"]],
    ["github.event.commits.*.message", ["github.event.commits.*.message"]],
    ["github.event.commits[*].message", ["github.event.commits.*.message"]],
    ["github.head_ref || github.ref_name", ["github.head_ref", "github.ref_name"]],
    ["github.event_name == 'issues' && github.event.issue.title || 'none'", ["github.event.issue.title"]],
    ["github.event.issue.title == 'a'", []],
    ["!github.event.issue.title", []],
    ["(github.head_ref)", ["github.head_ref"]],
    ["contains(github.event.issue.title, 'a') && 'yes' || 'no'", []],
    ["startsWith(github.head_ref, 'a')", []],
    ["format('{0} {1}', github.head_ref, 1)", ["github.head_ref"]],
    ["join(github.event.commits.*.message, ' ')", ["github.event.commits.*.message"]],
    ["toJSON(github.event)", ["github.event!"]],
    ["fromJSON(toJSON(github)).x", ["github!"]],
    ["matrix.a[github.head_ref]", ["matrix.a.*"]],
    ["1.5e3", []],
    ["true", []],
    ["", []],
    ["github.", []],
    ["github.head_ref)", []],
    ["github.head_ref, 'a'", []],
    ['"github.head_ref"', []],
    ["(".repeat(100) + "github.head_ref" + ")".repeat(100), []],
  ];
  for (const [expression, flows] of cases) {
    assertEquals(flowsOf(expression).map(({ path, whole }) => whole ? `${path}!` : path), flows, expression);
  }
});
