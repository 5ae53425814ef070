import { assert, assertEquals } from "@std/assert";
import { decodeJwt, parseWorkflowRef } from "../../src/identity/decode.ts";
import { jwtWith } from "../registries/samples.ts";

Deno.test("the claims of a GitHub token are read field by field", () => {
  const { claims, problem } = decodeJwt(jwtWith());
  assertEquals(problem, null);
  assertEquals(claims, {
    issuer: "https://token.actions.githubusercontent.com",
    subject: "repo:acme/widgets:environment:release",
    audience: "crates.io",
    expiresAt: 1_763_726_700,
    issuedAt: 1_763_726_400,
    repository: "acme/widgets",
    repositoryId: "99",
    owner: "acme",
    ownerId: "42",
    workflow: {
      repository: "acme/widgets",
      path: ".github/workflows/release.yml",
      file: "release.yml",
      ref: "refs/tags/v1.4.0",
    },
    calledWorkflow: {
      repository: "acme/widgets",
      path: ".github/workflows/release.yml",
      file: "release.yml",
      ref: "refs/tags/v1.4.0",
    },
    environment: "release",
    ref: "refs/tags/v1.4.0",
    event: "push",
    sha: "3f9c2d1aa0c34c1e8a4a3b3f7a7a54e9d6b7d001",
    runId: "88123",
    runner: "github-hosted",
    visibility: "public",
  });
});

Deno.test("absent, empty and mistyped claims are null, not errors", () => {
  const { claims } = decodeJwt(
    jwtWith({ environment: "", repository: 7, workflow_ref: "nonsense", exp: "soon", sub: undefined }),
  );
  assert(claims);
  assertEquals(
    [claims.environment, claims.repository, claims.workflow, claims.expiresAt, claims.subject],
    [null, null, null, null, null],
  );
});

Deno.test("an audience that is a list stays a list", () => {
  assertEquals(decodeJwt(jwtWith({ aud: ["crates.io", "pypi"] })).claims?.audience, ["crates.io", "pypi"]);
});

for (
  const [name, jwt] of [
    ["empty", ""],
    ["one part", "CANARYx"],
    ["two parts", "CANARYx."],
    ["not base64", "CANARYx.in:valid.CANARYx"],
    ["not JSON", `x.${btoa("CANARY")}.x`],
    ["not UTF-8", `x.${btoa("\xff\xfe")}.x`],
    ["a JSON list", `x.${btoa('["CANARY"]')}.x`],
    ["JSON null", `x.${btoa("null")}.x`],
    ["no issuer", jwtWith({ iss: undefined })],
    ["no audience", jwtWith({ aud: undefined })],
    ["an audience of numbers", jwtWith({ aud: [1] })],
  ]
) {
  Deno.test(`a broken token (${name}) gives a problem that does not repeat it`, () => {
    const { claims, problem } = decodeJwt(jwt!);
    assertEquals(claims, null);
    assertEquals(problem?.code, "oidc-token-unreadable");
    const shown = JSON.stringify(problem);
    assert(!shown.includes("CANARY"), shown);
    for (const part of jwt!.split(".").filter((one) => one.length > 4)) assert(!shown.includes(part), shown);
  });
}

for (
  const [ref, repository, path, at] of [
    ["o/r/.github/workflows/a.yml@refs/heads/main", "o/r", ".github/workflows/a.yml", "refs/heads/main"],
    [
      "o/r/.github/workflows/a.yaml@refs/tags/@s/p@1.0.0",
      "o/r",
      ".github/workflows/a.yaml",
      "refs/tags/@s/p@1.0.0",
    ],
    [
      "o/r/.github/workflows/a.yml@b.yml@refs/heads/x",
      "o/r",
      ".github/workflows/a.yml@b.yml",
      "refs/heads/x",
    ],
    ["o/r/.github/workflows/a.yml@refs/tags/b.yml@1", "o/r", ".github/workflows/a.yml", "refs/tags/b.yml@1"],
    ["o/r/.github/workflows/a.yml", "o/r", ".github/workflows/a.yml", null],
  ] as const
) {
  Deno.test(`the workflow ref ${ref} is taken apart`, () => {
    assertEquals(parseWorkflowRef(ref), { repository, path, file: path.split("/").pop()!, ref: at });
  });
}

for (const ref of ["", "o/r", "o/r/.github/workflows/a.txt@main", "a.yml@main", null]) {
  Deno.test(`"${ref}" is no workflow ref`, () => assertEquals(parseWorkflowRef(ref), null));
}
