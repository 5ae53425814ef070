import { assertEquals, assertStringIncludes } from "@std/assert";
import { customRegistry } from "../../src/registries/custom.ts";
import { knownRegistry, protocolOf } from "../../src/registries/table.ts";
import { claimsWith, localRegistry } from "./samples.ts";

function ruleOf(name: string, claims: Record<string, unknown>) {
  const registry = knownRegistry(name)!;
  return protocolOf(registry).refusedByRule(registry, claimsWith(claims));
}

for (
  const [claims, crates, pypi, npm] of [
    [{ event_name: "push" }, null, null, null],
    [{ event_name: "workflow_dispatch" }, null, null, null],
    [{ event_name: "pull_request_target" }, "exchange-event-refused", "exchange-event-refused", null],
    [{ event_name: "workflow_run" }, "exchange-event-refused", null, null],
    [{ runner_environment: "self-hosted" }, null, null, null],
    [{ iss: "https://gitlab.com" }, null, null, null],
    [
      { iss: "https://oidc.circleci.com/org/0f00-ba" },
      "exchange-issuer-refused",
      "exchange-issuer-refused",
      null,
    ],
    [{ iss: "https://git.example/api/actions" }, ...Array(3).fill("exchange-issuer-refused")],
    [
      { iss: "https://token.actions.githubusercontent.com/acme" },
      ...Array(3).fill("exchange-issuer-refused"),
    ],
    [{ iss: "https://token.actions.acme.ghe.com" }, ...Array(3).fill("exchange-issuer-refused")],
    [{ iss: "https://github.example/_services/token" }, ...Array(3).fill("exchange-issuer-refused")],
    [
      { iss: "https://gitlab.example", workflow_ref: undefined },
      "exchange-issuer-refused",
      null,
      "exchange-issuer-refused",
    ],
  ] as const
) {
  Deno.test(`refused by rule, whatever is registered: ${JSON.stringify(claims)}`, () => {
    const found = ["crates.io", "pypi", "npm"].map((name) =>
      ruleOf(name, claims as Record<string, unknown>)?.code ?? null
    );
    assertEquals(found, [crates ?? null, pypi ?? null, npm ?? null]);
  });
}

for (
  const [issuer, words] of [
    ["https://git.example/api/actions", "Forgejo"],
    ["https://token.actions.githubusercontent.com/acme", "include_enterprise_slug"],
    ["https://github.example/_services/token", "GitHub Enterprise Server"],
    ["https://token.actions.acme.ghe.com", "data residency"],
  ] as const
) {
  Deno.test(`an issuer that is refused is explained: ${issuer}`, () => {
    assertStringIncludes(JSON.stringify(ruleOf("npm", { iss: issuer })), words);
  });
}

Deno.test("a private registry may accept any issuer and event, and a rehearsal on this machine any issuer", () => {
  const company = customRegistry("company", {
    kind: "crates",
    index: "https://crates.example.com/",
    exchange: "https://crates.example.com",
  });
  const claims = claimsWith({ iss: "https://git.example/api/actions", event_name: "workflow_run" });
  assertEquals(protocolOf(company).refusedByRule(company, claims), null);
  const rehearsed = localRegistry("crates.io", "http://127.0.0.1:1");
  assertEquals(
    protocolOf(rehearsed).refusedByRule(rehearsed, claimsWith({ iss: "http://127.0.0.1:2" })),
    null,
  );
  assertEquals(protocolOf(rehearsed).refusedByRule(rehearsed, claims)?.code, "exchange-event-refused");
});
