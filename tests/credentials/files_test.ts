import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { bounds } from "../bounds.ts";
import { readCargo } from "../../src/credentials/files/cargo.ts";
import { readEnvFile } from "../../src/credentials/files/env_file.ts";
import type { CredentialFile, FiledCredential } from "../../src/credentials/files/filed_credential.ts";
import { readNpmrc } from "../../src/credentials/files/npmrc.ts";
import { readNugetConfig } from "../../src/credentials/files/nuget_config.ts";
import { readPypirc } from "../../src/credentials/files/pypirc.ts";
import { readUrlPasswords } from "../../src/credentials/files/url_passwords.ts";
import { readClassicYarnrc, readYarnrc } from "../../src/credentials/files/yarnrc.ts";
import { SourceText } from "../../src/formats/positions.ts";
import { UsageError } from "../../src/problem.ts";

const dotenv = (text: string, path: string) => readEnvFile(text, path, { shell: false });
const envrc = (text: string, path: string) => readEnvFile(text, path, { shell: true });

/** What a credential is, and what stands at its place. */
function seen({ key, owner, holds, variables, at }: FiledCredential, text: string): unknown[] {
  return [key, owner, holds, [...variables], new SourceText(text, at.path).textAt(at)];
}

type Case = readonly [text: string, credentials: readonly (readonly unknown[])[]];

const CASES: Readonly<
  Record<string, readonly [(text: string, path: string) => CredentialFile, readonly Case[]]>
> = {
  ".npmrc": [readNpmrc, [
    ["//npm.example.com/:_authToken=CANARY-1", [[
      "//npm.example.com/:_authToken",
      null,
      "literal",
      [],
      "CANARY-1",
    ]]],
    ["  //npm.example.com/:_password = Q0FOQVJZ ; why\r\n", [
      ["//npm.example.com/:_password", null, "literal", [], "Q0FOQVJZ"],
    ]],
    ['//npm.example.com/:_auth="CANARY # 1"', [[
      "//npm.example.com/:_auth",
      null,
      "literal",
      [],
      '"CANARY # 1"',
    ]]],
    ["//npm.example.com/:_authToken=${A}${B?}", [
      ["//npm.example.com/:_authToken", null, "reference", ["A", "B"], "${A}${B?}"],
    ]],
    ["//npm.example.com/:_authToken=", [["//npm.example.com/:_authToken", null, "empty", [], ""]]],
    ["_authToken=CANARY-2", [["_authToken", null, "literal", [], "CANARY-2"]]],
    ["//npm.example.com/:_authToken=<token>", [[
      "//npm.example.com/:_authToken",
      null,
      "placeholder",
      [],
      "<token>",
    ]]],
    [
      "; //npm.example.com/:_authToken=CANARY\n#//npm.example.com/:_authToken=CANARY\n[x]\nregistry=https://x/\n",
      [],
    ],
    ["//localhost:4873/:_authToken=CANARY\n//127.0.0.1/:_auth=CANARY\n//verdaccio:4873/:_auth=CANARY", []],
  ]],
  ".yarnrc.yml": [readYarnrc, [
    ["npmAuthToken: CANARY-1 # why\n", [["npmAuthToken", null, "literal", [], "CANARY-1"]]],
    ["npmScopes: {company: {npmAuthIdent: 'someone:CANARY'}}", [
      ["npmAuthIdent", "@company", "literal", [], "'someone:CANARY'"],
    ]],
    ['npmRegistries:\n  "//npm.example.com":\n    npmAuthToken: "${T:-}"\n', [
      ["npmAuthToken", "//npm.example.com", "reference", ["T"], '"${T:-}"'],
    ]],
    ["npmAuthToken: 1\nnpmScopes: none\nnodeLinker: pnp\n", []],
  ]],
  ".yarnrc": [readClassicYarnrc, [
    ['"//npm.example.com/:_authToken" "CANARY-1"\nregistry "https://npm.example.com"\n', [
      ["//npm.example.com/:_authToken", null, "literal", [], "CANARY-1"],
    ]],
  ]],
  ".pypirc": [readPypirc, [
    ["[pypi]\nusername: __token__\npassword: pypi-CANARY\n", [[
      "password",
      "pypi",
      "literal",
      [],
      "pypi-CANARY",
    ]]],
    ["[pypi]\npassword = CANARY-of-pypi ; why\n", [["password", "pypi", "literal", [], "CANARY-of-pypi"]]],
    ["[pypi]\npassword = # your token\n", [["password", "pypi", "empty", [], ""]]],
    ["[pypi]\npassword = ${PYPI_TOKEN}\n", [[
      "password",
      "pypi",
      "reference",
      ["PYPI_TOKEN"],
      "${PYPI_TOKEN}",
    ]]],
    ["[distutils]\nindex-servers = pypi\n\n[pypi]\nusername = __token__\n", []],
  ]],
  ".cargo/config.toml": [readCargo, [
    ['[registry]\ntoken = "cioCANARY"\n', [["token", "crates.io", "literal", [], '"cioCANARY"']]],
    ['registries.company.token = "CANARY-1"', [["token", "company", "literal", [], '"CANARY-1"']]],
    ['[registries.crates-io]\ntoken = "cioCANARY"\n[registry]\ntoken = 1\n', []],
  ]],
  ".env": [dotenv, [
    ["export NPM_TOKEN=CANARY-of-npm\n", [["NPM_TOKEN", null, "literal", [], "CANARY-of-npm"]]],
    ["TWINE_PASSWORD='CANARY $1' # why\n", [["TWINE_PASSWORD", null, "literal", [], "CANARY $1"]]],
    ["CARGO_REGISTRIES_COMPANY_TOKEN=${TOKEN}\r\n", [
      ["CARGO_REGISTRIES_COMPANY_TOKEN", null, "reference", ["TOKEN"], "${TOKEN}"],
    ]],
    ["UV_PUBLISH_TOKEN=op://Private/pypi/token", [
      ["UV_PUBLISH_TOKEN", null, "reference", ["op"], "op://Private/pypi/token"],
    ]],
    ["JSR_TOKEN=\nVSCE_PAT=changeme\n", [
      ["JSR_TOKEN", null, "empty", [], ""],
      ["VSCE_PAT", null, "placeholder", [], "changeme"],
    ]],
    ["DATABASE_URL=CANARY\n# NPM_TOKEN=CANARY\nnot a line\n", []],
  ]],
  ".envrc": [envrc, [
    ["export NPM_TOKEN=$(pass show npm)\n", [["NPM_TOKEN", null, "reference", ["pass"], "$(pass show npm)"]]],
    ["export NPM_TOKEN=`pass show npm`\n", [["NPM_TOKEN", null, "reference", ["pass"], "`pass show npm`"]]],
  ]],
  "nuget.config": [readNugetConfig, [
    [
      '<configuration><packageSourceCredentials><My_x0020_Feed>\n<add key="ClearTextPassword" value="CANARY-1" />\n',
      [["ClearTextPassword", "My Feed", "literal", [], "CANARY-1"]],
    ],
    ["<F><add value='%TOKEN%' key='ClearTextPassword'/></F>", [
      ["ClearTextPassword", "F", "reference", ["TOKEN"], "%TOKEN%"],
    ]],
    [
      '<!-- <F><add key="ClearTextPassword" value="CANARY" /></F> --><F><add key="Password" value="CANARY" /></F>',
      [],
    ],
  ]],
  "uv.toml": [readUrlPasswords, [
    ['url = "https://someone:CANARY-1@pypi.example.com/simple"', [
      ["password", "pypi.example.com", "literal", [], "CANARY-1"],
    ]],
    ["extra-index-url = https://x:${TOKEN}@pypi.example.com/simple\n", [
      ["password", "pypi.example.com", "reference", ["TOKEN"], "${TOKEN}"],
    ]],
    [
      "https://pypi.org/simple http://a:CANARY@localhost:8080/ https://user@host/ git+ssh://git@host:22/x",
      [],
    ],
  ]],
};

for (const [path, [read, cases]] of Object.entries(CASES)) {
  Deno.test(`the credentials of ${path} are found where they stand`, () => {
    for (const [text, expected] of cases) {
      assertEquals(read(text, path).credentials.map((each) => seen(each, text)), expected, text);
    }
  });

  Deno.test(`a byte order mark moves nothing in ${path}`, () => {
    for (const [text, expected] of cases) {
      const marked = `\ufeff${text}`;
      assertEquals(read(marked, path).credentials.map((each) => seen(each, marked)), expected, text);
    }
  });

  Deno.test(`${path} is read or refused, whatever is in it`, () => {
    const pieces = cases.flatMap((
      [text],
    ) => [text, text.slice(0, text.length >> 1), text.slice(text.length >> 1)]);
    const unit = fc.oneof(
      fc.constantFrom(...pieces, "\n", "=", '"', "[", "]", "${", "#", "<!--", "\0"),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(unit, { maxLength: 8 }), (parts) => {
        const text = parts.join("");
        try {
          for (const { at, keyAt } of read(text, path).credentials) {
            for (const { start, end } of [at, keyAt]) {
              assert(start.offset <= end.offset && end.offset <= text.length);
            }
          }
        } catch (error) {
          assert(error instanceof UsageError, String(error));
        }
      }),
      bounds(200),
    );
  });
}

Deno.test("literals are kept as secrets that nobody can print", () => {
  const file = readNpmrc("//npm.example.com/:_authToken=CANARY-of-the-registry\n", ".npmrc");
  assertEquals(JSON.stringify(file).includes("CANARY-of-the-registry"), false);
  assertEquals(Deno.inspect(file, { depth: 9 }).includes("CANARY-of-the-registry"), false);
  const env = dotenv("NPM_TOKEN=CANARY-of-the-registry\nNAME=shown\n", ".env");
  assertEquals(Deno.inspect(env, { depth: 9 }).includes("CANARY-of-the-registry"), false);
  assertEquals(env.variables.map(({ name, value }) => [name, value]), [["NPM_TOKEN", ""], ["NAME", "shown"]]);
});

Deno.test("an .npmrc tells which variables come to nothing when they are not set", () => {
  const optional = (value: string) =>
    readNpmrc(`//npm.example.com/:_authToken=${value}`, ".npmrc").credentials.map((each) => each.optional);
  assertEquals(["${A}", "${A?}", "${A?}${B}", "\\${A?}", "literal"].map(optional), [
    [false],
    [true],
    [false],
    [false],
    [false],
  ]);
});

Deno.test("a .yarnrc.yml tells what a token is when its variable is not set", () => {
  const otherwise = (value: string) =>
    readYarnrc(`npmAuthToken: "${value}"`, ".yarnrc.yml").credentials.map((each) => each.otherwise);
  assertEquals(["${A}", "${A:-}", "${A-x}", "literal"].map(otherwise), [[null], [""], ["x"], [null]]);
});

Deno.test("a .pypirc tells its indexes, which of them are listed, and what only looks like a comment", () => {
  const text = `[distutils]
index-servers =
    pypi
    company
[pypi]
username = __token__  # always
password = pypi-CANARY
[company]
repository: https://pypi.example.com/legacy/
password = ; ask somebody
[other]
username = a#b;c
`;
  const { indexes, inlineComments } = readPypirc(text, ".pypirc");
  assertEquals(indexes.map(({ name, repository, listed }) => [name, repository, listed]), [
    ["pypi", null, true],
    ["company", "https://pypi.example.com/legacy/", true],
    ["other", null, false],
  ]);
  assertEquals(
    inlineComments.map((
      { section, key, at, alone },
    ) => [section, key, new SourceText(text, "").textAt(at), alone]),
    [["pypi", "username", "  # always", false], ["company", "password", "; ask somebody", true]],
  );
});

Deno.test("a value that is too short to be hidden is never pointed at", () => {
  const text = "[company]\nusername = me # x\npassword = hunter2 # x\n";
  const { inlineComments, credentials } = readPypirc(text, ".pypirc");
  assertEquals(inlineComments.map(({ key }) => key), ["username"]);
  assertEquals(credentials.map(({ holds }) => holds), ["placeholder"]);
});

Deno.test("cargo's settings tell which providers are asked, and which keys are ignored", () => {
  const { kind, providers, ignored } = readCargo(
    `[registry]
credential-provider = "cargo:token-from-stdout pass show crates"
global-credential-providers = ["cargo:token", "cargo:libsecret"]
[registries.company]
credential-provider = ["tool", "--flag"]
[registries.crates-io]
credential-provider = "cargo:libsecret"
protocol = "sparse"
`,
    "a/.cargo/config",
  );
  assertEquals(kind, "config");
  assertEquals(providers.map(({ table, key, providers }) => [table, key, [...providers]]), [
    ["registry", "credential-provider", ["cargo:token-from-stdout pass show crates"]],
    ["registry", "global-credential-providers", ["cargo:token", "cargo:libsecret"]],
    ["registries.company", "credential-provider", ["tool --flag"]],
  ]);
  assertEquals(ignored.map(({ key }) => key), ["credential-provider"]);
  assertEquals(readCargo("", ".cargo/credentials.toml").kind, "credentials");
});

Deno.test("files that break the rules of their format are refused with a place", () => {
  const cases = [
    [readYarnrc, "npmAuthToken: [\n", ".yarnrc.yml"],
    [readPypirc, "password = CANARY\n", ".pypirc"],
    [readCargo, "[registry\n", ".cargo/config.toml"],
  ] as const;
  for (const [read, text, path] of cases) {
    const error = assertThrows(() => read(text, path), UsageError);
    assertEquals(error.problem.at?.path, path);
  }
});
