import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import type { RegistriesSetup } from "../../src/rehearsal/registries.ts";
import { digest } from "../../src/rehearsal/server.ts";
import { exchangeRaw, onStage, record, type Reply, send, type TestStage } from "./stage.ts";

const USER = "pypi-CANARYuser";
const SCOPED = "pypi-CANARYscoped";
const SDIST = new TextEncoder().encode("bytes of an sdist");
const SETUP: Partial<RegistriesSetup> = {
  records: [record("pypi", "widget")],
  packages: [
    {
      registry: "pypi",
      name: "widget",
      versions: [
        { version: "0.9.0" },
        { version: "0.8.0", removed: true },
        { version: "0.7.0", yanked: true },
      ],
    },
    { registry: "pypi", name: "Other_Project" },
  ],
  tokens: { pypi: [{ value: USER, packages: null }, { value: SCOPED, packages: ["other-project"] }] },
};

async function mint(stage: TestStage): Promise<string> {
  return (await stage.post("pypi", "/_/oidc/mint-token", { token: await stage.jwt("pypi") })).json.token;
}

interface Upload {
  readonly authorization?: string;
  readonly fields?: Record<string, string>;
  readonly file?: string;
  readonly bytes?: Uint8Array<ArrayBuffer>;
  readonly accept?: string;
}

function basic(password: string, user = "__token__"): string {
  return `Basic ${btoa(`${user}:${password}`)}`;
}

async function upload(stage: TestStage, how: Upload): Promise<Reply> {
  const bytes = how.bytes ?? SDIST;
  const body = new FormData();
  const fields = {
    ":action": "file_upload",
    protocol_version: "1",
    name: "widget",
    version: "1.0.0",
    filetype: "sdist",
    pyversion: "source",
    sha256_digest: await digest("SHA-256", bytes),
    ...how.fields,
  };
  for (const [name, value] of Object.entries(fields)) body.append(name, value);
  body.append("content", new File([bytes], how.file ?? "widget-1.0.0.tar.gz"));
  return await send(`${stage.at("pypi")}/legacy/`, {
    method: "POST",
    body,
    headers: {
      accept: how.accept ?? "application/json",
      ...(how.authorization ? { authorization: how.authorization } : {}),
    },
  });
}

Deno.test("an upload with a minted token stands in the JSON API and in both forms of the simple index", () =>
  onStage(SETUP, async (stage) => {
    assertEquals((await upload(stage, { authorization: basic(await mint(stage)) })).status, 200);
    const sha256 = await digest("SHA-256", SDIST);

    const { urls, info } = (await stage.get("pypi", "/pypi/Widget/1.0/json")).json;
    assertEquals([info.name, urls[0].filename, urls[0].digests.sha256], [
      "widget",
      "widget-1.0.0.tar.gz",
      sha256,
    ]);
    assertEquals((await send(urls[0].url)).text, "bytes of an sdist");
    const project = (await stage.get("pypi", "/pypi/widget/json")).json;
    assertEquals(project.info.version, "1.0.0");
    assertEquals(Object.keys(project.releases), ["0.7.0", "0.9.0", "1.0.0"]);

    const accept = "application/vnd.pypi.simple.v1+json";
    const simple = await stage.get("pypi", "/simple/widget/", { accept });
    assertEquals(simple.headers.get("content-type"), accept);
    assertEquals(simple.json.files.map((file: { yanked: boolean }) => file.yanked), [false, true, false]);
    assertEquals(simple.json.files[2].hashes, { sha256 });
    const page = await stage.get("pypi", "/simple/widget/");
    assertStringIncludes(page.text, `widget-1.0.0.tar.gz#sha256=${sha256}">widget-1.0.0.tar.gz</a>`);

    const [event] = stage.all.recorder.of("upload");
    assertEquals([event!.file, event!.sha256, event!.status], ["widget-1.0.0.tar.gz", sha256, 200]);
  }));

for (const authorization of [basic(USER), `token ${USER}`, `Bearer ${USER}`]) {
  Deno.test(`PyPI reads a long-lived token from ${authorization.split(" ")[0]} authorization`, () =>
    onStage(SETUP, async (stage) => {
      const reply = await upload(stage, { authorization, fields: { name: "brand.new" } });
      assertEquals(reply.status, 200);
      assertEquals((await stage.get("pypi", "/pypi/brand-new/json")).json.info.name, "brand.new");
    }));
}

const HELP = "See https://pypi.org/help/";
const INVALID =
  `Invalid or non-existent authentication information. ${HELP}#invalid-auth for more information.`;

const REFUSALS: readonly {
  readonly name: string;
  readonly token?: string | "minted" | "expired" | "burned" | "";
  readonly how?: Upload;
  readonly status: number;
  readonly said: string | RegExp;
}[] = [
  { name: "no token", token: "", status: 403, said: INVALID },
  { name: "an unknown token", token: "pypi-CANARYunknown", status: 403, said: INVALID },
  { name: "a burned token", token: "burned", status: 403, said: INVALID },
  {
    name: "a token after 15 minutes",
    token: "expired",
    status: 403,
    said: "Invalid API Token: token is expired",
  },
  {
    name: "a password",
    how: { authorization: basic("CANARY", "somebody") },
    status: 403,
    said:
      /^Username\/Password authentication is no longer supported\. Migrate to API Tokens or Trusted Publishers/,
  },
  {
    name: "a user token for another project",
    token: SCOPED,
    status: 403,
    said: "Invalid API Token: project-scoped token is not valid for project: 'widget'",
  },
  {
    name: "a minted token for a project that does not exist",
    token: "minted",
    how: { fields: { name: "widgets" } },
    status: 400,
    said: /^Non-user identities cannot create new projects\./,
  },
  {
    name: "a minted token for another project",
    token: "minted",
    how: { fields: { name: "other-project" } },
    status: 400,
    said: /^Non-user identities cannot create new projects\./,
  },
  {
    name: "a file name that is there with other content",
    token: "minted",
    how: { file: "widget-0.9.0.tar.gz", fields: { version: "0.9.0", blake2_256_digest: "b2" } },
    status: 400,
    said: "File already exists ('widget-0.9.0.tar.gz', with blake2_256 hash 'b2'). " +
      `${HELP}#file-name-reuse for more information.`,
  },
  {
    name: "a file name that was there",
    token: "minted",
    how: { file: "widget-0.8.0.tar.gz", fields: { version: "0.8.0" } },
    status: 400,
    said: /^This filename has already been used, use a different version\./,
  },
  {
    name: "a second sdist, with the version written otherwise",
    token: "minted",
    how: { file: "widget-0.9.tar.gz", fields: { version: "0.9" } },
    status: 400,
    said: "Only one sdist may be uploaded per release.",
  },
  {
    name: "a digest of other content",
    token: "minted",
    how: { fields: { sha256_digest: "00" } },
    status: 400,
    said: "The digest supplied does not match a digest calculated from the uploaded file.",
  },
  {
    name: "an sdist for one Python",
    token: "minted",
    how: { fields: { pyversion: "py3" } },
    status: 400,
    said: "Use 'source' as Python version for an sdist.",
  },
  ...([["name", "-", "Name"], ["version", "one", "Version"]] as const).map(([field, value, label]) => ({
    name: `a ${field} that is none`,
    token: "minted",
    how: { fields: { [field]: value } },
    status: 400,
    said: `'${value}' is an invalid value for ${label}.`,
  })),
];

for (const { name, token = "minted", how, status, said } of REFUSALS) {
  Deno.test(`PyPI refuses to store: ${name}`, () =>
    onStage(SETUP, async (stage) => {
      const value = ["minted", "expired", "burned"].includes(token) ? await mint(stage) : token;
      if (token === "expired") stage.clock.pass(900);
      if (token === "burned") await stage.post("pypi", "/_/oidc/burn-token", { token: value });
      const reply = await upload(stage, { ...(value ? { authorization: basic(value) } : {}), ...how });
      assertEquals(reply.status, status);
      if (said instanceof RegExp) assertMatch(reply.json.message, said);
      else assertEquals(reply.json.message, said);
      assertEquals(reply.json.code, `${status} ${reply.json.message}`);
      assertEquals(stage.all.recorder.of("upload").map((it) => it.said), [reply.json.message]);
    }));
}

Deno.test("the same file once more is fine", () =>
  onStage(SETUP, async (stage) => {
    const authorization = basic(await mint(stage));
    const twice = [await upload(stage, { authorization }), await upload(stage, { authorization })];
    assertEquals(twice.map((reply) => reply.status), [200, 200]);
    assertEquals((await stage.get("pypi", "/pypi/widget/1.0.0/json")).json.urls.length, 1);
  }));

Deno.test("a refusal is a page for who does not ask for JSON, and stands in the reason phrase", () =>
  onStage(SETUP, async (stage) => {
    const reply = await upload(stage, { authorization: basic("wrong"), accept: "*/*" });
    assertMatch(reply.headers.get("content-type")!, /^text\/html/);
    assertStringIncludes(reply.text, `<h1>403 ${INVALID}</h1>`);
    const request = "POST /legacy/ HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";
    const answer = await exchangeRaw(stage.at("pypi"), request);
    assertEquals(answer.split("\r\n")[0], "HTTP/1.1 400 Upload payload does not have a file.");
  }));

Deno.test("an empty project is not shown", () =>
  onStage(SETUP, async (stage) => {
    for (
      const path of [
        "/pypi/other-project/json",
        "/simple/other-project/",
        "/pypi/widget/7/json",
        "/simple/none/",
      ]
    ) {
      assertEquals((await stage.get("pypi", path)).status, 404);
    }
  }));
