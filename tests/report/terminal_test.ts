import { assert, assertEquals } from "@std/assert";
import type { Display } from "../../src/host/terminal.ts";
import type { Problem } from "../../src/problem.ts";
import type { Finding } from "../../src/report/finding.ts";
import { renderFinding, renderProblem } from "../../src/report/terminal.ts";
import { width } from "../../src/report/width.ts";
import { assertGolden } from "./golden.ts";
import { ASCII, COLOUR, finding, locate, NARROW, UNICODE } from "./samples.ts";

const TOML = `[[package]]\nname = "my-crate"\n\ntrustpolicy = { workflow = "release.yml" }\n`;

const UNKNOWN_KEY: Problem = {
  code: "config-unknown-key",
  message: 'unknown key "trustpolicy" in [[package]] "my-crate"',
  at: locate("keyless.toml", TOML, "trustpolicy"),
  source: TOML,
  next: ["did you mean [package.trust_policy]?"],
};

const REFUSED: Problem = {
  code: "exchange-workflow",
  message: "widget-core 1.4.0: crates.io refused the exchange (400)",
  said:
    "The Trusted Publishing config for repository `acme/widgets` does not match the workflow filename `ship.yml` in the JWT. Expected workflow filenames: `release.yml`",
  comparison: [
    { field: "repository", claimed: "acme/widgets", registered: "acme/widgets", matches: true },
    { field: "workflow", claimed: "ship.yml", registered: "release.yml", matches: false },
    { field: "environment", claimed: "release", registered: null, matches: null },
  ],
  why: ["A record at crates.io names the workflow file – renaming the file does not rename it there."],
  next: [
    "rename .github/workflows/ship.yml back",
    "or change the record at https://crates.io/crates/widget-core/settings and `workflow` in keyless.toml:8",
  ],
};

const NO_PERMISSION: Problem = {
  code: "oidc-unavailable",
  message: "PyPI: no OIDC token, because this job may not request one",
  why: ["GITHUB_ACTIONS is set, ACTIONS_ID_TOKEN_REQUEST_URL is not: the job lacks `id-token: write`."],
  next: [
    "add to the job in .github/workflows/release.yml:\n   permissions:\n     contents: read\n     id-token: write",
  ],
};

const WORKFLOW = `name: release
on:
  push:
    tags: ["v*"]

permissions:
  id-token: write

jobs:
  publish:
    environment: production
    runs-on: ubuntu-latest
    permissions:
      contents: read
    steps:
      - run: |
          cargo build
          keyless publish --verbose
`;
const CONFIG = `[[package]]\nname = "my-crate"\n[package.trust_policy]\nenvironment = "release"\n`;
const SOURCES = new Map([[".github/workflows/release.yml", WORKFLOW], ["keyless.toml", CONFIG]]);
const inWorkflow = (part: string) => locate(".github/workflows/release.yml", WORKFLOW, part);

const LOST: Finding = finding({
  code: "missing-id-token",
  message: 'job "publish" publishes to crates.io but cannot request an OIDC token',
  at: locate(".github/workflows/release.yml", WORKFLOW, "permissions:\n      contents"),
  label: "… but a job's block replaces it; scopes that it does not name become none",
  related: [
    { at: inWorkflow("permissions:\n  id-token: write"), message: "granted here for the workflow …" },
    { at: inWorkflow("keyless publish"), message: "publishes my-crate" },
  ],
  why: ["The exchange would stop before it starts: GitHub gives this job no token to send."],
  next: ["add `id-token: write` to the job's permissions"],
});

const DRIFT: Finding = finding({
  code: "publisher-environment-mismatch",
  severity: "warning",
  confidence: "likely",
  message: 'my-crate expects environment "release", job "publish" runs in "production"',
  at: inWorkflow("production"),
  label: "claimed as `environment`",
  related: [{
    at: locate("keyless.toml", CONFIG, '"release"'),
    message: "declared; crates.io compares without letter case",
  }],
  ignored: "the environment is renamed next week",
});

const DISPLAYS: readonly (readonly [string, Display])[] = [
  ["unicode", UNICODE],
  ["ascii", ASCII],
  ["narrow", NARROW],
  ["colour", COLOUR],
];

for (const [how, display] of DISPLAYS) {
  Deno.test(`problems are shown whole: ${how}`, async () => {
    const text = [UNKNOWN_KEY, REFUSED, NO_PERMISSION].map((problem) => renderProblem(problem, display)).join(
      "\n",
    );
    await assertGolden(`problems-${how}`, text);
  });

  Deno.test(`findings are shown with all their places: ${how}`, async () => {
    const text = [LOST, DRIFT].map((each) => renderFinding(each, SOURCES, display)).join("\n");
    await assertGolden(`findings-${how}`, text);
  });
}

const LONG = `url = "https://example.com/${"a".repeat(300)}/trusted-publishing/${"b".repeat(300)}"`;
const SPAN = "run: |\n  one\n  two\n  three\n  four\n  five\n";

/** Sources that are hard to underline: the text, what is marked in it. */
const SOURCES_OF: readonly (readonly [name: string, text: string, part: string])[] = [
  ["wide characters", `名前 = "パッケージ"  # 😀 ok\n`, '"パッケージ"'],
  ["emoji made of several characters", `a = "👍🏽 🇩🇪 ❤️" # x\n`, "# x"],
  ["combining characters", "e\u0301t\u0061\u0308t = wrong\n", "wrong"],
  ["tabs", "\tjobs:\n\t  a:\tbad\n", "bad"],
  ["a very long line", LONG, "trusted-publishing"],
  ["a very long span", LONG, LONG],
  ["CRLF", "one\r\ntwo: bad\r\nthree\r\n", "bad"],
  ["the end of a CRLF line", "one\r\ntwo: bad\r\n", "bad\r\n"],
  ["a span over several lines", "a:\n  b: 1\n  c: 2\nd: 3\n", "b: 1\n  c: 2\n"],
  ["a span over many lines", SPAN, SPAN],
  ["a span of nothing", "a:\n", ""],
  ["an empty file", "", ""],
  ["the end of a file", "a: 1", ""],
  ["a literal credential", `token: npm_${"CANARY".repeat(6)} # bad\n`, "# bad"],
  ["escapes and overrides", `a: "\x1b[31mred\u202e" # bad\n`, "# bad"],
  ["workflow commands", "##[error]x\n::error::y bad\n", "bad"],
];

Deno.test("any source can be underlined", async () => {
  const blocks = SOURCES_OF.map(([name, text, part]) => {
    const at = name === "the end of a file"
      ? { path: "a", start: { line: 1, column: 5, offset: 4 }, end: { line: 1, column: 5, offset: 4 } }
      : locate("a", text, part);
    return renderProblem({ code: "c", message: name, at, source: text, next: ["go on"] }, NARROW);
  });
  await assertGolden("sources", blocks.join("\n"));
});

const WIDE_STEP = `jobs:
  publish:
    permissions: { contents: read, id-token: write }
    steps:
      - uses: pypa/gh-action-pypi-publish@release/v1
        with: { password: "${"$"}{{ secrets.PYPI }}", repository-url: https://test.pypi.org/legacy/, verbose: true }
      - name: 発行 😀
\t\tenv:\tX
`;
const inStep = (part: string) => locate("a.yml", WIDE_STEP, part);

/** Findings with several places: the primary one, and the related ones with what is said of them. */
const MARKED: readonly (readonly [name: string, part: string, related: Readonly<Record<string, string>>])[] =
  [
    ["three on a line", 'password: "${{ secrets.PYPI }}"', {
      "https://test.pypi.org/legacy/": "for TestPyPI, whose tokens are others",
      "verbose: true": "far to the right",
      "id-token: write": "granted",
    }],
    ["the primary one far to the right", "verbose: true", { password: "at the left" }],
    ["one inside the other", "permissions: { contents: read, id-token: write }", {
      "id-token: write": "grants it",
    }],
    ["the same twice", "id-token: write", { "id-token: write": "again" }],
    ["tabs and wide characters", "X", { "😀": "two columns", "発行": "four columns" }],
  ];

Deno.test("each of several places in one file can be seen, on however narrow a terminal", async () => {
  const findings = MARKED.map(([name, part, related]) =>
    finding({
      message: name,
      at: inStep(part),
      label: "the primary one",
      related: Object.entries(related).map(([text, message]) => ({ at: inStep(text), message })),
    })
  );
  const sources = new Map([["a.yml", WIDE_STEP]]);
  const screens = [UNICODE, NARROW].map((display) =>
    findings.map((each) => renderFinding(each, sources, display)).join("\n")
  );
  await assertGolden("marks", screens.join("\n"));
});

Deno.test("no line is wider than the terminal, unless one word is", () => {
  for (const columns of [40, 60, 79, 80, 100]) {
    const display = { ...UNICODE, width: columns };
    const text = [REFUSED, UNKNOWN_KEY].map((problem) => renderProblem(problem, display)).join("") +
      [LOST, DRIFT].map((each) => renderFinding(each, SOURCES, display)).join("") +
      renderProblem(
        { code: "c", message: "m", at: locate("a", LONG, "trusted"), source: LONG, next: ["x"] },
        display,
      );
    for (const line of text.split("\n")) {
      assert(width(line) <= columns || !line.trim().slice(4).includes(" "), `${columns}: ${line}`);
    }
  }
});

Deno.test("colour says nothing that the signs do not say", () => {
  // deno-lint-ignore no-control-regex
  const bare = renderFinding(LOST, SOURCES, COLOUR).replace(/\x1b\[\d+m/g, "");
  assertEquals(bare, renderFinding(LOST, SOURCES, UNICODE));
});

Deno.test("text from outside cannot steer the terminal or the CI", () => {
  const text = renderProblem({
    code: "c",
    message: "name \x1b[2J \u202e",
    said: "no\n::error::forged\n##[group]",
    why: ["::stop-commands::x"],
    next: ["##vso[task.x]"],
  }, UNICODE);
  // deno-lint-ignore no-control-regex
  assert(!/\x1b|\u202e|^\s*::|##\[|##vso\[/m.test(text), text);
});

Deno.test("a finding of a file that nobody has read gives its place and message", () => {
  const text = renderFinding(DRIFT, new Map(), UNICODE);
  assertEquals(text.split("\n").slice(2, 7), [
    "   ╭─ .github/workflows/release.yml:11:18",
    "   │ claimed as `environment`",
    "   ├─ keyless.toml:4:15",
    "   │ declared; crates.io compares without letter case",
    "   ╰─",
  ]);
});

Deno.test("of an endless line the part around the mark is shown, and nothing of a secret that is cut there", () => {
  const token = "npm_CANARYCANARYCANARYCANARYCANARYabcdef";
  for (
    const [line, shown] of [
      [`${"😀 ".repeat(200_000)}here ${"x ".repeat(200_000)}`, "here"],
      [`${"x ".repeat(20_000)}${token} here ${"x ".repeat(20_000)}`, "…"],
    ] as const
  ) {
    const at = locate("a.yml", line, "here");
    const text = renderFinding(finding({ at, label: "this" }), new Map([["a.yml", line]]), UNICODE);
    assert(text.includes(shown) && text.includes("this") && text.length < 2000, text);
    assert(!text.includes("CANARY"), text);
  }
});

Deno.test("more places than anybody reads are counted", () => {
  const text = "x\n".repeat(100_000);
  const at = (line: number) => ({
    path: "a.yml",
    start: { line, column: 1, offset: 2 * line - 2 },
    end: { line, column: 2, offset: 2 * line - 1 },
  });
  const related = Array.from({ length: 99_999 }, (_, index) => ({ at: at(index + 2), message: "here too" }));
  const shown = renderFinding(finding({ at: at(1), related }), new Map([["a.yml", text]]), UNICODE);
  assertEquals(shown.match(/here too/g)?.length, 50);
  assert(shown.includes("… and 99949 more places"), shown);
});
