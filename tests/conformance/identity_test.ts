import { assert, assertEquals, assertRejects } from "@std/assert";
import { detectIdentity } from "../../src/identity/table.ts";
import { envOf } from "../../src/host/env.ts";
import { redact } from "../../src/host/redact.ts";
import { TokenBook } from "../../src/publish/tokens.ts";
import { mint } from "../../src/registries/mint.ts";
import { ExchangeRefused } from "../../src/registries/refusal.ts";
import { record } from "../rehearsal/stage.ts";
import { NAMES, onStage, pinnedIdentity, type Stage } from "./stage.ts";
import { conformance } from "./table.ts";

const NUMBERS = Array.from({ length: 55 }, (_, index) => index + 1);

const GITHUB = "identity/github_test.ts";
const MINTING = "registries/mint_test.ts";
const REFUSALS = "registries/refusals.ts";
const COMPARING = "identity/compare_test.ts";
const TOKENS = "registries/token_test.ts";

const NO_IDENTITY = (vendor: string) => `there is no identity of ${vendor}`;
const NO_REGISTRY = (name: string) => `keyless does not publish to ${name}`;

/** Mints for the package of a registry. */
function mintOn(stage: Stage, registry: "crates.io" | "pypi" | "npm") {
  const kind = registry === "crates.io" ? "crates" : registry;
  return mint(stage.session, detectIdentity(stage.session.env)!, stage.registries.get(registry)!, {
    packageName: NAMES[kind],
    declared: null,
  });
}

conformance("identity", NUMBERS, [
  {
    row: 1,
    says: "each registry gets an OIDC token for its own audience, masked before anything else is written",
    test: () =>
      onStage({}, async (stage) => {
        const book = new TokenBook(stage.session);
        const provider = detectIdentity(stage.session.env)!;
        for (const kind of ["crates", "pypi", "npm"] as const) await book.get(provider, stage.package(kind));
        await book.close();
        assertEquals(stage.recorder.of("identity").map(({ audience }) => audience), [
          "crates.io",
          "pypi",
          "npm:registry.npmjs.org",
        ]);
        assertEquals(stage.recorder.liveTokens(), []);
      }),
    by: [
      [GITHUB, "the token is masked before anything else is written"],
      [GITHUB, "a token for another audience is not handed on"],
    ],
  },
  {
    row: 2,
    says: "with one of the two variables missing, it is named and nothing is sent",
    by: [[GITHUB, "only ${absent} missing: it is named, and nothing is sent"]],
  },
  {
    row: 3,
    says: "a query in the request URL is kept, and the audience is appended, encoded",
    by: [[GITHUB, "a query that is there stays, and the audience is appended"]],
  },
  {
    row: 4,
    says: "an answer without a text for `value` is malformed, and its body is not shown",
    by: [[GITHUB, "a value that is ${name} is a malformed answer whose body is not shown"]],
  },
  {
    row: 5,
    says: "an issuer that is down twice is asked a third time",
    test: () =>
      onStage({}, async (stage) => {
        stage.faults.add({ registry: "issuer", times: 2 }, { answer: { status: 503, body: "" } });
        await new TokenBook(stage.session).get(detectIdentity(stage.session.env)!, stage.package("crates"));
        assertEquals(
          stage.recorder.of("request").filter(({ registry, path }) =>
            registry === "issuer" && /token/.test(path)
          ).length,
          3,
        );
      }),
  },
  {
    row: 6,
    says: "a job of GitHub on a machine of a cloud is a job of GitHub",
    test: () => {
      const machine = { GITHUB_ACTIONS: "true", GCE_METADATA_HOST: "169.254.169.254", K_SERVICE: "runner" };
      assertEquals(detectIdentity(envOf(machine))?.id, "github-actions");
      return Promise.resolve();
    },
  },
  {
    row: 7,
    says: "a job of Forgejo, which sets the same variables, is stopped before any public registry",
    by: [
      ["registries/rules_test.ts", "an issuer that is refused is explained: ${issuer}"],
      [
        "registries/rules_test.ts",
        "a private registry may accept any issuer and event, and a rehearsal on this machine any issuer",
      ],
    ],
  },
  {
    row: 8,
    says: "a pull request from a fork is told that forks get no token",
    by: [[GITHUB, "a pull request from a fork"]],
  },
  {
    row: 9,
    says: "an event that a registry refuses whatever is registered is refused before the exchange",
    by: [[MINTING, "${registry}: a run started by ${event} is refused before anything is exchanged"]],
  },
  {
    row: 10,
    says: "GitLab: another variable than the expected one is there",
    notOurs: NO_IDENTITY("GitLab"),
  },
  {
    row: 11,
    says: "a token for a list of audiences is not handed on",
    by: [[GITHUB, "a token for a list of audiences is not handed on, although the asked one is in it"]],
  },
  {
    row: 12,
    says: "an issuer of a GitLab of one's own is refused where only GitLab's own is accepted",
    by: [["registries/rules_test.ts", "refused by rule, whatever is registered: ${JSON.stringify(claims)}"]],
  },
  { row: 13, says: "CircleCI: the token comes from a program", notOurs: NO_IDENTITY("CircleCI") },
  { row: 14, says: "Buildkite: the agent is not on PATH", notOurs: NO_IDENTITY("Buildkite") },
  { row: 15, says: "Azure: SYSTEM_ACCESSTOKEN must be mapped", notOurs: NO_IDENTITY("Azure Pipelines") },
  {
    row: 16,
    says: "an identity that is one fixed token is exchanged once, and a refusal is final",
    test: () =>
      onStage({}, async (stage) => {
        stage.faults.add({ registry: "crates.io", method: "POST" }, { answer: { status: 503, body: "" } });
        const identity = pinnedIdentity(await stage.issuer.sign("crates.io"));
        const about = { packageName: "widget", declared: null };
        const minting = () => mint(stage.session, identity, stage.registries.get("crates.io")!, about);
        assertEquals((await assertRejects(minting, ExchangeRefused)).problem.code, "exchange-unavailable");
        assertEquals(stage.recorder.of("request").filter(({ method }) => method === "POST").length, 1);
      }),
    by: [[MINTING, "a provider that always gives the same token gets one try: ${name}"]],
  },
  {
    row: 17,
    says: "an OIDC token that has expired is refused, and a new one is tried",
    test: () =>
      onStage({}, async (stage) => {
        const old = await stage.issuer.sign("pypi", { exp: Math.floor(Date.now() / 1000) - 3600 });
        const body = JSON.stringify({ value: old });
        stage.faults.add({ registry: "issuer", path: new URL(stage.issuer.requestUrl).pathname }, {
          answer: { status: 200, headers: { "content-type": "application/json" }, body },
        });
        assert((await mintOn(stage, "pypi")).token);
        assertEquals(stage.recorder.of("exchange").map(({ status }) => status), [422, 200]);
      }),
  },
  {
    row: 18,
    says: "a subject with ids in it is mentioned where it may be the cause",
    by: [["registries/npm_exchange_test.ts", "npm: a 404 with an immutable subject mentions it"]],
  },
  {
    row: 19,
    says: "an enterprise's issuer is refused with the name of its setting",
    by: [["registries/rules_test.ts", "an issuer that is refused is explained: ${issuer}"]],
  },
  {
    row: 20,
    says: "in a reusable workflow crates.io and npm read the caller, PyPI the callee",
    test: async () => {
      const calledWorkflow = "acme/widgets/.github/workflows/shared.yml@refs/tags/v1.0.0";
      const records = [
        record("crates.io", NAMES.crates),
        record("npm", NAMES.npm),
        record("pypi", NAMES.pypi, { workflow: "shared.yml" }),
      ];
      await onStage({ job: { calledWorkflow }, records }, async (stage) => {
        for (const registry of ["crates.io", "npm", "pypi"] as const) assert(await mintOn(stage, registry));
      });
    },
    by: [[COMPARING, "a reusable workflow: crates.io and npm read the caller, PyPI the callee"]],
  },
  {
    row: 21,
    says: "an environment on one side only is refused, or every branch may publish",
    by: [
      [COMPARING, "an environment that the job lacks is missed everywhere"],
      [COMPARING, "a record without environment takes any at crates.io and PyPI; of npm nobody knows"],
    ],
  },
  {
    row: 22,
    says: "letter case counts where the registry says so",
    test: async () => {
      for (const [registry, accepted] of [["crates.io", true], ["pypi", true], ["npm", false]] as const) {
        await onStage({ job: { environment: "RELEASE" } }, async (stage) => {
          const minted = await mintOn(stage, registry).then(() => true, (error) => {
            assert(error instanceof ExchangeRefused);
            return false;
          });
          assertEquals([registry, minted], [registry, accepted]);
        });
      }
    },
    by: [
      [COMPARING, "the letter case of the environment counts at npm only"],
      [COMPARING, "the letter case of the owner counts at npm only"],
    ],
  },
  { row: 23, says: "RubyGems: a 404 names no claim", notOurs: NO_REGISTRY("RubyGems") },
  { row: 24, says: "RubyGems: how the key reaches gem", notOurs: NO_REGISTRY("RubyGems") },
  { row: 25, says: "NuGet: what a request must say", notOurs: NO_REGISTRY("NuGet") },
  {
    row: 26,
    says: "a token that was used already is followed by one new one",
    by: [
      [MINTING, "crates.io: a replayed token is followed by one new one"],
      [MINTING, "crates.io: a token replayed twice is given up"],
    ],
  },
  { row: 27, says: "NuGet: a policy of an organisation", notOurs: NO_REGISTRY("NuGet") },
  { row: 28, says: "pub.dev: only tags publish", notOurs: NO_REGISTRY("pub.dev") },
  { row: 29, says: "JSR: tokens for sixteen packages each", notOurs: NO_REGISTRY("JSR") },
  { row: 30, says: "JSR: a version that is there", notOurs: NO_REGISTRY("JSR") },
  {
    row: 31,
    says: "Buildkite's packages: a token may live for five minutes",
    notOurs: NO_REGISTRY("Buildkite"),
  },
  {
    row: 32,
    says: "after a time-out or a 429 with Retry-After a new OIDC token is tried, within bounds",
    by: [
      [MINTING, "Retry-After of an exchange: ${name}, and every try has a new OIDC token"],
      [MINTING, "a date is kept to"],
      [MINTING, "more than two minutes are not waited for"],
      [
        MINTING,
        "an exchange that is not answered within 30 s is repeated with a new OIDC token; a burn gets 5 s and is quiet",
      ],
    ],
  },
  {
    row: 33,
    says: "an error in HTML is shown by status, and what it echoes is redacted",
    by: [
      [REFUSALS, "${label}: a 502 of a proxy in HTML is an outage, and its first line is shown"],
      [
        "e2e/trouble_test.ts",
        "a registry's text can neither steer the terminal nor the CI, nor show the token",
      ],
    ],
  },
  {
    row: 34,
    says: "a signal after the exchange burns the token",
    by: [
      [MINTING, "a program that ends without releasing burns what it holds"],
      [
        "e2e/interruption_test.ts",
        "stopped by a signal at any request, a release leaves no token, and the next run finishes it",
      ],
    ],
  },
  {
    row: 35,
    says: "a minted token of fewer than 8 characters is an error",
    by: [[REFUSALS, "${label}: a token shorter than 8 characters is an unexpected answer"]],
  },
  {
    row: 36,
    says: "a masked value is escaped, each line of it",
    by: [
      ["identity/mask_test.ts", "a percent sign is escaped"],
      ["identity/mask_test.ts", "each line of a value is masked, and its line breaks are escaped"],
    ],
  },
  {
    row: 37,
    says: "with OIDC and a long-lived token, OIDC is used, and no child sees the token",
    test: () =>
      onStage({ variables: { NODE_AUTH_TOKEN: `npm_${"CANARY".repeat(6)}` } }, async (stage) => {
        const { packages: [released] } = await stage.release([stage.package("npm")]);
        assertEquals([released!.result, released!.credential], ["published", "OIDC from GitHub Actions"]);
      }),
    by: [["clients/environment_test.ts", "no variable that may hold a credential is ever passed on"]],
  },
  {
    row: 38,
    says: "when OIDC fails, a long-lived token is used only on demand, and loudly",
    by: [
      ["e2e/trouble_test.ts", "a long-lived token is used only on demand, and the report names it"],
      [
        "e2e/trouble_test.ts",
        "a refused exchange falls back to a token only when that is allowed, and loudly",
      ],
    ],
  },
  {
    row: 39,
    says: "a secret is stored although a publisher exists",
    notOurs: "secrets of a CI are not listed",
  },
  { row: 40, says: "the API of secrets refuses to answer", notOurs: "secrets of a CI are not listed" },
  { row: 41, says: "more secrets than one page shows", notOurs: "secrets of a CI are not listed" },
  { row: 42, says: "a secret is written with a stale key", notOurs: "secrets of a CI are not written" },
  { row: 43, says: "a sealed box", notOurs: "secrets of a CI are not written" },
  { row: 44, says: "the device flow", notOurs: "there is no login" },
  { row: 45, says: "two processes refresh one token", notOurs: "there is no login" },
  {
    row: 46,
    says: "GitHub's long tokens are recognised and redacted whole",
    test: () => {
      const token = `ghs_${["A".repeat(200), "b".repeat(100), "-_9".repeat(70)].join(".")}`;
      assertEquals(redact(`token ${token}, said GitHub`), "token «GitHub token», said GitHub");
      return Promise.resolve();
    },
  },
  {
    row: 47,
    says: "a token that has expired, or was typed wrongly, is seen without asking anybody",
    by: [
      [TOKENS, "PyPI: an expired token"],
      [TOKENS, "crates.io: a minted token with a letter changed"],
    ],
  },
  { row: 48, says: "a key chain that is locked", notOurs: "no credential store is read" },
  { row: 49, says: "an old program `keyring`", notOurs: "no credential store is read" },
  {
    row: 50,
    says: "a proxy that blocks the issuer: its host is named",
    by: [[GITHUB, "an issuer that cannot be reached is named as a host that the network must let through"]],
  },
  {
    row: 51,
    says: "a job with a token restores a cache or runs unpinned actions",
    notOurs: "no rule of doctor",
  },
  { row: 52, says: "a publisher without environment", notOurs: "no rule of doctor" },
  { row: 53, says: "a repository was renamed", notOurs: "GitHub is not asked for the repository's name" },
  {
    row: 54,
    says: "PyPI: a release older than 14 days gets no more files",
    notOurs: "the age of a release is not looked at; PyPI's refusal is quoted",
  },
  {
    row: 55,
    says: "a version that another run published is an alarm",
    test: () =>
      onStage({}, async (stage) => {
        const { packages: [released] } = await stage.release([stage.package("crates")], {
          run: { repository: "someone/else", runId: null, sha: null },
        });
        const error = released!.problems[0]!;
        assertEquals([error.code, released!.result], ["proof-mismatch", "failed"]);
      }),
    notOurs: "comparing with the marks of earlier versions",
  },
]);
