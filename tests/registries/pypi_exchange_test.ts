import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { Secret } from "../../src/host/secret.ts";
import { KeylessError } from "../../src/problem.ts";
import { customRegistry } from "../../src/registries/custom.ts";
import { pypi } from "../../src/registries/pypi.ts";
import type { MintedToken } from "../../src/registries/registry.ts";
import { Loopback, sessionWith } from "./loopback.ts";
import { type RefusalCase, refusalTests, unknownAnswers } from "./refusals.ts";
import { contextWith, jwtWith, localRegistry } from "./samples.ts";

const PATH = "/_/oidc/mint-token";
const TOKEN = "pypi-CANARYminted";

async function exchangeWith(
  answer: RefusalCase["answer"],
): Promise<{ minted: MintedToken; start: number; server: Loopback; raw: string }> {
  await using server = new Loopback({ [`POST ${PATH}`]: answer });
  const { session, clock } = sessionWith();
  const raw = jwtWith({ aud: "pypi" });
  const start = clock.now();
  const registry = localRegistry("pypi", server.origin);
  const minted = await pypi.exchange(
    session,
    registry,
    new Secret(raw, "OIDC token", server.origin),
    contextWith(),
  );
  return { minted: minted as MintedToken, start, server, raw };
}

Deno.test("PyPI: the OIDC token goes out in JSON, and the answer's expiry is kept", async () => {
  const expires = Math.floor(Date.parse("2026-11-21T12:15:00Z") / 1000);
  const { minted, server, raw } = await exchangeWith({ json: { success: true, token: TOKEN, expires } });
  assertEquals(minted.token.reveal(), TOKEN);
  assertEquals([minted.expiresAt, minted.expiryKnown], [expires * 1000, true]);
  assertEquals(JSON.parse(server.seen[0]!.body), { token: raw });
});

Deno.test("PyPI: an answer without expiry counts as 900 seconds from the request", async () => {
  const { minted, start } = await exchangeWith({ json: { success: true, token: TOKEN } });
  assertEquals([minted.expiresAt, minted.expiryKnown], [start + 900_000, false]);
});

for (const [name, audience] of [["pypi", "pypi"], ["testpypi", "testpypi"]] as const) {
  Deno.test(`PyPI: ${name} is asked for its audience`, async () => {
    await using server = new Loopback({ "GET /_/oidc/audience": { json: { audience } } });
    assertEquals(await pypi.audience(sessionWith().session, localRegistry(name, server.origin)), audience);
  });
}

for (
  const [name, answer, code] of [
    [
      "the audience of another registry is not trusted",
      { json: { audience: "testpypi" } },
      "audience-not-trusted",
    ],
    [
      "the audience of a cloud is not trusted",
      { json: { audience: "sts.amazonaws.com" } },
      "audience-not-trusted",
    ],
    ["trusted publishing switched off", {
      status: 403,
      json: { message: "Trusted publishing functionality not enabled" },
    }, "exchange-disabled"],
    ["an index without trusted publishing", { status: 404, text: "" }, "exchange-unsupported"],
    ["an index that answers everything in HTML", { text: "<html>" }, "exchange-unsupported"],
    ["an index that wants a password", { status: 401, text: "" }, "exchange-unsupported"],
    ["an outage", { status: 500, text: "" }, "exchange-unavailable"],
  ] as const
) {
  Deno.test(`PyPI: asked for its audience: ${name}`, async () => {
    await using server = new Loopback({ "GET /_/oidc/audience": answer });
    const error = await assertRejects(
      () => pypi.audience(sessionWith().session, localRegistry("pypi", server.origin)),
      KeylessError,
    );
    assertEquals(error.problem.code, code);
  });
}

Deno.test("PyPI: a private index may name only an audience with its own host in it", async () => {
  // The address of a registry on this machine would be trusted with any: the far end is played in memory.
  const registry = customRegistry("company", {
    kind: "pypi",
    index: "https://packages.example.com/simple/",
    upload: "https://packages.example.com/legacy/",
    exchange: "https://packages.example.com",
  });
  for (
    const [audience, trusted] of [["packages.example.com", true], ["https://packages.example.com/", true], [
      "pypi",
      false,
    ]] as const
  ) {
    const { session } = sessionWith();
    const http = {
      send: () =>
        Promise.resolve({
          status: 200,
          headers: new Headers(),
          url: "https://packages.example.com/",
          text: "",
          json: () => ({ audience }),
        }),
    };
    const asked = pypi.audience({ ...session, http: http as unknown as typeof session.http }, registry);
    if (trusted) assertEquals(await asked, audience);
    else {assertStringIncludes(
        (await assertRejects(() => asked, KeylessError)).problem.next[0]!,
        "[registry.company]",
      );}
  }
});

function error(code: string, description: string): RefusalCase["answer"] {
  return { status: 422, json: { message: "Token request failed", errors: [{ code, description }] } };
}

function noPublisher(reason: string): RefusalCase["answer"] {
  return error("invalid-publisher", `valid token, but no corresponding publisher (${reason})`);
}

const NOT_FOUND = "Publisher with matching claims was not found";

refusalTests("pypi", PATH, [
  {
    name:
      "PyPI: no publisher for a job without environment shows what to register, with the field left empty",
    answer: noPublisher(NOT_FOUND),
    claims: { environment: undefined },
    declared: null,
    code: "exchange-no-publisher",
    cause: "publisher",
    retry: "never",
    says: [
      "Owner: acme · Repository name: widgets · Workflow name: release.yml · Environment name: (leave empty)",
      "/manage/project/widget/settings/publishing/?provider=github&owner=acme&repository=widgets&workflow_filename=release.yml",
    ],
    comparison: [
      "repository acme/widgets null null",
      "workflow release.yml null null",
      "environment null null null",
    ],
  },
  {
    name: "PyPI: no publisher, and the declared environment differs: that is the cause",
    answer: noPublisher(NOT_FOUND),
    claims: { environment: "production" },
    code: "exchange-no-publisher",
    cause: "environment",
    retry: "never",
    expected: ["release"],
    actual: "production",
    says: ['environment: this job claims "production", the trust policy declares "release".'],
  },
  {
    name: "PyPI: no publisher for a reusable workflow names both files",
    answer: noPublisher(NOT_FOUND),
    claims: { job_workflow_ref: "acme/widgets/.github/workflows/shared.yml@refs/tags/v1.4.0" },
    code: "exchange-no-publisher",
    cause: "workflow",
    retry: "never",
    actual: "shared.yml",
    says: ["This job stands in shared.yml, called by release.yml"],
  },
  {
    name: "PyPI: no publisher, in the words of older servers",
    answer: error(
      "invalid-publisher",
      "valid token, but no corresponding publisher (All lookup strategies exhausted)",
    ),
    code: "exchange-no-publisher",
    cause: "publisher",
    retry: "never",
  },
  {
    name: "PyPI: a called workflow of another ref is explained, and the reason stays verbatim",
    answer: noPublisher(
      "The job_workflow_ref claim does not match, expecting one of ['acme/widgets/.github/workflows/a.yml@refs/tags/v1', " +
        "'acme/widgets/.github/workflows/a.yml@3f9c'], got 'acme/widgets/.github/workflows/a.yml@refs/heads/main'",
    ),
    code: "exchange-workflow-mismatch",
    cause: "workflow",
    retry: "never",
    expected: [
      "acme/widgets/.github/workflows/a.yml@refs/tags/v1",
      "acme/widgets/.github/workflows/a.yml@3f9c",
    ],
    actual: "acme/widgets/.github/workflows/a.yml@refs/heads/main",
    says: ["expecting one of ['acme/widgets/"],
  },
  ...[
    ["Missing claim 'environment'", "environment"],
    ["Check failed for required claim 'repository_owner_id'", "owner"],
    ["Check failed for required claim 'job_workflow_ref'", "workflow"],
    ["Check failed for required claim 'event_name'", "event"],
    ["Missing claim 'jti'", "token"],
  ].map(([reason, cause]) => ({
    name: `PyPI: "${reason}" names the claim`,
    answer: noPublisher(reason!),
    code: "exchange-claim-refused",
    cause: cause as RefusalCase["cause"],
    retry: "never" as const,
    says: [/'(\w+)'/.exec(reason!)![1]!],
  })),
  ...[
    "Could not job extract workflow filename from OIDC claims",
    "The job_workflow_ref claim is empty",
    "The ref and sha claims are empty",
  ].map(
    (reason) => ({
      name: `PyPI: "${reason}" is about the workflow`,
      answer: noPublisher(reason),
      code: "exchange-claim-refused",
      cause: "workflow" as const,
      retry: "never" as const,
    }),
  ),
  {
    name: "PyPI: pull_request_target is refused whatever is registered",
    answer: noPublisher("Publishing from a workflow invoked via 'pull_request_target' is not supported."),
    code: "exchange-event-refused",
    cause: "event",
    retry: "never",
    actual: "pull_request_target",
  },
  {
    name: "PyPI: a pending publisher for a project that exists is worth one more try",
    answer: error("invalid-pending-publisher", "valid token, but project already exists"),
    code: "exchange-pending-publisher",
    cause: "pending-publisher",
    retry: "fresh-token",
    says: ["pending"],
  },
  {
    name: "PyPI: a replayed token is worth one try with a new one",
    answer: error("invalid-reuse-token", "invalid token: already used"),
    code: "exchange-replayed",
    cause: "replay",
    retry: "fresh-token",
  },
  {
    name: "PyPI: an invalid token is worth one try with a new one",
    answer: error("invalid-token", "malformed or invalid token"),
    code: "exchange-token-invalid",
    cause: "token",
    retry: "fresh-token",
  },
  {
    name: "PyPI: an unknown issuer lists the providers that are accepted",
    answer: error("invalid-payload", "unknown trusted publishing issuer"),
    claims: { iss: "https://oidc.circleci.com/org/1" },
    code: "exchange-issuer-refused",
    cause: "issuer",
    retry: "never",
    actual: "https://oidc.circleci.com/org/1",
    says: ["GitHub Actions, GitLab.com, Google Cloud, ActiveState"],
  },
  {
    name: "PyPI: a malformed token is not tried again",
    answer: error("invalid-payload", "malformed JWT"),
    code: "exchange-token-invalid",
    cause: "token",
    retry: "never",
  },
  {
    name: "PyPI: a pending project whose name is not possible is explained as such",
    answer: error("invalid-payload", "The name 'widget' is too similar to an existing project."),
    code: "exchange-project-refused",
    cause: "package",
    retry: "never",
    says: ["too similar"],
  },
  {
    name: "PyPI: a payload that it cannot read is not the user's fault",
    answer: error("invalid-payload", "body.token: Field required"),
    code: "exchange-unexpected",
    cause: "unknown",
    retry: "never",
    says: ["Field required"],
  },
  {
    name: "PyPI: trusted publishing switched off is not tried again",
    answer: error("not-enabled", "GitHub trusted publishing functionality not enabled"),
    code: "exchange-disabled",
    cause: "disabled",
    retry: "never",
  },
  {
    name: "PyPI: escapes, line breaks and workflow commands in a reason do no harm",
    answer: noPublisher("\x1b]0;x\x07ref\n::add-mask::a \x9b31m"),
    code: "exchange-no-publisher",
    cause: "publisher",
    retry: "never",
    says: ["(ref\n: :add-mask::a 31m)"],
  },
  ...unknownAnswers("PyPI"),
]);

Deno.test("PyPI: a description that holds the OIDC token is quoted without it", async () => {
  const raw = jwtWith();
  await using server = new Loopback({
    [`POST ${PATH}`]: error("invalid-token", `bad ${raw}\n::set-output name=x::${raw}`),
  });
  const registry = localRegistry("pypi", server.origin);
  const refusal = await pypi.exchange(
    sessionWith().session,
    registry,
    new Secret(raw, "OIDC token", server.origin),
    contextWith(),
  );
  const shown = JSON.stringify(refusal);
  for (const part of raw.split(".")) assert(!shown.includes(part), shown);
  assertStringIncludes(shown, "«secret»");
});
