import { assertEquals } from "@std/assert";
import { cargoVariable } from "../../src/registries/cargo_variable.ts";
import { ownerElsewhere, variablesOf } from "../../src/registries/variables.ts";

Deno.test("cargo's variables are named as cargo reads them", () => {
  assertEquals(cargoVariable("crates.io", "TOKEN"), "CARGO_REGISTRY_TOKEN");
  assertEquals(cargoVariable("my-reg.2", "INDEX"), "CARGO_REGISTRIES_MY_REG_2_INDEX");
});

Deno.test("a registry that is called like a method has no token of its own", () => {
  for (const name of ["constructor", "toString", "__proto__"]) {
    assertEquals(variablesOf({ name, kind: "npm" }), []);
  }
  assertEquals(variablesOf({ name: "constructor", kind: "crates" }), ["CARGO_REGISTRIES_CONSTRUCTOR_TOKEN"]);
});

for (
  const [name, owner] of [
    ["COMPANY_REGISTRY_TOKEN", null],
    ["CARGO_REGISTRIES_COMPANY_TOKEN", null],
    ["CARGO_REGISTRY_TOKEN", "crates.io"],
    ["NODE_AUTH_TOKEN", "npm"],
    ["pypi_api_token", "pypi"],
    ["npm_config__auth", "npm"],
    ["ACTIONS_ID_TOKEN_REQUEST_TOKEN", "GitHub Actions"],
    ["GITHUB_TOKEN", "GitHub"],
    ["GH_ENTERPRISE_TOKEN", "GitHub"],
  ] as const
) {
  Deno.test(`${name} holds ${owner ? `a credential of ${owner}` : "what its user says"}`, () => {
    assertEquals(ownerElsewhere(name, "packages.example.com"), owner);
  });
}

Deno.test("a token of GitHub may be used at GitHub Packages", () => {
  assertEquals(ownerElsewhere("GITHUB_TOKEN", "npm.pkg.github.com"), null);
  assertEquals(ownerElsewhere("GITHUB_TOKEN", "pkg.github.com.evil.example"), "GitHub");
  assertEquals(ownerElsewhere("NPM_TOKEN", "npm.pkg.github.com"), "npm");
});
