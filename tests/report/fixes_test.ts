import { assertEquals } from "@std/assert";
import type { Finding } from "../../src/report/finding.ts";
import { renderFixes } from "../../src/report/fixes.ts";

const DISPLAY = { isTerminal: false, colour: false, unicode: true, width: 80 };

function finding(path: string, line: number, code: string, description: string): Finding {
  const start = { line, column: 1, offset: 0 };
  return {
    code,
    severity: "warning",
    confidence: "certain",
    message: "…",
    package: null,
    at: { path, start, end: start },
    label: null,
    related: [],
    why: [],
    next: ["…"],
    fix: { safe: true, description, edits: [{ path, start: 0, end: 0, text: "" }] },
    ignored: null,
  };
}

const NOTHING = { applied: [], heldBack: [], overlapping: [], broken: [] };

Deno.test("what was fixed is counted, and named line by line", () => {
  const applied = [
    finding("a.yml", 3, "missing-id-token", "add `id-token: write` to the job's permissions"),
    finding("b.yml", 14, "token-left-over", "remove NPM_TOKEN"),
    finding(
      "b.yml",
      20,
      "token-left-over",
      "remove a variable that nothing reads, for a reason that takes a long line to tell",
    ),
  ];
  const heldBack = [finding("a.yml", 9, "releases-cancel-each-other", "let a release finish")];
  const overlapping = [finding("a.yml", 4, "misspelt-permission", "write `contents`"), heldBack[0]!];
  const broken = [finding("c.yml", 1, "odd", "x")];
  assertEquals(
    renderFixes({ applied, heldBack, overlapping, broken }, DISPLAY),
    `✓ Fixed 3 findings in 2 files
   a.yml:3 missing-id-token: add \`id-token: write\` to the job's permissions
   b.yml:14 token-left-over: remove NPM_TOKEN
   b.yml:20 token-left-over: remove a variable that nothing reads, for a reason
     that takes a long line to tell
· 1 held back: it may change behaviour; --fix=unsafe
   a.yml:9 releases-cancel-each-other: let a release finish
! 2 not fixed: they overlap others; run again
   a.yml:4 misspelt-permission: write \`contents\`
   a.yml:9 releases-cancel-each-other: let a release finish
✗ 1 not fixed: the repair does not hold, which is a mistake of keyless
   c.yml:1 odd: x
`,
  );
});

Deno.test("one is one, and a plan is no deed", () => {
  const applied = [finding("a.yml", 1, "odd", "x")];
  assertEquals(
    renderFixes({ ...NOTHING, applied }, DISPLAY, { planned: true }),
    "✓ Would fix 1 finding in 1 file\n   a.yml:1 odd: x\n",
  );
});

Deno.test("findings with one and the same repair are counted, and share its line", () => {
  const applied = [finding("a.yml", 1, "odd", "x"), finding("a.yml", 1, "odd", "x")];
  assertEquals(
    renderFixes({ ...NOTHING, applied }, DISPLAY),
    "✓ Fixed 2 findings in 1 file\n   a.yml:1 odd: x\n",
  );
});

Deno.test("where nothing can be fixed, nothing is said", () => {
  assertEquals(renderFixes(NOTHING, DISPLAY), "");
});
