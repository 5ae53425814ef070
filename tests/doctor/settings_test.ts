import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { loadProject } from "../../src/config/load.ts";
import { diagnose } from "../../src/doctor/engine.ts";
import { readSettings } from "../../src/doctor/settings.ts";
import { statedVersions } from "../../src/doctor/stated_versions.ts";
import { envOf } from "../../src/host/env.ts";
import { git, writeFiles } from "../repository.ts";
import { repository, session } from "./repository.ts";

const PASSWORD = "//npm.example.com/:_password=Q0FOQVJZLXBhc3N3b3Jk\n";
const TOKEN = "//registry.npmjs.org/:_authToken=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\n";

async function within<T>(files: Record<string, string>, look: (root: string) => Promise<T>): Promise<T> {
  const root = await repository(new Map(Object.entries(files)));
  try {
    return await look(root);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

async function settingsOf(root: string, env = session().env) {
  return await readSettings(env, await loadProject(root, session().env), new Map());
}

async function findingsOf(root: string) {
  const { findings } = await diagnose(await loadProject(root, session().env), session());
  return findings.filter(({ phase }) => phase === "credentials").map(({ code, severity, message }) =>
    `${severity} ${code}: ${message}`
  );
}

Deno.test("git tells which files are tracked, ignored, or neither", async () => {
  await within({ ".npmrc": PASSWORD, ".gitignore": ".envrc\n" }, async (root) => {
    await writeFiles(root, { ".envrc": "export NPM_TOKEN=CANARY-1\n", ".env": "NPM_TOKEN=CANARY-2\n" });
    const { keeping } = await settingsOf(root);
    assertEquals([...keeping].sort(), [[".env", "untracked"], [".envrc", "ignored"], [".npmrc", "tracked"]]);
  });
});

Deno.test("a tracked file stays tracked when it is ignored too", async () => {
  await within({ ".npmrc": PASSWORD }, async (root) => {
    await writeFiles(root, { ".gitignore": ".npmrc\n" });
    assertEquals([...(await settingsOf(root)).keeping], [[".npmrc", "tracked"]]);
  });
});

Deno.test("nothing is known of files where there is no repository, or no git", async () => {
  await within({ ".npmrc": PASSWORD }, async (root) => {
    assertEquals([...(await settingsOf(root, envOf({ PATH: root }))).keeping], [[".npmrc", "unknown"]]);
    await Deno.remove(`${root}/.git`, { recursive: true });
    assertEquals([...(await settingsOf(root)).keeping], [[".npmrc", "unknown"]]);
  });
});

Deno.test("git is not asked where no file holds a credential", async () => {
  await within({ ".npmrc": "registry=https://registry.npmjs.org/\n" }, async (root) => {
    const noPath = { get: (name: string) => assert(name !== "PATH", "git was started") as undefined };
    assertEquals([...(await settingsOf(root, noPath)).keeping], []);
  });
});

Deno.test("the state of a file decides how bad it is", async () => {
  const cases: [prepare: (root: string) => Promise<unknown>, password: string[], token: string[]][] = [
    [() => Promise.resolve(), [
      "error credential-file-in-repository: .npmrc is in the repository, with //npm.example.com/:_password in it",
    ], ["error literal-token: .npmrc holds an npm token in the open (…ituq, 40 characters)"]],
    [(root) => git(root, "rm", "--cached", "-q", ".npmrc"), [
      "warning credential-file-in-repository: .npmrc is not ignored by git, with //npm.example.com/:_password in it",
    ], [
      "warning credential-file-in-repository: .npmrc is not ignored by git, with //registry.npmjs.org/:_authToken in it",
    ]],
    [
      async (root) => {
        await git(root, "rm", "--cached", "-q", ".npmrc");
        await writeFiles(root, { ".gitignore": ".npmrc\n" });
      },
      [],
      [],
    ],
    [(root) => Deno.remove(`${root}/.git`, { recursive: true }), [
      "unverified credential-file-in-repository: .npmrc may be in the repository, with //npm.example.com/:_password in it",
    ], ["warning literal-token: .npmrc holds an npm token in the open (…ituq, 40 characters)"]],
  ];
  for (const [prepare, password, token] of cases) {
    for (const [text, expected] of [[PASSWORD, password], [TOKEN, token]] as const) {
      await within({ ".npmrc": text, "keyless.toml": "" }, async (root) => {
        await prepare(root);
        assertEquals(await findingsOf(root), expected);
      });
    }
  }
});

Deno.test("the directories of packages are looked at too", async () => {
  const manifest = JSON.stringify({ name: "a", version: "1.0.0" });
  await within({ "packages/a/package.json": manifest, "packages/a/.npmrc": PASSWORD }, async (root) => {
    assertEquals((await settingsOf(root)).npmrc.map(({ path }) => path), ["packages/a/.npmrc"]);
  });
});

Deno.test("files that cannot be read are said, and the others are read", async () => {
  await within({
    ".yarnrc.yml": "npmAuthToken: [\n",
    ".cargo/config.toml": "[registry\n",
    ".npmrc": PASSWORD,
  }, async (root) => {
    await Deno.writeFile(`${root}/.pypirc`, new Uint8Array([0x5b, 0xff, 0xfe]));
    await Deno.writeTextFile(`${root}/.env`, "A=1\n".repeat(2 << 20));
    await Deno.mkdir(`${root}/.envrc`);
    const { problems, npmrc } = await settingsOf(root);
    assertEquals(problems.map(({ code, at }) => [at.path, code]).sort(), [
      [".cargo/config.toml", "toml-syntax"],
      [".env", "file-unreadable"],
      [".pypirc", "text-not-utf8"],
      [".yarnrc.yml", "yaml-syntax"],
    ]);
    assertEquals(npmrc.length, 1);
    const found = await findingsOf(root);
    assertEquals(found.filter((line) => line.startsWith("unverified")).length, 4);
    assertEquals(found.filter((line) => line.startsWith("error")).length, 1);
  });
});

Deno.test({
  name: "links that lead out of the repository, or in circles, are not followed",
  ignore: Deno.build.os === "windows",
  async fn() {
    const outside = await Deno.makeTempDir({ prefix: "keyless-outside-test-" });
    try {
      await writeFiles(outside, { "npmrc": TOKEN, "config.toml": '[registry]\ntoken = "cioCANARY"\n' });
      await within({ "settings/pypirc": "[pypi]\npassword = CANARY-of-pypi\n" }, async (root) => {
        await Deno.symlink(`${outside}/npmrc`, `${root}/.npmrc`);
        await Deno.symlink(outside, `${root}/.circleci`);
        await Deno.mkdir(`${root}/.cargo`);
        await Deno.symlink(`${outside}/config.toml`, `${root}/.cargo/config.toml`);
        await Deno.symlink(".env", `${root}/.env`);
        await Deno.symlink("nowhere", `${root}/.envrc`);
        await Deno.symlink("settings/pypirc", `${root}/.pypirc`);
        const { files, problems } = await settingsOf(root);
        assertEquals(files.map(({ path }) => path), [".pypirc"]);
        assertEquals(problems, []);
      });
    } finally {
      await Deno.remove(outside, { recursive: true });
    }
  },
});

Deno.test("a text of an editor stands in for the file", async () => {
  await within({ ".npmrc": "" }, async (root) => {
    const project = await loadProject(root, session().env);
    const { npmrc } = await readSettings(session().env, project, new Map(), new Map([[".npmrc", PASSWORD]]));
    assertEquals(npmrc[0]?.credentials.length, 1);
  });
});

Deno.test("a token is found in whatever was read, once for each place", async () => {
  await within(
    { Makefile: `publish:\n\t${TOKEN}`, ".circleci/config.yml": `# ${TOKEN}`, "README.md": TOKEN },
    async (root) => {
      const { tokens } = await settingsOf(root);
      assertEquals(tokens.map(({ at }) => `${at.path}:${at.start.line}:${at.start.column}`).sort(), [
        ".circleci/config.yml:1:36",
        "Makefile:2:35",
      ]);
    },
  );
});

Deno.test("a comment accepts a finding in a settings file", async () => {
  await within(
    { ".npmrc": `; keyless: ignore[credential-file-in-repository] opens nothing\n${PASSWORD}` },
    async (root) => {
      const { findings, sources } = await diagnose(await loadProject(root, session().env), session());
      const found = findings.find(({ code }) => code === "credential-file-in-repository");
      assertEquals(found?.ignored, "opens nothing");
      assertStringIncludes(sources.get(".npmrc")!, "opens nothing");
    },
  );
});

Deno.test("versions of Node and of package managers are read where they are stated", () => {
  const stated = (text: string, path: string) =>
    statedVersions(text, path).map(({ tool, version, exact }) =>
      `${tool} ${version}${exact ? " exactly" : ""}`
    );
  const manifest = {
    packageManager: "pnpm@11.6.0+sha512.abc",
    engines: { node: ">=22", npm: "11" },
    volta: { node: "24.8.0" },
    devEngines: { packageManager: { name: "npm", version: "^11.5.1" } },
  };
  assertEquals(stated(JSON.stringify(manifest), "package.json"), [
    "pnpm 11.6.0 exactly",
    "npm ^11.5.1",
    "node 24.8.0 exactly",
    "node >=22",
    "npm 11",
  ]);
  assertEquals(stated("# why\nv24.8.0\n", ".nvmrc"), ["node 24.8.0 exactly"]);
  assertEquals(stated("lts/*", ".node-version"), ["node lts/*"]);
  assertEquals(stated("", ".nvmrc"), []);
  assertEquals(stated("{", "package.json"), []);
  assertEquals(stated('{"packageManager": 1, "engines": []}', "package.json"), []);
});
