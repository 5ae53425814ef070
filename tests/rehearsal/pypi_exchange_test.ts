import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { GithubJob } from "../../src/rehearsal/github_claims.ts";
import type { PublisherRecord } from "../../src/rehearsal/policy.ts";
import { onStage, record, type Reply, send } from "./stage.ts";

const MINT = "/_/oidc/mint-token";
const BURN = "/_/oidc/burn-token";
const SETUP = {
  records: [record("pypi", "widget"), record("pypi", "Widget.Core")],
  packages: [{ registry: "pypi", name: "widget" }, { registry: "pypi", name: "Widget.Core" }],
};

function refusal(reply: Reply): [number, string, string] {
  assertEquals(reply.json.message, "Token request failed");
  assertEquals(reply.json.errors.length, 1);
  return [reply.status, reply.json.errors[0].code, reply.json.errors[0].description];
}

for (const path of [MINT, "/_/oidc/github/mint-token"]) {
  Deno.test(`PyPI mints one token for all projects of the publisher at ${path}`, () =>
    onStage(SETUP, async (stage) => {
      const { audience } = (await stage.get("pypi", "/_/oidc/audience")).json;
      const reply = await stage.post("pypi", path, { token: await stage.jwt(audience) });
      assertEquals([reply.status, reply.json.success], [200, true]);
      assertEquals(reply.json.expires, stage.clock.now() / 1000 + 900);
      assertEquals(stage.all.recorder.of("exchange")[0]!.packages, ["widget", "Widget.Core"]);
    }));
}

Deno.test("TestPyPI is an index of its own: other audience, other tokens", () =>
  onStage({
    registries: [{ name: "testpypi", label: "TestPyPI", kind: "pypi", audience: null }],
    records: [record("testpypi", "widget")],
  }, async (stage) => {
    assertEquals((await stage.get("testpypi", "/_/oidc/audience")).json, { audience: "testpypi" });
    const wrong = await stage.post("testpypi", MINT, { token: await stage.jwt("pypi") });
    assertEquals(refusal(wrong), [422, "invalid-token", "malformed or invalid token"]);
    const right = await stage.post("testpypi", MINT, { token: await stage.jwt("testpypi") });
    assert(right.json.token.startsWith("pypi-AgENdGVzdC5weXBpLm9yZwI"), right.json.token.slice(0, 30));
  }));

interface Case {
  readonly name: string;
  readonly job?: Partial<GithubJob>;
  readonly claims?: Record<string, unknown>;
  readonly kid?: string;
  readonly record?: Partial<PublisherRecord>;
  readonly code?: string;
  readonly description: string;
}

function noPublisher(reason: string): string {
  return `valid token, but no corresponding publisher (${reason})`;
}

const NOT_FOUND = noPublisher("Publisher with matching claims was not found");

const REFUSALS: readonly Case[] = [
  {
    name: "an unknown issuer",
    claims: { iss: "https://oidc.circleci.com" },
    code: "invalid-payload",
    description: "unknown trusted publishing issuer",
  },
  {
    name: "a token without issuer",
    claims: { iss: undefined },
    code: "invalid-payload",
    description: "malformed JWT",
  },
  ...[
    { name: "an unknown key", kid: "other" },
    { name: "a list of audiences", claims: { aud: ["pypi"] } },
    { name: "an expired token", claims: { exp: 1_700_000_000 } },
    { name: "a token without expiry", claims: { exp: undefined } },
    { name: "a token not valid yet", claims: { nbf: 4_000_000_000 } },
  ].map((it) => ({ ...it, code: "invalid-token", description: "malformed or invalid token" })),
  ...["repository", "repository_owner_id", "job_workflow_ref", "jti", "event_name", "ref", "sha"].map((
    claim,
  ) => ({
    name: `a token without ${claim}`,
    claims: { [claim]: undefined },
    description: noPublisher(`Missing claim '${claim}'`),
  })),
  {
    name: "a workflow that is no file",
    claims: { job_workflow_ref: "" },
    description: noPublisher("Could not job extract workflow filename from OIDC claims"),
  },
  { name: "another repository", job: { repository: "acme/gadgets" }, description: NOT_FOUND },
  { name: "a repository in other letter case", job: { repository: "acme/Widgets" }, description: NOT_FOUND },
  { name: "another owner id", job: { ownerId: "43" }, description: NOT_FOUND },
  { name: "another workflow", job: { workflow: "ship.yml" }, description: NOT_FOUND },
  { name: "another environment", job: { environment: "staging" }, description: NOT_FOUND },
  { name: "no environment", job: { environment: null }, description: NOT_FOUND },
  {
    name: "a reusable workflow, of which the called file counts",
    job: { calledWorkflow: "acme/widgets/.github/workflows/upload.yml@refs/tags/v1.0.0" },
    description: NOT_FOUND,
  },
  {
    name: "a called workflow on another ref",
    job: { calledWorkflow: "acme/widgets/.github/workflows/release.yml@refs/heads/main" },
    description: noPublisher(
      "The job_workflow_ref claim does not match, expecting one of " +
        "['acme/widgets/.github/workflows/release.yml@refs/tags/v1.0.0', " +
        "'acme/widgets/.github/workflows/release.yml@3f9c2d1000000000000000000000000000000000'], " +
        "got 'acme/widgets/.github/workflows/release.yml@refs/heads/main'",
    ),
  },
  {
    name: "a job without ref and commit",
    claims: { ref: "", sha: "" },
    description: noPublisher("The ref and sha claims are empty"),
  },
  {
    name: "pull_request_target",
    job: { event: "pull_request_target" },
    description: noPublisher(
      "Publishing from a workflow invoked via 'pull_request_target' is not supported.",
    ),
  },
];

for (const { name, job, claims, kid, code = "invalid-publisher", description } of REFUSALS) {
  Deno.test(`PyPI refuses ${name}`, () =>
    onStage(SETUP, async (stage) => {
      const reply = await stage.post("pypi", MINT, { token: await stage.jwt("pypi", job, claims, kid) });
      assertEquals(refusal(reply), [422, code, description]);
      assertEquals(stage.all.recorder.of("exchange").map((it) => it.said), [`${code}: ${description}`]);
      assertEquals(stage.all.recorder.tokens, []);
    }));
}

for (
  const [name, body, description] of [
    ["nothing", "", "Invalid JSON: expected value at line 1 column 1"],
    ["a list", "[]", "Input should be an object"],
    ["no token", "{}", "Field required"],
    ["a token that is no text", '{"token":7}', "Input should be a valid string"],
    ["an empty token", '{"token":""}', "malformed JWT"],
  ] as const
) {
  Deno.test(`PyPI refuses a request with ${name}`, () =>
    onStage(SETUP, async (stage) => {
      const reply = await send(stage.at("pypi") + MINT, { method: "POST", body });
      assertEquals(refusal(reply), [422, "invalid-payload", description]);
    }));
}

const ACCEPTED: readonly { name: string; job?: Partial<GithubJob>; record?: Partial<PublisherRecord> }[] = [
  { name: "an environment in other letter case", job: { environment: "RELEASE" } },
  { name: "any environment where none is registered", record: { environment: null } },
  {
    name: "a called workflow of the same repository and ref",
    job: {
      workflow: "caller.yml",
      calledWorkflow: "acme/widgets/.github/workflows/release.yml@refs/tags/v1.0.0",
    },
  },
];

for (const { name, job, record: changes } of ACCEPTED) {
  Deno.test(`PyPI accepts ${name}`, () =>
    onStage({ records: [record("pypi", "widget", changes)] }, async (stage) => {
      const reply = await stage.post("pypi", MINT, { token: await stage.jwt("pypi", job) });
      assertEquals(reply.status, 200);
    }));
}

Deno.test("a publisher that names the environment wins over one that names none", () =>
  onStage({
    records: [record("pypi", "open", { environment: null }), record("pypi", "strict")],
  }, async (stage) => {
    await stage.post("pypi", MINT, { token: await stage.jwt("pypi") });
    await stage.post("pypi", MINT, { token: await stage.jwt("pypi", { environment: "other" }) });
    assertEquals(stage.all.recorder.of("exchange").map((it) => it.packages), [["strict"], ["open"]]);
  }));

Deno.test("PyPI accepts a token once, and a refused one again", () =>
  onStage({ records: [] }, async (stage) => {
    const token = await stage.jwt("pypi");
    assertEquals(refusal(await stage.post("pypi", MINT, { token })), [422, "invalid-publisher", NOT_FOUND]);
    stage.all.servers.get("pypi")!.records.push(record("pypi", "widget"));
    assertEquals((await stage.post("pypi", MINT, { token })).status, 200);
    const again = refusal(await stage.post("pypi", MINT, { token }));
    assertEquals(again, [422, "invalid-reuse-token", "invalid token: already used"]);
  }));

Deno.test("the first exchange of a pending publisher creates the project", () =>
  onStage({ records: [record("pypi", "newborn", { pending: true })] }, async (stage) => {
    assertEquals((await stage.post("pypi", MINT, { token: await stage.jwt("pypi") })).status, 200);
    assertEquals(stage.all.recorder.of("exchange")[0]!.packages, ["newborn"]);
    assertEquals(stage.all.servers.get("pypi")!.records.map((it) => it.pending), [false]);
    assertEquals((await stage.post("pypi", MINT, { token: await stage.jwt("pypi") })).status, 200);
  }));

Deno.test("a stale pending publisher hides the real one, once", () =>
  onStage({
    ...SETUP,
    records: [...SETUP.records, record("pypi", "widget", { pending: true })],
  }, async (stage) => {
    const first = refusal(await stage.post("pypi", MINT, { token: await stage.jwt("pypi") }));
    assertEquals(first, [422, "invalid-pending-publisher", "valid token, but project already exists"]);
    assertEquals((await stage.post("pypi", MINT, { token: await stage.jwt("pypi") })).status, 200);
  }));

Deno.test("PyPI burns a minted token, and tells nobody what a token was", () =>
  onStage({ ...SETUP, tokens: { pypi: [{ value: "pypi-CANARY", packages: null }] } }, async (stage) => {
    const { token } = (await stage.post("pypi", MINT, { token: await stage.jwt("pypi") })).json;
    for (const value of [token, "pypi-CANARY", "garbage", 7]) {
      const reply = await stage.post("pypi", BURN, { token: value });
      assertEquals([reply.status, reply.json], [202, { message: "Accepted", errors: [] }]);
    }
    assertEquals(stage.all.recorder.of("burn").map((it) => it.token !== null), [true, false, false, false]);
    assertEquals(stage.all.recorder.liveTokens(), []);
    assertEquals(stage.all.recorder.tokens.find((it) => it.kind === "long-lived")!.burnedAt, null);
  }));

Deno.test("an issuer that cannot be reached makes every token invalid", () =>
  onStage(SETUP, async (stage) => {
    stage.all.faults.add({ registry: "issuer" }, { cut: "before" });
    const reply = refusal(await stage.post("pypi", MINT, { token: await stage.jwt("pypi") }));
    assertEquals(reply[1], "invalid-token");
    assertStringIncludes(stage.all.recorder.of("request")[0]!.path, "openid-configuration");
  }));
