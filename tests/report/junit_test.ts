import { assertEquals, assertStringIncludes } from "@std/assert";
import type { Phase } from "../../src/report/finding.ts";
import { junit } from "../../src/report/junit.ts";
import { locate } from "./samples.ts";
import { assertGolden } from "./golden.ts";
import { reported } from "./reported.ts";

const TEXT = "a: 1\nb: 2\n";
const at = locate(".github/workflows/a.yml", TEXT, "b");
const PHASES: readonly Phase[] = [
  {
    name: "trust policy (local)",
    status: "passed",
    reason: null,
    seen: ['a.yml: job "p" publishes to npm', 'b.yml: job "q" publishes to PyPI'],
  },
  { name: "publishing jobs", status: "failed", reason: null, seen: ["what was looked at"] },
  { name: "credentials", status: "skipped", reason: "not checked: not asked for" },
];

Deno.test("each section is a suite, each finding a case, and a section without findings is a case itself", async () => {
  const findings = [
    reported({ at, related: [{ at, message: "here <too>" }], why: ["Because."], next: ["repair & run"] }),
    reported({ at, severity: "warning", message: 'A "warning"' }),
    reported({ at, severity: "unverified", message: "Who knows" }),
    reported({ at, message: "Known", ignored: "so it's", ignoredBy: "comment" }),
  ];
  const fails = ({ severity }: { severity: string }) => severity === "error";
  await assertGolden("junit", junit({ findings, phases: PHASES, fails }));
});

Deno.test("what makes the run fail is what was asked to", () => {
  const findings = [reported({ at, severity: "info" }), reported({ at, severity: "unverified" })];
  const text = junit({ findings, phases: PHASES, fails: () => true });
  assertStringIncludes(
    text,
    '<testsuites name="keyless doctor" tests="4" failures="2" errors="0" skipped="1">',
  );
  assertEquals(junit({ findings, phases: PHASES, fails: () => false }).includes("<failure"), false);
});

Deno.test("text of any origin leaves the XML well-formed", () => {
  const nasty = `</failure>]]>&amp;"'\u0000\u0008\u001b[31m\ufffe\ud800 \u{1f600}\u202e`;
  const text = junit({
    findings: [
      reported({
        at: { ...at, path: `a"<\n>.yml` },
        message: nasty,
        label: nasty,
        why: [nasty],
        next: [nasty],
      }),
    ],
    phases: [{ name: "publishing jobs", status: "failed", reason: nasty }],
    fails: () => true,
  });
  // Everything that is no line break and no printable character, and half of a surrogate pair.
  const bad = [...text].filter((character) =>
    /[\p{Cc}\p{Cf}\p{Cs}\ufffe]/u.test(character) && character !== "\n"
  );
  assertEquals(bad, []);
  assertStringIncludes(text, "\u{1f600}");
  assertWellFormed(text);
});

/** Every tag that opens closes, no `<` or `&` stands alone, and attributes are quoted. */
function assertWellFormed(xml: string): void {
  const open: string[] = [];
  const rest = xml.replace(/^<\?xml [^?]*\?>\n/, "").replace(
    /<(\/?)([a-z-]+)((?: [a-z]+="[^"<]*")*)(\/?)>/g,
    (_, closes: string, name: string, _attributes: string, empty: string) => {
      if (closes) assertEquals(open.pop(), name);
      else if (!empty) open.push(name);
      return "";
    },
  );
  assertEquals(open, []);
  assertEquals(rest.replace(/&(?:amp|lt|gt|quot|apos);/g, "").match(/[<>&]/), null);
}
