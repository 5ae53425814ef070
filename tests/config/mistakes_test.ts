import { assertEquals, assertRejects } from "@std/assert";
import { loadProject } from "../../src/config/load.ts";
import { envOf } from "../../src/host/env.ts";
import { UsageError } from "../../src/problem.ts";
import { complaints, crate, inTree, npm, python, type Tree } from "./support.ts";

/** A configuration with one mistake, and what people see of it. */
interface Case {
  readonly what: string;
  readonly config: string;
  readonly shown: string | readonly string[];
}

const TREE: Tree = {
  "crates/my-crate/Cargo.toml": crate("my-crate"),
  "js/package.json": npm("@acme/widget"),
  "py/pyproject.toml": python("My.Widget"),
  "virtual/Cargo.toml": "[workspace]\n",
};

const CRATE = 'name = "my-crate"\nkind = "crates"\npath = "crates/my-crate"\n';
const PACKAGE = `[[package]]\n${CRATE}`;

const CASES: readonly Case[] = [
  {
    what: "a misspelt table",
    config: `${PACKAGE}trustpolicy = { workflow = "release.yml" }\n`,
    shown: `unknown-key keyless.toml:5:1: unknown key "trustpolicy" in [[package]] "my-crate"
  trustpolicy = { workflow = "release.yml" }
  ^^^^^^^^^^^
  -> did you mean [package.trust_policy]?`,
  },
  {
    what: "a misspelt header",
    config: `[[packages]]\n${CRATE}`,
    shown: `unknown-key keyless.toml:1:3: unknown key "packages" in keyless.toml
  [[packages]]
    ^^^^^^^^
  -> did you mean [[package]]?`,
  },
  {
    what: "another tool's word for a key",
    config: `${PACKAGE}files = ["x"]\n`,
    shown: `unknown-key keyless.toml:5:1: unknown key "files" in [[package]] "my-crate"
  files = ["x"]
  ^^^^^
  -> did you mean "paths"?`,
  },
  {
    what: "a key that nothing is near to",
    config: `${PACKAGE}[package.trust_policy]\nworkflow = "r.yml"\nfrequency = 1\n`,
    shown: `unknown-key keyless.toml:7:1: unknown key "frequency" in [package.trust_policy] of "my-crate"
  frequency = 1
  ^^^^^^^^^
  -> it can hold workflow, environment, repository`,
  },
  {
    what: "a key twice",
    config: `${PACKAGE}name = "again"\n`,
    shown: `duplicate-key keyless.toml:5:1: "name" is set a second time
  name = "again"
  ^^^^
  -> remove one of the two`,
  },
  {
    what: "a key under two names",
    config: `${PACKAGE}paths = ["a"]\nglobs = ["b"]\n`,
    shown: `duplicate-key keyless.toml:6:1: "globs" is another word for "paths", and both are set
  globs = ["b"]
  ^^^^^
  -> keep one of the two`,
  },
  {
    what: "a syntax error",
    config: "[[package]]\nname = my-crate\n",
    shown: `toml-syntax keyless.toml:2:8: Cannot read keyless.toml: a text needs quotation marks
  name = my-crate
         ^^^^^^^^
  -> correct the line, then run again`,
  },
  {
    what: "a single table where several may be",
    config: `[package]\n${CRATE}`,
    shown: `wrong-type keyless.toml:1:1: "package" is a table, and must be a list of tables
  [package]
  ^^^^^^^^^
  -> write [[package]]`,
  },
  {
    what: "a string where a list must be",
    config: `${PACKAGE}depends_on = "other"\n`,
    shown: `wrong-type keyless.toml:5:14: "depends_on" is a string, and must be a list of strings
  depends_on = "other"
               ^^^^^^^
  -> write depends_on = ["…"]`,
  },
  {
    what: "numbers in a list of strings",
    config: `${PACKAGE}paths = ["a", 1]\n`,
    shown: `wrong-type keyless.toml:5:9: "paths" is a list, and must be a list of strings
  paths = ["a", 1]
          ^^^^^^^^
  -> write paths = ["…"]`,
  },
  {
    what: "a number where a string must be",
    config: `[[package]]\nname = 1\nkind = "crates"\npath = "crates/my-crate"\n`,
    shown: `wrong-type keyless.toml:2:8: "name" is a number, and must be a string
  name = 1
         ^
  -> write name = "…"`,
  },
  {
    what: "required keys that are missing, all of them",
    config: '[[package]]\nname = "x"\n',
    shown: [
      `missing-key keyless.toml:1:1: [[package]] "x" has no "kind"
  [[package]]
  ^^^^^^^^^^^
  -> add kind = "crates" or kind = "pypi" or kind = "npm": which protocol the registry speaks`,
      `missing-key keyless.toml:1:1: [[package]] "x" has no "path"
  [[package]]
  ^^^^^^^^^^^
  -> add path = "…": directory of the package, relative to this file`,
    ],
  },
  {
    what: "a kind that does not exist",
    config: '[[package]]\nname = "my-crate"\nkind = "crate"\npath = "crates/my-crate"\n',
    shown: `bad-value keyless.toml:3:8: kind is "crate", and must be one of "crates", "pypi", "npm"
  kind = "crate"
         ^^^^^^^
  -> did you mean "crates"?`,
  },
  {
    what: "a workflow with its directory",
    config: `${PACKAGE}[package.trust_policy]\nworkflow = ".github/workflows/release.yml"\n`,
    shown:
      `bad-value keyless.toml:6:12: workflow is ".github/workflows/release.yml", and must be the name of a workflow file such as release.yml, without its directory
  workflow = ".github/workflows/release.yml"
             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  -> did you mean "release.yml"?`,
  },
  {
    what: "a repository as an address",
    config:
      `${PACKAGE}trust_policy = { workflow = "r.yml", repository = "https://github.com/acme/widgets.git" }\n`,
    shown:
      `bad-value keyless.toml:5:51: repository is "https://github.com/acme/widgets.git", and must be OWNER/REPOSITORY
  trust_policy = { workflow = "r.yml", repository = "https://github.com/acme/widgets.git" }
                                                    ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  -> did you mean "acme/widgets"?`,
  },
  {
    what: "a client that only exists elsewhere",
    config: '[[package]]\nname = "@acme/widget"\nkind = "npm"\npath = "js"\nclient = "pnpm"\n',
    shown: `client-not-supported keyless.toml:5:10: keyless does not upload with pnpm
  client = "pnpm"
           ^^^^^^
  -> write client = "npm", or leave client out`,
  },
  {
    what: "a client of another kind",
    config: `${PACKAGE}client = "twine"\n`,
    shown: `client-mismatch keyless.toml:5:10: client "twine" does not upload packages of kind "crates"
  client = "twine"
           ^^^^^^^
  -> write "cargo", or leave client out`,
  },
  {
    what: "a client that nobody knows",
    config: `${PACKAGE}client = "crago"\n`,
    shown: `bad-value keyless.toml:5:10: client is "crago", and must be one of "cargo", "npm", "twine", "uv"
  client = "crago"
           ^^^^^^^
  -> did you mean "cargo"?`,
  },
  {
    what: "a registry that nobody knows",
    config: `${PACKAGE}registry = "crates.oi"\n`,
    shown: `unknown-registry keyless.toml:5:12: There is no registry "crates.oi"
  registry = "crates.oi"
             ^^^^^^^^^^^
  -> did you mean "crates.io"?`,
  },
  {
    what: "a registry of another kind",
    config: `${PACKAGE}registry = "testpypi"\n`,
    shown:
      `registry-mismatch keyless.toml:5:12: registry "testpypi" takes packages of kind "pypi", and this one is of kind "crates"
  registry = "testpypi"
             ^^^^^^^^^^
  -> write a registry of kind "crates", such as "crates.io"`,
  },
  {
    what: "a path that is not there",
    config: '[[package]]\nname = "my-crate"\nkind = "crates"\npath = "crates/my-crat"\n',
    shown: `path-missing keyless.toml:4:8: path "crates/my-crat" is no directory
  path = "crates/my-crat"
         ^^^^^^^^^^^^^^^^
  -> did you mean "crates/my-crate"?`,
  },
  {
    what: "a path out of the repository",
    config: '[[package]]\nname = "my-crate"\nkind = "crates"\npath = "crates/../../my-crate"\n',
    shown: `path-outside keyless.toml:4:8: path "crates/../../my-crate" leads out of the repository
  path = "crates/../../my-crate"
         ^^^^^^^^^^^^^^^^^^^^^^^
  -> write a path below the directory of this file`,
  },
  {
    what: "a directory of another kind",
    config: '[[package]]\nname = "my-crate"\nkind = "npm"\npath = "crates/my-crate"\n',
    shown: `manifest-missing keyless.toml:4:8: path "crates/my-crate" holds no package of kind "npm"
  path = "crates/my-crate"
         ^^^^^^^^^^^^^^^^^
  -> write kind = "crates", because Cargo.toml is there`,
  },
  {
    what: "a workspace without a package of its own",
    config: '[[package]]\nname = "my-crate"\nkind = "crates"\npath = "virtual"\n',
    shown: `manifest-missing keyless.toml:4:8: path "virtual" holds no package of kind "crates"
  path = "virtual"
         ^^^^^^^^^
  -> write the directory that holds the manifest`,
  },
  {
    what: "a name that the manifest does not have",
    config: '[[package]]\nname = "my_crate"\nkind = "crates"\npath = "crates/my-crate"\n',
    shown:
      `name-mismatch keyless.toml:2:8: the package is "my_crate" here and "my-crate" in crates/my-crate/Cargo.toml
  name = "my_crate"
         ^^^^^^^^^^
  -> write name = "my-crate"`,
  },
  {
    what: "one package twice for one registry",
    config: '[[package]]\nname = "my-widget"\nkind = "pypi"\npath = "py"\n' +
      '[[package]]\nname = "My_Widget"\nkind = "pypi"\npath = "py"\n',
    shown: `duplicate-package keyless.toml:6:8: "My_Widget" is there twice for PyPI
  name = "My_Widget"
         ^^^^^^^^^^^
  -> remove one of the two, or give it another name or registry`,
  },
  {
    what: "a dependency on a package that the file does not have",
    config:
      `${PACKAGE}depends_on = ["@acme/widgte"]\n[[package]]\nname = "@acme/widget"\nkind = "npm"\npath = "js"\n`,
    shown:
      `unknown-dependency keyless.toml:5:15: "my-crate" depends on "@acme/widgte", which is not in this file
  depends_on = ["@acme/widgte"]
                ^^^^^^^^^^^^^^
  -> did you mean "@acme/widget"?`,
  },
  {
    what: "a dependency on itself",
    config: `${PACKAGE}depends_on = ["my-crate"]\n`,
    shown: `unknown-dependency keyless.toml:5:15: "my-crate" depends on itself
  depends_on = ["my-crate"]
                ^^^^^^^^^^
  -> name another [[package]] of this file, or remove it`,
  },
  {
    what: "a registry without its addresses",
    config: '[registry.company]\nkind = "pypi"\nindex = "https://pypi.example.com/simple/"\n',
    shown: `registry-setting-missing keyless.toml:1:1: [registry.company] has no \`upload\`
  [registry.company]
  ^^^^^^^^^^^^^^^^^^
  -> add upload = "https://HOST/legacy/" to [registry.company]`,
  },
  {
    what: "a registry that is spoken to without encryption",
    config: '[registry.company]\nkind = "npm"\nindex = "http://npm.example.com/"\n',
    shown: `registry-url-invalid keyless.toml:3:9: Cannot use \`index\` of [registry.company]
  index = "http://npm.example.com/"
          ^^^^^^^^^^^^^^^^^^^^^^^^^
  -> write index = "https://HOST/PATH/" (crates: "sparse+https://HOST/PATH/"); credentials belong into [registry.NAME.auth]`,
  },
  {
    what: "a registry that takes a public one's name",
    config: '[registry.npm]\nkind = "npm"\nindex = "https://npm.example.com/"\n',
    shown: `registry-name-taken keyless.toml:1:11: [registry.npm] has the name of a public registry
  [registry.npm]
            ^^^
  -> choose another name, such as [registry.my-npm]`,
  },
  {
    what: "an address that holds a variable that is not set",
    config: '[registry.company]\nkind = "npm"\nindex = "${COMPANY_URL}"\n',
    shown: `variable-unset keyless.toml:3:9: COMPANY_URL is not set
  index = "\${COMPANY_URL}"
          ^^^^^^^^^^^^^^^^
  -> set COMPANY_URL for this step`,
  },
  {
    what: "a registry whose uploads go to another host than the one that makes the tokens",
    config:
      '[registry.company]\nkind = "npm"\nindex = "https://npm.example.com/"\nexchange = "https://oidc.example.com"\n',
    shown:
      `registry-hosts-differ keyless.toml:3:9: \`index\` of [registry.company] is at https://npm.example.com, and \`exchange\` at https://oidc.example.com
  index = "https://npm.example.com/"
          ^^^^^^^^^^^^^^^^^^^^^^^^^^
  -> if both are one registry, say so: token_for = "https://npm.example.com" in [registry.company]`,
  },
  {
    what: "an exchange at a public registry",
    config:
      '[registry.company]\nkind = "npm"\nindex = "https://npm.example.com/"\nexchange = "https://registry.npmjs.org"\n',
    shown: `exchange-not-its-own keyless.toml:4:12: \`exchange\` of [registry.company] is that of npm
  exchange = "https://registry.npmjs.org"
             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  -> publish to npm by its name, without a [registry.NAME]`,
  },
  {
    what: "an address that holds a credential",
    config: '[registry.company]\nkind = "npm"\nindex = "https://npm.example.com/${COMPANY_TOKEN}/"\n',
    shown:
      `variable-not-allowed keyless.toml:3:9: COMPANY_TOKEN looks like a credential, and would be sent to whoever the address names
  index = "https://npm.example.com/\${COMPANY_TOKEN}/"
          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  -> write the address itself, or a variable that holds nothing secret`,
  },
  {
    what: "an authentication with somebody else's credential",
    config:
      '[registry.company]\nkind = "npm"\nindex = "https://npm.example.com/"\n[registry.company.auth]\ntype = "bearer"\ntoken = "${PYPI_API_TOKEN}"\n',
    shown:
      `variable-not-allowed keyless.toml:6:9: PYPI_API_TOKEN holds a credential of pypi, and would be sent to npm.example.com
  token = "\${PYPI_API_TOKEN}"
          ^^^^^^^^^^^^^^^^^^^
  -> put the credential of this registry into a variable of its own, such as COMPANY_REGISTRY_TOKEN`,
  },
  {
    what: "a registry after which no file can be named",
    config: '[registry."../company"]\nkind = "npm"\nindex = "https://npm.example.com/"\n',
    shown:
      `bad-value keyless.toml:1:11: the name of [registry.NAME] is "../company", and must be a letter or digit and up to 63 letters, digits, -, _ and single dots
  [registry."../company"]
            ^^^^^^^^^^^^
  -> write a letter or digit and up to 63 letters, digits, -, _ and single dots`,
  },
  {
    what: "an authentication without what it needs",
    config:
      '[registry.company]\nkind = "npm"\nindex = "https://npm.example.com/"\n[registry.company.auth]\ntype = "basic"\nusername = "ci"\n',
    shown: `missing-key keyless.toml:4:1: auth of type "basic" has no "password"
  [registry.company.auth]
  ^^^^^^^^^^^^^^^^^^^^^^^
  -> add password = "\${NAME_OF_A_VARIABLE}"`,
  },
  {
    what: "an exception without a reason",
    config: '[[doctor.ignore]]\ncode = "publish-action-not-pinned"\n',
    shown: `missing-key keyless.toml:1:1: [[doctor.ignore]] "publish-action-not-pinned" has no "reason"
  [[doctor.ignore]]
  ^^^^^^^^^^^^^^^^^
  -> add reason = "…": why it is accepted`,
  },
  {
    what: "a threshold that does not exist",
    config: '[doctor]\nfail_on = "warnings"\n',
    shown:
      `bad-value keyless.toml:2:11: fail_on is "warnings", and must be one of "error", "warning", "info", "unverified", "never"
  fail_on = "warnings"
            ^^^^^^^^^^
  -> did you mean "warning"?`,
  },
];

for (const { what, config, shown } of CASES) {
  Deno.test(`${what} is shown at its place, with a way out`, async () => {
    assertEquals(
      await complaints({ ...TREE, "keyless.toml": config }),
      typeof shown === "string" ? [shown] : [...shown],
    );
  });
}

Deno.test("all mistakes of a file are told at once, in its order", async () => {
  const config =
    `[doctor]\nfail_on = "often"\n${PACKAGE}client = "twine"\ncolour = "red"\n[registry.pypi]\nkind = "pypi"\n`;
  const codes = (await complaints({ ...TREE, "keyless.toml": config })).map((text) => text.split(" ")[0]);
  assertEquals(codes, ["bad-value", "client-mismatch", "unknown-key", "missing-key", "registry-name-taken"]);
});

Deno.test("places are the same behind \\r\\n and a byte order mark", async () => {
  const config = `\ufeff${PACKAGE}client = "twine"\n`.replaceAll("\n", "\r\n");
  assertEquals(await complaints({ ...TREE, "keyless.toml": config }), [
    `client-mismatch keyless.toml:5:10: client "twine" does not upload packages of kind "crates"
  client = "twine"
           ^^^^^^^
  -> write "cargo", or leave client out`,
  ]);
});

Deno.test("a file that is not UTF-8 is a problem of its own", async () => {
  const bytes = new Uint8Array([...new TextEncoder().encode("[[package]]\n# "), 0xe9, 0x0a]);
  assertEquals(
    (await complaints({ "keyless.toml": bytes }))[0]!.split("\n")[0],
    "text-not-utf8 keyless.toml:2:3: Cannot read keyless.toml: it is not UTF-8 here",
  );
});

Deno.test("a configuration that is no file is not taken for none", async () => {
  const cases: [what: string, make: (path: string) => Promise<void>][] = [
    ["keyless.toml is no file", (path) => Deno.mkdir(path)],
    ["keyless.toml is a link that leads nowhere", (path) => Deno.symlink("gone.toml", path)],
    ["keyless.toml is a link that leads nowhere", (path) => Deno.symlink("keyless.toml", path)],
    ["keyless.toml is no file", (path) => Deno.symlink("js", path)],
  ];
  for (const [message, make] of cases) {
    await inTree(TREE, async (root) => {
      await make(`${root}/keyless.toml`);
      const { problem } = await assertRejects(() => loadProject(`${root}/js`, envOf({})), UsageError);
      assertEquals([problem.code, problem.message], ["no-such-file", message]);
    });
  }
});
