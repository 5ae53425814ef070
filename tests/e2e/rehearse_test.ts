import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { which } from "./canary.ts";
import { type Form, forms, ROOT } from "./forms.ts";
import { commit, git } from "../repository.ts";

interface Trio {
  readonly root: string;
  rehearse(
    args?: readonly string[],
    env?: Readonly<Record<string, string>>,
  ): Promise<{ code: number; stdout: string; stderr: string }>;
}

function rehearsalTest(name: string, test: (trio: Trio) => Promise<void>): void {
  for (const form of forms) {
    const full = `${form.name}: ${name}`;
    Deno.test({
      name: form.missing ? `${full} (skipped: ${form.missing})` : full,
      ignore: form.missing !== null,
      fn: () => withTrio(form, test),
    });
  }
}

/** examples/trio as a repository of its own. */
async function withTrio(form: Form, test: (trio: Trio) => Promise<void>): Promise<void> {
  const place = await Deno.makeTempDir({ prefix: "keyless-trio-" });
  const root = `${place}/trio`;
  try {
    await new Deno.Command("cp", { args: ["-R", `${ROOT}/examples/trio`, root] }).output();
    await git(root, "init", "-q", "-b", "main");
    await git(root, "remote", "add", "origin", "https://github.com/acme/tidy-slug.git");
    await commit(root, "tidy-slug 1.4.0");
    const [program, ...words] = form.words;
    const inherited = Object.fromEntries(
      ["PATH", "HOME", "DENO_DIR", "RUSTUP_HOME", "CARGO_HOME"].flatMap((name) => {
        const value = Deno.env.get(name);
        return value === undefined ? [] : [[name, value]];
      }),
    );
    await test({
      root,
      async rehearse(args = [], env = {}) {
        const { code, stdout, stderr } = await new Deno.Command(program!, {
          args: [...words, "rehearse", ...args],
          cwd: root,
          clearEnv: true,
          env: { LANG: "C.UTF-8", NO_COLOR: "1", ...inherited, ...env },
        }).output();
        return { code, stdout: new TextDecoder().decode(stdout), stderr: new TextDecoder().decode(stderr) };
      },
    });
  } finally {
    await Deno.remove(place, { recursive: true });
  }
}

rehearsalTest("the release of the example goes through, every token burned", async ({ root, rehearse }) => {
  const { code, stdout, stderr } = await rehearse();
  assertEquals(code, 0, stdout + stderr);
  for (const name of ["tidy-slug 1.4.0", "tidy-slug-cli 1.4.0", "@acme/tidy-slug 1.4.0"]) {
    assertStringIncludes(stdout, `✓ ${name}`);
  }
  assertMatch(stdout, /✓ This release would go through: 4 packages, 7 tokens, all burned\./);
  assertEquals(await git(root, "worktree", "list").then((text) => text.split("\n").length), 1);
});

rehearsalTest(
  "a renamed workflow is refused in the registries' own words, before anything is uploaded",
  async ({ root, rehearse }) => {
    await git(root, "mv", ".github/workflows/release.yml", ".github/workflows/ship.yml");
    await commit(root, "Rename");
    const { code, stdout } = await rehearse();
    assertEquals(code, 1);
    const text = stdout.replace(/\s+/g, " ");
    assertStringIncludes(
      text,
      "does not match the workflow filename `ship.yml` in the JWT. Expected workflow filenames: `release.yml`",
    );
    assertStringIncludes(text, "OIDC token exchange error - package not found");
    assertStringIncludes(text, "→ why: keyless explain exchange-workflow-mismatch");
    assertStringIncludes(text, "This release would stop before anything is uploaded.");
  },
);

rehearsalTest(
  "a job that may not ask for a token is refused, with the lines to add",
  async ({ root, rehearse }) => {
    const path = `${root}/.github/workflows/release.yml`;
    await Deno.writeTextFile(
      path,
      (await Deno.readTextFile(path)).replace("id-token: write", "packages: write"),
    );
    await commit(root, "Lose the permission");
    const { code, stdout, stderr } = await rehearse();
    assertEquals(code, 1);
    assertStringIncludes(stdout + stderr, "id-token: write");
  },
);

rehearsalTest("what no client is there for is not passed silently", async ({ rehearse }) => {
  const place = await Deno.makeTempDir();
  try {
    for (const program of ["git", "npm", "node", "kill"]) {
      const found = await which(program);
      if (found) await Deno.symlink(found, `${place}/${program}`);
    }
    const partly = await rehearse([], { PATH: `${place}:/bin` });
    assertEquals(partly.code, 1, partly.stdout + partly.stderr);
    assertStringIncludes(partly.stdout, "✗ 3 packages could not be rehearsed.");
    await Deno.remove(`${place}/npm`);
    const nothing = await rehearse([], { PATH: place });
    assertEquals(nothing.code, 3, nothing.stdout + nothing.stderr);
    assertStringIncludes(nothing.stderr, "Nothing could be rehearsed");
  } finally {
    await Deno.remove(place, { recursive: true });
  }
});

rehearsalTest("real credentials of the machine take no part", async ({ rehearse }) => {
  const env = {
    CARGO_REGISTRY_TOKEN: "cioCANARYrehearsal00000000000000000",
    NPM_TOKEN: "npm_CANARYrehearsal",
    PYPI_API_TOKEN: "pypi-CANARYrehearsal",
    GITHUB_ACTIONS: "true",
    GITHUB_REPOSITORY: "somebody/else",
    ACTIONS_ID_TOKEN_REQUEST_URL: "https://real.actions.githubusercontent.com/?x=1",
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: "CANARYrequest",
  };
  const { code, stdout, stderr } = await rehearse(["--json", "@acme/tidy-slug"], env);
  assertEquals(code, 0, stdout + stderr);
  assert(!/CANARY|somebody/.test(stdout + stderr));
  assertEquals(JSON.parse(stdout).jobs[0].repository, "acme/tidy-slug");
});
