import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { checkNpmRecords } from "../../src/doctor/npm_records.ts";
import type { RecordsChecked } from "../../src/doctor/records.ts";
import { UsageError } from "../../src/problem.ts";
import {
  type Around,
  configuration,
  type Declared,
  fileIn,
  looking,
  printed,
  told,
} from "./registry_support.ts";

const WIDGET: Declared = { name: "@acme/widget", kind: "npm" };
const GADGET: Declared = { name: "gadget", kind: "npm" };

/** What npm 11.19 and 12.2 print for one record: a blank line, then the record; a last blank line ends them all. */
function record(changes: Readonly<Record<string, unknown>> = {}): string {
  const all = {
    id: "1f0c6f0e-0000-4000-8000-000000000001",
    type: "github",
    file: "release.yml",
    repository: "acme/widgets",
    environment: "release",
    permissions: ["createPackage"],
    ...changes,
  };
  return `\n${JSON.stringify(all, null, 2)}\n`;
}

const GITLAB = `
{
  "id": "b2",
  "type": "gitlab",
  "file": ".gitlab-ci.yml",
  "project": "acme/sub/widgets",
  "environment": "release",
  "permissions": [
    "createPackage",
    "createStagedPackage"
  ]
}
`;
const CIRCLECI = `
{
  "id": "c3",
  "type": "circleci",
  "orgId": "11111111-1111-4111-8111-111111111111",
  "projectId": "22222222-2222-4222-8222-222222222222",
  "pipelineDefinitionId": "33333333-3333-4333-8333-333333333333",
  "vcsOrigin": "github.com/acme/widgets",
  "contextIds": [
    "44444444-4444-4444-8444-444444444444"
  ],
  "permissions": [
    "createPackage"
  ]
}
`;
/** What `npm trust list` with an authenticator page prints behind the records. */
const WEB_PAGE = `
{
  "title": "Authenticate your account at",
  "url": "https://www.npmjs.com/auth/cli/CANARY"
}
`;
const EOTP = `{
  "error": {
    "code": "EOTP",
    "summary": "This operation requires a one-time password.",
    "detail": "Open this URL in your browser to authenticate:\\n  https://www.npmjs.com/auth/cli/x"
  }
}
`;

async function check(
  texts: Readonly<Record<string, string | Uint8Array>>,
  around: Partial<Around> & { packages?: readonly Declared[]; arguments?: (root: string) => string[] } = {},
): Promise<{ checked: RecordsChecked; shown: string }> {
  const config = configuration(...around.packages ?? [WIDGET]);
  return await looking({ config, ...around }, async (subject, session, root) => {
    const paths = Object.entries(texts).map(([name, text]) => fileIn(root, name, text));
    const checked = await checkNpmRecords(subject, session, around.arguments?.(root) ?? paths);
    return { checked, shown: printed(checked, config) };
  });
}

const NONE = "error publisher-record-mismatch: @acme/widget has no publisher record at npm";

Deno.test("npm: without a file the section says what a maintainer has to type", async () => {
  const { checked } = await check({});
  assertEquals(
    told(checked),
    "not checked: npm shows its records to maintainers alone; write them down with npm trust list @acme/widget --json > FILE, then add --npm-trust FILE",
  );
});

Deno.test("npm: what it prints for none, one and several records is compared letter by letter", async () => {
  const mismatch = (declared: string, registered: string) => [
    `error publisher-record-mismatch: @acme/widget declares ${declared}, and the record at npm has ${registered}`,
  ];
  const cases: [text: string, told: string[]][] = [
    [`${record()}\n`, []],
    [`${record({ file: "old.yml" })}${record()}\n`, []],
    [`${record()}${GITLAB}${CIRCLECI}\n`, []],
    [`${record()}${WEB_PAGE}\n`, []],
    [`${record().replaceAll("\n", "\r\n")}`, []],
    [record({ file: "Release.yml" }), mismatch('workflow "release.yml"', 'workflow "Release.yml"')],
    [
      record({ repository: "Acme/widgets" }),
      mismatch('repository "acme/widgets"', 'repository "Acme/widgets"'),
    ],
    [record({ environment: "Release" }), mismatch('environment "release"', 'environment "Release"')],
    [
      GITLAB,
      mismatch(
        'repository "acme/widgets" and workflow "release.yml"',
        'repository "acme/sub/widgets" and workflow ".gitlab-ci.yml"',
      ),
    ],
    ["[]\n", [NONE]],
    ["No trust configurations found for package (@acme/widget)\n", [NONE]],
  ];
  for (const [text, expected] of cases) {
    assertEquals(told((await check({ "trust.json": text })).checked), expected, text);
  }
});

Deno.test("npm: nothing below a package's name means no record, as far as anybody can tell", async () => {
  const { checked } = await check({ "trust.json": "@acme/widget\n" });
  assertEquals(told(checked), [NONE.replace("error", "error (likely)")]);
});

Deno.test("npm: an empty file says nothing, because npm may have failed", async () => {
  for (const text of ["", "\n", "\ufeff\r\n"]) {
    const { problem } = await assertRejects(() => check({ "trust.json": text }), UsageError);
    assertEquals(problem.code, "npm-trust-empty");
    assertStringIncludes(problem.message, "trust.json is empty");
    assertEquals(problem.next[0], "see what npm says: npm trust list @acme/widget");
  }
});

Deno.test("npm: what a record does not show is left open", async () => {
  const open = (words: string) => [
    `unverified publisher-record-mismatch: @acme/widget has a publisher record at npm, and nobody can tell from here whether it accepts the ${words}`,
  ];
  const cases: [text: string, told: string[]][] = [
    [record({ environment: undefined }), open("environment")],
    [record({ file: undefined }), open("workflow")],
    ['{ "id": "k1", "type": "buildkite", "permissions": ["createPackage"] }', open("job")],
  ];
  for (const [text, expected] of cases) {
    assertEquals(told((await check({ "trust.json": text })).checked), expected, text);
  }
});

Deno.test("npm: records for GitLab and CircleCI are compared as far as they can be", async () => {
  const gitlab = { ...WIDGET, workflow: ".gitlab-ci.yml" };
  const text = GITLAB.replace("acme/sub/", "acme/");
  assertEquals(told((await check({ t: text }, { packages: [gitlab] })).checked), []);
  const circle = { ...WIDGET, workflow: "config.yml", environment: null };
  const { checked } = await check({ t: CIRCLECI }, { packages: [circle] });
  assert(checked.skipped === null);
  assertEquals(checked.reports.map(({ severity, why }) => [severity, why![0]]), [[
    "unverified",
    "The record demands the pipeline 33333333-3333-4333-8333-333333333333 of CircleCI, whose ids no file tells.",
  ]]);
  const github = await check({ t: CIRCLECI });
  assertStringIncludes(
    told(github.checked)[0]!,
    "error publisher-record-mismatch: @acme/widget declares workflow",
  );
});

Deno.test("npm: a record that grants staging alone fails at the upload, and the report says so", async () => {
  const grantless = (severity: string) => [
    `${severity} publisher-grant-missing: The record of @acme/widget at npm grants no \`npm publish\``,
  ];
  const silent = { ".github/workflows/release.yml": "on: push\njobs: {}\n" };
  const cases: [permissions: unknown, files: Record<string, string>, told: string[]][] = [
    [["createPackage", "createStagedPackage"], {}, []],
    [["createStagedPackage"], {}, grantless("error")],
    [["createStagedPackage"], silent, grantless("unverified")],
    [[], {}, grantless("error")],
    [undefined, {}, [
      "unverified publisher-grant-missing: Nobody can tell from here whether the record of @acme/widget at npm grants `npm publish`",
    ]],
  ];
  for (const [permissions, files, expected] of cases) {
    assertEquals(told((await check({ t: record({ permissions }) }, { files })).checked), expected);
  }
  const { checked } = await check({ t: record({ permissions: ["createStagedPackage"] }) + record() });
  assertEquals(told(checked), []);
});

Deno.test("npm: several packages are told apart by a name above their records, or before the path", async () => {
  const packages = [WIDGET, GADGET];
  const right = record();
  const cases: [texts: Record<string, string>, args: ((root: string) => string[]) | undefined][] = [
    [{ all: `@acme/widget\n${right}\ngadget\n${right}\n` }, undefined],
    [{ all: `# gadget:\n${right}\n$ npm trust list @acme/widget --json\n${right}` }, undefined],
    [{ one: `gadget\n${right}`, two: `npm warn about something\n@acme/widget\n${right}` }, undefined],
    [{ one: right, two: right }, (root) => [`gadget=${root}/one`, `@acme/widget=${root}/two`]],
  ];
  for (const [texts, args] of cases) {
    const { checked } = await check(texts, { packages, ...args ? { arguments: args } : {} });
    assertEquals(told(checked), []);
  }
  const none = await check({ all: `gadget\n@acme/widget\n${right}` }, { packages });
  assertEquals(told(none.checked), [
    "error (likely) publisher-record-mismatch: gadget has no publisher record at npm",
  ]);
});

Deno.test("npm: a package without entry is unverified, and what there is instead is named", async () => {
  const { checked } = await check({ t: `gadgte\n${record()}@acme/widget\n${record()}` }, {
    packages: [WIDGET, GADGET],
  });
  assertEquals(told(checked), [
    "unverified publisher-records-unread: The publisher records of gadget were not compared: the files of --npm-trust do not name it",
  ]);
  assert(checked.skipped === null);
  assertEquals(checked.reports[0]!.why, ["There are entries of gadgte, @acme/widget."]);
  // A name above the records counts more than that there is one package only.
  const other = await check({ t: `gadget\n${record()}` });
  assertStringIncludes(told(other.checked)[0]!, "unverified publisher-records-unread");
});

Deno.test("npm: its own error in place of the records is told with what to do about it", async () => {
  const failure = (code: string | undefined, summary: string) =>
    JSON.stringify({ error: { ...code ? { code } : {}, summary, detail: "" } });
  const cases: [text: string, told: string, next: string][] = [
    [
      EOTP,
      'publisher-records-unread: The publisher records of @acme/widget were not compared: npm said "This operation requires a one-time password.',
      "npm trust list @acme/widget --json > FILE --otp=CODE",
    ],
    [
      failure("E401", "401 Unauthorized - GET https://registry.npmjs.org/-/package/@acme%2fwidget/trust"),
      "publisher-records-unread: ",
      "npm login",
    ],
    [failure("E404", "Not Found"), "npm-first-publish: npm has no package @acme/widget", "publish it once"],
    [failure(undefined, "Unknown positional argument: 1"), "publisher-records-unread: ", "npm trust list"],
  ];
  for (const [text, message, next] of cases) {
    const { checked } = await check({ t: text });
    assertStringIncludes(told(checked)[0]!, `unverified ${message}`);
    assert(checked.skipped === null);
    assertStringIncludes(checked.reports[0]!.next![0]!, next);
  }
  // The second try went well.
  assertEquals(told((await check({ t: EOTP + record() })).checked), []);
});

Deno.test("npm: a file that is none of npm's is wrong usage, at the place where it goes wrong", async () => {
  const cases: [text: string, code: string, line: number, column: number][] = [
    ["type: github\nid: a1\n", "npm-trust-unreadable", 1, 1],
    [`\n{\n  "id": "a1"\n}\n`, "npm-trust-unreadable", 2, 1],
    [`${record()}{\n  "type": "github",\n  oops\n}\n`, "json-syntax", 14, 3],
    [`${record()}{ "type": "github"`, "json-syntax", 12, 19],
    ["[1]", "npm-trust-unreadable", 1, 2],
  ];
  for (const [text, code, line, column] of cases) {
    const { problem } = await assertRejects(() => check({ t: text }), UsageError);
    assertEquals(
      [problem.code, problem.at?.start.line, problem.at?.start.column],
      [code, line, column],
      text,
    );
    assertEquals(problem.source, text);
    assert(problem.next.length > 0);
  }
  const unassigned = await assertRejects(
    () => check({ t: record() }, { packages: [WIDGET, GADGET] }),
    UsageError,
  );
  assertEquals(unassigned.problem.code, "npm-trust-unassigned");
  const absent = await assertRejects(() => check({}, { arguments: (root) => [`${root}/none`] }), UsageError);
  assertEquals(absent.problem.code, "no-such-file");
  const unread: readonly (readonly [option: string, code: string, next: readonly string[]])[] = [
    ["@acme/widgt=FILE", "unknown-package", [
      "did you mean --npm-trust @acme/widget=FILE?",
      "the npm packages are: @acme/widget, gadget",
    ]],
    ["other=FILE", "unknown-package", ["the npm packages are: @acme/widget, gadget"]],
    ["gadget=none=.json", "no-such-file", ["write it first: npm trust list NAME --json > FILE"]],
    ["./a=b", "no-such-file", ["write it first: npm trust list NAME --json > FILE"]],
  ];
  for (const [option, code, next] of unread) {
    const { problem } = await assertRejects(
      () => check({}, { packages: [WIDGET, GADGET], arguments: () => [option] }),
      UsageError,
    );
    assertEquals([problem.code, problem.next], [code, next], option);
  }
  const latin = new Uint8Array([0x7b, 0xff, 0x7d]);
  const bytes = await assertRejects(() => check({ t: latin }), UsageError);
  assertEquals(bytes.problem.code, "text-not-utf8");
});

Deno.test("npm: what PowerShell writes is read too", async () => {
  const text = `\ufeff${record()}`.replaceAll("\n", "\r\n");
  const bytes = new Uint8Array(
    [...text].flatMap((char) => [char.charCodeAt(0) & 255, char.charCodeAt(0) >> 8]),
  );
  assertEquals(told((await check({ t: bytes })).checked), []);
  assertEquals(told((await check({ t: new TextEncoder().encode(text) })).checked), []);
});

Deno.test("npm: text of the file is harmless where it is printed", async () => {
  const { shown } = await check({
    t: record({ file: "\u001b[31mred\n::error::x", repository: "a/\u202eb" }),
  });
  assert(!shown.includes("\u001b") && !shown.includes("\u202e") && !/^::/m.test(shown), shown);
});
