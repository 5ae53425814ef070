import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { npmVersion } from "../../src/registries/npm_version.ts";
import { Loopback, type Reply, sessionWith } from "./loopback.ts";
import { localRegistry } from "./samples.ts";

const ONE = "GET /@acme%2fwidget/1.4.0";
const WHOLE = "GET /@acme%2fwidget";
const HEX = "0b".repeat(64);
const INTEGRITY = `sha512-${btoa("\x0b".repeat(64))}`;
const DOWN: Reply = { status: 503, text: "down" };
const ABSENT: Reply = { status: 404, json: { error: "not found" } };

function document(changes: Record<string, unknown> = {}, dist: Record<string, unknown> = {}) {
  return {
    name: "@acme/widget",
    version: "1.4.0",
    dist: {
      integrity: INTEGRITY,
      tarball: "https://registry.npmjs.org/@acme/widget/-/widget-1.4.0.tgz",
      ...dist,
    },
    ...changes,
  };
}

async function look(script: Record<string, Reply>) {
  await using server = new Loopback(script);
  const found = await npmVersion(
    sessionWith().session,
    localRegistry("npm", server.origin),
    "@acme/widget",
    "1.4.0",
  );
  return { found, server };
}

for (
  const [name, script, state, latest] of [
    ["a version that is there", { [ONE]: { json: document() } }, "present", null],
    ["a package that does not exist", { [ONE]: ABSENT, [WHOLE]: ABSENT }, "no-package", null],
    [
      "a version that does not exist",
      {
        [ONE]: ABSENT,
        [WHOLE]: {
          json: {
            "dist-tags": { latest: "1.3.2" },
            versions: { "1.3.2": {} },
            time: { created: "x", "1.3.2": "x" },
          },
        },
      },
      "absent",
      "1.3.2",
    ],
    [
      "a version that was unpublished",
      {
        [ONE]: ABSENT,
        [WHOLE]: {
          json: { "dist-tags": { latest: "1.3.2" }, versions: { "1.3.2": {} }, time: { "1.4.0": "x" } },
        },
      },
      "gone",
      "1.3.2",
    ],
    [
      "a package that was unpublished with this version",
      { [ONE]: ABSENT, [WHOLE]: { json: { time: { unpublished: { versions: ["1.4.0"] } } } } },
      "gone",
      null,
    ],
    [
      "a version that only the package's document shows",
      {
        [ONE]: ABSENT,
        [WHOLE]: { json: { "dist-tags": { latest: "1.4.0" }, versions: { "1.4.0": document() } } },
      },
      "present",
      "1.4.0",
    ],
    ["an outage", { [ONE]: DOWN }, "unknown", null],
    ["an outage of the package's document", { [ONE]: ABSENT, [WHOLE]: DOWN }, "unknown", null],
    ["a demand for credentials", { [ONE]: { status: 401, text: "" } }, "unknown", null],
    ["HTML", { [ONE]: { text: "<html>" } }, "unknown", null],
    ["a cut connection", { [ONE]: "cut" }, "unknown", null],
    [
      "a version with SHA-1 only",
      { [ONE]: { json: document({}, { integrity: undefined, shasum: "x" }) } },
      "unknown",
      null,
    ],
  ] as const
) {
  Deno.test(`npm: ${name}: ${state}`, async () => {
    const { found } = await look(script as Record<string, Reply>);
    assertEquals([found.state, found.latest], [state, latest]);
    assertEquals(found.files, state === "present" ? [{ name: "widget-1.4.0.tgz", sha512: HEX }] : []);
    assertEquals(found.state === "unknown", found.reason !== undefined);
  });
}

Deno.test("npm: every look is fresh: no cache may answer", async () => {
  const { server } = await look({ [ONE]: ABSENT, [WHOLE]: ABSENT });
  for (const one of server.seen) {
    assert(/\?fresh=\d+$/.test(one.target), one.target);
    assertEquals(one.headers.get("cache-control"), "no-cache");
  }
});

Deno.test("npm: an outage says what was answered", async () => {
  const { found } = await look({ [ONE]: DOWN });
  assertStringIncludes(found.reason!, "503: down");
});

const STATEMENT = {
  predicateType: "https://slsa.dev/provenance/v1",
  predicate: {
    buildDefinition: {
      externalParameters: {
        workflow: { repository: "https://github.com/acme/widgets", path: ".github/workflows/release.yml" },
      },
      resolvedDependencies: [{ digest: { gitCommit: "3f9c2d1" } }],
    },
    runDetails: {
      metadata: { invocationId: "https://github.com/acme/widgets/actions/runs/88123/attempts/1" },
    },
  },
};

const ATTESTED = document({ _npmUser: { trustedPublisher: { id: "github" } } }, {
  attestations: { url: "https://elsewhere.example/" },
});

for (
  const [name, script, publisher] of [
    ["nobody", { [ONE]: { json: document() } }, null],
    [
      "a trusted publisher",
      { [ONE]: { json: document({ _npmUser: { trustedPublisher: { id: "github" } } }) } },
      { source: "trustedPublisher", repository: null, runId: null, sha: null },
    ],
    [
      "the run of a provenance statement",
      {
        [ONE]: { json: ATTESTED },
        "GET /-/npm/v1/attestations/@acme%2fwidget@1.4.0": {
          json: {
            attestations: [
              { predicateType: "https://github.com/npm/attestation/tree/main/specs/publish/v0.1" },
              {
                predicateType: STATEMENT.predicateType,
                bundle: { dsseEnvelope: { payload: btoa(JSON.stringify(STATEMENT)) } },
              },
            ],
          },
        },
      },
      { source: "provenance", repository: "acme/widgets", runId: "88123", sha: "3f9c2d1" },
    ],
    [
      "a trusted publisher, when the statement cannot be read",
      {
        [ONE]: { json: ATTESTED },
        "GET /-/npm/v1/attestations/@acme%2fwidget@1.4.0": {
          json: {
            attestations: [{
              predicateType: STATEMENT.predicateType,
              bundle: { dsseEnvelope: { payload: "no base64!" } },
            }],
          },
        },
      },
      { source: "trustedPublisher", repository: null, runId: null, sha: null },
    ],
  ] as const
) {
  Deno.test(`npm: the registry names ${name} as publisher`, async () => {
    const { found } = await look(script as unknown as Record<string, Reply>);
    assertEquals(found.publisher, publisher);
  });
}
