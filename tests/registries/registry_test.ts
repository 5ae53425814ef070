import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { UsageError } from "../../src/problem.ts";
import {
  customRegistry,
  isPublic,
  KNOWN,
  knownRegistry,
  protocolOf,
  type RegistrySettings,
} from "../../src/registries/table.ts";

for (
  const [name, words] of [
    ["crates.io", [
      "crates.io",
      "crates-io",
      "crates",
      "https://crates.io/",
      "sparse+https://index.crates.io/",
      "https://github.com/rust-lang/crates.io-index",
    ]],
    ["staging.crates.io", ["staging.crates.io", "https://staging.crates.io"]],
    ["pypi", ["pypi", "PyPI", " pypi.org", "https://upload.pypi.org/legacy/", "https://pypi.org/simple"]],
    ["testpypi", ["testpypi", "TestPyPI", "test_pypi", "test-pypi", "https://test.pypi.org/legacy/"]],
    ["npm", ["npm", "npmjs", "npmjs.com", "https://registry.npmjs.org", "https://registry.npmjs.org/"]],
  ] as const
) {
  Deno.test(`${name} is known by what people write for it`, () => {
    for (const word of words) assertEquals(knownRegistry(word)?.name, name, word);
  });
}

Deno.test("nothing else is taken for a public registry", () => {
  for (
    const word of [
      "",
      "company",
      "pypi.org.example.com",
      "https://evil.example/pypi.org",
      "https://github.com/acme/crates.io-index",
      "upload.test.pypi.org",
    ]
  ) {
    assertEquals(knownRegistry(word), null, word);
  }
});

Deno.test("every public registry has a protocol, https addresses and a settings page", () => {
  for (const registry of KNOWN) {
    assertEquals(protocolOf(registry).kind, registry.kind);
    assertEquals(isPublic(registry), true);
    for (const value of Object.values(registry.endpoints)) {
      if (value?.includes("://")) assertEquals(new URL(value).protocol, "https:");
    }
    assertStringIncludes(protocolOf(registry).settingsUrl(registry, "widget"), "/widget/");
  }
});

Deno.test("a registry of the configuration is complete, with slashes where its protocol needs them", () => {
  assertEquals(
    customRegistry("company", {
      kind: "crates",
      index: "sparse+https://p.example.com/index",
      exchange: "https://p.example.com/",
    }),
    {
      name: "company",
      label: "company",
      kind: "crates",
      endpoints: {
        index: "https://p.example.com/index/",
        api: "https://p.example.com",
        upload: "https://p.example.com",
        exchange: "https://p.example.com",
        audience: "p.example.com",
        web: null,
      },
      auth: null,
    },
  );
  const npm = customRegistry("company", { kind: "npm", index: "https://p.example.com/npm" });
  assertEquals([npm.endpoints.index, npm.endpoints.upload, npm.endpoints.exchange], [
    "https://p.example.com/npm/",
    "https://p.example.com/npm/",
    null,
  ]);
  const pypi = customRegistry("company", {
    kind: "pypi",
    index: "https://p.example.com/simple",
    upload: "https://p.example.com/legacy",
    exchange: "https://p.example.com",
  });
  assertEquals([pypi.endpoints.upload, pypi.endpoints.audience], ["https://p.example.com/legacy/", null]);
  assertEquals(isPublic(npm), false);
});

Deno.test("a configured audience wins, and so do configured credentials", () => {
  const auth = { type: "bearer", token: "${COMPANY_TOKEN}" } as const;
  const registry = customRegistry("company", {
    kind: "npm",
    index: "https://p.example.com/",
    exchange: "https://p.example.com",
    audience: "x",
    auth,
  });
  assertEquals([registry.endpoints.audience, registry.auth], ["x", auth]);
});

for (
  const [name, settings, code] of [
    ["no address", { kind: "npm", index: "packages" }, "registry-url-invalid"],
    ["a git index", { kind: "crates", index: "registry+git://x" }, "registry-url-invalid"],
    ["plain http", { kind: "npm", index: "http://p.example.com/" }, "registry-url-invalid"],
    ["a password in it", { kind: "npm", index: "https://u:CANARY@p.example.com/" }, "registry-url-invalid"],
    ["a query", { kind: "npm", index: "https://p.example.com/?token=CANARY" }, "registry-url-invalid"],
    [
      "an exchange that is no address",
      { kind: "npm", index: "https://p.example.com/", exchange: "oidc" },
      "registry-url-invalid",
    ],
    ["no upload", { kind: "pypi", index: "https://p.example.com/" }, "registry-setting-missing"],
    ...[
      "https://registry.npmjs.org",
      "https://registry.npmjs.org./CANARY",
      "https://upload.pypi.org",
      "https://crates.io:8443",
    ].map((exchange) =>
      [
        `an exchange at ${new URL(exchange).host}`,
        { kind: "npm", index: "https://p.example.com/", exchange, tokenFor: "https://p.example.com" },
        "exchange-not-its-own",
      ] as const
    ),
    ...["npm:registry.npmjs.org", "pypi", "testpypi", "crates.io", "sigstore"].map((audience) =>
      [
        `the audience ${audience}`,
        { kind: "npm", index: "https://p.example.com/", exchange: "https://p.example.com", audience },
        "exchange-not-its-own",
      ] as const
    ),
    ...(["npm", "crates", "pypi"] as const).map((kind) =>
      [
        `uploads (${kind}) at another host than its exchange`,
        {
          kind,
          index: kind === "pypi" ? "https://p.example.com/simple/" : "https://other.example.com/CANARY",
          upload: "https://other.example.com/CANARY",
          exchange: "https://p.example.com",
          tokenFor: "https://third.example.com",
        },
        "registry-hosts-differ",
      ] as const
    ),
  ] as const
) {
  Deno.test(`a registry with ${name} is refused without repeating the address`, () => {
    const error = assertThrows(() => customRegistry("company", settings as RegistrySettings), UsageError);
    assertEquals([error.problem.code, error.exit], [code, 2]);
    assertEquals(JSON.stringify(error.problem).includes("CANARY"), false);
  });
}

Deno.test("plain http is accepted for this machine", () => {
  assertEquals(
    customRegistry("local", { kind: "npm", index: "http://127.0.0.1:4873" }).endpoints.index,
    "http://127.0.0.1:4873/",
  );
});

Deno.test("a registry with two hosts says which of them gets the tokens of the other", () => {
  for (const kind of ["npm", "crates", "pypi"] as const) {
    const { endpoints } = customRegistry("company", {
      kind,
      index: "https://p.example.com/index/",
      upload: "https://p.example.com/legacy/",
      exchange: "https://oidc.example.com",
      tokenFor: "https://p.example.com/",
    });
    assertEquals([endpoints.tokenFor, new URL(endpoints.upload).origin], [
      "https://p.example.com",
      "https://p.example.com",
    ]);
  }
});
