import { assertEquals, assertStringIncludes } from "@std/assert";
import { loadProject } from "../../src/config/load.ts";
import { diagnose, type DiagnoseOptions, type Diagnosis } from "../../src/doctor/engine.ts";
import { Ignores } from "../../src/doctor/ignores.ts";
import { finding, locate } from "../report/samples.ts";
import { apply, repository, session } from "./repository.ts";

const WORKFLOW = ".github/workflows/release.yml";
/** Two findings: the job has no `id-token`, and runs in another environment than declared. */
const RELEASE = `on: release
permissions:
  contents: read
jobs:
  publish:
    runs-on: ubuntu-latest
    environment: other
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
const ENVIRONMENT = "publisher-environment-mismatch";
const TOKEN = "missing-id-token";
const BOTH = [TOKEN, ENVIRONMENT];

async function diagnosisOf(
  files: Readonly<Record<string, string>>,
  options: DiagnoseOptions = {},
): Promise<Diagnosis> {
  const root = await repository(new Map(Object.entries({ "keyless.toml": CONFIG, ...files })));
  try {
    return await diagnose(await loadProject(root, session().env), session(), options);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

/** What is left to do, of the codes that these tests are about. */
async function openCodes(files: Readonly<Record<string, string>>, options: DiagnoseOptions = {}) {
  const { findings } = await diagnosisOf(files, options);
  const codes = [...BOTH, "unused-ignore", "ignore-without-reason"];
  return findings.filter(({ ignored, code }) => ignored === null && codes.includes(code)).map(({ code }) =>
    code
  );
}

const withEnvironment = (line: string) => RELEASE.replace("    environment: other\n", line);

/** Where a comment stands, and whether the finding on `environment: other` is still there. */
const PLACES: readonly (readonly [where: string, line: string, silent: boolean])[] = [
  ["at the end of its line", `    environment: other # keyless: ignore[${ENVIRONMENT}] so\n`, true],
  ["on the line above", `    # keyless: ignore[${ENVIRONMENT}] so\n    environment: other\n`, true],
  [
    "above, with other comments between",
    `    # keyless: ignore[${ENVIRONMENT}] so\n    # x\n    environment: other\n`,
    true,
  ],
  [
    "above, with a key between",
    `    # keyless: ignore[${ENVIRONMENT}] so\n    name: x\n    environment: other\n`,
    false,
  ],
  [
    "above, with an empty line between",
    `    # keyless: ignore[${ENVIRONMENT}] so\n\n    environment: other\n`,
    false,
  ],
  [
    "at the end of the line above",
    `    name: x # keyless: ignore[${ENVIRONMENT}] so\n    environment: other\n`,
    false,
  ],
  ["below", `    environment: other\n    # keyless: ignore[${ENVIRONMENT}] so\n`, false],
  ["in quotes", `    name: "# keyless: ignore[${ENVIRONMENT}] so"\n    environment: other\n`, false],
  ["behind another comment", `    environment: other # x # keyless: ignore[${ENVIRONMENT}] so\n`, true],
  ["with several codes", `    environment: other # keyless: ignore[ ${TOKEN} , ${ENVIRONMENT} ] so\n`, true],
  ["for another code", `    environment: other # keyless: ignore[${TOKEN}] so\n`, false],
];

for (const [where, line, silent] of PLACES) {
  Deno.test(`a comment ${where} ${silent ? "accepts the finding" : "accepts nothing"}`, async () => {
    const codes = await openCodes({ [WORKFLOW]: withEnvironment(line) });
    assertEquals(codes.includes(ENVIRONMENT), !silent);
  });
}

Deno.test("a comment on a related place accepts the finding too, in whatever format that file is", async () => {
  const config = CONFIG.replace('"release"\n', `"release" # keyless: ignore[${ENVIRONMENT}] renamed soon\n`);
  const { findings } = await diagnosisOf({ [WORKFLOW]: RELEASE, "keyless.toml": config });
  const found = findings.find(({ code }) => code === ENVIRONMENT)!;
  assertEquals([found.ignored, found.ignoredBy], ["renamed soon", "comment"]);
});

/** A finding in a file, and comments that accept it or do not. */
const FORMATS: readonly (readonly [path: string, text: string, marked: string, accepted: string | null])[] = [
  [".npmrc", "; keyless: ignore[some-code] a proxy\n//r.example/:_authToken=x\n", "_authToken", "a proxy"],
  [".npmrc", "_auth=x ; keyless: ignore[some-code] a proxy\n", "_auth", "a proxy"],
  [".pypirc", "[pypi]\n# keyless: ignore[some-code] old\npassword = x\n", "password", "old"],
  [".pypirc", "[pypi]\npassword = x # keyless: ignore[some-code] old\n", "password", null],
  ["Jenkinsfile", "// keyless: ignore[some-code] later\nsh 'npm publish'\n", "npm publish", "later"],
  ["ci/publish.sh", "npm publish # keyless: ignore[some-code]: by hand\n", "npm publish", "by hand"],
  ["a.yml", "run: |\n  # keyless: ignore[some-code] here\n  npm publish\n", "npm publish", "here"],
  ["a.yml", "run: |\n  npm publish # keyless: ignore[some-code] here\n", "npm publish", "here"],
  ["a.yml", "run: |\n  # keyless: ignore[some-code] here\n  # x\n  npm publish\n", "npm publish", null],
  ["a.yml", "a: |\n  # keyless: ignore[some-code] here\nb: bad\n", "b: bad", "here"],
  [
    "a.yml",
    "a: x # keyless: ignore[some-code] see https://a.example/b # c\n",
    "a: x",
    "see https://a.example/b",
  ],
  ["a.yml", "job:\n  a: 1\n  b: 2 # keyless: ignore[some-code] inside\n", "job:\n  a: 1\n  b: 2", "inside"],
  ["a.yml", "a: 1\nb: 2 # keyless: ignore[some-code] behind\n", "a: 1\n", null],
];

for (const [path, text, marked, accepted] of FORMATS) {
  Deno.test(`a comment in ${path} ${accepted ? "accepts" : "does not accept"}: ${text.replaceAll("\n", "⏎")}`, () => {
    const settings = { failOn: "error", ignore: [] } as const;
    const ignores = new Ignores(settings, new Map([[path, text]]));
    const found = ignores.accept(finding({ at: locate(path, text, marked) }));
    assertEquals(found?.reason ?? null, accepted);
  });
}

Deno.test("a comment without a reason accepts nothing and is a finding itself", async () => {
  for (
    const comment of [`ignore[${ENVIRONMENT}]`, `ignore[${ENVIRONMENT}] --`, `ignore[${ENVIRONMENT}] # x`]
  ) {
    const files = { [WORKFLOW]: withEnvironment(`    environment: other # keyless: ${comment}\n`) };
    assertEquals(await openCodes(files), [...BOTH, "ignore-without-reason"]);
    // Known without the other rules, too.
    assertEquals(await openCodes(files, { only: ["ignore-without-reason"] }), ["ignore-without-reason"]);
    assertEquals(await openCodes(files, { paths: [WORKFLOW] }), [...BOTH, "ignore-without-reason"]);
  }
  const { findings } = await diagnosisOf({
    [WORKFLOW]: withEnvironment(`    environment: other # keyless: ignore[${ENVIRONMENT}]\n`),
  });
  const found = findings.find(({ code }) => code === "ignore-without-reason")!;
  assertEquals(found.message, `This comment would ignore ${ENVIRONMENT}, but it gives no reason`);
  assertEquals([found.severity, found.at.start.line, found.fix], ["warning", 7, null]);
  assertStringIncludes(found.next[0]!, `# keyless: ignore[${ENVIRONMENT}] REASON`);
});

/** What is written, what is said about it, and what the fix leaves of it. */
const UNUSED: readonly (readonly [written: string, message: string, left: string])[] = [
  [
    "on: release # keyless: ignore[event-refused] so\n",
    "This comment ignores event-refused, which is not reported here",
    "on: release\n",
  ],
  [
    "# keyless: ignore[event-refused] so\non: release\n",
    "This comment ignores event-refused, which is not reported here",
    "on: release\n",
  ],
  [
    "on: release # v1 # keyless: ignore[event-refused] so # zizmor: ignore[x]\n",
    "This comment ignores event-refused, which is not reported here",
    "on: release # v1 # zizmor: ignore[x]\n",
  ],
  [
    "on: release # keyless: ignore[event-refused, yaml-syntax] so\n",
    "This comment ignores event-refused and yaml-syntax, which are not reported here",
    "on: release\n",
  ],
  [
    "on: release # keyless: ignore so\n",
    "This comment ignores nothing, because it names no code",
    "on: release\n",
  ],
  [
    "on: release # keyless: ignore[] so\n",
    "This comment ignores nothing, because it names no code",
    "on: release\n",
  ],
];

for (const [written, message, left] of UNUSED) {
  Deno.test(`an ignore of no use is a finding, and its fix takes it away: ${written.replaceAll("\n", "⏎")}`, async () => {
    for (const end of ["\n", "\r\n"]) {
      const whole = (text: string) => RELEASE.replace("on: release\n", text).replaceAll("\n", end);
      const files = { [WORKFLOW]: whole(written) };
      const { findings } = await diagnosisOf(files);
      const found = findings.filter(({ code }) => code === "unused-ignore");
      assertEquals(found.map((each) => [each.severity, each.message]), [["warning", message]]);
      assertEquals(found[0]!.fix?.safe, true);
      const repaired = apply(found[0]!.fix!.edits, new Map(Object.entries(files)));
      assertEquals(repaired.get(WORKFLOW), whole(left));
    }
  });
}

Deno.test("a comment may hold two, each with its own reason, and their fixes can be told apart", async () => {
  const line =
    `    environment: other # keyless: ignore[event-refused] a # keyless: ignore[${ENVIRONMENT}] b\n`;
  const { findings } = await diagnosisOf({ [WORKFLOW]: withEnvironment(line) });
  assertEquals(findings.find(({ code }) => code === ENVIRONMENT)!.ignored, "b");
  const [found] = findings.filter(({ code }) => code === "unused-ignore");
  assertEquals(found!.fix!.description, "remove ignore[event-refused]");
});

Deno.test("of several codes the fix takes away those that are of no use", async () => {
  const line = (codes: string) => `    environment: other # keyless: ignore[${codes}] so\n`;
  const files = { [WORKFLOW]: withEnvironment(line(`event-refused, ${ENVIRONMENT},yaml-syntax`)) };
  const { findings } = await diagnosisOf(files);
  const [found] = findings.filter(({ code }) => code === "unused-ignore");
  assertEquals(
    apply(found!.fix!.edits, new Map(Object.entries(files))).get(WORKFLOW),
    withEnvironment(line(ENVIRONMENT)),
  );
});

Deno.test("a misspelt code comes with a suggestion and is left to people", async () => {
  const { findings } = await diagnosisOf({
    [WORKFLOW]: withEnvironment(
      "    environment: other # keyless: ignore[publisher-enviroment-mismatch] so\n",
    ),
  });
  const found = findings.find(({ code }) => code === "unused-ignore")!;
  assertEquals([found.next, found.fix], [[`did you mean ${ENVIRONMENT}?`, "or remove the comment"], null]);
  // A list of places shows messages alone.
  assertEquals(
    found.message,
    `This comment ignores publisher-enviroment-mismatch (did you mean ${ENVIRONMENT}?), which is not reported here`,
  );
});

/** Paths of settings, and whether they mean the workflow. */
const GLOBS: readonly (readonly [path: string, silent: boolean])[] = [
  [WORKFLOW, true],
  [`./${WORKFLOW}`, true],
  [".github/workflows/*.yml", true],
  [".github/workflows/{release,ship}.y*ml", true],
  ["**", true],
  ["**/release.yml", true],
  [".github/**", true],
  ["*.yml", false],
  [".github/*.yml", false],
  ["workflows/release.yml", false],
];

for (const [path, silent] of GLOBS) {
  Deno.test(`a setting for ${path} ${silent ? "accepts" : "does not accept"} a finding in ${WORKFLOW}`, async () => {
    const config = `${CONFIG}[[doctor.ignore]]\ncode = "${TOKEN}"\npath = "${path}"\nreason = "so"\n`;
    const codes = await openCodes({ [WORKFLOW]: RELEASE, "keyless.toml": config });
    assertEquals([!codes.includes(TOKEN), codes.includes("unused-ignore")], [silent, !silent]);
  });
}

Deno.test("a setting for a file that is not there comes with a suggestion", async () => {
  const config =
    `${CONFIG}[[doctor.ignore]]\ncode = "${TOKEN}"\npath = ".github/workflows/relase.yml"\nreason = "so"\n`;
  const { findings } = await diagnosisOf({ [WORKFLOW]: RELEASE, "keyless.toml": config });
  assertEquals(findings.find(({ code }) => code === "unused-ignore")!.next, [
    `did you mean the file ${WORKFLOW}?`,
    "or remove this [[doctor.ignore]]",
  ]);
});

Deno.test("a setting that accepts nothing is a finding in the configuration", async () => {
  const ignore = (code: string, path = "") => `[[doctor.ignore]]\ncode = "${code}"\n${path}reason = "so"\n`;
  const config = CONFIG + ignore(TOKEN) + ignore("event-refused") +
    ignore(ENVIRONMENT, 'path = ".github/workflows/other.yml"\n');
  const { findings, phases, summary } = await diagnosisOf({ [WORKFLOW]: RELEASE, "keyless.toml": config });
  assertEquals(
    findings.filter(({ code }) => code === "unused-ignore").map(({ message, at }) => [message, at.path]),
    [
      ["[[doctor.ignore]] names event-refused, which is reported nowhere", "keyless.toml"],
      [
        `[[doctor.ignore]] names ${ENVIRONMENT} in .github/workflows/other.yml, where it is not reported`,
        "keyless.toml",
      ],
    ],
  );
  assertEquals(findings.find(({ code }) => code === TOKEN)!.ignoredBy, "configuration");
  assertEquals(phases.at(-1)!.name, "accepted findings");
  assertEquals(summary.ignored, 1);
});

Deno.test("an ignore is of no use only where everything was looked at", async () => {
  const release = RELEASE.replace("on: release", "on: release # keyless: ignore[event-refused] so");
  const files = { [WORKFLOW]: release };
  const unused = async (more: Readonly<Record<string, string>>, options: DiagnoseOptions) =>
    (await openCodes({ ...files, ...more }, options)).includes("unused-ignore");
  assertEquals(await unused({}, {}), true);
  assertEquals(await unused({}, { only: ["unused-ignore"] }), true);
  assertEquals(await unused({}, { only: [TOKEN] }), false);
  assertEquals(await unused({}, { paths: [WORKFLOW] }), false);
  assertEquals(await unused({}, { chosen: [] }), false);
  assertEquals(await unused({ ".github/workflows/broken.yml": "on: [\n" }, {}), false);
});

Deno.test("an ignore of what only a registry can say is not judged while none was asked", async () => {
  const config = `${CONFIG}[[doctor.ignore]]\ncode = "publisher-record-mismatch"\nreason = "so"\n`;
  assertEquals(await openCodes({ [WORKFLOW]: RELEASE, "keyless.toml": config }), BOTH);
});

Deno.test("an ignore of no use can be accepted by a setting", async () => {
  const config =
    `${CONFIG}[[doctor.ignore]]\ncode = "unused-ignore"\npath = "${WORKFLOW}"\nreason = "for CI"\n`;
  const release = RELEASE.replace("on: release", "on: release # keyless: ignore[event-refused] so");
  assertEquals(await openCodes({ [WORKFLOW]: release, "keyless.toml": config }), BOTH);
});

for (const code of ["unused-ignore", "ignore-without-reason"]) {
  Deno.test(`${code}: its page shows a mistake and its repair`, async () => {
    const page = await Deno.readTextFile(new URL(`../../docs/rules/${code}.md`, import.meta.url));
    const [before, after] = [...page.matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, text]) => text!);
    assertEquals((await openCodes({ [WORKFLOW]: before!, "keyless.toml": "" })).includes(code), true);
    assertEquals(await openCodes({ [WORKFLOW]: after!, "keyless.toml": "" }), []);
  });
}
