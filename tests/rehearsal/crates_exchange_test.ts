import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { isCratesToken } from "../../src/rehearsal/tokens.ts";
import type { PublisherRecord } from "../../src/rehearsal/policy.ts";
import type { GithubJob } from "../../src/rehearsal/github_claims.ts";
import { onStage, record, send } from "./stage.ts";

const TOKENS = "/api/v1/trusted_publishing/tokens";
const SETUP = {
  records: [record("crates.io", "widget"), record("crates.io", "widget-core")],
  packages: [{ registry: "crates.io", name: "widget" }, { registry: "crates.io", name: "widget-core" }],
};
const CONFIG = "The Trusted Publishing config for repository `acme/widgets`";

Deno.test("crates.io mints one token for all crates that the job may publish", () =>
  onStage(SETUP, async (stage) => {
    const reply = await stage.post("crates.io", TOKENS, { jwt: await stage.jwt("crates.io") });
    assertEquals(reply.status, 200);
    assertEquals(Object.keys(reply.json), ["token"]);
    assert(isCratesToken(reply.json.token));
    const [event] = stage.all.recorder.of("exchange");
    assertEquals(event!.packages, ["widget", "widget-core"]);
    const [life] = stage.all.recorder.liveTokens();
    assertEquals(life!.expiresAt! - life!.mintedAt, 30 * 60_000);
  }));

interface Case {
  readonly name: string;
  readonly job?: Partial<GithubJob>;
  readonly claims?: Record<string, unknown>;
  readonly kid?: string;
  readonly audience?: string;
  readonly records?: readonly PublisherRecord[];
  readonly detail: string;
}

const REFUSALS: readonly Case[] = [
  {
    name: "a token of another issuer",
    claims: { iss: "https://gitlab.example.com" },
    detail: "Unsupported JWT issuer: https://gitlab.example.com",
  },
  { name: "a token without issuer", claims: { iss: undefined }, detail: "Failed to decode JWT" },
  { name: "a key that the issuer does not have", kid: "other", detail: "Invalid JWT key ID" },
  { name: "another audience", audience: "staging.crates.io", detail: "Failed to decode JWT" },
  { name: "an audience in a list", claims: { aud: ["crates.io"] }, detail: "Failed to decode JWT" },
  { name: "an expired token", claims: { exp: 1_700_000_000 }, detail: "Failed to decode JWT" },
  { name: "a token from the future", claims: { iat: 4_000_000_000 }, detail: "Failed to decode JWT" },
  { name: "a token not valid yet", claims: { nbf: 4_000_000_000 }, detail: "Failed to decode JWT" },
  { name: "a missing claim", claims: { run_id: undefined }, detail: "Failed to decode JWT" },
  { name: "a claim of another type", claims: { repository_owner_id: 4242 }, detail: "Failed to decode JWT" },
  ...["workflow_run", "pull_request_target"].map((event) => ({
    name: `the event ${event}`,
    job: { event },
    detail: `Trusted Publishing does not support the \`${event}\` event trigger due to security concerns. ` +
      "Please use a different trigger such as `push`, `release`, or `workflow_dispatch`.",
  })),
  {
    name: "a repository that is no name",
    claims: { repository: "widgets" },
    detail: "Unexpected `repository` value",
  },
  {
    name: "a workflow that is no file",
    claims: { workflow_ref: "acme/widgets/release" },
    detail: "Unexpected `workflow_ref` value",
  },
  {
    name: "an owner that is no number",
    claims: { repository_owner_id: "acme" },
    detail: "Unexpected `repository_owner_id` value",
  },
  {
    name: "an unknown repository",
    job: { repository: "acme/gadgets" },
    detail: "No Trusted Publishing config found for repository `acme/gadgets`.",
  },
  {
    name: "an owner that was created anew",
    job: { ownerId: "43" },
    detail: `${CONFIG} does not match the repository owner ID (43) in the JWT. Expected owner IDs: 4242. ` +
      "Please recreate the Trusted Publishing config to update the repository owner ID.",
  },
  {
    name: "a renamed workflow",
    job: { workflow: "ship.yml" },
    records: [record("crates.io", "widget"), record("crates.io", "widget-core", { workflow: "core.yml" })],
    detail: `${CONFIG} does not match the workflow filename \`ship.yml\` in the JWT. ` +
      "Expected workflow filenames: `release.yml`, `core.yml`",
  },
  {
    name: "a workflow in other letter case",
    job: { workflow: "Release.yml" },
    detail: `${CONFIG} does not match the workflow filename \`Release.yml\` in the JWT. ` +
      "Expected workflow filenames: `release.yml`",
  },
  {
    name: "a reusable workflow, of which the caller counts",
    job: {
      workflow: "caller.yml",
      calledWorkflow: "acme/widgets/.github/workflows/release.yml@refs/heads/main",
    },
    detail: `${CONFIG} does not match the workflow filename \`caller.yml\` in the JWT. ` +
      "Expected workflow filenames: `release.yml`",
  },
  {
    name: "another environment",
    job: { environment: "staging" },
    detail:
      `${CONFIG} does not match the environment \`staging\` in the JWT. Expected environments: \`release\``,
  },
  {
    name: "no environment",
    job: { environment: null },
    detail: `${CONFIG} requires an environment, but the JWT does not specify one. ` +
      "Expected environments: `release`",
  },
];

for (const { name, job, claims, kid, audience = "crates.io", records = SETUP.records, detail } of REFUSALS) {
  Deno.test(`crates.io refuses ${name}`, () =>
    onStage({ ...SETUP, records }, async (stage) => {
      const jwt = await stage.jwt(audience, job, claims, kid);
      const reply = await stage.post("crates.io", TOKENS, { jwt });
      assertEquals(reply.status, 400);
      assertEquals(reply.json, { errors: [{ detail }] });
      assertEquals(stage.all.recorder.of("exchange").map((it) => it.said), [detail]);
      assertEquals(stage.all.recorder.tokens, []);
    }));
}

const ACCEPTED: readonly { name: string; job?: Partial<GithubJob>; record?: Partial<PublisherRecord> }[] = [
  { name: "a repository in other letter case", job: { repository: "ACME/Widgets" } },
  { name: "an environment in other letter case", job: { environment: "Release" } },
  { name: "any environment where none is registered", record: { environment: null } },
  {
    name: "no environment where none is registered",
    job: { environment: null },
    record: { environment: null },
  },
  { name: "an expiry within the leeway", job: {} },
];

for (const { name, job, record: changes } of ACCEPTED) {
  Deno.test(`crates.io accepts ${name}`, () =>
    onStage({ ...SETUP, records: [record("crates.io", "widget", changes)] }, async (stage) => {
      const jwt = await stage.jwt("crates.io", job);
      stage.clock.pass(300 + 59);
      assertEquals((await stage.post("crates.io", TOKENS, { jwt })).status, 200);
    }));
}

Deno.test("crates.io refuses what is no JSON web token, or no request", () =>
  onStage(SETUP, async (stage) => {
    const url = stage.at("crates.io") + TOKENS;
    const raw = (body: string, type: string) =>
      send(url, { method: "POST", body, headers: { "content-type": type } });
    const broken = await stage.post("crates.io", TOKENS, { jwt: "eyJhbGciOiJub25lIn0" });
    assertEquals([broken.status, broken.json.errors[0].detail], [400, "Failed to decode JWT"]);
    const plain = await raw("{}", "text/plain");
    assertEquals(plain.status, 415);
    assertEquals(plain.json.errors[0].detail, "Expected request with `Content-Type: application/json`");
    const json = await raw("{", "application/json");
    assertEquals(json.status, 400);
    assertMatch(json.json.errors[0].detail, /^Failed to parse the request body as JSON: /);
    const empty = await raw("{}", "application/json");
    assertEquals(empty.status, 422);
    assertMatch(empty.json.errors[0].detail, /missing field `jwt` at line 1 column 2$/);
  }));

Deno.test("crates.io spends a token on success only: after a refusal it may be sent again", () =>
  onStage({ ...SETUP, records: [record("crates.io", "widget", { workflow: "old.yml" })] }, async (stage) => {
    const jwt = await stage.jwt("crates.io");
    assertEquals((await stage.post("crates.io", TOKENS, { jwt })).status, 400);
    stage.all.servers.get("crates.io")!.records.push(record("crates.io", "widget"));
    assertEquals((await stage.post("crates.io", TOKENS, { jwt })).status, 200);
    const again = await stage.post("crates.io", TOKENS, { jwt });
    assertEquals([again.status, again.json.errors[0].detail], [400, "JWT has already been used"]);
  }));

Deno.test("crates.io answers 500 while the issuer's keys cannot be read, and recovers", () =>
  onStage(SETUP, async (stage) => {
    stage.all.faults.add({ registry: "issuer", path: "/.well-known/jwks" }, { answer: { status: 503 } });
    const jwt = await stage.jwt("crates.io");
    const reply = await stage.post("crates.io", TOKENS, { jwt });
    assertEquals([reply.status, reply.json.errors[0].detail], [500, "Failed to load OIDC key set"]);
    assertEquals((await stage.post("crates.io", TOKENS, { jwt })).status, 200);
  }));

Deno.test("crates.io revokes a token, and says 204 to unknown ones of the right form too", () =>
  onStage(SETUP, async (stage) => {
    const { token } = (await stage.post("crates.io", TOKENS, { jwt: await stage.jwt("crates.io") })).json;
    const revoke = (authorization?: string) =>
      send(stage.at("crates.io") + TOKENS, {
        method: "DELETE",
        headers: authorization ? { authorization } : {},
      });
    assertEquals(stage.all.recorder.liveTokens().length, 1);
    assertEquals((await revoke(`Bearer ${token}`)).status, 204);
    assertEquals(stage.all.recorder.liveTokens(), []);
    assertEquals((await revoke(token)).status, 204);
    assertEquals((await revoke("cio_tp_0000000000000000000000000000000w")).status, 204);
    assertEquals(stage.all.recorder.of("burn").map((it) => it.token), [1, null, null]);
    assertNotEquals(stage.all.recorder.tokens[0]!.burnedAt, null);

    const bad: [string | undefined, string][] = [
      [undefined, "Missing `Authorization` header"],
      ["cio_tp_CANARY", "Invalid `Authorization` header: Failed to parse token"],
      ["Basic CANARY", "Invalid `Authorization` header: Found unexpected authentication scheme `Basic`"],
      ["Bearer \u00e9", "Invalid `Authorization` header: Found unexpected non-ASCII characters"],
    ];
    for (const [authorization, detail] of bad) {
      const reply = await revoke(authorization);
      assertEquals([reply.status, reply.json.errors[0].detail], [401, detail]);
    }
  }));
