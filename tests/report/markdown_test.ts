import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { docsOf } from "../../src/report/json.ts";
import { markdown } from "../../src/report/markdown.ts";
import { locate } from "./samples.ts";
import { assertGolden } from "./golden.ts";
import { reported } from "./reported.ts";

const at = locate(".github/workflows/release.yml", "a: 1\nb: 2\n", "b");
const PHASES = [
  {
    name: "trust policy (local)",
    status: "failed",
    reason: null,
    seen: ['release.yml: job "publish" publishes to npm with $NPM_TOKEN_*', "ci.yml: <b>"],
  },
  { name: "credentials", status: "passed", reason: "no token is where it should not be" },
] as const;

Deno.test("a page says first how it stands, and unfolds to causes, places and steps", async () => {
  const text = markdown({
    verdict: "1 error, 1 warning",
    findings: [
      reported({
        at,
        label: "claimed as `environment`",
        related: [{ at, message: "declared" }],
        why: ["The exchange stops."],
        next: [
          "add `id-token: write` to the job:\n   permissions:\n     id-token: write",
          "see https://crates.io/crates/my_crate/settings.",
        ],
      }),
      reported({ at, severity: "warning", ignored: "renamed soon", ignoredBy: "comment" }),
    ],
    phases: PHASES,
    url: docsOf,
  });
  await assertGolden("markdown", text);
});

Deno.test("text from files is no markup", () => {
  const nasty = "<img src=x> @team **b** [a](javascript:x) `<b>` | # ::error::x </details>";
  const text = markdown({
    verdict: "1 error",
    findings: [
      reported({
        at: { ...at, path: "<i>@x/`" },
        message: nasty,
        label: nasty,
        why: [nasty],
        next: [`x\n${nasty}`],
      }),
    ],
    phases: [{ name: nasty, status: "failed", reason: nasty }],
    url: docsOf,
  });
  for (const part of ["<img", "@team", "**b**", "[a](", "<b>x", "::error", "<i>"]) {
    assertEquals(text.includes(part), false, part);
  }
  assertEquals(text.match(/<\/details>/g)?.length, 1);
  assertStringIncludes(text, "<code>&#60;b&#62;</code>");
});

Deno.test("a page fits in a comment on GitHub, and says what it leaves out", () => {
  const findings = Array.from(
    { length: 500 },
    (_, index) => reported({ at, message: `Number ${index}`, why: ["x".repeat(300)] }),
  );
  const text = markdown({ verdict: "500 errors", findings, phases: PHASES, url: docsOf });
  assert(text.length < 65_536, String(text.length));
  const shown = text.match(/<details>/g)!.length;
  assertStringIncludes(text, `and ${500 - shown} more`);
  assertStringIncludes(text, "credentials");
});

Deno.test("of a finding with more places than anybody reads, the finding is shown and the others are counted", () => {
  const related = Array.from({ length: 5000 }, () => ({ at, message: "here too" }));
  const text = markdown({
    verdict: "1 error",
    findings: [reported({ at, related })],
    phases: [],
    url: docsOf,
  });
  assertEquals(text.match(/here too/g)?.length, 20);
  assertStringIncludes(text, "… and 4980 more places");
});

Deno.test("a section with an open finding is not called right", () => {
  const phases = ["credentials", "publishing jobs", "packages", "trust policy (local)"].map((name) =>
    ({ name, status: "passed", reason: "all is right" }) as const
  );
  const text = markdown({
    verdict: "1 warning, 2 to know",
    findings: [
      reported({ at, severity: "info" }),
      reported({ at, severity: "warning" }),
      reported({ at, severity: "info", phase: "packages" }),
      reported({ at, severity: "warning", phase: "credentials", ignored: "known", ignoredBy: "comment" }),
    ],
    phases,
    url: docsOf,
  });
  assertEquals(text.split("\n").filter((line) => /^- [✓!·] \w/.test(line)), [
    "- ✓ credentials: all is right",
    "- ! publishing jobs",
    "- · packages",
    "- ✓ trust policy (local): all is right",
  ]);
});
