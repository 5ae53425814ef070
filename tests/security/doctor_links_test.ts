import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { dirname } from "@std/path";
import { run } from "../../src/host/process.ts";
import { CONFIGURATION } from "../cli/support.ts";
import { writeFiles } from "../repository.ts";

const ROOT = new URL("../../", import.meta.url).pathname;
const WORKFLOW = `on: push
jobs:
  publish:
    runs-on: ubuntu-latest
    permissions: { contents: read }
    steps:
      - run: keyless publish
`;

/** What keyless says in a tree with links, beside which something secret lies. */
async function told(links: Readonly<Record<string, string>>, words: readonly string[]) {
  const top = await Deno.realPath(await Deno.makeTempDir({ prefix: "keyless-links-" }));
  try {
    await writeFiles(top, {
      "home/secret": "CANARY secret\n[CANARY]\n{ CANARY: [\n",
      "home/directory/.keep": "",
      "tree/.git/config": "[core]\nCANARY extraheader = AUTHORIZATION: basic CANARY\n",
      "tree/.github/workflows/release.yml": WORKFLOW,
      // Of a repository inside of the tree git's own files are nobody's business either.
      "tree/.github/workflows/nested.yml": WORKFLOW.replace("keyless publish", "bash module/.git/publish.sh"),
      "tree/module/.git/publish.sh": "npm publish --tag CANARY || true\n",
    });
    for (const [path, target] of Object.entries(links)) {
      await Deno.mkdir(dirname(`${top}/tree/${path}`), { recursive: true });
      await Deno.symlink(target, `${top}/tree/${path}`);
    }
    const { code, stdout, stderr } = await run({
      program: Deno.execPath(),
      args: [
        "run",
        "-q",
        "--no-prompt",
        "--config",
        `${ROOT}${CONFIGURATION}`,
        "-A",
        `${ROOT}main.ts`,
        "doctor",
        "--verbose",
        ...words,
      ],
      cwd: `${top}/tree`,
      env: {
        PATH: Deno.env.get("PATH")!,
        HOME: `${top}/home`,
        DENO_DIR: Deno.env.get("DENO_DIR") ?? `${Deno.env.get("HOME")}/.cache/deno`,
      },
    });
    const outside = Array.from(Deno.readDirSync(`${top}/home/directory`), ({ name }) => name);
    return { code, text: stdout + stderr, outside };
  } finally {
    await Deno.remove(top, { recursive: true });
  }
}

/** Links that a pull request brings along, and what keyless is told. */
const CASES: Readonly<
  Record<string, readonly [links: Readonly<Record<string, string>>, words: readonly string[]]>
> = {
  "a configuration": [{ "keyless.toml": "../home/secret" }, []],
  "a configuration that is git's own": [{ "keyless.toml": ".git/config" }, []],
  "a baseline": [{ "baseline.json": "../home/secret" }, ["--baseline", "baseline.json"]],
  "an answer of npm": [{ "trust.json": "../home/secret" }, ["--npm-trust", "trust.json"]],
  "settings and CI files": [{
    ".gitlab-ci.yml": "../home/secret",
    ".circleci/config.yml": "../.git/config",
    Jenkinsfile: "../home/secret",
    ".npmrc": "../home/secret",
    ".pypirc": ".git/config",
    ".yarnrc.yml": "../home/secret",
    ".cargo/config.toml": "../../home/secret",
    "Cargo.toml": "../home/secret",
    "package.json": "../home/secret",
    "pnpm-workspace.yaml": "../home/secret",
    "pyproject.toml": ".git/config",
  }, []],
  "directories of them": [{ ".circleci": "../home", jenkins: ".git", ".cargo": "../home" }, []],
};

Deno.test("nothing is shown of what git keeps of a repository inside of the tree", async () => {
  const { text, code } = await told({}, []);
  assert(code !== 70 && !text.includes("CANARY"), text);
});

for (const [what, [links, words]] of Object.entries(CASES)) {
  Deno.test({
    name: `nothing of what a link in the place of ${what} leads to is shown`,
    ignore: Deno.build.os === "windows",
    async fn() {
      const { text, code } = await told(links, words);
      assert(code !== 70 && !text.includes("CANARY"), text);
    },
  });
}

Deno.test({
  name: "a baseline is not written through a directory that lies elsewhere",
  ignore: Deno.build.os === "windows",
  async fn() {
    const { text, code, outside } = await told({ settings: "../home/directory" }, [
      "--write-baseline",
      "settings/baseline.json",
    ]);
    assertEquals([code, outside], [2, [".keep"]]);
    assertStringIncludes(text, "it leads out of the repository");
  },
});
