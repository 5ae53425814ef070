import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { bounds } from "../bounds.ts";
import { CONTEXTS, type KnownRun, wholeTruth } from "../../src/formats/expression.ts";
import { plainTruth } from "../../src/formats/expression_plain.ts";

const RUNS: readonly (KnownRun | null)[] = [
  null,
  { github: { event_name: "push", ref_type: "tag", "event.action": "" }, refPrefix: "refs/tags/" },
  { github: { event_name: "release", "event.action": "published" }, refPrefix: "refs/tags/v" },
  {
    github: { event_name: "workflow_call" },
    refPrefix: null,
    inputs: new Map<string, string | boolean>([["publish", "true"], ["dry", ""], ["on", true], [
      "off",
      false,
    ]]),
  },
  {
    github: { event_name: "push" },
    refPrefix: "refs/heads/",
    nothing: new Set(["needs.build.result", "needs.build.outputs.tag", "matrix.os", "matrix.target.id"]),
  },
  {
    github: { event_name: "pull_request" },
    refPrefix: "refs/pull/",
    nothing: new Set(["github.event.head_commit.message", "github.event.release"]),
    present: new Set(["github.event.pull_request"]),
    needs: new Map([["plan.outputs.publishing", "false"], ["plan.result", "skipped"]]),
  },
  {
    github: {
      event_name: "push",
      ref: "refs/heads/main",
      ref_name: "main",
      "event.ref": "refs/heads/main",
    },
    refPrefix: "refs/heads/",
  },
];

/** Equal to what the library makes of it in every run; `false` where it is left to that. */
async function agrees(expression: string): Promise<boolean> {
  let plain = true;
  for (const run of RUNS) {
    const answer = plainTruth(expression, run, CONTEXTS);
    if (answer === null) plain = false;
    else assertEquals(answer, await wholeTruth(expression, run), `${expression} in ${JSON.stringify(run)}`);
  }
  return plain;
}

Deno.test("a condition as most people write it is decided alike, without the library", async () => {
  for (
    const expression of [
      "github.event_name == 'push' && startsWith(github.ref, 'refs/tags/')",
      "github.repository == 'acme/widgets' && !cancelled()",
      "always() && (github.event.action != 'created' || true)",
      "needs.build.result == 'success' || github.ref != 'refs/heads/main'",
      "inputs.publish == 'true' && inputs.dry",
      "inputs.on && !inputs.off",
      "inputs.on == true || inputs.off != false",
      "github.ref_type == 'TAG'",
      "!(github.event_name == 'pull_request')",
      "contains(github.ref, 'refs/heads/') || 'it''s' == ''",
      "matrix.os == 'ubuntu-latest' && false",
      "matrix.target.id == 'linux' || matrix.os && github.event_name != 'push'",
      "1 == 2",
      "startsWith(github.ref, 'v')",
      "github.ref == 'refs/heads/release-*' || github.ref == 'main'",
      "contains(github.ref, 'release')",
      "needs.build.outputs.tag && needs.build.outputs.other",
      "contains('abc', 'B')",
      "!contains(github.event.head_commit.message, 'skip ci') && !github.event.release",
      "startsWith(github.event.ref, 'refs/tags/')",
      "endsWith(github.ref, 'Ain') && contains(github.event.ref, 'heads') && github.ref_name != 'v1'",
      "startsWith(github.ref, 'refs/heads/m')",
      "!github.event.pull_request || github.event.pull_request && needs.plan.result == 'skipped'",
      "needs.plan.outputs.publishing == 'true' && needs.plan.outputs.other",
    ]
  ) assert(await agrees(expression), expression);
});

Deno.test("a condition that is written in any other way, or wrongly, is left to the library", () => {
  for (
    const expression of [
      "'a' == 1",
      "true == 'true'",
      "null == ''",
      "github['event_name'] == 'push'",
      "github.event.commits.*.id == 'x'",
      "fromJSON('true')",
      "contains('abc', 1)",
      "format('a') == 'a'",
      "1 < 2",
      "'a' == 'b' == 'c'",
      "wrong.name == 'x'",
      "'open",
      "github.event_name = 'push'",
      "true)",
      "(true",
      "'é' == 'É'",
      `${"(".repeat(20_000)}true${")".repeat(20_000)}`,
      `${"!".repeat(20_000)}true`,
      "",
    ]
  ) assertEquals(plainTruth(expression, RUNS[1]!, CONTEXTS), null, expression);
});

const { expression } = fc.letrec<{ expression: string }>((tie) => ({
  expression: fc.oneof(
    { maxDepth: 5 },
    fc.constantFrom(
      ...[
        "true",
        "false",
        "null",
        "0",
        "1",
        "-2.5",
        "''",
        "'a'",
        "'A'",
        "'push'",
        "'refs/tags/'",
        "'refs/heads/x'",
      ],
      ...["'refs/tags/v1'", "'refs'", "github.event_name", "github.ref", "GitHub.Ref", "github.event.action"],
      ...[
        "github.ref_type",
        "inputs.publish",
        "inputs.dry",
        "inputs.on",
        "inputs.off",
        "github.event.pull_request",
        "needs.plan.result",
        "inputs.other",
        "matrix.os",
        "github",
        "wrong.x",
      ],
      ...[
        "always()",
        "success()",
        "Failure()",
        "github.event",
        "needs.a.outputs.b",
        "'it''s'",
        "01",
        "1e3",
        "0x1",
      ],
    ),
    fc.tuple(
      tie("expression"),
      fc.constantFrom("&&", "||", "==", "!=", " == ", " && ", "<", "="),
      tie("expression"),
    )
      .map((parts) => parts.join("")),
    tie("expression").map((inner) => `!${inner}`),
    tie("expression").map((inner) => `( ${inner})`),
    fc.tuple(
      fc.constantFrom("startsWith", "contains", "endsWith", "format"),
      tie("expression"),
      tie("expression"),
    )
      .map(([name, one, other]) => `${name}(${one}, ${other})`),
  ),
}));

Deno.test("whatever a condition is made of: both readers decide alike, or only one of them reads it", async () => {
  let read = 0;
  await fc.assert(
    fc.asyncProperty(expression, async (text) => {
      if (await agrees(text)) read++;
    }),
    bounds(3000),
  );
  assert(read > 500, `only ${read} of the conditions were read`);
});
