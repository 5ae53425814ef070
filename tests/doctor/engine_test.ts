import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { loadProject } from "../../src/config/load.ts";
import { diagnose, type DiagnoseOptions, type Diagnosis } from "../../src/doctor/engine.ts";
import { DECLARED } from "../../src/doctor/phases.ts";
import { REGISTRY_CODES } from "../../src/doctor/registry_sections.ts";
import { UsageError } from "../../src/problem.ts";
import { repository, session } from "./repository.ts";

const RELEASE = `on: release
permissions:
  id-token: write
jobs:
  publish:
    runs-on: ubuntu-latest
    environment: release
    steps:
      - run: keyless publish
`;
const CONFIG = `[[package]]
name = "widget"
kind = "crates"
path = "."
[package.trust_policy]
workflow = "release.yml"
environment = "release"
`;
const WORKFLOW = ".github/workflows/release.yml";

interface Around {
  readonly variables?: Record<string, string>;
  readonly options?: DiagnoseOptions;
  /** Called with the root before the diagnosis. */
  readonly prepare?: (root: string) => Promise<void>;
}

async function diagnosisOf(files: Record<string, string>, around: Around = {}): Promise<Diagnosis> {
  const root = await repository(new Map(Object.entries(files)));
  try {
    await around.prepare?.(root);
    const here = session(around.variables);
    const project = await loadProject(root, here.env);
    return await diagnose(project, here, around.options);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

async function git(root: string, ...args: string[]): Promise<void> {
  const fixed = [
    "-c",
    "user.name=t",
    "-c",
    "user.email=t@example.com",
    "-c",
    "commit.gpgsign=false",
    "-c",
    "init.defaultBranch=main",
  ];
  const { success, stderr } = await new Deno.Command("git", { args: [...fixed, ...args], cwd: root })
    .output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
}

async function committed(root: string): Promise<void> {
  await Deno.remove(join(root, ".git"), { recursive: true });
  await git(root, "init", "-q");
  await git(root, "add", ".");
  await git(root, "commit", "-qm", "one");
}

const messages = (diagnosis: Diagnosis) =>
  diagnosis.findings.map(({ severity, message }) => `${severity}: ${message}`);

Deno.test("a set-up that is right has no finding, and every section says what is right", async () => {
  const { findings, phases, checked, publishes } = await diagnosisOf({
    [WORKFLOW]: RELEASE,
    "keyless.toml": CONFIG,
  });
  assertEquals(findings, []);
  assertEquals(phases, [
    {
      name: "trust policy (local)",
      status: "passed",
      reason: null,
      seen: [
        'release.yml: job "publish" publishes to crates.io with OIDC, environment "release", runs for releases',
      ],
    },
    { name: "trust policy (declared)", status: "passed", reason: "widget (crates.io)" },
    { name: "credentials", status: "passed", reason: "no token is where it should not be" },
    { name: "publishing jobs", status: "passed", reason: "nothing in the way of a release" },
    { name: "packages", status: "passed", reason: "the manifests fit the workflows" },
    {
      name: "trust policy (crates.io registry)",
      status: "skipped",
      reason: "not checked: CRATES_IO_DOCTOR_TOKEN is not set",
    },
  ]);
  assertEquals(checked, { files: 1, jobs: 1, packages: 1 });
  assertEquals(publishes, true);
});

Deno.test("where nothing is published, the report says what was seen instead", async () => {
  const cases: [workflow: string | null, reason: string][] = [
    [
      null,
      "there is no workflow in .github/workflows, no .gitlab-ci.yml, .circleci/config.yml or Jenkinsfile",
    ],
    [RELEASE.replace("keyless publish", "cargo test"), "no job is seen to publish"],
    [RELEASE.replace("- run:", "# - run:"), "release.yml:9: the publishing step is commented out"],
    [
      `on: push\njobs:\n  a:\n    permissions: { id-token: write }\n    steps:\n      - run: ./run\n`,
      'no job is seen to publish; release.yml: job "a" can request a token, for what is not seen',
    ],
    [
      `on: push\njobs:\n${
        ["a", "b", "c", "d", "e"].map((id) =>
          `  ${id}: { permissions: { id-token: write }, runs-on: x, steps: [{ run: ./run }] }\n`
        ).join("")
      }`,
      'no job is seen to publish; release.yml: jobs "a", "b", "c" and 2 more can request a token, for what is not seen',
    ],
    [
      `on: push\njobs:\n  a:\n    permissions: { id-token: write }\n    steps:\n      - uses: ossf/scorecard-action@v2\n`,
      "no job is seen to publish",
    ],
  ];
  for (const [workflow, reason] of cases) {
    const { phases, publishes } = await diagnosisOf(
      workflow === null ? { "README.md": "" } : { [WORKFLOW]: workflow },
    );
    assertEquals(phases[0], { name: "trust policy (local)", status: "skipped", reason });
    assertEquals(publishes, false);
    assertEquals(phases[1]!.status, "skipped");
  }
});

Deno.test("who hands the right to request a token to a workflow of the same repository is asked for what only where nothing there tells", async () => {
  const caller =
    "on: push\njobs:\n  ci: { uses: ./.github/workflows/ci.yml, permissions: { id-token: write, pages: write } }\n";
  const cases: [permissions: string, reason: string][] = [
    ["", '; release.yml: job "ci" can request a token, for what is not seen'],
    ["    permissions: { contents: read }\n", ""],
  ];
  for (const [permissions, reason] of cases) {
    const { phases } = await diagnosisOf({
      [WORKFLOW]: caller,
      ".github/workflows/ci.yml": `on: workflow_call
jobs:
  pages:
    runs-on: ubuntu-latest
    permissions: { id-token: write, pages: write }
    steps: [{ uses: actions/deploy-pages@v4 }]
  test:
    runs-on: ubuntu-latest
${permissions}    steps: [{ run: ./test }]
`,
    });
    assertEquals(phases[0]!.reason, `no job is seen to publish${reason}`);
  }
});

Deno.test("CI files above the configuration are said not to be read, instead of not to be there", async () => {
  const root = await repository(
    new Map([[WORKFLOW, RELEASE], ["crates/widget/keyless.toml", CONFIG], [
      "crates/widget/Cargo.toml",
      '[package]\nname = "widget"\nversion = "1.0.0"\nedition = "2021"\n',
    ]]),
  );
  try {
    const project = await loadProject(join(root, "crates/widget"), session().env);
    const { phases } = await diagnose(project, session(), { only: ["missing-id-token"] });
    assertStringIncludes(phases[0]!.reason!, "not checked: the CI files lie above keyless.toml");
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

Deno.test("manifests that doctor does not read fit nothing", async () => {
  const nuget = RELEASE.replace("keyless publish", "dotnet nuget push a.nupkg");
  const manifest = '{"name":"docs","version":"1.0.0"}';
  const packages = async (files: Record<string, string>) =>
    (await diagnosisOf(files)).phases.find(({ name }) => name === "packages");
  const npm = RELEASE.replace("keyless publish", "npm publish");
  const built = npm.replace("npm publish", "npm publish ./dist/");
  for (
    const files of [
      { [WORKFLOW]: nuget },
      { [WORKFLOW]: nuget, "docs/package.json": manifest },
      { [WORKFLOW]: built, "package.json": '{"private":true}' },
    ]
  ) {
    assertEquals(await packages(files), {
      name: "packages",
      status: "skipped",
      reason:
        "no manifest of what is published was read: doctor reads those of crates, npm and Python packages",
    });
  }
  assertEquals((await packages({ [WORKFLOW]: npm, "package.json": manifest }))?.status, "passed");
});

Deno.test("what cannot be decided does not pass", async () => {
  const { phases, summary } = await diagnosisOf({
    [WORKFLOW]:
      "on: { release: { types: [published] } }\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: npm publish\n",
  });
  assertEquals(phases[0], {
    name: "trust policy (local)",
    status: "skipped",
    reason: "1 not decidable",
    seen: [
      'release.yml: job "a" publishes to npm with npm (no credential is seen here), no environment, runs when a release is published',
    ],
  });
  assertEquals(summary, { error: 0, warning: 0, info: 0, unverified: 1, ignored: 0 });
});

Deno.test("where only something that cannot be read may publish, the report says that nothing is seen to", async () => {
  const { phases } = await diagnosisOf({
    [WORKFLOW]:
      "on: { push: { tags: [v*] } }\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: ./publish\n        env: { NPM_TOKEN: '${{ secrets.NPM_TOKEN }}' }\n",
  });
  assertEquals(phases[0], {
    name: "trust policy (local)",
    status: "skipped",
    reason: "no job is seen to publish; 1 not decidable",
  });
});

Deno.test("git tells what a missing workflow was renamed to, and when", async () => {
  const diagnosis = await diagnosisOf({ [WORKFLOW]: RELEASE, "keyless.toml": CONFIG }, {
    async prepare(root) {
      await committed(root);
      await git(root, "mv", WORKFLOW, ".github/workflows/ship.yml");
      await git(root, "commit", "-qm", "two");
    },
  });
  const [finding] = diagnosis.findings;
  assertEquals(finding?.code, "publisher-workflow-mismatch");
  assertStringIncludes(finding!.why[0]!, "ship.yml was release.yml until commit ");
  assertEquals(finding!.next[0], "rename ship.yml back to release.yml");
});

Deno.test("a workflow that was renamed twice is known by its last name", async () => {
  const diagnosis = await diagnosisOf({ [WORKFLOW]: RELEASE, "keyless.toml": CONFIG }, {
    async prepare(root) {
      await committed(root);
      for (const [from, to] of [["release", "ship"], ["ship", "deliver"]]) {
        await git(root, "mv", `.github/workflows/${from}.yml`, `.github/workflows/${to}.yml`);
        await git(root, "commit", "-qm", "renamed");
      }
    },
  });
  const [finding] = diagnosis.findings;
  assertStringIncludes(finding!.why[0]!, "deliver.yml was release.yml until commit ");
  assertEquals(finding!.next[0], "rename deliver.yml back to release.yml");
});

Deno.test("nobody is sent to a file that a later rename, or a removal, took away", async () => {
  const diagnosis = await diagnosisOf({ [WORKFLOW]: RELEASE, "keyless.toml": CONFIG }, {
    async prepare(root) {
      await committed(root);
      await git(root, "mv", WORKFLOW, ".github/workflows/ship.yml");
      await git(root, "commit", "-qm", "two");
      await git(root, "rm", "-q", ".github/workflows/ship.yml");
      await git(root, "commit", "-qm", "three");
    },
  });
  const [finding] = diagnosis.findings;
  assertStringIncludes(finding!.why[0]!, "ship.yml was release.yml until commit ");
  assertStringIncludes(finding!.next[0]!, "add .github/workflows/release.yml");
});

Deno.test("git tells that a missing workflow was removed", async () => {
  const diagnosis = await diagnosisOf({ [WORKFLOW]: RELEASE, "keyless.toml": CONFIG }, {
    async prepare(root) {
      await committed(root);
      await git(root, "rm", "-q", WORKFLOW);
      await git(root, "commit", "-qm", "two");
    },
  });
  assertStringIncludes(diagnosis.findings[0]!.why[0]!, "release.yml was removed by commit ");
});

Deno.test("a declared repository is compared with the git remotes, by the registry's letter case", async () => {
  const cases: [kind: string, declared: string, remotes: string[], message: string | null][] = [
    ["crates", "acme/widgets", ["https://github.com/acme/widgets.git"], null],
    ["crates", "Acme/Widgets", ["git@github.com:acme/widgets.git"], null],
    [
      "npm",
      "Acme/widgets",
      ["git@github.com:acme/widgets"],
      'widget expects repository "Acme/widgets", and the git remote says "acme/widgets"',
    ],
    [
      "pypi",
      "old/widgets",
      ["https://github.com/acme/widgets"],
      'widget expects repository "old/widgets", this one is "acme/widgets"',
    ],
    [
      "pypi",
      "acme/widgets",
      ["https://github.com/someone/widgets", "https://github.com/acme/widgets.git"],
      null,
    ],
    ["pypi", "acme/widgets", [], null],
  ];
  for (const [kind, declared, remotes, message] of cases) {
    const config = CONFIG.replace("crates", kind) + `repository = "${declared}"\n`;
    const diagnosis = await diagnosisOf({ [WORKFLOW]: RELEASE, "keyless.toml": config }, {
      options: { only: ["publisher-workflow-mismatch"] },
      async prepare(root) {
        await committed(root);
        for (const [index, url] of remotes.entries()) {
          await git(root, "remote", "add", index === 0 ? "origin" : `r${index}`, url);
        }
      },
    });
    const severity = declared.toLowerCase() === "acme/widgets" ? "unverified" : "error";
    assertEquals(
      messages(diagnosis),
      message === null ? [] : [`${severity}: ${message}`],
      `${kind} ${declared}`,
    );
  }
});

Deno.test("the running job is compared with the declaration, where it could publish", async () => {
  const running = (file: string, oidc: boolean) => ({
    GITHUB_ACTIONS: "true",
    GITHUB_WORKFLOW_REF: `acme/widgets/.github/workflows/${file}@refs/heads/main`,
    ...oidc ? { ACTIONS_ID_TOKEN_REQUEST_URL: "https://example.com/" } : {},
  });
  const files = { [WORKFLOW]: RELEASE, "keyless.toml": CONFIG };
  const found = async (file: string, oidc: boolean) =>
    messages(await diagnosisOf(files, { variables: running(file, oidc) }));
  assertEquals(await found("ci.yml", false), []);
  assertEquals(await found("release.yml", true), []);
  assertEquals(await found("ship.yml", true), [
    'warning: widget expects workflow "release.yml", and this job, which can request an OIDC token, runs in "ship.yml"',
  ]);
});

Deno.test("a workflow that cannot be read is an error, one that holds nothing a warning, and the others are checked", async () => {
  const diagnosis = await diagnosisOf({
    [WORKFLOW]: RELEASE.replace("id-token", "contents"),
    ".github/workflows/broken.yml": "on: push\njobs: [\n",
    ".github/workflows/empty.yml": "",
    ".github/workflows/words.yml": "words\n",
    ".github/workflows/README.md": "no workflow\n",
  });
  assertEquals(
    diagnosis.findings.map(({ severity, code, at }) => [severity, code, at.path.split("/").at(-1)]),
    [
      ["error", "yaml-syntax", "broken.yml"],
      ["error", "missing-id-token", "release.yml"],
      ["warning", "workflow-empty", "empty.yml"],
      ["warning", "workflow-empty", "words.yml"],
    ],
  );
});

Deno.test("a workflow of a shape that GitHub does not read is one error, where something in it would publish", async () => {
  const cases: [jobs: string, line: number, what: string][] = [
    [
      "  publish:\n    runs-on: x\n    steps:\n      - uses: actions/checkout@v4\n      - npm publish\n",
      7,
      'a step of job "publish" is a string, where it reads a table',
    ],
    [
      '  publish:\n    runs-on: x\n    steps: [ "npm publish" ]\n',
      5,
      'a step of job "publish" is a string, where it reads a table',
    ],
    [
      "  publish:\n    runs-on: x\n    steps: npm publish\n",
      5,
      'the steps of job "publish" are a string, where it reads a list',
    ],
    ["  publish: npm publish\n", 3, 'job "publish" is a string, where it reads a table'],
    [
      "  - runs-on: x\n    steps:\n      - run: npm publish\n",
      3,
      "the jobs are a list, where it reads a table",
    ],
    [
      '  publish:\n    if: github.repository == "acme/widget"\n    runs-on: x\n    steps:\n      - run: npm publish\n',
      4,
      'a condition of job "publish" has a text in double quotes',
    ],
    [
      '  publish:\n    runs-on: x\n    steps:\n      - if: ${{ github.ref_name == "main" }}\n        run: npm publish\n',
      6,
      'a condition of job "publish" has a text in double quotes',
    ],
  ];
  for (const [jobs, line, what] of cases) {
    const { findings } = await diagnosisOf({ [WORKFLOW]: `on: push\njobs:\n${jobs}` });
    assertEquals(
      findings.map(({ code, severity, at, message }) => [code, severity, at.start.line, message]),
      [
        ["workflow-refused", "error", line, `GitHub refuses ${WORKFLOW}: ${what}`],
      ],
    );
  }
  const harmless = "on: push\njobs:\n  test:\n    runs-on: x\n    steps:\n      - npm test\n";
  assertEquals((await diagnosisOf({ [WORKFLOW]: harmless })).findings, []);
  const inSingle =
    `on: push\njobs:\n  publish:\n    if: contains(github.event.head_commit.message, '"release"')\n` +
    "    runs-on: x\n    steps:\n      - run: npm publish\n        env: { NODE_AUTH_TOKEN: x }\n";
  const { findings } = await diagnosisOf({ [WORKFLOW]: inSingle });
  assertEquals(findings.filter(({ code }) => code === "workflow-refused"), []);
});

Deno.test("a workflow that a trust policy names is read, though nothing in it publishes", async () => {
  const broken = "on: push\njobs:\n  a:\n    runs-on: [ubuntu-latest\n    steps:\n      - run: make\n";
  assertEquals((await diagnosisOf({ [WORKFLOW]: broken })).findings, []);
  const { findings } = await diagnosisOf({ [WORKFLOW]: broken, "keyless.toml": CONFIG });
  assertEquals(findings.map(({ code, severity }) => [code, severity]), [["yaml-syntax", "error"]]);
});

Deno.test("what follows from a workflow that cannot be read is not said, and left open", async () => {
  const js = CONFIG.replace("widget", "gadget").replace("crates", "npm").replace('"."', '"js"');
  const files = { [WORKFLOW]: `${RELEASE}jobs: {}\n`, "keyless.toml": CONFIG + js };
  for (const only of [[], ["publisher-environment-mismatch"]]) {
    const { findings, phases, summary } = await diagnosisOf(files, { options: { only } });
    assertEquals(findings.map(({ code, severity }) => [code, severity]), [["duplicate-key", "error"]]);
    assertEquals(summary.error, 1);
    assertEquals(phases[0], { name: "trust policy (local)", status: "failed", reason: null });
    assertEquals(phases[1], {
      name: "trust policy (declared)",
      status: "skipped",
      reason: "not checked: cannot read release.yml",
    });
  }
  const elsewhere = { ...files, "keyless.toml": CONFIG + js.replace("release.yml", "ship.yml") };
  assertEquals((await diagnosisOf(elsewhere)).findings.map(({ code }) => code), [
    "duplicate-key",
    "publisher-workflow-mismatch",
  ]);
});

Deno.test("an empty workflow is an error where it is declared", async () => {
  const { findings } = await diagnosisOf({ [WORKFLOW]: "", "keyless.toml": CONFIG });
  assertEquals(findings.map(({ code, severity }) => [code, severity]), [["workflow-empty", "error"]]);
});

Deno.test("a path that is no CI file is wrong usage, and one that cannot be read is one", async () => {
  const files = { [WORKFLOW]: RELEASE, ".github/workflows/broken.yml": "on: [\n", "README.md": "" };
  for (const path of ["README.md", "keyless.toml", ".github/workflows"]) {
    const { problem } = await assertRejects(
      () => diagnosisOf({ ...files, "keyless.toml": CONFIG }, { options: { paths: [path] } }),
      UsageError,
    );
    assertEquals([problem.code, problem.message], [
      "not-a-pipeline",
      `${path} is no CI file that keyless reads`,
    ]);
    assertStringIncludes(problem.next[0]!, WORKFLOW);
  }
  const { findings } = await diagnosisOf(files, { options: { paths: [".github/workflows/broken.yml"] } });
  assertEquals(findings.map(({ code }) => code), ["yaml-syntax"]);
});

Deno.test("the page about doctor names every code that is no rule, and where the rules are", async () => {
  const page = await Deno.readTextFile(new URL("../../docs/doctor.md", import.meta.url));
  for (const code of REGISTRY_CODES) assertStringIncludes(page, `| [${code}](`);
  assertStringIncludes(page, "[The rules](rules/README.md)");
});

Deno.test("findings are left out by rule and by file", async () => {
  const files = {
    [WORKFLOW]: RELEASE.replace("id-token", "contents").replace("environment: release", "environment: other"),
    ".github/workflows/other.yml": RELEASE.replace("write", "none"),
    "keyless.toml": CONFIG,
  };
  const codes = async (options: DiagnoseOptions) =>
    (await diagnosisOf(files, { options })).findings.map(({ code }) => code);
  assertEquals(await codes({}), ["missing-id-token", "missing-id-token", "publisher-environment-mismatch"]);
  assertEquals(await codes({ paths: [".github/workflows/other.yml"] }), ["missing-id-token"]);
  const { findings, phases } = await diagnosisOf(files, {
    options: { only: ["publisher-environment-mismatch"] },
  });
  assertEquals(findings.length, 1);
  assertEquals(phases.map(({ reason }) => reason), [
    "not checked: not asked for",
    null,
    ...Array.from({ length: 4 }, () => "not checked: not asked for"),
  ]);
});

Deno.test("jobs of workflows that publish nothing are counted, too", async () => {
  const test =
    "on: push\njobs:\n  one:\n    runs-on: x\n    steps: [{ run: make }]\n  two:\n    runs-on: x\n    steps: [{ run: make }]\n";
  const { checked } = await diagnosisOf({ [WORKFLOW]: RELEASE, ".github/workflows/test.yml": test });
  assertEquals([checked.files, checked.jobs], [2, 3]);
});

Deno.test("what is proposed for keyless.toml can be put there", async () => {
  const manifest = '{ "name": "@acme/widget", "version": "1.0.0" }';
  const files = { [WORKFLOW]: RELEASE.replace("keyless publish", "npm publish"), "package.json": manifest };
  const settings = '[[doctor.ignore]]\ncode = "missing-id-token"\nreason = "so"\n';
  for (const config of [null, "", settings]) {
    const before = config === null ? files : { ...files, "keyless.toml": config };
    const { paste } = (await diagnosisOf(before)).phases.find(({ name }) => name === DECLARED)!;
    const after = await diagnosisOf({ ...files, "keyless.toml": `${config ?? ""}\n${paste}\n` });
    assertEquals(after.phases.find(({ name }) => name === DECLARED)!.status, "passed", paste);
  }
});

Deno.test("an accepted finding keeps its reason and does not count", async () => {
  const config =
    `${CONFIG}\n[[doctor.ignore]]\ncode = "missing-id-token"\npath = "${WORKFLOW}"\nreason = "by hand"\n`;
  const { findings, summary, phases } = await diagnosisOf({
    [WORKFLOW]: RELEASE.replace("id-token", "contents").replace(
      "environment: release",
      "environment: other # keyless: ignore[publisher-environment-mismatch] renamed soon",
    ),
    "keyless.toml": config,
  });
  assertEquals(findings.map(({ code, ignored }) => [code, ignored]), [
    ["missing-id-token", "by hand"],
    ["publisher-environment-mismatch", "renamed soon"],
  ]);
  assertEquals(summary, { error: 0, warning: 0, info: 0, unverified: 0, ignored: 2 });
  // Accepted is not right: nothing is praised.
  assertEquals(phases.slice(0, 2).map(({ status, reason }) => [status, reason]), [
    ["skipped", "1 accepted, nothing else is found"],
    ["skipped", "1 accepted, nothing else is found"],
  ]);
});

Deno.test("a manifest that nobody can read is not right, also where keyless.toml leaves it out or one rule is asked for", async () => {
  const files = {
    [WORKFLOW]: RELEASE.replace("keyless publish", "npm publish"),
    "keyless.toml": CONFIG,
    "Cargo.toml": '[package]\nname = "widget"\nversion = "1.0.0"\nedition = "2021"\n',
    "package.json": "{",
  };
  for (const only of [[], ["private-package-published"]]) {
    const { findings, phases } = await diagnosisOf(files, { options: { only } });
    assertEquals(
      findings.filter(({ at }) => at.path === "package.json").map(({ severity, phase }) => [severity, phase]),
      [["unverified", "packages"]],
    );
    assertEquals(phases.find(({ name }) => name === "packages")!.status, "skipped");
  }
});
