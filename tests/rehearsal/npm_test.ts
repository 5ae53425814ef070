import { assert, assertEquals, assertMatch } from "@std/assert";
import type { GithubJob } from "../../src/rehearsal/github_claims.ts";
import type { PublisherRecord } from "../../src/rehearsal/policy.ts";
import type { RegistriesSetup } from "../../src/rehearsal/registries.ts";
import { onStage, record, type Reply, send, type TestStage } from "./stage.ts";

const AUDIENCE = "npm:registry.npmjs.org";
const EXCHANGE = "/-/npm/v1/oidc/token/exchange/package/";
const USER = "npm_CANARYCANARYCANARYCANARYCANARYCANARY";
const SCOPED = "npm_CANARYCANARYCANARYCANARYCANARYSCOPED";
const NAME = "@acme/widget";
const SETUP: Partial<RegistriesSetup> = {
  records: [record("npm", NAME), record("npm", "unborn"), record("npm", "staged", { action: "stage" })],
  packages: [
    {
      registry: "npm",
      name: NAME,
      versions: [{ version: "0.8.0", removed: true }, { version: "0.9.0" }],
    },
    { registry: "npm", name: "other" },
    { registry: "npm", name: "staged" },
    { registry: "npm", name: "hidden", restricted: true, versions: [{ version: "1.0.0" }] },
  ],
  tokens: { npm: [{ value: USER, packages: null, user: "ada" }, { value: SCOPED, packages: ["other"] }] },
};

function exchange(stage: TestStage, escaped: string, jwt: string | null): Promise<Reply> {
  return send(stage.at("npm") + EXCHANGE + escaped, {
    method: "POST",
    headers: jwt ? { authorization: `Bearer ${jwt}` } : {},
  });
}

async function mint(stage: TestStage, escaped = "@acme%2fwidget"): Promise<string> {
  return (await exchange(stage, escaped, await stage.jwt(AUDIENCE))).json.token;
}

function publish(
  stage: TestStage,
  token: string | null,
  how: { name?: string; version?: string; access?: string; tag?: string } = {},
): Promise<Reply> {
  const { name = NAME, version = "1.0.0", access = null, tag = "latest" } = how;
  return send(`${stage.at("npm")}/${name.replace("/", "%2f")}`, {
    method: "PUT",
    headers: token ? { authorization: `Bearer ${token}` } : {},
    body: JSON.stringify({
      _id: name,
      name,
      "dist-tags": { [tag]: version },
      versions: { [version]: { name, version, description: "A widget" } },
      access,
      _attachments: { [`${name}-${version}.tgz`]: { data: btoa("bytes of a tarball") } },
    }),
  });
}

for (const escaped of ["@acme%2fwidget", "%40acme%2Fwidget", "@acme/widget"]) {
  Deno.test(`npm mints a token for the package ${escaped}`, () =>
    onStage(SETUP, async (stage) => {
      const reply = await exchange(stage, escaped, await stage.jwt(AUDIENCE));
      assertEquals([reply.status, reply.json.token_type], [201, "oidc"]);
      assertEquals(Date.parse(reply.json.expires) - Date.parse(reply.json.created), 3_600_000);
      assertEquals(stage.all.recorder.of("exchange")[0]!.packages, [NAME]);
    }));
}

const REFUSALS: readonly {
  readonly name: string;
  readonly job?: Partial<GithubJob>;
  readonly claims?: Record<string, unknown>;
  readonly audience?: string;
  readonly escaped?: string;
  readonly status: number;
}[] = [
  { name: "another audience", audience: "npm:registry.example.com", status: 401 },
  {
    name: "an enterprise's issuer",
    claims: { iss: "https://token.actions.githubusercontent.com/acme" },
    status: 401,
  },
  { name: "an expired token", claims: { exp: 1_700_000_000 }, status: 401 },
  { name: "a package that does not exist", escaped: "unborn", status: 404 },
  { name: "a package without publisher", escaped: "other", status: 404 },
  { name: "another repository", job: { repository: "acme/gadgets" }, status: 404 },
  { name: "a repository in other letter case", job: { repository: "acme/Widgets" }, status: 404 },
  { name: "another workflow", job: { workflow: "ship.yml" }, status: 404 },
  { name: "the other file ending", job: { workflow: "release.yaml" }, status: 404 },
  {
    name: "a reusable workflow, of which the caller counts",
    job: {
      workflow: "caller.yml",
      calledWorkflow: "acme/widgets/.github/workflows/release.yml@refs/heads/main",
    },
    status: 404,
  },
  { name: "another environment", job: { environment: "staging" }, status: 404 },
  { name: "an environment in other letter case", job: { environment: "Release" }, status: 404 },
  { name: "no environment", job: { environment: null }, status: 404 },
];

const MESSAGES: Record<number, string> = {
  400: "OIDC token exchange error - bad request",
  401: "OIDC token exchange error - unauthorized",
  404: "OIDC token exchange error - package not found",
};

for (const { name, job, claims, audience = AUDIENCE, escaped = "@acme%2fwidget", status } of REFUSALS) {
  Deno.test(`npm refuses to exchange: ${name}`, () =>
    onStage(SETUP, async (stage) => {
      const reply = await exchange(stage, escaped, await stage.jwt(audience, job, claims));
      assertEquals([reply.status, reply.json.message], [status, MESSAGES[status]]);
      assertEquals(stage.all.recorder.liveTokens(), []);
    }));
}

for (const [name, jwt] of [["no token", null], ["no JSON web token", "CANARY"]] as const) {
  Deno.test(`npm refuses to exchange: ${name}`, () =>
    onStage(SETUP, async (stage) => {
      const reply = await exchange(stage, "@acme%2fwidget", jwt);
      assertEquals([reply.status, reply.json.message], [400, MESSAGES[400]]);
    }));
}

const ACCEPTED: readonly {
  name: string;
  audience?: string;
  job?: Partial<GithubJob>;
  record?: Partial<PublisherRecord>;
}[] = [
  { name: "the audience that npm derives from the address", audience: "npm:127.0.0.1" },
  {
    name: "any environment where none is registered",
    job: { environment: "x" },
    record: { environment: null },
  },
];

for (const { name, audience = AUDIENCE, job, record: changes } of ACCEPTED) {
  Deno.test(`npm exchanges: ${name}`, () =>
    onStage({ ...SETUP, records: [record("npm", NAME, changes)] }, async (stage) => {
      assertEquals((await exchange(stage, "@acme%2fwidget", await stage.jwt(audience, job))).status, 201);
    }));
}

Deno.test("an upload with a minted token is in the packument, under its own address, and names its publisher", () =>
  onStage(SETUP, async (stage) => {
    assertEquals((await publish(stage, await mint(stage))).status, 200);

    const packument = (await stage.get("npm", "/@acme%2fwidget")).json;
    assertEquals(Object.keys(packument.versions), ["0.9.0", "1.0.0"]);
    assertEquals(Object.keys(packument.time), ["0.9.0", "1.0.0", "0.8.0"]);
    assertEquals(packument["dist-tags"], { latest: "1.0.0" });
    const one = (await stage.get("npm", "/@acme%2Fwidget/1.0.0")).json;
    assertEquals(one, packument.versions["1.0.0"]);
    assertEquals((await stage.get("npm", "/@acme/widget/latest")).json.version, "1.0.0");
    assertEquals([one.description, one._npmUser.trustedPublisher.id], ["A widget", "github"]);
    assertEquals(one.dist.shasum, "e3a1f92257f608a515be4f9647f77ee4da7344ab");
    assertMatch(one.dist.integrity, /^sha512-[A-Za-z0-9+/]{86}==$/);
    assertEquals((await send(one.dist.tarball)).text, "bytes of a tarball");

    const [event] = stage.all.recorder.of("upload");
    assertEquals([event!.package, event!.file, event!.status], [NAME, "acme-widget-1.0.0.tgz", 200]);
  }));

Deno.test("a version published by a person names no trusted publisher", () =>
  onStage(SETUP, async (stage) => {
    assertEquals((await publish(stage, USER)).status, 200);
    const { _npmUser } = (await stage.get("npm", "/@acme%2fwidget/1.0.0")).json;
    assertEquals([_npmUser.name, _npmUser.trustedPublisher], ["ada", undefined]);
  }));

const PUBLISH_REFUSALS: readonly {
  readonly name: string;
  readonly token: string | null | "minted" | "expired" | "burned" | "staged";
  readonly how?: Parameters<typeof publish>[2];
  readonly status: number;
  readonly error: string;
}[] = [
  { name: "no token", token: null, status: 404, error: "Not found" },
  { name: "an unknown token", token: "npm_CANARY", status: 404, error: "Not found" },
  { name: "a minted token after an hour", token: "expired", status: 404, error: "Not found" },
  { name: "a burned token", token: "burned", status: 404, error: "Not found" },
  {
    name: "a minted token of another package",
    token: "minted",
    how: { name: "other" },
    status: 404,
    error: "Not found",
  },
  { name: "a user token of another package", token: SCOPED, status: 404, error: "Not found" },
  {
    name: "a token of a publisher that may only stage",
    token: "staged",
    how: { name: "staged" },
    status: 403,
    error: "OIDC permission denied for this action",
  },
  {
    name: "a version that is there",
    token: "minted",
    how: { version: "0.9.0" },
    status: 403,
    error: "You cannot publish over the previously published versions: 0.9.0.",
  },
  {
    name: "a version that was there",
    token: "minted",
    how: { version: "0.8.0" },
    status: 403,
    error: "You cannot publish over the previously published versions: 0.8.0.",
  },
  {
    name: "a new package of a scope without access",
    token: USER,
    how: { name: "@acme/new" },
    status: 402,
    error: "You must sign up for private packages",
  },
];

for (const { name, token, how, status, error } of PUBLISH_REFUSALS) {
  Deno.test(`npm refuses to publish: ${name}`, () =>
    onStage(SETUP, async (stage) => {
      const value = token === "staged"
        ? await mint(stage, "staged")
        : token && ["minted", "expired", "burned"].includes(token)
        ? await mint(stage)
        : token;
      if (token === "expired") stage.clock.pass(3600);
      if (token === "burned") assertEquals((await burn(stage, value!)).status, 204);
      const reply = await publish(stage, value, how);
      assertEquals([reply.status, reply.json.error], [status, error]);
      assertEquals(stage.all.recorder.of("upload").map((it) => it.said), [error]);
    }));
}

function burn(stage: TestStage, token: string, authorization = token): Promise<Reply> {
  return send(`${stage.at("npm")}/-/npm/v1/tokens/token/${token}`, {
    method: "DELETE",
    headers: { authorization: `Bearer ${authorization}` },
  });
}

Deno.test("npm says so when a token that it no longer knows was sent", () =>
  onStage(SETUP, async (stage) => {
    const notice = "Access token expired or revoked. Please try logging in again.";
    assertEquals((await publish(stage, "npm_CANARY")).headers.get("npm-notice"), notice);
    assertEquals((await publish(stage, null)).headers.get("npm-notice"), null);
  }));

Deno.test("a token is deleted by who has one, and its value is not recorded", () =>
  onStage(SETUP, async (stage) => {
    const token = await mint(stage);
    assertEquals((await burn(stage, token, "npm_CANARY")).status, 401);
    assertEquals((await burn(stage, "npm_CANARY", USER)).status, 404);
    assertEquals((await burn(stage, token)).status, 204);
    assertEquals((await burn(stage, token)).status, 401);
    assertEquals(stage.all.recorder.liveTokens(), []);
    assert(!JSON.stringify(stage.all.recorder).includes(token));
  }));

Deno.test("a new package is created by a person; its first version is the latest, whatever its tag", () =>
  onStage(SETUP, async (stage) => {
    assertEquals(
      (await publish(stage, USER, { name: "@acme/new", access: "public", tag: "next" })).status,
      200,
    );
    const tags = (await stage.get("npm", "/-/package/@acme%2fnew/dist-tags")).json;
    assertEquals(tags, { next: "1.0.0", latest: "1.0.0" });
  }));

Deno.test("visibility is told of packages that one may see", () =>
  onStage(SETUP, async (stage) => {
    const ask = (escaped: string, token?: string) =>
      stage.get("npm", `/-/package/${escaped}/visibility`, token ? { authorization: `Bearer ${token}` } : {});
    assertEquals((await ask("@acme%2fwidget")).json, { public: true });
    assertEquals((await ask("nothing")).status, 404);
    assertEquals((await ask("hidden")).status, 404);
    assertEquals((await ask("hidden", USER)).json, { public: false });
    assertEquals((await stage.get("npm", "/hidden")).status, 404);
    assertEquals((await stage.get("npm", "/hidden/-/hidden-1.0.0.tgz")).status, 404);
  }));

Deno.test("tags are moved by people, not by minted tokens", () =>
  onStage(SETUP, async (stage) => {
    const move = (token: string, version: string) =>
      send(`${stage.at("npm")}/-/package/@acme%2fwidget/dist-tags/old`, {
        method: "PUT",
        headers: { authorization: `Bearer ${token}` },
        body: JSON.stringify(version),
      });
    assertEquals((await move(await mint(stage), "0.9.0")).status, 401);
    assertEquals((await move(USER, "7.0.0")).status, 404);
    assertEquals((await move(USER, "0.9.0")).status, 201);
    assertEquals((await stage.get("npm", "/@acme%2fwidget/old")).json.version, "0.9.0");
  }));

Deno.test("whoami knows people, not minted tokens", () =>
  onStage(SETUP, async (stage) => {
    const whoami = (token: string) => stage.get("npm", "/-/whoami", { authorization: `Bearer ${token}` });
    assertEquals((await whoami(USER)).json, { username: "ada" });
    assertEquals((await whoami(await mint(stage))).status, 401);
  }));

Deno.test("a new version is seen late when the registry lags", () =>
  onStage({ ...SETUP, lag: 1 }, async (stage) => {
    await publish(stage, USER);
    const late = await stage.get("npm", "/@acme%2fwidget/1.0.0");
    assertEquals([late.status, late.json.error], [404, "version not found: 1.0.0"]);
    assertEquals((await stage.get("npm", "/@acme%2fwidget/1.0.0")).status, 200);
  }));
