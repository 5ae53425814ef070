import { assertEquals, assertNotEquals } from "@std/assert";
import { createLocalJWKSet, jwtVerify } from "jose";
import { githubClaims } from "../../src/rehearsal/github_claims.ts";
import { JOB, onStage, send, type TestStage } from "./stage.ts";

const ISSUER = "https://token.actions.githubusercontent.com";

function request(stage: TestStage, audience: string, token = stage.all.issuer.requestToken) {
  // GitHub's address has a query already, so clients append with an ampersand.
  const url = `${stage.all.issuer.requestUrl}&audience=${encodeURIComponent(audience)}`;
  return send(url, { headers: { authorization: `Bearer ${token}` } });
}

Deno.test("a job's token is signed by a key of the issuer's set and lives for five minutes", () =>
  onStage({}, async (stage) => {
    const { json } = await request(stage, "crates.io");
    assertEquals(Object.keys(json), ["count", "value"]);
    assertEquals(json.count, json.value.length);

    const discovery = (await send(`${stage.all.issuer.origin}/.well-known/openid-configuration`)).json;
    assertEquals(discovery.issuer, ISSUER);
    const keys = createLocalJWKSet((await send(discovery.jwks_uri)).json);
    const { payload, protectedHeader } = await jwtVerify(json.value, keys, {
      issuer: ISSUER,
      audience: "crates.io",
      currentDate: new Date(stage.clock.now()),
    });
    assertEquals(protectedHeader.alg, "RS256");
    assertEquals(payload.iat, stage.clock.now() / 1000);
    assertEquals([payload.exp! - payload.iat!, payload.iat! - payload.nbf!], [300, 600]);
    const { iss: _iss, aud: _aud, jti, iat: _iat, nbf: _nbf, exp: _exp, ...claims } = payload;
    assertEquals(claims, githubClaims(JOB));
    assertEquals(stage.all.recorder.of("identity").map((it) => [it.audience, it.jti]), [["crates.io", jti]]);
  }));

Deno.test("every request gives another token; the owner's page is the audience of who names none", () =>
  onStage({}, async (stage) => {
    assertNotEquals((await request(stage, "a")).json.value, (await request(stage, "a")).json.value);
    await send(stage.all.issuer.requestUrl, {
      headers: { authorization: `Bearer ${stage.all.issuer.requestToken}` },
    });
    assertEquals(stage.all.recorder.of("identity").at(-1)!.audience, "https://github.com/acme");
  }));

Deno.test("who has another request token gets none", () =>
  onStage({}, async (stage) => {
    assertEquals((await request(stage, "crates.io", "CANARY")).status, 401);
    assertEquals(stage.all.recorder.of("identity"), []);
  }));

const SUBJECTS: readonly [string, Partial<typeof JOB>, string][] = [
  ["an environment", {}, "repo:acme/widgets:environment:release"],
  ["an environment with a colon", { environment: "a:b" }, "repo:acme/widgets:environment:a%3Ab"],
  ["no environment", { environment: null }, "repo:acme/widgets:ref:refs/tags/v1.0.0"],
  ["a pull request", { environment: null, event: "pull_request" }, "repo:acme/widgets:pull_request"],
];

for (const [name, changes, subject] of SUBJECTS) {
  Deno.test(`the subject of a job with ${name}`, () => {
    assertEquals(githubClaims({ ...JOB, ...changes })["sub"], subject);
  });
}

Deno.test("a job in a called workflow names both files", () => {
  const called = "acme/shared/.github/workflows/publish.yml@refs/heads/main";
  const claims = githubClaims({ ...JOB, calledWorkflow: called });
  assertEquals(claims["workflow_ref"], "acme/widgets/.github/workflows/release.yml@refs/tags/v1.0.0");
  assertEquals(claims["job_workflow_ref"], called);
  assertEquals([claims["ref_type"], githubClaims({ ...JOB, ref: "refs/heads/main" })["ref_type"]], [
    "tag",
    "branch",
  ]);
  assertEquals("environment" in githubClaims({ ...JOB, environment: null }), false);
});
