import { assertEquals } from "@std/assert";
import { type Truth, truth } from "../../src/formats/expression.ts";

Deno.test("an expression is true or false only where no run can change it", async () => {
  const cases: readonly (readonly [Truth, readonly string[]])[] = [
    ["no", ["false", "0", "''", "null", "!true", "'a' == 'b'", "fromJSON('false')", "1 > 2"]],
    ["no", [
      "false && github.ref",
      "github.ref == 'x' && false",
      "(false)",
      "always() && false",
      "!(true || github.ref)",
    ]],
    ["yes", [
      "true",
      "1",
      "'a'",
      "!false",
      "always()",
      "github.actor || true",
      "'a' == 'A'",
      "fromJSON('[]')",
    ]],
    ["unknown", [
      "github.ref == 'refs/heads/main'",
      "success()",
      "!cancelled()",
      "inputs.publish",
      "steps.a.outputs['b']",
    ]],
    ["unknown", ["false || github.ref", "true && inputs.x", "hashFiles('a') != ''", "github.ref == 'false'"]],
    ["unknown", ["", "a ? b : 'c'", "'open", "nothing('x')", "1 +"]],
  ];
  for (const [answer, expressions] of cases) {
    for (const expression of expressions) assertEquals(await truth(expression), answer, expression);
  }
});
