import { assert, assertEquals } from "@std/assert";
import { Secret } from "../../src/host/secret.ts";
import { crates } from "../../src/registries/crates.ts";
import type { MintedToken } from "../../src/registries/registry.ts";
import { Loopback, sessionWith } from "./loopback.ts";
import { type RefusalCase, refusalTests, unknownAnswers } from "./refusals.ts";
import { contextWith, jwtWith, localRegistry } from "./samples.ts";

const PATH = "/api/v1/trusted_publishing/tokens";
const TOKEN = "cio_tp_CANARY0000000000000000000000000x";

Deno.test("crates.io: the OIDC token goes out in JSON, and the token that comes back lives for 30 minutes", async () => {
  await using server = new Loopback({ [`POST ${PATH}`]: { json: { token: TOKEN } } });
  const { session, clock } = sessionWith();
  const registry = localRegistry("crates.io", server.origin);
  const raw = jwtWith();
  const start = clock.now();
  const minted = await crates.exchange(
    session,
    registry,
    new Secret(raw, "OIDC token", server.origin),
    contextWith(),
  ) as MintedToken;
  assertEquals(minted.token.reveal(), TOKEN);
  assertEquals(minted.token.origin, server.origin);
  assertEquals([minted.mintedAt, minted.expiresAt, minted.expiryKnown], [start, start + 1_800_000, false]);
  const [request] = server.seen;
  assertEquals(request!.headers.get("content-type"), "application/json");
  assertEquals(JSON.parse(request!.body), { jwt: raw });
  assertEquals(request!.headers.get("authorization"), null);
});

Deno.test("crates.io: the audience is the registry's host", async () => {
  const { session } = sessionWith();
  assertEquals(await crates.audience(session, localRegistry("crates.io", "http://127.0.0.1:1")), "crates.io");
  assertEquals(
    await crates.audience(session, localRegistry("staging.crates.io", "http://127.0.0.1:1")),
    "staging.crates.io",
  );
});

function detail(words: string, status = 400): RefusalCase["answer"] {
  return { status, json: { errors: [{ detail: words }] } };
}

const HEAD = "The Trusted Publishing config for repository `acme/widgets`";

refusalTests("crates.io", PATH, [
  {
    name: "crates.io: a wrong content type is not the user's fault",
    answer: detail("Expected request with `Content-Type: application/json`", 415),
    code: "exchange-unexpected",
    cause: "unknown",
    retry: "never",
  },
  {
    name: "crates.io: a body that is no JSON is not the user's fault",
    answer: detail("Failed to parse the request body as JSON: expected value at line 1 column 1"),
    code: "exchange-unexpected",
    cause: "unknown",
    retry: "never",
  },
  {
    name: "crates.io: a missing field is not the user's fault",
    answer: detail(
      "Failed to deserialize the JSON body into the target type: missing field `jwt` at line 1 column 2",
      422,
    ),
    code: "exchange-unexpected",
    cause: "unknown",
    retry: "never",
  },
  ...["Failed to decode JWT", "Missing JWT key ID", "Invalid JWT key ID"].map((words) => ({
    name: `crates.io: "${words}" is explained as a token that is not accepted, with its audience`,
    answer: detail(words),
    code: "exchange-token-invalid",
    cause: "token" as const,
    retry: "never" as const,
    says: ['audience ("crates.io")', words],
  })),
  {
    name: "crates.io: an issuer that is not supported is named",
    answer: detail("Unsupported JWT issuer: https://git.example/api/actions"),
    code: "exchange-issuer-refused",
    cause: "issuer",
    retry: "never",
    actual: "https://git.example/api/actions",
    says: ["GitHub Actions, GitLab.com"],
  },
  {
    name: "crates.io: keys that cannot be loaded are an outage",
    answer: detail("Failed to load OIDC key set", 500),
    code: "exchange-unavailable",
    cause: "registry",
    retry: "later",
    says: ["https://status.crates.io", "Failed to load OIDC key set"],
  },
  {
    name: "crates.io: read-only mode is an outage",
    answer: detail(
      "crates.io is currently in read-only mode. Please check https://status.crates.io/ for details and try again later.",
      503,
    ),
    code: "exchange-unavailable",
    cause: "registry",
    retry: "later",
  },
  {
    name: "crates.io: a replayed token is worth one try with a new one",
    answer: detail("JWT has already been used"),
    code: "exchange-replayed",
    cause: "replay",
    retry: "fresh-token",
  },
  ...["workflow_run", "pull_request_target"].map((event) => ({
    name: `crates.io: the event ${event} is refused whatever is registered`,
    answer: detail(
      `Trusted Publishing does not support the \`${event}\` event trigger due to security concerns. ` +
        "Please use a different trigger such as `push`, `release`, or `workflow_dispatch`.",
    ),
    code: "exchange-event-refused",
    cause: "event" as const,
    retry: "never" as const,
    actual: event,
    says: ["workflow_dispatch"],
  })),
  ...["repository", "workflow_ref", "repository_owner_id", "project_path", "ci_config_ref_uri"].map((
    claim,
  ) => ({
    name: `crates.io: a ${claim} that it cannot read is named`,
    answer: detail(`Unexpected \`${claim}\` value`),
    code: "exchange-claim-refused",
    cause: "token" as const,
    retry: "never" as const,
    says: [`\`${claim}\``],
  })),
  {
    name: "crates.io: no record for the repository says what to register, and where",
    answer: detail("No Trusted Publishing config found for repository `acme/widgets`."),
    code: "exchange-no-publisher",
    cause: "repository",
    retry: "never",
    actual: "acme/widgets",
    says: [
      'no publisher record for repository "acme/widgets"',
      "Repository owner: acme · Repository name: widgets · Workflow filename: release.yml · Environment name (optional): release",
      "/crates/widget/settings",
    ],
    comparison: [
      "repository acme/widgets null false",
      "workflow release.yml release.yml true",
      "environment release release true",
    ],
  },
  {
    name: "crates.io: no record, in the words of older servers",
    answer: detail("No matching Trusted Publishing config found"),
    code: "exchange-no-publisher",
    cause: "publisher",
    retry: "never",
  },
  {
    name: "crates.io: another owner id means that the record must be made again",
    answer: detail(
      `${HEAD} does not match the repository owner ID (42) in the JWT. Expected owner IDs: 999. ` +
        "Please recreate the Trusted Publishing config to update the repository owner ID.",
    ),
    code: "exchange-owner-mismatch",
    cause: "owner",
    retry: "never",
    expected: ["999"],
    actual: "42",
    says: ["make it again"],
    comparison: [
      "repository acme/widgets acme/widgets true",
      "workflow release.yml release.yml true",
      "environment release release true",
      "owner id 42 999 false",
    ],
  },
  {
    name: "crates.io: another workflow names both files, and what is registered wins over what is declared",
    answer: detail(
      `${HEAD} does not match the workflow filename \`ship.yml\` in the JWT. Expected workflow filenames: \`a.yml\`, \`b.yml\``,
    ),
    claims: { workflow_ref: "acme/widgets/.github/workflows/ship.yml@refs/heads/main" },
    declared: { workflow: "ship.yml", environment: "release", repository: null },
    code: "exchange-workflow-mismatch",
    cause: "workflow",
    retry: "never",
    expected: ["a.yml", "b.yml"],
    actual: "ship.yml",
    says: ['crates.io expects workflow "a.yml" or "b.yml", this job runs "ship.yml"'],
    comparison: [
      "repository acme/widgets acme/widgets true",
      "workflow ship.yml a.yml, b.yml false",
      "environment release release true",
    ],
  },
  {
    name: "crates.io: another environment names both, and the workflow is known to match",
    answer: detail(
      `${HEAD} does not match the environment \`staging\` in the JWT. Expected environments: \`prod\``,
    ),
    claims: { environment: "staging" },
    declared: null,
    code: "exchange-environment-mismatch",
    cause: "environment",
    retry: "never",
    expected: ["prod"],
    actual: "staging",
    says: ["set `environment: prod` on the job"],
    comparison: [
      "repository acme/widgets acme/widgets true",
      "workflow release.yml release.yml true",
      "environment staging prod false",
    ],
  },
  {
    name: "crates.io: a job without environment is told which one is required",
    answer: detail(
      `${HEAD} requires an environment, but the JWT does not specify one. Expected environments: \`prod\``,
    ),
    claims: { environment: undefined },
    code: "exchange-environment-mismatch",
    cause: "environment",
    retry: "never",
    expected: ["prod"],
    says: ["this job runs in none", "with another record, change `environment` of the trust policy too"],
  },
  ...[
    "We require that all requests include a `User-Agent` header.",
    "We are unable to process your request at this time. This usually means that you are in violation of our API data access policy.",
  ].map((words) => ({
    name: `crates.io: a block ("${words.slice(0, 20)}…") is not taken for a mismatch`,
    answer: detail(words, 403),
    code: "exchange-blocked",
    cause: "registry" as const,
    retry: "never" as const,
  })),
  {
    name: "crates.io: an error with status 200, as cargo's own addresses send it, is understood",
    answer: detail("JWT has already been used", 200),
    code: "exchange-replayed",
    cause: "replay",
    retry: "fresh-token",
  },
  {
    name: "crates.io: escapes, line breaks and workflow commands in its words do no harm",
    answer: detail("\x1b[2J\x1b[31mNope\x1b[0m\n::set-output name=a::b\r\n##[error]x\u202e"),
    code: "exchange-unexpected",
    cause: "unknown",
    retry: "never",
    says: ["Nope\n: :set-output name=a::b\n# #[error]x"],
  },
  ...unknownAnswers("crates.io"),
]);

Deno.test("crates.io: words that hold the OIDC token are quoted without it", async () => {
  const raw = jwtWith();
  await using server = new Loopback({ [`POST ${PATH}`]: detail(`Unsupported JWT issuer: ${raw}`) });
  const registry = localRegistry("crates.io", server.origin);
  const refusal = await crates.exchange(
    sessionWith().session,
    registry,
    new Secret(raw, "OIDC token", server.origin),
    contextWith(),
  );
  const shown = JSON.stringify(refusal);
  for (const part of raw.split(".")) assert(!shown.includes(part), shown);
});
