import { assertEquals } from "@std/assert";
import type { Problem } from "../../src/problem.ts";
import { toldOnce } from "../../src/report/told_once.ts";

function unreachable(name: string, more: Partial<Problem> = {}): Problem {
  return {
    code: "registry-unknown",
    message: `crates.io could not say whether ${name} 1.4.0 is there`,
    why: [`error sending request for url (https://crates.io/api/v1/crates/${name})`],
    next: ["run again when the registry answers"],
    package: name,
    registry: "crates",
    ...more,
  };
}

Deno.test("what an outage does to every package is told once, with the names of the others", () => {
  const [first, second, third] = [unreachable("slug"), unreachable("slug-cli"), unreachable("slug.core")];
  assertEquals(toldOnce([first, second, third]), [{
    ...first,
    why: [...first.why!, "The same holds for slug-cli, slug.core."],
  }]);
});

Deno.test("problems that differ in more than a name are told apart, in their order", () => {
  const cases: [string, Problem[]][] = [
    ["another reason", [unreachable("a-b"), unreachable("c-d", { why: ["503 Service Unavailable"] })]],
    ["another registry", [unreachable("a-b"), unreachable("c-d", { registry: "npm" })]],
    ["another place", [
      unreachable("a-b"),
      unreachable("c-d", {
        at: {
          path: "c/Cargo.toml",
          start: { line: 2, column: 1, offset: 9 },
          end: { line: 2, column: 3, offset: 11 },
        },
      }),
    ]],
    ["no package", ["dirty-tree", "dirty-tree"].map((code) => ({ code, message: "m", next: ["n"] }))],
  ];
  for (const [what, problems] of cases) assertEquals(toldOnce(problems), problems, what);
});
