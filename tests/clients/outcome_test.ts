import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { cargoOutcome } from "../../src/publish/clients/cargo_outcome.ts";
import type { UploadJob, UploadOutcome } from "../../src/publish/clients/client.ts";
import { npmOutcome } from "../../src/publish/clients/npm_outcome.ts";
import { pythonOutcome } from "../../src/publish/clients/python_outcome.ts";
import { twineAnswer } from "../../src/publish/clients/twine_answer.ts";
import type { Kind } from "../../src/registries/registry.ts";
import { packageOf } from "../publish/samples.ts";

function jobOf(kind: Kind, path: "oidc" | "token" = "oidc"): UploadJob {
  const pkg = packageOf("widget", { kind });
  return {
    package: pkg,
    version: "1.0.0",
    files: [],
    registry: pkg.registry,
    first: false,
    credential: {
      path,
      describe: "NPM_TOKEN",
      token: () => Promise.reject(new Error()),
      expiresAt: () => null,
    },
    worktree: null,
    onLine() {},
    extraEnv: {},
    provenance: null,
  };
}

/** What decides about a case: status and, where there is a problem, its code. */
function gist(outcome: UploadOutcome): string {
  return "problem" in outcome ? `${outcome.status} ${outcome.problem.code}` : outcome.status;
}

const UPLOADING = "   Uploading widget v1.0.0 (/x)\n";
const FRAME =
  `${UPLOADING}error: failed to publish widget v1.0.0 to registry at https://crates.io\n\nCaused by:\n  `;
const server = (status: string, said: string) =>
  `${FRAME}the remote server responded with an error (status ${status}): ${said}\n`;

const CARGO: readonly (readonly [string, string, string])[] = [
  [
    "a crate that does not exist",
    server(
      "403 Forbidden",
      "Trusted Publishing tokens do not support creating new crates. Publish the crate manually, first",
    ),
    "refused crates-first-publish",
  ],
  ["a token that ended", server("403 Forbidden", "Invalid authentication token"), "refused token-rejected"],
  [
    "a token for another crate",
    server("403 Forbidden", "The provided access token is not valid for crate `bar`"),
    "refused upload-not-allowed",
  ],
  [
    "somebody who is no owner",
    server("403 Forbidden", "this crate exists but you don't seem to be an owner. If you believe …"),
    "refused upload-not-allowed",
  ],
  [
    "a crate for trusted publishing only",
    server(
      "403 Forbidden",
      "New versions of this crate can only be published using Trusted Publishing (see https://…).",
    ),
    "refused trusted-publishing-only",
  ],
  [
    "too many versions",
    server(
      "429 Too Many Requests",
      "You have published too many versions of this crate in the last 24 hours",
    ),
    "refused rate-limited",
  ],
  [
    "missing metadata",
    server("400 Bad Request", "missing or empty metadata fields: description"),
    "refused upload-refused",
  ],
  [
    "an error with status 200",
    `${FRAME}the remote server responded with an error: cannot upload a crate with a reserved name\n`,
    "refused upload-refused",
  ],
  [
    "a version that is there",
    server("400 Bad Request", "crate version `1.0.0` is already uploaded"),
    "exists",
  ],
  ["a version in the index", "error: crate widget@1.0.0 already exists on crates.io index\n", "exists"],
  [
    "an outage with words",
    server("503 Service Unavailable", "crates.io is currently in read-only mode."),
    "unclear upload-unclear",
  ],
  [
    "a gateway's page",
    `${FRAME}failed to get a 200 OK response, got 502\nheaders:\n\tHTTP/1.1 502\nbody:\n<html>\n`,
    "unclear upload-unclear",
  ],
  [
    "a foreign page",
    `${FRAME}failed to get a 200 OK response, got 404\nheaders:\n\tHTTP/1.1 404\nbody:\n<html>\n`,
    "refused upload-refused",
  ],
  [
    "a cut connection",
    `${FRAME}[65] Send failed since rewinding of the data stream failed\n`,
    "unclear upload-unclear",
  ],
  [
    "a registry that is not there",
    `${FRAME}[7] Could not connect to server (Failed to connect to crates.io port 443)\n`,
    "refused client-failed",
  ],
  [
    "an error before the upload",
    "error: failed to prepare local package for uploading\n",
    "refused client-failed",
  ],
];

for (const [what, stderr, expected] of CARGO) {
  Deno.test(`cargo, ${what}: ${expected}`, () => {
    const outcome = cargoOutcome(jobOf("crates"), { code: 101, stderr, timedOut: false });
    assertEquals(gist(outcome), expected);
    if ("problem" in outcome) assert(outcome.problem.next.length > 0);
  });
}

Deno.test("cargo's wait for the index may end in a time-out, and the upload is accepted", () => {
  const stderr =
    `${UPLOADING}warning: timed out waiting for widget v1.0.0 to be available in registry \`crates-io\`\n`;
  assertEquals(cargoOutcome(jobOf("crates"), { code: 0, stderr, timedOut: false }), { status: "accepted" });
});

Deno.test("the registry's words are kept apart from what cargo says around them", () => {
  const outcome = cargoOutcome(jobOf("crates"), {
    code: 101,
    stderr: server("403 Forbidden", "Invalid authentication token"),
    timedOut: false,
  });
  assert(outcome.status === "refused");
  assertEquals(outcome.problem.said, "Invalid authentication token");
});

const put = (status: string, said: string) => `${status} - PUT https://registry.npmjs.org/widget - ${said}`;

const NPM: readonly (readonly [string, string, string, string])[] = [
  [
    "a version that is there",
    "E403",
    put("403 Forbidden", "You cannot publish over the previously published versions: 1.0.0."),
    "exists",
  ],
  [
    "a version that npm itself sees",
    "",
    "You cannot publish over the previously published versions: 1.0.0.",
    "exists",
  ],
  ["a version in verdaccio", "E409", put("409 Conflict", "this package is already present"), "exists"],
  [
    "a publisher that may only stage",
    "E403",
    put("403 Forbidden", "OIDC permission denied for this action"),
    "refused upload-not-allowed",
  ],
  [
    "a second factor",
    "EOTP",
    "This operation requires a one-time password from your authenticator.",
    "refused token-rejected",
  ],
  [
    "a token that needs one",
    "E403",
    put(
      "403 Forbidden",
      "Two-factor authentication or granular access token with bypass 2fa enabled is required to publish packages.",
    ),
    "refused token-rejected",
  ],
  [
    "an unknown caller",
    "E404",
    "Not Found - PUT https://registry.npmjs.org/widget - Not found",
    "refused upload-not-allowed",
  ],
  [
    "no token",
    "ENEEDAUTH",
    "This command requires you to be logged in to https://registry.npmjs.org/",
    "refused token-rejected",
  ],
  ["a bad token", "E401", put("401 Unauthorized", "x"), "refused token-rejected"],
  [
    "a private package",
    "E402",
    put("402 Payment Required", "You must sign up for private packages"),
    "refused upload-refused",
  ],
  [
    "another repository",
    "E422",
    put("422 Unprocessable Entity", "Error verifying sigstore provenance bundle: …"),
    "refused provenance-refused",
  ],
  [
    "a provenance that is logged already",
    "TLOG_CREATE_ENTRY_ERROR",
    "error creating tlog entry - (409) an equivalent entry already exists",
    "refused provenance-refused",
  ],
  ["too many requests", "E429", put("429 Too Many Requests", "slow down"), "refused rate-limited"],
  [
    "a registry that is still busy",
    "E409",
    put("409 Conflict", "Failed to save packument. A common cause is …"),
    "unclear upload-unclear",
  ],
  ["an outage", "E503", put("503 Service Unavailable", ""), "unclear upload-unclear"],
  [
    "a cut connection",
    "ECONNRESET",
    "request to https://registry.npmjs.org/widget failed",
    "unclear upload-unclear",
  ],
  [
    "a registry that is not there",
    "ECONNREFUSED",
    "FetchError: request to https://x/ failed",
    "refused client-failed",
  ],
  ["anything of npm's own", "EUSAGE", "Something", "refused client-failed"],
];

for (const [what, code, summary, expected] of NPM) {
  Deno.test(`npm, ${what}: ${expected}`, () => {
    const stdout = JSON.stringify({ error: { ...code ? { code } : {}, summary, detail: "" } });
    assertEquals(gist(npmOutcome(jobOf("npm"), { code: 1, stdout, stderr: "", timedOut: false })), expected);
  });
}

Deno.test("npm's words are found in its log when it writes no JSON", () => {
  const stderr = "npm error code E403\nnpm error 403 403 Forbidden - PUT https://r/widget - Forbidden\n";
  const outcome = npmOutcome(jobOf("npm"), { code: 1, stdout: "", stderr, timedOut: false });
  assertEquals(gist(outcome), "refused upload-not-allowed");
});

Deno.test("of npm's summary only the registry's words are quoted", () => {
  const stdout = JSON.stringify({
    error: { code: "E403", summary: put("403 Forbidden", "OIDC permission denied for this action") },
  });
  const outcome = npmOutcome(jobOf("npm"), { code: 1, stdout, stderr: "", timedOut: false });
  assert("problem" in outcome);
  assertEquals(outcome.problem.said, "OIDC permission denied for this action");
});

const PYPI: readonly (readonly [string, number, string, string])[] = [
  ["other content", 400, "File already exists ('w', with blake2_256 hash 'x'). See …", "exists"],
  ["a private index", 409, "Conflict", "exists"],
  ["an Artifactory", 403, "Not enough permissions to delete/overwrite all artifacts under x", "exists"],
  [
    "a deleted file's name",
    400,
    "This filename has already been used, use a different version.",
    "refused version-burned",
  ],
  ["a second sdist", 400, "Only one sdist may be uploaded per release.", "refused upload-refused"],
  [
    "another project",
    400,
    "Non-user identities cannot create new projects. This was …",
    "refused upload-not-allowed",
  ],
  [
    "an unknown token",
    403,
    "Invalid or non-existent authentication information. See …",
    "refused token-rejected",
  ],
  ["a token that ended", 403, "Invalid API Token: token is expired", "refused token-rejected"],
  [
    "a token of another project",
    403,
    "Invalid API Token: project-scoped token is not valid for project: 'x'",
    "refused upload-not-allowed",
  ],
  [
    "somebody else's project",
    403,
    "The user 'u' isn't allowed to upload to project 'x'.",
    "refused upload-not-allowed",
  ],
  ["a password", 403, "Username/Password authentication is no longer supported.", "refused token-rejected"],
  ["a bare 403", 403, "Forbidden", "refused upload-not-allowed"],
  ["too many new projects", 429, "Too many new projects created", "refused rate-limited"],
  ["bad metadata", 400, "'x' is an invalid value for Version.", "refused upload-refused"],
  ["an outage", 503, "Service Unavailable", "unclear upload-unclear"],
];

for (const [what, status, words, expected] of PYPI) {
  Deno.test(`a Python client, ${what}: ${expected}`, () => {
    const dialect = { client: "uv", answer: () => ({ status, words }), cut: /never/ };
    const outcome = pythonOutcome(jobOf("pypi"), dialect, {
      code: 1,
      stdout: "",
      stderr: "",
      timedOut: false,
    });
    assertEquals(gist(outcome), expected);
  });
}

Deno.test("a Python client that never reached the registry has failed, one that was cut off is unclear", () => {
  const dialect = { client: "uv", answer: () => null, cut: /error sending request/ };
  const of = (stderr: string) =>
    gist(pythonOutcome(jobOf("pypi"), dialect, { code: 2, stdout: "", stderr, timedOut: false }));
  assertEquals(
    of("error sending request\ntcp connect error\nConnection refused (os error 111)"),
    "refused client-failed",
  );
  assertEquals(
    of("error sending request\nconnection closed before message completed"),
    "unclear upload-unclear",
  );
  assertEquals(of("error: no such file"), "refused client-failed");
});

const logged = (status: string, body: string, reason: string) =>
  `INFO     Response from https://upload.pypi.org/legacy/:      \n         ${status}   \nINFO     ${body}\nERROR    HTTPError: ${status} from https://upload.pypi.org/legacy/     \n         ${reason}  \n`;

const TWINE: readonly (readonly [string, string, string])[] = [
  [
    "the reason phrase",
    logged("400 File already exists ('w'). See x", "<html>x</html>", "x"),
    "File already exists ('w'). See x",
  ],
  [
    "JSON",
    logged("403 Forbidden", '{"message":"m","code":"403 Invalid or non-existent","title":"Forbidden"}', ""),
    "Invalid or non-existent",
  ],
  [
    "a page",
    logged(
      "400 Bad Request",
      "<html>\n <head><title>400</title></head>\n <body>\n  <h1>File already exists</h1>\n </body>\n</html>",
      "",
    ),
    "File already exists",
  ],
  ["plain text", logged("403 Forbidden", "no", ""), "no"],
  ["nothing", logged("403 Forbidden", "", ""), "Forbidden"],
];

for (const [where, output, words] of TWINE) {
  Deno.test(`twine's output gives the registry's words from ${where}`, () => {
    assertEquals(twineAnswer(output)?.words, words);
  });
}

Deno.test("a registry's words are made safe to print", () => {
  const outcome = cargoOutcome(jobOf("crates"), {
    code: 101,
    stderr: server("400 Bad Request", "\u001b[31mno\u001b[0m\n  ::set-output name=x::y"),
    timedOut: false,
  });
  assert(outcome.status === "refused");
  assertEquals(outcome.problem.said, "no\n: :set-output name=x::y");
});

Deno.test("a long-lived token is named where it lies, a minted one is not blamed on anybody", () => {
  const stdout = JSON.stringify({ error: { code: "E401", summary: put("401 Unauthorized", "x") } });
  const nextOf = (path: "oidc" | "token") => {
    const outcome = npmOutcome(jobOf("npm", path), { code: 1, stdout, stderr: "", timedOut: false });
    assert("problem" in outcome);
    return outcome.problem.next.join("\n");
  };
  assertStringIncludes(nextOf("token"), "NPM_TOKEN");
  assert(!nextOf("oidc").includes("NPM_TOKEN"));
});
