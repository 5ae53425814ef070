import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { enableMasking } from "../../src/host/mask.ts";
import { githubActions } from "../../src/identity/github.ts";
import { detectIdentity } from "../../src/identity/table.ts";
import { envOf } from "../../src/host/env.ts";
import { KeylessError } from "../../src/problem.ts";
import { Loopback, sessionWith } from "../registries/loopback.ts";
import { jwtWith } from "../registries/samples.ts";
import { catching } from "./stderr.ts";

const REGISTRY = "https://crates.io";

function variables(server: Loopback, query = "?api-version=2.0"): Record<string, string> {
  return {
    GITHUB_ACTIONS: "true",
    ACTIONS_ID_TOKEN_REQUEST_URL: `${server.origin}/token${query}`,
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: "CANARY-request-token",
  };
}

async function refusal(server: Loopback, audience = "crates.io") {
  const { session, clock } = sessionWith(variables(server));
  const error = await assertRejects(() => githubActions.request(session, audience, REGISTRY), KeylessError);
  assert(!JSON.stringify(error.problem).includes("CANARY"), JSON.stringify(error.problem));
  return { problem: error.problem, clock };
}

Deno.test("one GET with both variables gives a token for the asked audience, bound to the registry", async () => {
  const jwt = jwtWith();
  await using server = new Loopback({ "GET /token": { json: { value: jwt } } });
  const { session } = sessionWith(variables(server));
  const token = await githubActions.request(session, "crates.io", REGISTRY);
  assertEquals(token.claims.repository, "acme/widgets");
  assertEquals(token.jwt.origin, REGISTRY);
  assertEquals(token.jwt.reveal(), jwt);
  assertEquals(server.seen.length, 1);
  assertEquals(server.seen[0]!.headers.get("authorization"), "Bearer CANARY-request-token");
});

for (
  const [name, query, target] of [
    [
      "a query that is there stays, and the audience is appended",
      "?api-version=2.0&x=a%20b",
      "/token?api-version=2.0&x=a%20b&audience=npm%3Aregistry.npmjs.org",
    ],
    ["without a query the audience begins one", "", "/token?audience=npm%3Aregistry.npmjs.org"],
  ] as const
) {
  Deno.test(name, async () => {
    await using server = new Loopback({
      "GET /token": { json: { value: jwtWith({ aud: "npm:registry.npmjs.org" }) } },
    });
    const { session } = sessionWith(variables(server, query));
    await githubActions.request(session, "npm:registry.npmjs.org", "https://registry.npmjs.org");
    assertEquals(server.seen[0]!.target, target);
  });
}

Deno.test("the token is masked before anything else is written", async () => {
  const jwt = jwtWith();
  await using server = new Loopback({ "GET /token": { json: { value: jwt } } });
  const caught = catching();
  enableMasking();
  try {
    await githubActions.request(sessionWith(variables(server)).session, "crates.io", REGISTRY);
  } finally {
    enableMasking(false);
    caught.stop();
  }
  assertEquals(caught.text, `::add-mask::${jwt}\n`);
});

for (
  const [name, first] of [
    ["a 500", { status: 500, text: "" }],
    ["a 503", { status: 503, text: "" }],
    ["a 429", { status: 429, text: "" }],
    ["a broken connection", "cut"],
  ] as const
) {
  Deno.test(`${name} of the issuer is tried again, with a growing pause`, async () => {
    await using server = new Loopback({ "GET /token": [first, first, { json: { value: jwtWith() } }] });
    const { session, clock } = sessionWith(variables(server));
    await githubActions.request(session, "crates.io", REGISTRY);
    assertEquals(server.seen.length, 3);
    assertEquals(clock.slept.length, 2);
    assert(clock.slept[0]! <= 1000 && clock.slept[1]! <= 2000, String(clock.slept));
  });
}

Deno.test("a Retry-After of the issuer is kept to", async () => {
  await using server = new Loopback({
    "GET /token": [{ status: 429, text: "", headers: { "retry-after": "7" } }, {
      json: { value: jwtWith() },
    }],
  });
  const { session, clock } = sessionWith(variables(server));
  await githubActions.request(session, "crates.io", REGISTRY);
  assertEquals(clock.slept, [7000]);
});

Deno.test("an issuer that stays down is named with its status after four tries", async () => {
  await using server = new Loopback({ "GET /token": { status: 502, text: "<h1>Bad gateway</h1>" } });
  const { problem } = await refusal(server);
  assertEquals(problem.code, "oidc-unavailable");
  assertStringIncludes(problem.message, "502");
  assertEquals(server.seen.length, 4);
});

Deno.test("an issuer that cannot be reached is named as a host that the network must let through", async () => {
  await using server = new Loopback({ "GET /token": "cut" });
  const { problem } = await refusal(server);
  assertEquals(problem.code, "oidc-unreachable");
  assertStringIncludes(problem.next[0]!, "127.0.0.1");
});

Deno.test("a 403 of the issuer is final, and its words are quoted without what could harm a log", async () => {
  await using server = new Loopback({
    "GET /token": { status: 403, text: "\x1b[31mno\x1b[0m\n::set-output name=x::CANARY-request-token" },
  });
  const { problem, clock } = await refusal(server);
  assertEquals(problem.code, "oidc-refused");
  assertEquals(problem.said, "no\n: :set-output name=x::«secret»");
  assertEquals(clock.slept, []);
});

for (
  const [name, answer] of [
    ["null", { json: { value: null } }],
    ["empty", { json: { value: "" } }],
    ["a number", { json: { value: 7 } }],
    ["missing", { json: { CANARY: 1 } }],
    ["in HTML", { text: "<html>CANARY</html>" }],
    ["in JSON that is null", { json: null }],
    ["in no body", { text: "" }],
  ] as const
) {
  Deno.test(`a value that is ${name} is a malformed answer whose body is not shown`, async () => {
    await using server = new Loopback({ "GET /token": answer });
    assertEquals((await refusal(server)).problem.code, "oidc-answer-malformed");
  });
}

for (const value of ["CANARYx.invalid-jwt.x", "CANARYx.", "CANARYx"]) {
  Deno.test(`a value that is no token (${value}) is not printed`, async () => {
    await using server = new Loopback({ "GET /token": { json: { value } } });
    assertEquals((await refusal(server)).problem.code, "oidc-token-unreadable");
  });
}

for (
  const [name, aud, words] of [
    ["a token for another audience is not handed on", "pypi", '"pypi"'],
    ["a token for a list of audiences is not handed on, although the asked one is in it", [
      "crates.io",
      "pypi",
    ], "the list"],
  ] as const
) {
  Deno.test(name, async () => {
    await using server = new Loopback({ "GET /token": { json: { value: jwtWith({ aud }) } } });
    const { problem } = await refusal(server);
    assertEquals(problem.code, "oidc-audience-mismatch");
    assertStringIncludes(problem.message, words);
  });
}

Deno.test("a redirect to another host does not carry the request token along", async () => {
  await using elsewhere = new Loopback({ "GET /token": { json: { value: jwtWith() } } });
  await using server = new Loopback({
    "GET /token": { status: 302, text: "", headers: { location: `${elsewhere.origin}/token` } },
  });
  const { session } = sessionWith(variables(server));
  await githubActions.request(session, "crates.io", REGISTRY);
  assertEquals(elsewhere.seen[0]!.headers.get("authorization"), null);
});

const JOB = {
  GITHUB_ACTIONS: "true",
  GITHUB_JOB: "publish",
  GITHUB_EVENT_NAME: "push",
  GITHUB_WORKFLOW_REF: "acme/widgets/.github/workflows/release.yml@refs/tags/v1.4.0",
};
const BOTH = {
  ACTIONS_ID_TOKEN_REQUEST_URL: "https://issuer.example/token",
  ACTIONS_ID_TOKEN_REQUEST_TOKEN: "CANARY-request",
};

function pullRequest(head: string | null): unknown {
  return {
    pull_request: {
      head: { repo: head === null ? null : { full_name: head } },
      base: { repo: { full_name: "acme/widgets" } },
    },
  };
}

for (
  const [name, env, event, code] of [
    ["both variables: nothing stands in the way", { ...JOB, ...BOTH }, undefined, null],
    ["no CI", { ...BOTH }, undefined, "not-in-ci"],
    [
      "a CI whose GITHUB_ACTIONS is not `true`",
      { ...JOB, ...BOTH, GITHUB_ACTIONS: "1" },
      undefined,
      "not-in-ci",
    ],
    [
      "an address that is none",
      { ...JOB, ...BOTH, ACTIONS_ID_TOKEN_REQUEST_URL: "CANARY" },
      undefined,
      "oidc-url-invalid",
    ],
    ["neither variable: the permission is missing", JOB, undefined, "oidc-not-permitted"],
    [
      "empty variables count as unset",
      { ...JOB, ACTIONS_ID_TOKEN_REQUEST_URL: "", ACTIONS_ID_TOKEN_REQUEST_TOKEN: "" },
      undefined,
      "oidc-not-permitted",
    ],
    [
      "a pull request from a fork",
      { ...JOB, GITHUB_EVENT_NAME: "pull_request" },
      pullRequest("someone/widgets"),
      "oidc-fork-pull-request",
    ],
    [
      "a pull request from a fork that is gone",
      { ...JOB, GITHUB_EVENT_NAME: "pull_request" },
      pullRequest(null),
      "oidc-fork-pull-request",
    ],
    [
      "a pull request from the repository itself",
      { ...JOB, GITHUB_EVENT_NAME: "pull_request" },
      pullRequest("acme/widgets"),
      "oidc-not-permitted",
    ],
    [
      "a pull request whose event is not readable",
      { ...JOB, GITHUB_EVENT_NAME: "pull_request" },
      "CANARY",
      "oidc-not-permitted",
    ],
    [
      "a pull request whose event is a list",
      { ...JOB, GITHUB_EVENT_NAME: "pull_request" },
      [],
      "oidc-not-permitted",
    ],
    [
      "a run that Dependabot started",
      { ...JOB, GITHUB_ACTOR: "dependabot[bot]" },
      undefined,
      "oidc-dependabot",
    ],
  ] as const
) {
  Deno.test(`what keeps a job from a token: ${name}`, async () => {
    const path = await Deno.makeTempFile();
    try {
      if (event !== undefined) {
        await Deno.writeTextFile(path, event === "CANARY" ? "{CANARY" : JSON.stringify(event));
      }
      const { session } = sessionWith({ ...env, GITHUB_EVENT_PATH: path });
      const problem = await githubActions.obstacle(session);
      assertEquals(problem?.code ?? null, code);
      assert(problem === null || problem.next.length > 0);
    } finally {
      await Deno.remove(path);
    }
  });
}

for (const absent of ["ACTIONS_ID_TOKEN_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_TOKEN"] as const) {
  Deno.test(`only ${absent} missing: it is named, and nothing is sent`, async () => {
    const { session } = sessionWith({ ...JOB, ...BOTH, [absent]: undefined });
    const error = await assertRejects(
      () => githubActions.request(session, "crates.io", REGISTRY),
      KeylessError,
    );
    assertEquals(error.problem.code, "oidc-variable-missing");
    assertStringIncludes(error.problem.message, absent);
  });
}

Deno.test("a missing permission names job and workflow file and shows the lines to add", async () => {
  const problem = await githubActions.obstacle(sessionWith(JOB).session);
  assertStringIncludes(problem!.message, 'job "publish"');
  assertEquals(
    problem!.next,
    ['add to job "publish" in .github/workflows/release.yml:\n    permissions:\n      contents: read\n      id-token: write'],
  );
});

Deno.test("GitHub Actions is detected by GITHUB_ACTIONS, and nothing is detected elsewhere", () => {
  assertEquals(detectIdentity(envOf({ GITHUB_ACTIONS: "true" }))?.id, "github-actions");
  assertEquals(detectIdentity(envOf({ GITHUB_ACTIONS: "false" })), null);
});
