import { assertEquals, assertStringIncludes } from "@std/assert";
import { cratesVersion, indexPath } from "../../src/registries/crates_version.ts";
import { customRegistry } from "../../src/registries/custom.ts";
import { Loopback, type Reply, sessionWith } from "./loopback.ts";
import { localRegistry } from "./samples.ts";

const SHA = "9f2c".padEnd(64, "0");
const OTHER = "03be".padEnd(64, "0");
const INDEX = "GET /index/wi/dg/widget";
const CRATE = "GET /api/v1/crates/widget";
const RECORD = "GET /api/v1/crates/widget/1.4.0";
const THERE: Reply = { json: { crate: { name: "widget", trustpub_only: false, default_version: "1.3.2" } } };
const ABSENT: Reply = { status: 404, json: { errors: [{ detail: "crate `widget` does not exist" }] } };
const DOWN: Reply = { status: 503, text: "<h1>down</h1>" };

function lines(...entries: readonly (readonly [vers: string, cksum: string, yanked?: boolean])[]): Reply {
  return {
    text: entries.map(([vers, cksum, yanked = false]) =>
      JSON.stringify({ name: "widget", vers, cksum, yanked }) + "\n"
    ).join(""),
  };
}

function record(changes: Record<string, unknown> = {}): Reply {
  return { json: { version: { num: "1.4.0", checksum: SHA, yanked: false, ...changes } } };
}

const CASES: readonly {
  name: string;
  script: Record<string, Reply>;
  state: string;
  sha256?: string;
  latest?: string | null;
  reason?: string;
}[] = [
  {
    name: "a crate that neither the API nor the index has does not exist",
    script: { [CRATE]: ABSENT, [INDEX]: { status: 404, text: "" } },
    state: "no-package",
    latest: null,
  },
  {
    name: "410 and 451 of the index mean absent too",
    script: { [CRATE]: ABSENT, [INDEX]: { status: 451, text: "" } },
    state: "no-package",
  },
  {
    name: "a version that is not there is absent, and the newest one is named",
    script: { [CRATE]: THERE, [INDEX]: lines(["1.3.1", OTHER], ["1.3.2", OTHER], ["1.2.9", OTHER]) },
    state: "absent",
    latest: "1.3.2",
  },
  {
    name: "a version in index and API is present with the index's checksum",
    script: { [CRATE]: THERE, [RECORD]: record(), [INDEX]: lines(["1.4.0", SHA]) },
    state: "present",
    sha256: SHA,
  },
  {
    name: "a version that only the API shows is present: the index lags",
    script: { [CRATE]: THERE, [RECORD]: record(), [INDEX]: lines(["1.3.2", OTHER]) },
    state: "present",
    sha256: SHA,
  },
  {
    name: "a version that only the API shows, without checksum, is not decided",
    script: { [CRATE]: THERE, [RECORD]: record({ checksum: null }), [INDEX]: lines(["1.3.2", OTHER]) },
    state: "unknown",
    reason: "checksum",
  },
  {
    name: "a version that only the index shows is present, although the API is down",
    script: { [CRATE]: DOWN, [INDEX]: lines(["1.4.0", SHA]) },
    state: "present",
    sha256: SHA,
  },
  {
    name: "a yanked version counts as published",
    script: { [CRATE]: THERE, [RECORD]: record({ yanked: true }), [INDEX]: lines(["1.4.0", SHA, true]) },
    state: "yanked",
    sha256: SHA,
  },
  {
    name: "a yank that the index does not show yet is known from the API",
    script: { [CRATE]: THERE, [RECORD]: record({ yanked: true }), [INDEX]: lines(["1.4.0", SHA]) },
    state: "yanked",
    sha256: SHA,
  },
  {
    name: "build metadata makes no other version",
    script: { [CRATE]: THERE, [INDEX]: lines(["1.4.0+linux", OTHER]) },
    state: "present",
    sha256: OTHER,
  },
  {
    name: "an outage of the API is not an absence",
    script: { [CRATE]: DOWN, [INDEX]: lines(["1.3.2", OTHER]) },
    state: "unknown",
    reason: "503: <h1>down</h1>",
  },
  {
    name: "an outage of the version's record is not an absence",
    script: { [CRATE]: THERE, [RECORD]: DOWN, [INDEX]: lines(["1.3.2", OTHER]) },
    state: "unknown",
    reason: "503",
  },
  {
    name: "a 403 is not an absence",
    script: { [CRATE]: { status: 403, text: "blocked" }, [INDEX]: { status: 404, text: "" } },
    state: "unknown",
    reason: "403: blocked",
  },
  {
    name: "an API that answers HTML is not an absence",
    script: { [CRATE]: { text: "<html>" }, [INDEX]: { status: 404, text: "" } },
    state: "unknown",
    reason: "not the JSON",
  },
  {
    name: "a cut connection is not an absence",
    script: { [CRATE]: "cut", [INDEX]: { status: 404, text: "" } },
    state: "unknown",
    reason: "Cannot reach",
  },
  {
    name: "with the index down the API alone decides an absence",
    script: { [CRATE]: THERE, [INDEX]: DOWN },
    state: "absent",
    latest: "1.3.2",
  },
];

for (const { name, script, state, sha256, latest, reason } of CASES) {
  Deno.test(`crates.io: ${name}`, async () => {
    await using server = new Loopback(script);
    const found = await cratesVersion(
      sessionWith().session,
      localRegistry("crates.io", server.origin),
      "widget",
      "1.4.0",
    );
    assertEquals(found.state, state);
    if (sha256) assertEquals(found.files.map((file) => file.sha256), [sha256]);
    else assertEquals(found.files, []);
    if (latest !== undefined) assertEquals(found.latest, latest);
    if (reason) assertStringIncludes(found.reason!, reason);
  });
}

Deno.test("crates.io: the record names the run that published, and whether tokens are accepted", async () => {
  await using server = new Loopback({
    [CRATE]: { json: { crate: { trustpub_only: true } } },
    [RECORD]: record({
      trustpub_data: { provider: "github", repository: "acme/widgets", run_id: "88123", sha: "3f9c" },
    }),
    [INDEX]: lines(["1.4.0", SHA]),
  });
  const found = await cratesVersion(
    sessionWith().session,
    localRegistry("crates.io", server.origin),
    "widget",
    "1.4.0",
  );
  assertEquals(found.publisher, {
    source: "trustpub_data",
    repository: "acme/widgets",
    runId: "88123",
    sha: "3f9c",
  });
  assertEquals(found.trustedOnly, true);
  assertEquals(found.files[0]!.name, "widget-1.4.0.crate");
});

Deno.test("crates.io: GitLab's publisher data is read too, and none is none", async () => {
  await using server = new Loopback({
    [CRATE]: THERE,
    [RECORD]: [
      record({ trustpub_data: { provider: "gitlab", project_path: "g/p", job_id: "7", sha: "3f9c" } }),
      record({ trustpub_data: null }),
    ],
    [INDEX]: lines(["1.4.0", SHA]),
  });
  const look = () =>
    cratesVersion(sessionWith().session, localRegistry("crates.io", server.origin), "widget", "1.4.0");
  assertEquals((await look()).publisher, {
    source: "trustpub_data",
    repository: "g/p",
    runId: "7",
    sha: "3f9c",
  });
  assertEquals((await look()).publisher, null);
});

for (
  const [name, answer, state] of [
    ["has the version", lines(["1.4.0", SHA]), "present"],
    ["has others", lines(["1.3.2", OTHER]), "absent"],
    ["has none", { status: 404, text: "" }, "no-package"],
    ["is down", DOWN, "unknown"],
    ["wants a credential", { status: 401, text: "" }, "unknown"],
    ["answers HTML", { text: "<html>\n" }, "unknown"],
    ["answers JSON of another form", { text: '{"CANARY":1}\n' }, "unknown"],
  ] as const
) {
  Deno.test(`a private registry of crates is asked by its index alone, which ${name}`, async () => {
    await using server = new Loopback({ [INDEX]: answer });
    const registry = customRegistry("company", { kind: "crates", index: `sparse+${server.origin}/index/` });
    assertEquals((await cratesVersion(sessionWith().session, registry, "widget", "1.4.0")).state, state);
    assertEquals(new Set(server.seen.map((one) => one.target)), new Set(["/index/wi/dg/widget"]));
  });
}

for (
  const [name, path] of [["a", "1/a"], ["ab", "2/ab"], ["abc", "3/a/abc"], ["Abcdef", "ab/cd/abcdef"], [
    "my-crate_x",
    "my/-c/my-crate_x",
  ]] as const
) {
  Deno.test(`the index keeps ${name} at ${path}`, () => assertEquals(indexPath(name), path));
}
