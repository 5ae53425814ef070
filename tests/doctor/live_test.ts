import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { checkLive, type LiveOptions } from "../../src/doctor/live.ts";
import type { RecordsChecked } from "../../src/doctor/records.ts";
import { Secret } from "../../src/host/secret.ts";
import { PROVIDERS } from "../../src/identity/table.ts";
import type { IdentityProvider } from "../../src/identity/provider.ts";
import { htmlPage } from "../../src/rehearsal/faults.ts";
import { githubClaims, type GithubJob } from "../../src/rehearsal/github_claims.ts";
import type { PublisherRecord } from "../../src/rehearsal/policy.ts";
import { type Registries, startRegistries } from "../../src/rehearsal/registries.ts";
import { StillClock } from "../registries/loopback.ts";
import {
  configuration,
  type Declared,
  looking,
  printed,
  RELEASE,
  told,
  WORKFLOW,
} from "./registry_support.ts";

const JOB: GithubJob = {
  repository: "acme/widgets",
  ownerId: "42",
  repositoryId: "99",
  workflow: "release.yml",
  environment: "release",
  ref: "refs/tags/v1.4.0",
  event: "push",
  sha: "3f9c2d1aa0c34c1e8a4a3b3f7a7a54e9d6b7d001",
  runId: "88123",
};
const CRATE: Declared = { name: "widget", kind: "crates" };
const PROJECT: Declared = { name: "widget-py", kind: "pypi" };
const PACKAGE: Declared = { name: "@acme/widget", kind: "npm" };
const REGISTRIES = { crates: "crates.io", pypi: "pypi", npm: "npm" } as const;

interface Scene {
  readonly packages: readonly Declared[];
  readonly job?: Partial<GithubJob>;
  /** Packages without publisher record. */
  readonly unregistered?: readonly string[];
  /** Packages that are not there yet; those of PyPI have a pending publisher. */
  readonly absent?: readonly string[];
  readonly variables?: Readonly<Record<string, string>>;
  readonly options?: Partial<LiveOptions>;
  readonly files?: Readonly<Record<string, string>>;
  /** Only these packages are looked at. */
  readonly chosen?: readonly string[];
  readonly prepare?: (stage: Registries) => void | Promise<void>;
}

interface Seen {
  readonly checked: RecordsChecked;
  readonly stage: Registries;
  /** All that people would read. */
  readonly shown: string;
}

/** Exchanges in a job of a repository whose packages are registered as they are declared. */
async function live(scene: Scene): Promise<Seen> {
  const { packages, absent = [], unregistered = [] } = scene;
  const clock = new StillClock(Date.now());
  const records = packages.filter(({ name }) => !unregistered.includes(name)).map((pkg): PublisherRecord => ({
    registry: REGISTRIES[pkg.kind],
    package: pkg.name,
    owner: "acme",
    repository: "widgets",
    ownerId: JOB.ownerId,
    workflow: "release.yml",
    environment: "release",
    ...absent.includes(pkg.name) ? { pending: true } : {},
  }));
  const stage = await startRegistries({
    claims: githubClaims({ ...JOB, ...scene.job }),
    records,
    packages: packages.filter(({ name }) => !absent.includes(name)).map(({ name, kind }) => ({
      registry: REGISTRIES[kind],
      name,
      versions: [{ version: "0.9.0" }],
    })),
    clock,
  });
  try {
    await scene.prepare?.(stage);
    const config = configuration(...packages);
    const checked = await looking({
      config,
      clock,
      registries: stage.registries,
      ...scene.files ? { files: scene.files } : {},
      variables: scene.variables ?? {
        GITHUB_ACTIONS: "true",
        ACTIONS_ID_TOKEN_REQUEST_URL: stage.issuer.requestUrl,
        ACTIONS_ID_TOKEN_REQUEST_TOKEN: stage.issuer.requestToken,
      },
    }, (subject, session) => {
      const all = subject.project.packages;
      const chosen = all.filter(({ name }) => scene.chosen?.includes(name) ?? true);
      return checkLive({ ...subject, project: { ...subject.project, packages: chosen } }, session, {
        spendOneShot: false,
        createProject: false,
        repository: all,
        ...scene.options,
      });
    });
    const shown = printed(checked, config);
    for (const value of Secret.known()) assert(!shown.includes(value), "a secret was printed");
    assert(!/eyJ[\w-]{10}|cio_tp_|pypi-AgE|npm_[A-Za-z0-9]{36}/.test(shown), "a token was printed");
    assertEquals(stage.recorder.of("upload"), []);
    return { checked, stage, shown };
  } finally {
    await stage.close();
  }
}

const exchanges = ({ stage }: Seen) =>
  stage.recorder.of("exchange").map(({ registry, status }) => `${registry} ${status}`);

Deno.test("live: one exchange for each token that a release needs, each burned, with the claims that were accepted", async () => {
  const seen = await live({ packages: [CRATE, PROJECT, PACKAGE, { ...PACKAGE, name: "other" }] });
  assertEquals(told(seen.checked), []);
  assertEquals(exchanges(seen), ["crates.io 200", "pypi 200", "npm 201", "npm 201"]);
  assertEquals(seen.stage.recorder.liveTokens(), []);
  assertEquals(seen.stage.recorder.of("burn").length, 4);
  const who = "token given to repository acme/widgets, workflow release.yml, environment release, and burned";
  assertEquals(
    seen.shown.trim(),
    [
      `widget (crates.io): ${who}`,
      `widget-py (PyPI): ${who}`,
      `@acme/widget (npm): ${who}`,
      `other (npm): ${who}`,
    ].join("; "),
  );
});

Deno.test("live: a token is burned before the next is asked for", async () => {
  const { stage } = await live({ packages: [CRATE, PACKAGE] });
  const order = stage.recorder.events.filter(({ what }) => what === "exchange" || what === "burn");
  assertEquals(order.map(({ what, registry }) => `${what} ${registry}`), [
    "exchange crates.io",
    "burn crates.io",
    "exchange npm",
    "burn npm",
  ]);
});

Deno.test("live: packages that share a token are exchanged for once, and nobody claims to know for which it is", async () => {
  const seen = await live({ packages: [CRATE, { ...CRATE, name: "gadget" }], unregistered: ["gadget"] });
  assertEquals(exchanges(seen), ["crates.io 200"]);
  assertStringIncludes(seen.shown, "widget, gadget (crates.io): token given to");
  assertStringIncludes(seen.shown, "for some or all of them: crates.io does not say which");
});

Deno.test("live: a refusal is told in the registry's own words, with the claims beside what is declared", async () => {
  const cases: [pkg: Declared, job: Partial<GithubJob>, field: string, said: RegExp][] = [
    [
      CRATE,
      { workflow: "ship.yml" },
      "workflow",
      /does not match the workflow filename `ship\.yml` in the JWT/,
    ],
    [
      CRATE,
      { environment: "production" },
      "environment",
      /does not match the environment `production` in the JWT/,
    ],
    [
      CRATE,
      { environment: null },
      "environment",
      /requires an environment, but the JWT does not specify one/,
    ],
    [PROJECT, { workflow: "ship.yml" }, "workflow", /Publisher with matching claims was not found/],
    [PROJECT, { environment: "production" }, "environment", /Publisher with matching claims was not found/],
    [PACKAGE, { workflow: "ship.yml" }, "workflow", /OIDC token exchange error - package not found/],
    [PACKAGE, { environment: "production" }, "environment", /OIDC token exchange error - package not found/],
  ];
  for (const [pkg, job, field, said] of cases) {
    const seen = await live({ packages: [pkg], job });
    assert(seen.checked.skipped === null);
    const [report] = seen.checked.reports;
    assertEquals([report!.code, report!.severity ?? "error", report!.package], [
      "exchange-refused",
      "error",
      pkg.name,
    ]);
    assertMatch(report!.why![0]!, said);
    assertMatch(report!.why![0]!, / said: "/);
    assertEquals(report!.comparison!.filter(({ matches }) => matches === false).map((row) => row.field), [
      field,
    ]);
    assertMatch(report!.next!.at(-1)!, /^more: keyless explain exchange-/);
    assertEquals(seen.stage.recorder.tokens, []);
  }
});

Deno.test("live: a package that does not exist is named where the registry says nothing of it", async () => {
  for (const pkg of [CRATE, PACKAGE]) {
    const { checked, shown } = await live({ packages: [pkg], absent: [pkg.name], unregistered: [pkg.name] });
    assert(checked.skipped === null);
    assertEquals(checked.reports.map(({ code }) => code), ["exchange-refused"]);
    assertStringIncludes(shown, `has no package ${pkg.name}: publish a first version with a token.`);
  }
});

Deno.test("live: one refusal does not keep the others from being tried", async () => {
  const seen = await live({ packages: [CRATE, PACKAGE], unregistered: ["widget"] });
  assertEquals(exchanges(seen), ["crates.io 400", "npm 201"]);
  assert(seen.checked.skipped === null);
  assertEquals([seen.checked.compared, seen.checked.reports.length], [1, 1]);
  assertEquals(seen.stage.recorder.liveTokens(), []);
});

Deno.test("live: a registry that is down or cannot be reached decides nothing", async () => {
  const down = await live({
    packages: [CRATE],
    prepare: (stage) => stage.faults.add({ registry: "crates.io", times: 9 }, htmlPage(503)),
  });
  assertEquals(told(down.checked), "not checked: crates.io cannot exchange tokens at the moment (503)");
  const gone = await live({
    packages: [CRATE],
    prepare: (stage) => stage.faults.add({ registry: "crates.io", times: 9 }, { cut: "before" }),
  });
  assertStringIncludes(told(gone.checked) as string, "not checked: Cannot reach 127.0.0.1");
  const partly = await live({
    packages: [CRATE, PACKAGE],
    prepare: (stage) => stage.faults.add({ registry: "crates.io", times: 9 }, htmlPage(502)),
  });
  assertEquals(told(partly.checked), [
    "unverified exchange-not-tried: Nobody knows whether widget would get a token: crates.io cannot exchange tokens at the moment (502)",
  ]);
});

Deno.test("live: a token that was not burned is told, and when it ends", async () => {
  const failed = await live({
    packages: [CRATE],
    prepare: (stage) => stage.faults.add({ method: "DELETE", times: 9 }, htmlPage(500)),
  });
  assertEquals(told(failed.checked), [
    "info token-not-burned: crates.io did not burn the token for widget; it ends by itself in 30 min",
  ]);
  const unsupported = await live({
    packages: [PACKAGE],
    prepare: (stage) => stage.faults.add({ method: "DELETE", times: 9 }, htmlPage(404)),
  });
  assertEquals(told(unsupported.checked), []);
  assertStringIncludes(unsupported.shown, "environment release, and ends by itself in 60 min");
});

Deno.test("live: where another package's record lets the job in, the declaration that differs is named", async () => {
  const seen = await live({ packages: [CRATE, { ...CRATE, name: "gadget", workflow: "ship.yml" }] });
  assertEquals(told(seen.checked), [
    "warning exchange-claims-differ: crates.io gave this job a token, though gadget declares another workflow",
  ]);
});

Deno.test("live: PyPI is not asked while an exchange could create a project, whichever package it is for", async () => {
  const open =
    "PyPI shows no release of widget-py, and an exchange would turn a pending publisher into a project; --create-project lets it";
  const alone = await live({ packages: [PROJECT], absent: ["widget-py"] });
  assertEquals(told(alone.checked), `not checked: ${open}`);
  assertEquals(exchanges(alone), []);

  const there = { ...PROJECT, name: "widget-there" };
  const sibling = await live({ packages: [there, PROJECT], absent: ["widget-py"], chosen: ["widget-there"] });
  assertEquals(told(sibling.checked), `not checked: ${open}`);
  assertEquals(exchanges(sibling), []);

  const beside = await live({ packages: [CRATE, PROJECT], absent: ["widget-py"] });
  assertEquals(told(beside.checked), [
    `unverified exchange-not-tried: Nobody knows whether widget-py would get a token: ${open}`,
  ]);

  const unknown = await live({
    packages: [PROJECT],
    prepare: (stage) => stage.faults.add({ registry: "pypi", method: "GET", times: 99 }, htmlPage(500)),
  });
  assertStringIncludes(
    told(unknown.checked) as string,
    "not checked: PyPI does not tell whether widget-py exists",
  );
  assertEquals(exchanges(unknown), []);
});

Deno.test("live: told to, an exchange creates the project of a pending publisher", async () => {
  const seen = await live({ packages: [PROJECT], absent: ["widget-py"], options: { createProject: true } });
  assertEquals(told(seen.checked), []);
  assertEquals(exchanges(seen), ["pypi 200"]);
  assertEquals(seen.stage.recorder.liveTokens(), []);
});

Deno.test("live: outside CI, and in a job that may not request a token, nothing is tried", async () => {
  const outside = await live({ packages: [CRATE], variables: {} });
  assertMatch(told(outside.checked) as string, /^not checked: only a CI job can exchange tokens/);
  const job = { GITHUB_ACTIONS: "true", GITHUB_JOB: "lint" };
  const forbidden = await live({ packages: [CRATE], variables: job });
  assertEquals(
    told(forbidden.checked),
    'not checked: no OIDC token, because job "lint" may not request one; what to do: keyless explain oidc-not-permitted',
  );
});

Deno.test("live: packages that neither declare a policy nor are seen to be published with OIDC are left alone", async () => {
  const files = { [WORKFLOW]: RELEASE.replace("keyless publish", "cargo test") };
  const undeclared = { ...CRATE, workflow: null };
  const none = await live({ packages: [undeclared], files });
  assertEquals(
    told(none.checked),
    "no package declares a trust policy, or is seen to be published with OIDC",
  );
  const seen = await live({ packages: [undeclared] });
  assertEquals(exchanges(seen), ["crates.io 200"]);
  // Whether this one needs a token of an exchange is for its client to decide.
  const perhaps = { [WORKFLOW]: RELEASE.replace("keyless publish", "cargo publish $OPTIONS") };
  const refused = await live({ packages: [undeclared], files: perhaps, unregistered: ["widget"] });
  for (const line of told(refused.checked)) assertMatch(line, /^unverified exchange-refused: /);
});

Deno.test("live: an event that the registry refuses is told without an exchange", async () => {
  const seen = await live({ packages: [CRATE], job: { event: "pull_request_target" } });
  assertEquals(told(seen.checked), [
    'error exchange-refused: crates.io accepts no publishing from a run started by "pull_request_target"',
  ]);
  assertEquals(exchanges(seen), []);
});

/** GitHub's identity as a CI would give it that has one fixed token for the job and registry. */
async function withOneShot(act: () => Promise<void>): Promise<void> {
  const github = PROVIDERS.find(({ id }) => id === "github-actions")!;
  const tokens = new Map<string, ReturnType<IdentityProvider["request"]>>();
  const fixed: IdentityProvider = {
    ...github,
    label: "GitLab CI",
    renewable: false,
    request(session, audience, origin) {
      const token = tokens.get(audience) ?? github.request(session, audience, origin);
      tokens.set(audience, token);
      return token;
    },
  };
  const all = PROVIDERS as IdentityProvider[];
  all.unshift(fixed);
  try {
    await act();
  } finally {
    all.shift();
  }
}

Deno.test("live: the only token of a job is not spent unless told, and then once a registry", () =>
  withOneShot(async () => {
    const packages = [CRATE, PACKAGE, { ...PACKAGE, name: "other" }];
    const kept = await live({ packages });
    assertMatch(
      told(kept.checked) as string,
      /^not checked: GitLab CI gives this job one token, .* --spend-one-shot/,
    );
    assertEquals(kept.stage.recorder.of("identity"), []);
    const spent = await live({ packages, options: { spendOneShot: true } });
    assertEquals(exchanges(spent), ["crates.io 200", "npm 201"]);
    assertEquals(told(spent.checked), [
      "unverified exchange-not-tried: Nobody knows whether other would get a token: the job's only token for npm was exchanged for @acme/widget",
    ]);
    assertEquals(spent.stage.recorder.liveTokens(), []);
  }));

Deno.test("live: a refusal leaves the only token of a job as it is", () =>
  withOneShot(async () => {
    const packages = [PACKAGE, { ...PACKAGE, name: "other" }];
    const seen = await live({
      packages,
      unregistered: ["@acme/widget"],
      options: { spendOneShot: true },
    });
    assertEquals(exchanges(seen), ["npm 404", "npm 201"]);
  }));
