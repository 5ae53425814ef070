import { assert, assertEquals } from "@std/assert";
import { run } from "../../src/cli/commands/doctor.ts";
import { NAMED_SAMPLES, TOKEN_SAMPLES } from "../credentials/token_samples.ts";
import { UNICODE } from "../report/samples.ts";
import { repository } from "./repository.ts";
import { repositoryOfWords } from "./words_as_secrets.ts";

/** Every made-up token in a file of every kind, and passwords without a form. */
function repositoryOfTokens(): { files: Map<string, string>; values: string[] } {
  const tokens = TOKEN_SAMPLES.map(([, token]) => token);
  const named = NAMED_SAMPLES.map(([, before, token]) => `${before}${token}`);
  const passwords = [
    "CANARY-npm",
    "CANARY-yarn",
    "CANARY-pypi",
    "CANARY-cargo",
    "CANARY-env",
    "CANARY-uv",
    "CANARY-nuget",
    "CANARY-address",
  ];
  const [npm, yarn, pypi, cargo, env, uv, nuget, address] = passwords;
  const files = new Map([
    [
      ".github/workflows/release.yml",
      `on: release
jobs:
  publish:
    runs-on: ubuntu-latest
    permissions:
      id-token: write
    env:
      NPM_TOKEN: ${tokens[2]}
    steps:
      - run: twine upload --repository-url https://bob:${address}@pypi.example.com/simple dist/*
      - run: npm publish --registry=https://bob:${address}@npm.example.com/
      - run: mvn deploy -DaltDeploymentRepository=x::default::https://bob:${address}@mvn.example.com/r
      - run: cargo publish --index https://bob:${address}@crates.example.com/i
      - run: curl -F package=@x.gem https://${address}@push.fury.io/acme/
      - run: npm publish build/npm
${
        tokens.map((token) =>
          `      - run: npm publish --token ${token}\n        env: {NODE_AUTH_TOKEN: "${token}"}\n`
        ).join("")
      }`,
    ],
    [
      ".npmrc",
      `//npm.example.com/:_authToken=${npm}\n${
        tokens.map((token) => `//registry.npmjs.org/:_authToken=${token}\n`).join("")
      }`,
    ],
    [".yarnrc.yml", `npmAuthToken: ${yarn}\n`],
    [
      ".pypirc",
      `[pypi]\nusername = __token__\npassword = ${pypi} # why\n[test]\npassword = ${tokens[3]} # why\n`,
    ],
    [".cargo/config.toml", `[registry]\ntoken = "${tokens[0]}"\n[registries.company]\ntoken = "${cargo}"\n`],
    [".cargo/credentials.toml", `[registry]\ntoken = "${cargo}"\n`],
    [
      ".envrc",
      `export TWINE_PASSWORD=${env}\nexport TWINE_REPOSITORY_URL=https://test.pypi.org/legacy/\nexport TWINE_PASSWORD_TESTPYPI=${
        tokens[4]
      }\n`,
    ],
    [".env", [...named, ""].join("\n")],
    ["uv.toml", `[[index]]\nurl = "https://someone:${uv}@pypi.example.com/"\n`],
    ["nuget.config", `<F><add key="ClearTextPassword" value="${nuget}" /></F>\n`],
    ["Makefile", tokens.map((token) => `publish:\n\techo ${token}\n`).join("")],
  ]);
  return { files, values: [...tokens, ...NAMED_SAMPLES.map(([, , token]) => token), ...passwords] };
}

for (const [what, made] of [["token", repositoryOfTokens], ["word", repositoryOfWords]] as const) {
  Deno.test(`no ${what} that is a password is shown, in whatever form the report is printed`, async () => {
    const { files, values } = made();
    const root = await repository(files);
    const before = Deno.cwd();
    try {
      Deno.chdir(root);
      const formats = ["terminal", "json", "sarif", "github", "markdown", "junit"];
      for (
        const options of [...formats.map((format) => ({ format })), { diff: true as const, fix: "unsafe" }]
      ) {
        const name = JSON.stringify(options);
        let printed = "";
        const io = {
          json: false,
          quiet: false,
          verbose: true,
          debug: true,
          stdout: UNICODE,
          stderr: UNICODE,
          out: (text: string) => printed += text,
          err: (text: string) => printed += text,
        };
        const exit = await run({ verb: "doctor", arguments: [], options, command: [], io });
        if ("format" in options) assertEquals(exit, 1);
        assert(printed !== "", name);
        const shown = values.filter((value) =>
          printed.includes(value) || printed.includes(encodeURIComponent(value))
        );
        assertEquals(shown, [], name);
        // Nor a part of one that is long enough to help.
        const parts = values.flatMap((value) => [value.slice(0, 16), value.slice(-12)]).filter((part) =>
          part.includes("CANARY")
        );
        assertEquals(parts.filter((part) => printed.includes(part)), [], name);
      }
    } finally {
      Deno.chdir(before);
      await Deno.remove(root, { recursive: true });
    }
  });
}
