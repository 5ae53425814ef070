import { assert, assertEquals } from "@std/assert";
import { Secret } from "../../src/host/secret.ts";
import { cratesChecksumHolds } from "../../src/registries/crates_token.ts";
import { customRegistry } from "../../src/registries/custom.ts";
import { readPypiToken } from "../../src/registries/macaroon.ts";
import { npmChecksumHolds } from "../../src/registries/npm_token.ts";
import { knownRegistry, protocolOf } from "../../src/registries/table.ts";
import { pypiToken } from "./macaroons.ts";
import { jwtWith } from "./samples.ts";

const SOON = Math.floor(Date.now() / 1000) + 900;
const WORDS = "CANARY".repeat(6);
const CASES: readonly (readonly [
  name: string,
  registry: string,
  value: string,
  code: string | null,
  packageName?: string,
])[] = [
  ["an empty token", "npm", "", "token-empty"],
  ["a token of blanks", "pypi", " \n", "token-empty"],
  ["a line break at the end", "crates.io", "cioCANARY00000000000000000000000000\n", "token-malformed"],
  ["a line break inside", "npm", "npm_CANARY\nx", "token-malformed"],
  ["a blank before", "npm", " npm_CANARY", "token-malformed"],
  ["quotes around", "pypi", `"${pypiToken([])}"`, "token-malformed"],
  ["letters that no token has", "npm", "npm_CANÁRY", "token-malformed"],
  ["the word undefined", "npm", "undefined", "token-placeholder"],
  ["the word null", "pypi", "null", "token-placeholder"],
  ["setup-node's placeholder", "npm", "XXXXX-XXXXX-XXXXX-XXXXX", "token-placeholder"],
  ["a reference that nobody resolved", "npm", "${NPM_TOKEN}", "token-placeholder"],
  ["a shell's reference", "npm", "$NPM_TOKEN", "token-placeholder"],
  [
    "an expression of GitHub Actions",
    "crates.io",
    "${{ secrets.CARGO_REGISTRY_TOKEN }}",
    "token-placeholder",
  ],
  ["an example of a manual", "pypi", "<your-token>", "token-placeholder"],
  ["stars, as logs show secrets", "pypi", "***", "token-placeholder"],
  ["PyPI's token for npm", "npm", pypiToken([]), "token-wrong-registry"],
  ["npm's token for PyPI", "pypi", "npm_CANARY", "token-wrong-registry"],
  ["crates.io's token for npm", "npm", `cio${WORDS.slice(0, 32)}`, "token-wrong-registry"],
  ["GitHub's token for npm", "npm", `ghp_${WORDS}`, "token-wrong-registry"],
  ["an OIDC token that was not exchanged", "crates.io", jwtWith(), "token-wrong-registry"],
  ["crates.io: a user's token", "crates.io", `cio${WORDS.slice(0, 32)}`, null],
  ["crates.io: a minted token", "crates.io", "cio_tp_0000000000000000000000000000000w", null],
  ["crates.io: another minted token", "crates.io", "cio_tp_gGK6jurSwKyl9V3Az19z7YEFQI9aoOOd", null],
  [
    "crates.io: a minted token with a letter changed",
    "crates.io",
    "cio_tp_gGK6jurSwKyl9V3Az19z7YEFQI9aoOOe",
    "token-checksum",
  ],
  [
    "crates.io: a minted token that lost a letter",
    "crates.io",
    "cio_tp_gGK6jurSwKyl9V3Az19z7YEFQI9aoOO",
    "token-checksum",
  ],
  ["crates.io: a token of before 2020", "crates.io", WORDS.slice(0, 32), "token-malformed"],
  ["PyPI: a password", "pypi", "CANARY-password", "token-malformed"],
  ["PyPI: a token of the whole account", "pypi", pypiToken([]), null, "widget"],
  ["PyPI: TestPyPI's token", "pypi", pypiToken([], "test.pypi.org"), "token-wrong-registry"],
  ["TestPyPI: PyPI's token", "testpypi", pypiToken([]), "token-wrong-registry"],
  ["TestPyPI: its own token", "testpypi", pypiToken([], "test.pypi.org"), null],
  ["PyPI: an expired token", "pypi", pypiToken([[0, 1_700_000_900, 1_700_000_000]]), "token-expired"],
  [
    "PyPI: several ends: the first counts",
    "pypi",
    pypiToken([[0, SOON, 0], [0, 1_700_000_000, 0]]),
    "token-expired",
  ],
  ["PyPI: a token that is not valid yet", "pypi", pypiToken([[0, SOON + 900, SOON]]), "token-expired"],
  [
    "PyPI: a minted token within its time",
    "pypi",
    pypiToken([[4, "id"], [2, ["uuid"]], [0, SOON, 0]]),
    null,
    "widget",
  ],
  [
    "PyPI: a token of another project",
    "pypi",
    pypiToken([[1, ["gadget"]], [2, ["uuid"]]]),
    "token-wrong-project",
    "widget",
  ],
  [
    "PyPI: a token of the project, whose name is written otherwise",
    "pypi",
    pypiToken([[1, ["my-widget"]]]),
    null,
    "My_Widget",
  ],
  [
    "PyPI: a token of another project, when nobody says which is published",
    "pypi",
    pypiToken([[1, ["gadget"]]]),
    null,
  ],
  ["PyPI: a form that nobody knows yet is not refused", "pypi", `pypi-${WORDS}`, null],
  ["npm: a granular token", "npm", `npm_${WORDS}`, null],
  ["npm: an exchanged token, whose form is not documented", "npm", "CANARY.opaque", null],
  ["npm: a classic token", "npm", "00000000-CAAA-4AAA-8AAA-0000000000aa".toLowerCase(), "token-retired"],
];

for (const [name, registry, value, code, packageName] of CASES) {
  Deno.test(`a token seen without any network: ${name}`, async () => {
    const known = knownRegistry(registry)!;
    const problem = await protocolOf(known).checkToken(new Secret(value, "token", null), known, packageName);
    assertEquals(problem?.code ?? null, code);
    if (!problem) return;
    assertEquals(problem.registry, registry);
    assert(problem.next.length > 0);
    if (value.includes("CANARY")) {
      assert(!JSON.stringify(problem).includes("CANARY"), JSON.stringify(problem));
    }
  });
}

Deno.test("a private registry may have tokens of any form, but no placeholder", async () => {
  const registry = customRegistry("company", { kind: "npm", index: "https://npm.example.com/" });
  const check = (value: string) =>
    protocolOf(registry).checkToken(new Secret(value, "token", null), registry);
  assertEquals(await check("Basic CANARY"), null);
  assertEquals(await check(`ghp_${WORDS}`), null);
  assertEquals((await check("undefined"))?.code, "token-placeholder");
});

Deno.test("what a token of PyPI says about itself is read from its caveats", () => {
  assertEquals(readPypiToken(pypiToken([[4, "publisher"], [2, ["uuid"]], [0, 20, 10]])), {
    location: "pypi.org",
    scope: "minted",
    projects: [],
    expiresAt: 20,
    notBefore: 10,
  });
  const scopes = ([
    [[], "account"],
    [[[3, "user-id"]], "account"],
    [[{ version: 1, permissions: "user" }], "account"],
    [[[1, ["a"]]], "projects"],
    [[{ version: 1, permissions: { projects: ["a"] } }], "projects"],
    [[[9, "new"]], "unknown"],
    [["no JSON"], "unknown"],
  ] as const).map(([caveats, scope]) => [readPypiToken(pypiToken(caveats))?.scope, scope]);
  for (const [found, wanted] of scopes) assertEquals(found, wanted);
});

Deno.test("all caveats of a token hold at once: projects that are in every list, the narrowest time", () => {
  const facts = readPypiToken(
    pypiToken([[1, ["a", "b"]], { version: 1, permissions: { projects: ["b", "c"] } }, { nbf: 5, exp: 50 }, [
      0,
      40,
      1,
    ]]),
  );
  assertEquals([facts?.projects, facts?.expiresAt, facts?.notBefore], [["b"], 40, 5]);
});

Deno.test("a caveat longer than 127 bytes is read", () => {
  const name = "a".repeat(300);
  assertEquals(readPypiToken(pypiToken([[1, [name]]]))?.projects, [name]);
});

for (
  const [name, value] of [
    ["cut in two", pypiToken([[1, ["widget"]]]).slice(0, 60)],
    ["of another version", "pypi-AQ"],
    ["not base64", "pypi-A"],
    ["of no bytes", "pypi-"],
    ["without prefix", "AgEIcHlwaS5vcmc"],
    [
      "whose lengths never end",
      `pypi-${btoa("\x02\x01\xff\xff\xff\xff\xff").replaceAll("/", "_").replaceAll("=", "")}`,
    ],
  ] as const
) {
  Deno.test(`a macaroon ${name} is not read, and nothing breaks`, () =>
    assertEquals(readPypiToken(value), null));
}

Deno.test("checksums: crates.io's by the examples of its own tests, npm's as in GitHub's tokens", () => {
  assert(cratesChecksumHolds("cio_tp_0000000000000000000000000000000w"));
  assert(!cratesChecksumHolds("cio_tp_0000000000000000000000000000000x"));
  assertEquals(npmChecksumHolds("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"), true);
  assertEquals(npmChecksumHolds("npm_CANARY0000000000000000000000001HIfHa"), false);
  assertEquals(npmChecksumHolds("npm_short"), null);
});
