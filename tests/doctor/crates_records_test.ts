import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { checkCratesRecords } from "../../src/doctor/crates_records.ts";
import type { RecordsChecked } from "../../src/doctor/records.ts";
import type { Registry } from "../../src/registries/registry.ts";
import { startRegistries } from "../../src/rehearsal/registries.ts";
import { Loopback, type Reply } from "../registries/loopback.ts";
import { localRegistry } from "../registries/samples.ts";
import { type Around, configuration, type Declared, looking, printed, told } from "./registry_support.ts";

const CONFIGS = "/api/v1/trusted_publishing/github_configs";
const GITLAB = "/api/v1/trusted_publishing/gitlab_configs";
const VALUE = "cioCANARYdoctorToken0000000000000000";
const TOKEN = { CRATES_IO_DOCTOR_TOKEN: VALUE };
const RECORD = {
  id: 1,
  crate: "widget",
  repository_owner: "Acme",
  repository_owner_id: 42,
  repository_name: "widgets",
  workflow_filename: "release.yml",
  environment: "Release",
};
const WIDGET: Declared = { name: "widget", kind: "crates" };

const page = (records: readonly object[], next: string | null = null): Reply => ({
  json: { github_configs: records, meta: { total: records.length, next_page: next } },
});
const detail = (status: number, words: string): Reply => ({ status, json: { errors: [{ detail: words }] } });
const NO_GITLAB = {
  [`GET ${GITLAB}`]: { json: { gitlab_configs: [], meta: { total: 0, next_page: null } } },
};

async function check(
  script: ConstructorParameters<typeof Loopback>[0],
  around: Partial<Around> & { packages?: readonly Declared[] } = {},
): Promise<{ checked: RecordsChecked; seen: { target: string; authorization: string | null }[] }> {
  await using server = new Loopback(script);
  const registries = new Map(
    ["crates.io", "staging.crates.io"].map((name) => [name, localRegistry(name, server.origin)]),
  );
  const config = configuration(...around.packages ?? [WIDGET]);
  const checked = await looking(
    { config, variables: TOKEN, registries, ...around },
    (subject, session) => checkCratesRecords(subject, session),
  );
  assert(!printed(checked, config).includes("CANARY"), "the token was printed");
  const seen = server.seen.map(({ target, headers }) => ({
    target,
    authorization: headers.get("authorization"),
  }));
  return { checked, seen };
}

Deno.test("without its variable nothing is asked, and an empty one counts as unset", async () => {
  for (const variables of [{}, { CRATES_IO_DOCTOR_TOKEN: " \n" }]) {
    const { checked, seen } = await check({}, { variables });
    assertEquals(told(checked), "not checked: CRATES_IO_DOCTOR_TOKEN is not set");
    assertEquals(seen, []);
  }
});

Deno.test("one matching record among several is enough, and letter case counts for the file alone", async () => {
  const cases: [records: object[], told: string[]][] = [
    [[RECORD], []],
    [[{ ...RECORD, environment: null }], []],
    [[{ ...RECORD, workflow_filename: "old.yml" }, RECORD], []],
    [[], ["error publisher-record-mismatch: widget has no publisher record at crates.io"]],
    [[{ ...RECORD, workflow_filename: "Release.yml" }], [
      'error publisher-record-mismatch: widget declares workflow "release.yml", and the record at crates.io has workflow "Release.yml"',
    ]],
    [[{ ...RECORD, environment: "production" }], [
      'error publisher-record-mismatch: widget declares environment "release", and the record at crates.io has environment "production"',
    ]],
    [[{ ...RECORD, repository_owner: "old" }], [
      'error publisher-record-mismatch: widget declares repository "acme/widgets", and the record at crates.io has repository "old/widgets"',
    ]],
    [
      [{ ...RECORD, workflow_filename: "a.yml", environment: "x" }, { ...RECORD, environment: "production" }],
      [
        'error publisher-record-mismatch: widget declares environment "release", and the closest record at crates.io has environment "production"',
      ],
    ],
    [[{ ...RECORD, workflow_filename: "a.yml", environment: "x" }], [
      'error publisher-record-mismatch: widget declares workflow "release.yml" and environment "release", and the record at crates.io has workflow "a.yml" and environment "x"',
    ]],
  ];
  for (const [records, expected] of cases) {
    const { checked } = await check({ [`GET ${CONFIGS}`]: page(records), ...NO_GITLAB });
    assertEquals(told(checked), expected);
  }
});

Deno.test("the field that differs is marked in the declaration, with what is declared and what is registered", async () => {
  const { checked } = await check({
    [`GET ${CONFIGS}`]: page([{ ...RECORD, environment: "production" }]),
    ...NO_GITLAB,
  });
  assert(checked.skipped === null);
  const [report] = checked.reports;
  assertEquals(report!.label, 'crates.io has "production"');
  assertEquals([report!.at.path, report!.at.start.line], ["keyless.toml", 7]);
  assertEquals(report!.comparison, [
    { field: "repository", claimed: "acme/widgets", registered: "Acme/widgets", matches: true },
    { field: "workflow", claimed: "release.yml", registered: "release.yml", matches: true },
    { field: "environment", claimed: "release", registered: "production", matches: false },
  ]);
  assertStringIncludes(report!.next![0]!, "https://crates.io/crates/widget/settings");
});

Deno.test("a field that is not declared is no mismatch: it fits what the repository shows, or is left open", async () => {
  const bare = { ...WIDGET, environment: null, repository: null };
  const job = { ...TOKEN, GITHUB_REPOSITORY: "acme/widgets" };
  const open = (words: string) => [
    `unverified publisher-record-mismatch: widget has a publisher record at crates.io, and nobody can tell from here whether it accepts the ${words}`,
  ];
  const cases: [variables: Record<string, string>, environment: string, told: string[]][] = [
    [job, "Release", []],
    [job, "production", open("environment")],
    [TOKEN, "release", open("repository")],
    [{ ...TOKEN, GITHUB_REPOSITORY: "fork/widgets" }, "other", open("repository and environment")],
  ];
  for (const [variables, environment, expected] of cases) {
    const { checked } = await check(
      { [`GET ${CONFIGS}`]: page([{ ...RECORD, environment }]), ...NO_GITLAB },
      { packages: [bare], variables },
    );
    assertEquals(told(checked), expected);
  }
});

Deno.test("a record for GitLab counts too, and is asked for only where GitHub's do not fit", async () => {
  const script = {
    [`GET ${CONFIGS}`]: page([]),
    [`GET ${GITLAB}`]: {
      json: {
        gitlab_configs: [{
          namespace: "acme",
          project: "widgets",
          workflow_filepath: "ci/release.yml",
          environment: null,
        }],
        meta: { next_page: null },
      },
    },
  };
  assertEquals(told((await check(script)).checked), []);
  const { seen } = await check({ [`GET ${CONFIGS}`]: page([RECORD]) });
  assertEquals(seen.filter(({ target }) => target.startsWith(GITLAB)), []);
  const old = await check({ [`GET ${CONFIGS}`]: page([]), [`GET ${GITLAB}`]: { status: 404, text: "" } });
  assertEquals(told(old.checked), [
    "error publisher-record-mismatch: widget has no publisher record at crates.io",
  ]);
});

Deno.test("every page of a list is read, with the token at its own address alone", async () => {
  const { checked, seen } = await check({
    [`GET ${CONFIGS}`]: [
      page([{ ...RECORD, workflow_filename: "a.yml" }], "?per_page=100&crate=widget&seek=abc"),
      page([RECORD], null),
    ],
  });
  assertEquals(told(checked), []);
  assertEquals(seen.slice(0, 2), [
    { target: `${CONFIGS}?crate=widget&per_page=100`, authorization: VALUE },
    { target: `${CONFIGS}?crate=widget&per_page=100&seek=abc`, authorization: VALUE },
  ]);
  const endless = await check({ [`GET ${CONFIGS}`]: page([], "https://evil.example/?seek=abc") });
  assertEquals(told(endless.checked), "not checked: the list of crates.io has no end");
});

Deno.test("a crate that does not exist cannot have a publisher, and the report says so", async () => {
  const { checked } = await check({ [`GET ${CONFIGS}`]: detail(404, "crate `widget` does not exist") });
  assertEquals(told(checked), [
    "error crates-first-publish: crates.io has no crate widget, and a publisher can be registered only for one that exists",
  ]);
});

Deno.test("a token that may not see the records is a mistake, with the scope that it needs", async () => {
  const cases: [reply: Reply, next: string][] = [
    [
      detail(401, "The given API token does not match the format used by crates.io."),
      "scope trusted-publishing",
    ],
    [detail(403, "authentication failed"), "scope trusted-publishing"],
    [
      detail(403, "this token does not have the required permissions to perform this action"),
      "scope trusted-publishing",
    ],
    [{ status: 401, text: "" }, "scope trusted-publishing"],
    [detail(400, "You are not an owner of this crate"), "a user who owns widget"],
  ];
  for (const [reply, next] of cases) {
    const { checked } = await check({ [`GET ${CONFIGS}`]: reply });
    const { status } = reply as { status: number };
    assertEquals(told(checked), [
      `error publisher-records-refused: crates.io does not show the publisher records of widget (${status})`,
    ]);
    assert(checked.skipped === null);
    assertStringIncludes(checked.reports[0]!.next![0]!, next);
    assertStringIncludes(checked.reports[0]!.next![0]!, "CRATES_IO_DOCTOR_TOKEN");
  }
});

Deno.test("a token that no header could carry is not sent", async () => {
  const { checked, seen } = await check({}, { variables: { CRATES_IO_DOCTOR_TOKEN: "two\nCANARY words" } });
  assertEquals(told(checked), [
    "error publisher-records-refused: CRATES_IO_DOCTOR_TOKEN is no token: it has blanks or characters that no token has",
  ]);
  assertEquals(seen, []);
});

Deno.test("a refusal that several crates share is told once", async () => {
  const packages = [WIDGET, { ...WIDGET, name: "gadget" }];
  const refused = await check({ [`GET ${CONFIGS}`]: detail(403, "authentication failed") }, { packages });
  assertEquals(told(refused.checked), [
    "error publisher-records-refused: crates.io does not show the publisher records of widget, gadget (403)",
  ]);
  // A token that is none at all is so for every crate.
  assertEquals((await check({ [`GET ${CONFIGS}`]: detail(401, "no") }, { packages })).seen.length, 1);
});

Deno.test("an outage, a limit, a broken connection and a proxy's page decide nothing, and the reason is told", async () => {
  const cases: [reply: Reply, reason: RegExp][] = [
    [detail(500, "Internal Server Error"), /^not checked: crates\.io answered 500$/],
    [detail(503, "crates.io is currently in read-only mode."), /^not checked: crates\.io answered 503$/],
    [detail(429, "slow down"), /^not checked: crates\.io answered 429$/],
    [
      { text: "<html>log in to the hotel's network</html>" },
      /answered with something that is no list of records$/,
    ],
    [{ json: { github_configs: null } }, /answered with something that is no list of records$/],
    [{ status: 404, text: "<html>" }, /^not checked: crates\.io answered 404$/],
    [{ status: 302, headers: { location: "/login" }, text: "" }, /^not checked: crates\.io answered 404$/],
    [
      detail(403, "We are unable to process your request at this time. This usually means …"),
      /^not checked: crates\.io answered 403$/,
    ],
    ["cut", /^not checked: Cannot reach 127\.0\.0\.1/],
  ];
  for (const [reply, reason] of cases) {
    const { checked } = await check({ [`GET ${CONFIGS}`]: reply });
    assert(typeof told(checked) === "string" && reason.test(told(checked) as string), String(told(checked)));
  }
});

Deno.test("a registry that cannot be reached decides nothing", async () => {
  const closed = new Loopback();
  const { origin } = closed;
  await closed[Symbol.asyncDispose]();
  const registries: ReadonlyMap<string, Registry> = new Map([[
    "crates.io",
    localRegistry("crates.io", origin),
  ]]);
  const { checked } = await check({}, { registries });
  assertStringIncludes(told(checked) as string, "not checked: Cannot reach 127.0.0.1");
});

Deno.test("an outage in the middle leaves what was compared, and names what was not", async () => {
  const packages = [WIDGET, { ...WIDGET, name: "gadget" }, { ...WIDGET, name: "gizmo" }];
  const { checked, seen } = await check({
    [`GET ${CONFIGS}`]: [page([RECORD]), detail(500, "no")],
    "GET /api/v1/crates/widget": { json: { crate: { trustpub_only: true } } },
  }, { packages });
  assertEquals(told(checked), [
    "unverified publisher-records-unread: The publisher records of gadget, gizmo were not compared: crates.io answered 500",
  ]);
  assertEquals(seen.filter(({ target }) => target.includes("crate=gizmo")), []);
});

Deno.test("whether tokens may publish too is asked without the token, and told only where all else is right", async () => {
  const crate = (value: unknown): Reply => ({ json: { crate: { trustpub_only: value } } });
  const info = [
    "info tokens-still-publish: crates.io still takes new versions of widget from API tokens too",
  ];
  const cases: [reply: Reply, told: string[]][] = [
    [crate(false), info],
    [crate(true), []],
    [crate(null), []],
    [{ status: 500, text: "" }, []],
    [{ text: "<html>" }, []],
  ];
  for (const [reply, expected] of cases) {
    const { checked, seen } = await check({
      [`GET ${CONFIGS}`]: page([RECORD]),
      "GET /api/v1/crates/widget": reply,
    });
    assertEquals(told(checked), expected);
    assertEquals(seen.filter(({ target }) => target.startsWith("/api/v1/crates/"))[0], {
      target: "/api/v1/crates/widget?include=",
      authorization: null,
    });
  }
  for (const [only, worse] of [[false, false], [true, true]] as const) {
    const { checked } = await check({
      [`GET ${CONFIGS}`]: page([]),
      "GET /api/v1/crates/widget": crate(only),
      ...NO_GITLAB,
    });
    assert(checked.skipped === null);
    assertEquals(checked.reports.length, 1);
    assertEquals(checked.reports[0]!.why!.some((line) => line.includes("nobody can publish it")), worse);
  }
});

Deno.test("the crate that is asked for is the one at the registry, not the name in the configuration", async () => {
  const config = `[putitoutthere]
version = 1
[[package]]
name = "alias"
kind = "crates"
crate = "widget"
path = "p0"
globs = ["p0/**"]
[package.trust_policy]
workflow = "release.yml"
`;
  const files = {
    "putitoutthere.toml": config,
    "p0/Cargo.toml": '[package]\nname = "widget"\nversion = "1.0.0"\n',
  };
  await using server = new Loopback({ [`GET ${CONFIGS}`]: page([{ ...RECORD, environment: null }]) });
  const registries = new Map([["crates.io", localRegistry("crates.io", server.origin)]]);
  const variables = { ...TOKEN, GITHUB_REPOSITORY: "acme/widgets" };
  const checked = await looking(
    { config: null, files, variables, registries },
    (subject, session) => checkCratesRecords(subject, session),
  );
  assertEquals(told(checked), []);
  assertEquals(server.seen[0]!.target, `${CONFIGS}?crate=widget&per_page=100`);
});

Deno.test("staging has a variable of its own, and neither token goes to the other host", async () => {
  await using production = new Loopback({ [`GET ${CONFIGS}`]: page([RECORD]) });
  await using staging = new Loopback({ [`GET ${CONFIGS}`]: page([RECORD]) });
  const registries = new Map([
    ["crates.io", localRegistry("crates.io", production.origin)],
    ["staging.crates.io", localRegistry("staging.crates.io", staging.origin)],
  ]);
  const packages = [WIDGET, { ...WIDGET, name: "gadget", registry: "staging.crates.io" }];
  const other = "cioCANARYstagingToken000000000000000";
  const both = await check({}, {
    packages,
    registries,
    variables: { ...TOKEN, STAGING_CRATES_IO_DOCTOR_TOKEN: other },
  });
  assertEquals(told(both.checked), []);
  const sent = (server: Loopback) =>
    new Set(server.seen.map(({ headers }) => headers.get("authorization")).filter((value) => value !== null));
  assertEquals([sent(production), sent(staging)], [new Set([VALUE]), new Set([other])]);
  const one = await check({}, { packages, registries });
  assertEquals(told(one.checked), [
    "unverified publisher-records-unread: The publisher records of gadget were not compared: STAGING_CRATES_IO_DOCTOR_TOKEN is not set",
  ]);
});

const NAMES = ["one", "two", "three_b", "four", "five"];

Deno.test("many crates are asked for in one call of their owner, and those that are not in it one by one", async () => {
  const records = NAMES.slice(0, 4).map((crate) => ({ ...RECORD, crate: crate.replace("_", "-") }));
  const { checked, seen } = await check({
    "GET /api/v1/crates/one/owner_user": { json: { users: [{ id: 7 }, { id: 8 }] } },
    [`GET ${CONFIGS}`]: ({ target }) =>
      target.includes("user_id=7")
        ? detail(403, "this action requires authentication as the specified user")
        : target.includes("user_id=8")
        ? page(records)
        : page([{ ...RECORD, crate: "five" }]),
  }, { packages: NAMES.map((name) => ({ ...WIDGET, name })) });
  assertEquals(told(checked), []);
  assertEquals(seen.map(({ target }) => target).filter((target) => !target.includes("include=")), [
    "/api/v1/crates/one/owner_user",
    `${CONFIGS}?user_id=7&per_page=100`,
    `${CONFIGS}?user_id=8&per_page=100`,
    `${CONFIGS}?crate=five&per_page=100`,
  ]);
  assertEquals(seen[0]!.authorization, null);
});

Deno.test("where the call for all crates is refused, each is asked for by itself", async () => {
  const cases: Reply[] = [
    detail(403, "This endpoint cannot be used with legacy API tokens. Use a scoped API token instead."),
    detail(500, "no"),
  ];
  for (const reply of cases) {
    const { checked, seen } = await check({
      "GET /api/v1/crates/one/owner_user": { json: { users: [{ id: 7 }] } },
      [`GET ${CONFIGS}`]: ({ target }) => target.includes("user_id") ? reply : page([RECORD]),
    }, { packages: NAMES.map((name) => ({ ...WIDGET, name })) });
    assertEquals(told(checked), []);
    assertEquals(seen.filter(({ target }) => target.includes("crate=")).length, NAMES.length);
  }
});

Deno.test("the records of the embedded crates.io are compared like those of the real one", async () => {
  const stage = await startRegistries({
    claims: {},
    records: [{
      registry: "crates.io",
      package: "widget",
      owner: "acme",
      repository: "widgets",
      ownerId: "42",
      workflow: "ship.yml",
      environment: null,
    }],
    packages: [{ registry: "crates.io", name: "widget" }, { registry: "crates.io", name: "bare" }],
    tokens: { "crates.io": [{ value: VALUE, packages: null }] },
  });
  try {
    const packages = ["widget", "bare", "absent"].map((name) => ({ ...WIDGET, name }));
    const { checked } = await check({}, { packages, registries: stage.registries });
    assertEquals(told(checked), [
      'error publisher-record-mismatch: widget declares workflow "release.yml", and the record at crates.io has workflow "ship.yml"',
      "error publisher-record-mismatch: bare has no publisher record at crates.io",
      "error crates-first-publish: crates.io has no crate absent, and a publisher can be registered only for one that exists",
    ]);
  } finally {
    await stage.close();
  }
});
