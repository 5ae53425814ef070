import { assert, assertEquals } from "@std/assert";
import type { RegistriesSetup } from "../../src/rehearsal/registries.ts";
import { digest } from "../../src/rehearsal/server.ts";
import { exchangeRaw, onStage, record, type Reply, send, type TestStage } from "./stage.ts";

const USER = "cioCANARYCANARYCANARYCANARYCANARY12";
const SCOPED = "cioCANARYCANARYCANARYCANARYSCOPED12";
const UNKNOWN = "cio_tp_0000000000000000000000000000000w";
const CRATE = new TextEncoder().encode("bytes of a crate");
const SETUP: Partial<RegistriesSetup> = {
  records: [record("crates.io", "widget"), record("crates.io", "unborn")],
  packages: [
    {
      registry: "crates.io",
      name: "widget",
      versions: [{ version: "0.9.0" }, { version: "0.8.0", yanked: true }],
    },
    { registry: "crates.io", name: "other" },
    { registry: "crates.io", name: "guarded", trustedOnly: true },
  ],
  tokens: { "crates.io": [{ value: USER, packages: null }, { value: SCOPED, packages: ["other"] }] },
};

async function mint(stage: TestStage): Promise<string> {
  const jwt = await stage.jwt("crates.io");
  return (await stage.post("crates.io", "/api/v1/trusted_publishing/tokens", { jwt })).json.token;
}

function upload(
  stage: TestStage,
  token: string | null,
  changes: Record<string, unknown> = {},
  crate: Uint8Array = CRATE,
): Promise<Reply> {
  const metadata = new TextEncoder().encode(JSON.stringify({
    name: "widget",
    vers: "1.0.0",
    deps: [],
    features: {},
    description: "A widget",
    license: "MIT",
    ...changes,
  }));
  const body = new Uint8Array(8 + metadata.length + crate.length);
  const view = new DataView(body.buffer);
  view.setUint32(0, metadata.length, true);
  body.set(metadata, 4);
  view.setUint32(4 + metadata.length, crate.length, true);
  body.set(crate, 8 + metadata.length);
  const headers: Record<string, string> = token ? { authorization: token } : {};
  return send(`${stage.at("crates.io")}/api/v1/crates/new`, { method: "PUT", headers, body });
}

Deno.test("an upload with a minted token stands in the index, in the web API and on the download page", () =>
  onStage(SETUP, async (stage) => {
    const reply = await upload(stage, await mint(stage));
    assertEquals([reply.status, Object.keys(reply.json)], [200, ["warnings"]]);
    const cksum = await digest("SHA-256", CRATE);

    const lines = (await stage.get("crates.io", "/index/wi/dg/widget")).text.trim().split("\n").map((it) =>
      JSON.parse(it)
    );
    assertEquals(lines.map((line) => [line.vers, line.yanked]), [["0.9.0", false], ["0.8.0", true], [
      "1.0.0",
      false,
    ]]);
    assertEquals(lines[2].cksum, cksum);

    const { version } = (await stage.get("crates.io", "/api/v1/crates/widget/1.0.0")).json;
    assertEquals(version.checksum, cksum);
    assertEquals(version.published_by, null);
    assertEquals(version.trustpub_data, {
      provider: "github",
      repository: "acme/widgets",
      run_id: "88123",
      sha: "3f9c2d1000000000000000000000000000000000",
    });
    assertEquals((await stage.get("crates.io", version.dl_path)).text, "bytes of a crate");
    const { crate, versions } = (await stage.get("crates.io", "/api/v1/crates/Widget")).json;
    assertEquals([crate.trustpub_only, crate.newest_version, versions.length], [false, "1.0.0", 3]);

    const [event] = stage.all.recorder.of("upload");
    assertEquals([event!.package, event!.version, event!.sha256, event!.status], [
      "widget",
      "1.0.0",
      cksum,
      200,
    ]);
    assertEquals(stage.all.recorder.tokens.find((it) => it.kind === "minted")!.usedFor, ["widget 1.0.0"]);
  }));

const REFUSALS: readonly {
  readonly name: string;
  readonly token: string | null | "minted" | "expired" | "burned";
  readonly changes?: Record<string, unknown>;
  readonly status: number;
  readonly detail: string;
}[] = [
  { name: "no token", token: null, status: 403, detail: "this action requires authentication" },
  {
    name: "a minted token with a wrong checksum",
    token: "cio_tp_0000000000000000000000000000000x",
    status: 401,
    detail: "Invalid `Authorization` header: Failed to parse token",
  },
  {
    name: "a new crate with an unknown minted token",
    token: UNKNOWN,
    changes: { name: "brand-new" },
    status: 403,
    detail: "Trusted Publishing tokens do not support creating new crates. Publish the crate manually, first",
  },
  { name: "an unknown minted token", token: UNKNOWN, status: 403, detail: "Invalid authentication token" },
  {
    name: "a minted token after 30 minutes",
    token: "expired",
    status: 403,
    detail: "Invalid authentication token",
  },
  {
    name: "a minted token that was burned",
    token: "burned",
    status: 403,
    detail: "Invalid authentication token",
  },
  {
    name: "a minted token for another crate",
    token: "minted",
    changes: { name: "other" },
    status: 403,
    detail: "The provided access token is not valid for crate `other`",
  },
  {
    name: "a version that is there",
    token: "minted",
    changes: { vers: "0.9.0" },
    status: 400,
    detail: "crate version `0.9.0` is already uploaded",
  },
  {
    name: "a version that is there but for build metadata",
    token: "minted",
    changes: { vers: "0.9.0+build" },
    status: 400,
    detail: "crate version `0.9.0+build` is already uploaded",
  },
  {
    name: "a yanked version",
    token: "minted",
    changes: { vers: "0.8.0" },
    status: 400,
    detail: "crate version `0.8.0` is already uploaded",
  },
  {
    name: "missing metadata",
    token: "minted",
    changes: { description: null, license: "" },
    status: 400,
    detail: "missing or empty metadata fields: description, license. Please see " +
      "https://doc.rust-lang.org/cargo/reference/manifest.html for more information on configuring these fields",
  },
  {
    name: "an unknown user token",
    token: "cioWRONGCANARYCANARY",
    status: 403,
    detail: "authentication failed",
  },
  {
    name: "a user token for other crates",
    token: SCOPED,
    status: 403,
    detail: "this token does not have the required permissions to perform this action",
  },
  {
    name: "a user token for a crate that is only published by trusted publishing",
    token: USER,
    changes: { name: "guarded" },
    status: 403,
    detail: "New versions of this crate can only be published using Trusted Publishing " +
      "(see https://crates.io/docs/trusted-publishing).",
  },
  {
    name: "a crate in other letters",
    token: USER,
    changes: { name: "Widget" },
    status: 400,
    detail: "crate was previously named `widget`",
  },
];

for (const { name, token, changes, status, detail } of REFUSALS) {
  Deno.test(`crates.io refuses to publish: ${name}`, () =>
    onStage(SETUP, async (stage) => {
      const minted = token === "minted" || token === "expired" || token === "burned"
        ? await mint(stage)
        : token;
      if (token === "expired") stage.clock.pass(30 * 60);
      if (token === "burned") {
        await send(`${stage.at("crates.io")}/api/v1/trusted_publishing/tokens`, {
          method: "DELETE",
          headers: { authorization: minted! },
        });
      }
      const reply = await upload(stage, minted, changes);
      assertEquals([reply.status, reply.json], [status, { errors: [{ detail }] }]);
      assertEquals(stage.all.recorder.of("upload").map((it) => [it.status, it.said]), [[status, detail]]);
    }));
}

Deno.test("crates.io refuses a crate of more than 10 MiB", () =>
  onStage(SETUP, async (stage) => {
    const reply = await upload(stage, USER, {}, new Uint8Array((10 << 20) + 1));
    assertEquals([reply.status, reply.json.errors[0].detail], [413, "max upload size is: 10485760"]);
  }));

Deno.test("a user token publishes, and creates crates", () =>
  onStage(SETUP, async (stage) => {
    assertEquals((await upload(stage, USER, { name: "brand-new" })).status, 200);
    const { version } = (await stage.get("crates.io", "/api/v1/crates/brand-new/1.0.0")).json;
    assertEquals(version.trustpub_data, null);
  }));

Deno.test("the index is unchanged for a reader who has it", () =>
  onStage(SETUP, async (stage) => {
    const first = await stage.get("crates.io", "/index/wi/dg/widget");
    const etag = first.headers.get("etag")!;
    const again = await stage.get("crates.io", "/index/wi/dg/widget", { "if-none-match": etag });
    assertEquals([first.status, again.status, again.text], [200, 304, ""]);
    await upload(stage, USER);
    assertEquals(
      (await stage.get("crates.io", "/index/wi/dg/widget", { "if-none-match": etag })).status,
      200,
    );
    assertEquals((await stage.get("crates.io", "/index/no/ne/none")).status, 404);
    const config = (await stage.get("crates.io", "/index/config.json")).json;
    assertEquals(config, { dl: `${stage.at("crates.io")}/api/v1/crates`, api: stage.at("crates.io") });
  }));

Deno.test("a lagging index shows a new version to the third reader; the web API at once", () =>
  onStage({ ...SETUP, lag: 2 }, async (stage) => {
    await upload(stage, USER);
    const shows = async () => (await stage.get("crates.io", "/index/wi/dg/widget")).text.includes('"1.0.0"');
    assertEquals((await stage.get("crates.io", "/api/v1/crates/widget/1.0.0")).status, 200);
    assertEquals([await shows(), await shows(), await shows()], [false, false, true]);
  }));

Deno.test("dependencies and features are written in the index's words", () =>
  onStage(SETUP, async (stage) => {
    const dependency = { optional: true, default_features: true, features: [], target: null, kind: "normal" };
    await upload(stage, USER, {
      deps: [
        { ...dependency, name: "serde", version_req: "^1" },
        {
          ...dependency,
          name: "rand",
          version_req: "^0.9",
          explicit_name_in_toml: "dice",
          registry: "https://a.example/",
        },
      ],
      features: { plain: ["std"], modern: ["dep:serde"], weak: ["dice?/std"] },
      rust_version: "1.80",
    });
    const line = JSON.parse(
      (await stage.get("crates.io", "/index/wi/dg/widget")).text.trim().split("\n").at(-1)!,
    );
    assertEquals(line.deps, [
      { ...dependency, name: "serde", req: "^1" },
      { ...dependency, name: "dice", req: "^0.9", package: "rand", registry: "https://a.example/" },
    ]);
    assertEquals([line.features, line.v, line.rust_version], [{ plain: ["std"] }, 2, "1.80"]);
    assertEquals(line.features2, { modern: ["dep:serde"], weak: ["dice?/std"] });
  }));

Deno.test("what is not ours is asked for upstream; what is ours, never", async () => {
  const asked: unknown[] = [];
  const cratesUpstream = (wanted: { name: string }) => {
    asked.push(wanted);
    return Promise.resolve(wanted.name === "serde" ? new TextEncoder().encode("from upstream\n") : null);
  };
  await onStage({ ...SETUP, cratesUpstream }, async (stage) => {
    assertEquals((await stage.get("crates.io", "/index/se/rd/serde")).text, "from upstream\n");
    assertEquals((await stage.get("crates.io", "/index/wi/dg/widget")).status, 200);
    assertEquals((await stage.get("crates.io", "/index/1/a")).status, 404);
    assertEquals(
      (await stage.get("crates.io", "/api/v1/crates/serde/1.0.0/download")).text,
      "from upstream\n",
    );
    assertEquals((await stage.get("crates.io", "/api/v1/crates/rand/1.0.0/download")).status, 404);
  });
  assertEquals(asked, [
    { what: "index", name: "serde", path: "se/rd/serde" },
    { what: "index", name: "a", path: "1/a" },
    { what: "download", name: "serde", version: "1.0.0" },
    { what: "download", name: "rand", version: "1.0.0" },
  ]);
});

Deno.test("crates.io says what it does not have", () =>
  onStage(SETUP, async (stage) => {
    const missing: [string, string][] = [
      ["/api/v1/crates/nothing", "crate `nothing` does not exist"],
      ["/api/v1/crates/nothing/1.0.0", "crate `nothing` does not exist"],
      ["/api/v1/crates/widget/7.0.0", "crate `widget` does not have a version `7.0.0`"],
      ["/api/v1/elsewhere", "Not Found"],
    ];
    for (const [path, detail] of missing) {
      const reply = await stage.get("crates.io", path);
      assertEquals([reply.status, reply.json], [404, { errors: [{ detail }] }]);
    }
  }));

Deno.test("crates.io refuses a client without a name", () =>
  onStage(SETUP, async (stage) => {
    const request = "GET /api/v1/crates/widget HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    const answer = await exchangeRaw(stage.at("crates.io"), request);
    assert(answer.startsWith("HTTP/1.1 403 "));
    assert(answer.includes("We require that all requests include a `User-Agent` header."));
  }));

Deno.test("an owner reads the records of one crate or of all", () =>
  onStage(SETUP, async (stage) => {
    const path = "/api/v1/trusted_publishing/github_configs";
    const read = (query: string, token = USER) =>
      stage.get("crates.io", path + query, { authorization: token });
    const one = (await read("?crate=widget")).json;
    assertEquals(one.meta, { total: 1, next_page: null });
    assertEquals(one.github_configs[0].workflow_filename, "release.yml");
    assertEquals((await read("?user_id=7")).json.meta.total, 2);
    assertEquals((await read("?crate=nothing")).status, 404);
    assertEquals((await read("")).status, 400);
    assertEquals((await read("?crate=widget&user_id=7")).status, 400);
    assertEquals(
      (await read("?crate=widget", await mint(stage))).json.errors[0].detail,
      "authentication failed",
    );
  }));
