import { assert, assertEquals, assertRejects } from "@std/assert";
import { dirname, join } from "@std/path";
import { loadSound } from "../../src/config/load.ts";
import { readBaseline } from "../../src/doctor/baseline.ts";
import { diagnose, type DiagnoseOptions, type Diagnosis } from "../../src/doctor/engine.ts";
import { readNpmTrust } from "../../src/doctor/npm_trust.ts";
import { KeylessError, UsageError } from "../../src/problem.ts";
import { session } from "./repository.ts";

/** Beside every bad file: a workflow with a mistake of its own, which must be found all the same. */
const OTHER = ".github/workflows/other.yml";
const OTHER_TEXT = `on: push
jobs:
  publish:
    runs-on: ubuntu-latest
    permissions: { contents: read }
    steps:
      - run: keyless publish
`;
/** A workflow that starts what is in the bad file. */
const starts = (step: string) => `on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - ${step}\n`;

/** Every kind of file that doctor reads: its format, and what leads to it where nothing else does. */
const KINDS: Readonly<Record<string, { readonly format: Format; readonly through?: string }>> = {
  ".github/workflows/bad.yml": { format: "yaml" },
  "act/action.yml": { format: "yaml", through: starts("uses: ./act") },
  ".github/workflows/called.yml": {
    format: "yaml",
    through: "on: push\njobs:\n  a:\n    uses: ./.github/workflows/called.yml\n",
  },
  ".gitlab-ci.yml": { format: "yaml" },
  ".circleci/config.yml": { format: "yaml" },
  Jenkinsfile: { format: "text" },
  "package.json": { format: "json" },
  "Cargo.toml": { format: "toml" },
  "pyproject.toml": { format: "toml" },
  "setup.cfg": { format: "ini" },
  Makefile: { format: "text", through: starts("run: make publish") },
  justfile: { format: "text", through: starts("run: just publish") },
  "publish.sh": { format: "script", through: starts("run: ./publish.sh") },
  "publish.ps1": { format: "script", through: starts("run: ./publish.ps1\n        shell: pwsh") },
  "publish.cmd": { format: "script", through: starts("run: call publish.cmd\n        shell: cmd") },
  ".npmrc": { format: "text" },
  ".pypirc": { format: "ini" },
  ".yarnrc.yml": { format: "yaml" },
  ".cargo/config.toml": { format: "toml" },
  ".env": { format: "text" },
  "nuget.config": { format: "text" },
};

/** `text`: no text is wrong. `script`: nor is it wrong that it is none, because it may be any program. */
type Format = "yaml" | "json" | "toml" | "ini" | "text" | "script";

interface Bad {
  readonly text: string | Uint8Array;
  /** The formats in which it is a mistake. */
  readonly in: readonly Format[];
}

const TEXTS: readonly Format[] = ["yaml", "json", "toml", "ini", "text"];

const BAD: Readonly<Record<string, Bad>> = {
  "not UTF-8": { text: new Uint8Array([0x61, 0x3a, 0x20, 0xff, 0x0a]), in: TEXTS },
  "UTF-16": { text: new Uint8Array([0xff, 0xfe, 0x61, 0, 0x0a, 0]), in: TEXTS },
  "50 MB": { text: new Uint8Array(50 << 20).fill(0x61), in: TEXTS },
  "nothing": { text: "", in: ["json"] },
  "a byte order mark alone": { text: "\ufeff", in: ["json"] },
  "20,000 nested brackets": { text: `a: ${"[".repeat(20_000)}`, in: ["yaml", "json", "toml"] },
  "20,000 nested braces": { text: "{".repeat(20_000), in: ["yaml", "json", "toml", "ini"] },
  "an alias bomb": { text: bomb(), in: ["yaml", "json", "toml"] },
  "a key that is there twice": { text: "a: 1\na: 2\n", in: ["yaml", "json", "toml", "ini"] },
  "tabs": { text: "a:\n\tb: c\n", in: ["yaml", "json", "toml", "ini"] },
  "__proto__": { text: "__proto__: { constructor: { a: 1 } }\n", in: ["json", "toml", "ini"] },
  "NUL": { text: "a\0b\n\0", in: ["json", "toml", "ini"] },
  "a line of 1 MB": { text: "a".repeat(1 << 20), in: ["json", "toml", "ini"] },
  "a line of 200,000 #": {
    text: ` "${" #".repeat(100_000)} # keyless: ignore[x] y`,
    in: ["yaml", "json", "toml", "ini"],
  },
  "100,000 && in a line": { text: `${"x && ".repeat(100_000)}x`, in: ["json", "toml", "ini"] },
  "50,000 publishing commands": { text: "npm publish\n".repeat(50_000), in: ["json", "toml", "ini"] },
  "50,000 expressions": { text: "${{ ((((".repeat(50_000), in: ["json", "toml", "ini"] },
  "200,000 blank lines": { text: `a\n${"\r\n".repeat(200_000)}b`, in: ["json", "toml", "ini"] },
};

/** Nine lists of nine that come to 387 million items. */
function bomb(): string {
  const lists = [..."bcdefghi"].map((name, index) =>
    `${name}: &${name} [${Array(9).fill(`*${"abcdefgh"[index]}`).join(", ")}]`
  );
  return `a: &a [x, x, x, x, x, x, x, x, x]\n${lists.join("\n")}\n`;
}

async function within<T>(
  files: Readonly<Record<string, string | Uint8Array>>,
  use: (root: string) => Promise<T>,
): Promise<T> {
  const root = await Deno.makeTempDir({ prefix: "keyless-bad-input-" });
  try {
    for (const [path, text] of Object.entries(files)) {
      await Deno.mkdir(dirname(join(root, path)), { recursive: true });
      if (typeof text === "string") await Deno.writeTextFile(join(root, path), text);
      else await Deno.writeFile(join(root, path), text);
    }
    return await use(root);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

async function look(root: string, options: DiagnoseOptions = {}): Promise<Diagnosis> {
  const { project, problems } = await loadSound(root, session().env);
  return await diagnose(project, session(), { broken: problems, ...options });
}

/** What doctor says about one file, `line:column code` each. */
function about(path: string, { findings }: Diagnosis): string[] {
  return findings.filter(({ at, byRule }) => at.path === path && !byRule)
    .map(({ at, code }) => `${at.start.line}:${at.start.column} ${code}`);
}

for (const [path, { format, through }] of Object.entries(KINDS)) {
  for (const [what, bad] of Object.entries(BAD)) {
    Deno.test(`${path} with ${what} is ${bad.in.includes(format) ? "one finding with a place" : "no crash"}, and the others are looked at`, async () => {
      const files = {
        [OTHER]: OTHER_TEXT,
        ...through === undefined ? {} : { ".github/workflows/use.yml": through },
        [path]: bad.text,
      };
      await within(files, async (root) => {
        const diagnosis = await look(root);
        const said = about(path, diagnosis);
        if (bad.in.includes(format)) assertEquals(said.length, 1, said.join("\n"));
        for (const line of said) assert(/^\d+:\d+ [a-z0-9-]+$/.test(line), line);
        assert(
          diagnosis.findings.some(({ code, at }) => code === "missing-id-token" && at.path === OTHER),
          "the mistake in the other file is not found",
        );
      });
    });
  }
}

Deno.test("a mark at the beginning and ends of lines as in Windows are no mistake, and places are right", async () => {
  const text = `\ufeff${OTHER_TEXT.replaceAll("\n", "\r\n")}`;
  await within({ ".github/workflows/windows.yml": text, [OTHER]: OTHER_TEXT }, async (root) => {
    const { findings } = await look(root, { only: ["missing-id-token"] });
    const places = findings.map(({ at }) => `${at.start.line}:${at.start.column}`);
    assertEquals([places.length, new Set(places).size], [2, 1]);
  });
});

/** Links to files in the place of CI files, of settings and of manifests: what they lead to, and what is said. */
const LINKS: readonly (readonly [path: string, target: string, said: string[]])[] = [
  [".github/workflows/bad.yml", "../../../outside/secret", ["1:1 path-leaves-tree"]],
  [".gitlab-ci.yml", "../outside/secret", ["1:1 path-leaves-tree"]],
  [".gitlab-ci.yml", ".git/config", ["1:1 path-leaves-tree"]],
  ["Cargo.toml", "../outside/secret", []],
  [".npmrc", "../outside/secret", []],
  [".github/workflows/bad.yml", "bad.yml", ["1:1 file-unreadable"]],
  [".github/workflows/bad.yml", "nowhere.yml", []],
  [".gitlab-ci.yml", ".gitlab-ci.yml", ["1:1 file-unreadable"]],
];

for (const [path, target, said] of LINKS) {
  Deno.test({
    name: `a link from ${path} to ${target} is ${
      said.length > 0 ? "a finding" : "left alone"
    }, and nothing of what is there is shown`,
    ignore: Deno.build.os === "windows",
    fn: () =>
      within({
        "outside/secret": "CANARY: [\n",
        "tree/.git/config": "[CANARY\n",
        [`tree/${OTHER}`]: OTHER_TEXT,
      }, async (top) => {
        const root = `${top}/tree`;
        await Deno.symlink(target, `${root}/${path}`);
        const diagnosis = await look(root);
        assertEquals(about(path, diagnosis), said);
        assert(!JSON.stringify([...diagnosis.sources, diagnosis.findings]).includes("CANARY"));
        assert(diagnosis.findings.some(({ code }) => code === "missing-id-token"));
      }),
  });
}

Deno.test({
  name: "a directory of workflows that lies elsewhere is one finding, and so is a package's manifest",
  ignore: Deno.build.os === "windows",
  fn: () =>
    within({
      "outside/release.yml": "CANARY: [\n",
      "outside/package.json": "CANARY",
      "tree/keyless.toml": '[[package]]\nname = "a"\nkind = "npm"\npath = "a"\n',
      "tree/.gitlab-ci.yml": "publish: { script: [npm publish] }\n",
    }, async (top) => {
      const root = `${top}/tree`;
      await Deno.mkdir(`${root}/.github`);
      await Deno.symlink("../../outside", `${root}/.github/workflows`);
      await Deno.mkdir(`${root}/a`);
      await Deno.symlink("../../outside/package.json", `${root}/a/package.json`);
      const diagnosis = await look(root);
      assertEquals(about(".github/workflows", diagnosis), ["1:1 path-leaves-tree"]);
      assertEquals(about("a/package.json", diagnosis), ["1:1 path-leaves-tree"]);
      assert(!JSON.stringify([...diagnosis.sources, diagnosis.findings]).includes("CANARY"));
      assertEquals(diagnosis.checked.files, 1);
    }),
});

Deno.test({
  name: "where the workflows cannot be listed, nobody says that a declared one does not exist",
  ignore: Deno.build.os === "windows",
  fn: () =>
    within({
      "keyless.toml":
        '[[package]]\nname = "a"\nkind = "npm"\npath = "."\n[package.trust_policy]\nworkflow = "release.yml"\n',
      "package.json": '{ "name": "a", "version": "1.0.0" }',
      ".github/x": "",
    }, async (root) => {
      await Deno.symlink("workflows", `${root}/.github/workflows`);
      const { findings, phases } = await look(root);
      assertEquals(findings.map(({ code }) => code), ["file-unreadable"]);
      const declared = phases.find(({ name }) => name === "trust policy (declared)");
      assertEquals(declared?.reason, "not checked: cannot read release.yml");
    }),
});

Deno.test({
  name: "what nobody may read is a finding, and the others are looked at" +
    (Deno.build.os === "windows" || Deno.uid() === 0 ? " (whoever runs this may read everything)" : ""),
  ignore: Deno.build.os === "windows" || Deno.uid() === 0,
  fn: () =>
    within(
      { ".gitlab-ci.yml": "a: {}\n", "Cargo.toml": "[package]\n", "deep/x": "", [OTHER]: OTHER_TEXT },
      async (root) => {
        for (const path of [".gitlab-ci.yml", "Cargo.toml", "deep"]) await Deno.chmod(`${root}/${path}`, 0);
        try {
          const diagnosis = await look(root);
          assertEquals(about(".gitlab-ci.yml", diagnosis), ["1:1 file-unreadable"]);
          assertEquals(about("Cargo.toml", diagnosis), ["1:1 file-unreadable"]);
          assert(diagnosis.findings.some(({ code }) => code === "missing-id-token"));
        } finally {
          await Deno.chmod(`${root}/deep`, 0o700);
        }
      },
    ),
});

Deno.test("names that no file can have are names of nothing", async () => {
  const names = ["a\\0b", "x".repeat(5000), "\\ud800", "../../../../etc", "__proto__", "$(pwd)"];
  const uses = names.map((name) =>
    `      - uses: "./${name}"\n      - run: "./${name} && make -C ${name}"\n        working-directory: "${name}"\n`
  );
  await within({
    [OTHER]: OTHER_TEXT,
    ".github/workflows/bad.yml": starts("run: x").trimEnd() + "\n" + uses.join(""),
    ".gitlab-ci.yml": `include: [${
      names.map((name) => `{ local: "${name}" }`).join(", ")
    }]\na: { script: [x] }\n`,
    "package.json": `{ "name": "x", "version": "1.0.0", "workspaces": [${
      names.map((name) => `"${name.replace("\\0", "\\u0000")}"`).join(", ")
    }] }`,
  }, async (root) => {
    const { findings } = await look(root);
    assert(findings.some(({ code, at }) => code === "missing-id-token" && at.path === OTHER));
  });
});

Deno.test("broken manifests leave out their packages alone, whoever has named them", async () => {
  const files = {
    [OTHER]: OTHER_TEXT,
    "a/Cargo.toml": "[package\n",
    "b/package.json": '{ "name": "b", "version": "1.0.0" }',
    "c/pyproject.toml": '[project]\nname = "c"\nversion = 1\n',
  };
  const declared = ["a|crates", "b|npm", "c|pypi"].map((each) => each.split("|")).map(([name, kind]) =>
    `[[package]]\nname = "${name}"\nkind = "${kind}"\npath = "${name}"\n${
      name === "b" ? 'depends_on = ["a"]\n' : ""
    }`
  ).join("");
  for (const more of [{}, { "keyless.toml": declared }]) {
    await within({ ...files, ...more }, async (root) => {
      const diagnosis = await look(root);
      assertEquals(about("a/Cargo.toml", diagnosis), ["1:9 toml-syntax"]);
      assertEquals(about("c/pyproject.toml", diagnosis), ["3:11 wrong-type"]);
      assertEquals(diagnosis.checked.packages, 1);
      const phase = diagnosis.phases.find(({ name }) => name === "packages");
      assertEquals(phase?.status, "failed");
      assert(diagnosis.findings.some(({ code }) => code === "missing-id-token"));
    });
  }
});

Deno.test("where the manifest of a declared package is broken, nobody says that none declares a policy", async () => {
  await within({
    [OTHER]: OTHER_TEXT,
    "Cargo.toml": "[package\n",
    "keyless.toml":
      '[[package]]\nname = "a"\nkind = "crates"\npath = "."\n[package.trust_policy]\nworkflow = "other.yml"\n',
  }, async (root) => {
    const { phases } = await look(root);
    const declared = phases.find(({ name }) => name === "trust policy (declared)");
    assertEquals(declared?.reason, "not checked: see Cargo.toml");
  });
});

/** A configuration with mistakes, a baseline and a file for --npm-trust are named by whoever starts doctor: clear errors with a place. */
const NAMED: readonly (readonly [what: string, text: string | Uint8Array, place: string])[] = [
  ["not UTF-8", new Uint8Array([0x61, 0xff]), "1:2 text-not-utf8"],
  ["50 MB", new Uint8Array(65 << 20).fill(0x61), "1:1 file-unreadable"],
];

for (const [what, text, place] of NAMED) {
  Deno.test(`keyless.toml, a baseline and an answer of npm with ${what} are an error with its place`, async () => {
    await within({ "keyless.toml": text, "file.json": text }, async (root) => {
      const configuration = await assertRejects(() => loadSound(root, session().env), KeylessError);
      const baseline = await assertRejects(() => readBaseline(`${root}/file.json`), KeylessError);
      const npm = await assertRejects(() => readNpmTrust([`${root}/file.json`], ["a"]), KeylessError);
      for (const { problem } of [configuration, baseline, npm]) {
        assertEquals(`${problem.at?.start.line}:${problem.at?.start.column} ${problem.code}`, place);
      }
    });
  });
}

Deno.test("a configuration with mistakes is wrong usage, and broken manifests are told with it", async () => {
  await within({
    "Cargo.toml": "[package\n",
    "keyless.toml": '[[package]]\nname = "a"\nkind = "crates"\npath = "."\nnonsense = 1\n',
  }, async (root) => {
    const { problems } = await assertRejects(() => loadSound(root, session().env), UsageError);
    assertEquals(problems.map(({ code, at }) => `${at?.path} ${code}`), [
      "keyless.toml unknown-key",
      "Cargo.toml toml-syntax",
    ]);
  });
});

Deno.test("a directory that is no git repository is looked at like any other", async () => {
  await within(
    { [OTHER]: OTHER_TEXT, ".npmrc": "//registry.npmjs.org/:_authToken=CANARY-of-npm\n" },
    async (root) => {
      const { findings } = await look(root);
      assert(findings.some(({ code }) => code === "missing-id-token"));
    },
  );
});
