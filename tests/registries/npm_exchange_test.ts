import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { Secret } from "../../src/host/secret.ts";
import { KeylessError } from "../../src/problem.ts";
import { customRegistry } from "../../src/registries/custom.ts";
import { npm } from "../../src/registries/npm.ts";
import type { MintedToken } from "../../src/registries/registry.ts";
import { Loopback, sessionWith } from "./loopback.ts";
import { type RefusalCase, refusalTests, unknownAnswers } from "./refusals.ts";
import { contextWith, jwtWith, localRegistry, POLICY } from "./samples.ts";

const PATH = "/-/npm/v1/oidc/token/exchange/package/widget";
const TOKEN = "npm_CANARYexchanged";

Deno.test("npm: the OIDC token goes out as a bearer with an empty body, and the answer's expiry is kept", async () => {
  const expires = "2026-11-21T13:00:00.000Z";
  await using server = new Loopback({
    [`POST ${PATH}`]: { status: 201, json: { token_type: "oidc", token: TOKEN, expires } },
  });
  const { session } = sessionWith();
  const raw = jwtWith();
  const registry = localRegistry("npm", server.origin);
  const minted = await npm.exchange(
    session,
    registry,
    new Secret(raw, "OIDC token", server.origin),
    contextWith(),
  ) as MintedToken;
  assertEquals(minted.token.reveal(), TOKEN);
  assertEquals([minted.expiresAt, minted.expiryKnown], [Date.parse(expires), true]);
  const [request] = server.seen;
  assertEquals(request!.headers.get("authorization"), `Bearer ${raw}`);
  assertEquals([request!.body, request!.headers.get("content-length")], ["", "0"]);
});

Deno.test("npm: an answer without expiry counts as an hour", async () => {
  await using server = new Loopback({ [`POST ${PATH}`]: { status: 201, json: { token: TOKEN } } });
  const { session, clock } = sessionWith();
  const registry = localRegistry("npm", server.origin);
  const start = clock.now();
  const minted = await npm.exchange(
    session,
    registry,
    new Secret(jwtWith(), "OIDC token", server.origin),
    contextWith(),
  ) as MintedToken;
  assertEquals([minted.expiresAt, minted.expiryKnown], [start + 3_600_000, false]);
});

Deno.test("npm: a scoped name is written as npm writes it", async () => {
  await using server = new Loopback();
  const registry = localRegistry("npm", server.origin);
  const context = contextWith({}, POLICY, "@acme/widget");
  await npm.exchange(
    sessionWith().session,
    registry,
    new Secret(jwtWith(), "OIDC token", server.origin),
    context,
  );
  assertEquals(server.seen[0]!.target, "/-/npm/v1/oidc/token/exchange/package/@acme%2fwidget");
});

Deno.test("npm: without a package there is nothing to exchange for", async () => {
  const registry = localRegistry("npm", "http://127.0.0.1:1");
  const context = contextWith({}, POLICY, null);
  const error = await assertRejects(
    () => npm.exchange(sessionWith().session, registry, new Secret(jwtWith(), "OIDC token", null), context),
    KeylessError,
  );
  assertEquals(error.problem.code, "exchange-needs-package");
});

for (
  const [name, exchange, audience] of [
    ["the public registry", undefined, "npm:registry.npmjs.org"],
    [
      "a registry with a port: the port is not part of it",
      "https://npm.example.com:8443",
      "npm:npm.example.com",
    ],
    [
      "a registry with a path: the path is not part of it",
      "https://npm.example.com/repository/npm",
      "npm:npm.example.com",
    ],
  ] as const
) {
  Deno.test(`npm: the audience of ${name}`, async () => {
    const registry = exchange
      ? customRegistry("company", { kind: "npm", index: `${exchange}/`, exchange })
      : localRegistry("npm", "http://127.0.0.1:1");
    assertEquals(await npm.audience(sessionWith().session, registry), audience);
  });
}

function message(status: number, words: string): RefusalCase["answer"] {
  return { status, json: { message: `OIDC token exchange error - ${words}` } };
}

refusalTests("npm", PATH, [
  {
    name: 'npm: a 404 is explained as "no publisher matches", with the command that registers one',
    answer: message(404, "package not found"),
    declared: null,
    code: "exchange-no-publisher",
    cause: "publisher",
    retry: "never",
    says: [
      "It answers the same for a package that does not exist",
      "npm trust github widget --repo acme/widgets --file release.yml --env release --allow-publish",
      "OIDC token exchange error - package not found",
    ],
  },
  {
    name: "npm: a 404 where only the letter case of the repository differs names that field",
    answer: message(404, "package not found"),
    claims: { repository: "Acme/widgets" },
    code: "exchange-no-publisher",
    cause: "repository",
    retry: "never",
    expected: ["acme/widgets"],
    actual: "Acme/widgets",
    comparison: [
      "repository Acme/widgets acme/widgets false",
      "workflow release.yml release.yml true",
      "environment release release true",
    ],
  },
  {
    name: "npm: a 404 in a reusable workflow says which file npm reads",
    answer: message(404, "package not found"),
    claims: { job_workflow_ref: "acme/widgets/.github/workflows/shared.yml@refs/tags/v1.4.0" },
    code: "exchange-no-publisher",
    cause: "publisher",
    retry: "never",
    says: ["This job stands in shared.yml, called by release.yml: npm reads the second."],
  },
  {
    name: "npm: a 404 with an immutable subject mentions it",
    answer: message(404, "package not found"),
    claims: { sub: "repo:acme@42/widgets@99:environment:release" },
    code: "exchange-no-publisher",
    cause: "publisher",
    retry: "never",
    says: ["immutable subject claims"],
  },
  {
    name: "npm: a 401 is about issuer, audience or signature",
    answer: message(401, "unauthorized"),
    claims: { iss: "https://token.actions.githubusercontent.com/acme" },
    code: "exchange-token-invalid",
    cause: "token",
    retry: "never",
    says: ["https://token.actions.githubusercontent.com/acme"],
  },
  {
    name: "npm: a 400 is not the user's fault",
    answer: message(400, "bad request"),
    code: "exchange-unexpected",
    cause: "unknown",
    retry: "never",
  },
  {
    name: "npm: a publisher that may not publish is told from one that does not match",
    answer: { status: 403, json: { message: "OIDC permission denied for this action" } },
    code: "exchange-action-refused",
    cause: "permission",
    retry: "never",
    says: ["--allow-publish"],
  },
  {
    name: "npm: a 500 is an outage",
    answer: message(500, "internal server error"),
    code: "exchange-unavailable",
    cause: "registry",
    retry: "later",
    says: ["https://status.npmjs.org", "internal server error"],
  },
  {
    name: "npm: escapes, line breaks and workflow commands in its words do no harm",
    answer: { status: 400, json: { message: "\x1b[1mno\x1b[0m\n::warning::x" } },
    code: "exchange-unexpected",
    cause: "unknown",
    retry: "never",
    says: ["no\n: :warning::x"],
  },
  ...unknownAnswers("npm"),
]);

Deno.test("npm: a token of the answer's 200 is taken too", async () => {
  await using server = new Loopback({ [`POST ${PATH}`]: { status: 200, json: { token: TOKEN } } });
  const registry = localRegistry("npm", server.origin);
  const minted = await npm.exchange(
    sessionWith().session,
    registry,
    new Secret(jwtWith(), "OIDC token", server.origin),
    contextWith(),
  );
  assertStringIncludes(Object.keys(minted).join(), "token");
});
