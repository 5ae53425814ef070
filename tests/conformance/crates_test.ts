import { assert, assertEquals, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import { readArguments } from "../../src/cli/arguments.ts";
import { Secret } from "../../src/host/secret.ts";
import { decodeJwt } from "../../src/identity/decode.ts";
import { detectIdentity } from "../../src/identity/table.ts";
import { KeylessError, UsageError } from "../../src/problem.ts";
import { variablesOf } from "../../src/publish/credential.ts";
import { TokenBook } from "../../src/publish/tokens.ts";
import { mint } from "../../src/registries/mint.ts";
import { protocolOf } from "../../src/registries/table.ts";
import type { Fault } from "../../src/rehearsal/faults.ts";
import { complaints, load } from "../config/support.ts";
import { JOB, record } from "../rehearsal/stage.ts";
import { NAMES, onStage, pinnedIdentity, type Stage, type StageOptions } from "./stage.ts";
import { conformance } from "./table.ts";

const NUMBERS = [
  1,
  2,
  4,
  5,
  7,
  8,
  10,
  11,
  13,
  14,
  16,
  17,
  19,
  20,
  22,
  23,
  25,
  26,
  28,
  29,
  31,
  32,
  34,
  35,
  37,
  38,
  40,
];

const CHECK = ["identity crates.io", "exchange 200", "burn 204"];
const UPLOAD = { method: "PUT", path: "/api/v1/crates/new" };
const USER_TOKEN = "cioCANARYofTheUserInTheConformance0";

const widget = (versions: readonly { version: string; yanked?: boolean }[] = [], more = {}) => ({
  packages: [{ registry: "crates.io", name: "widget", versions, ...more }],
});

/** The code of what stops a release before any upload; nothing was minted that still lives. */
async function stoppedBy(stage: Stage, options: Parameters<Stage["release"]>[1] = {}): Promise<string> {
  const error = await assertRejects(() => stage.release([stage.package("crates")], options), KeylessError);
  assertEquals(stage.uploads(), []);
  assertEquals(stage.recorder.liveTokens(), []);
  return error.problem.code;
}

conformance("crates.io", NUMBERS, [
  {
    row: 1,
    says:
      "a job on GitHub asks for the audience crates.io, exchanges, uploads with that token, revokes it and names its run",
    test: () =>
      onStage({}, async (stage) => {
        const { packages: [released], tokens } = await stage.release([stage.package("crates")]);
        assertEquals(released!.result, "published");
        assertEquals(stage.traffic(), [...CHECK, ...CHECK.slice(0, 2), "upload 200", "burn 204"]);
        const [upload] = stage.recorder.of("upload");
        assertEquals(stage.recorder.tokens.find(({ id }) => id === upload!.token)!.kind, "minted");
        assertEquals(tokens.minted, tokens.burned);
        assertEquals([released!.proof!.publisher, released!.proof!.source], ["this-run", "trustpub_data"]);
      }),
  },
  {
    row: 2,
    says:
      "an identity that is one fixed token (GitLab's variable) is exchanged once, and the next need uses what is held",
    test: () =>
      onStage({}, async (stage) => {
        const identity = pinnedIdentity(await stage.issuer.sign("crates.io"));
        const book = new TokenBook(stage.session);
        const first = await book.get(identity, stage.package("crates"));
        assertEquals(await book.get(identity, stage.package("crates")), first);
        await book.close();
        assertEquals(stage.traffic(), ["exchange 200", "burn 204"]);
      }),
    notOurs: "reading GitLab's variable: there is no such identity",
  },
  {
    row: 4,
    says: "reading a public index costs no OIDC traffic, and cargo never sends the placeholder",
    by: [
      [
        "credentials/provider_link_test.ts",
        "reading a public index gets a placeholder, which cargo never sends",
      ],
      [
        "credentials/cargo_alone_test.ts",
        "cargo's first question costs no exchange, and other operations get nothing",
      ],
    ],
  },
  {
    row: 5,
    says:
      "reading an index that asks for a credential gets the real token, and a placeholder is refused as one",
    by: [
      ["credentials/provider_link_test.ts", "reading an index that asks for a credential gets the token"],
      ["registries/token_test.ts", "a private registry may have tokens of any form, but no placeholder"],
    ],
  },
  {
    row: 7,
    says: "a checksum that differs from the packed one gets no token, and none is asked for",
    by: [
      ["credentials/provider_link_test.ts", "publishing ${what} gets no token, and none is asked for"],
      [
        "clients/cargo_test.ts",
        "a crate whose sources changed since it was packed is refused, and no token is handed out",
      ],
    ],
  },
  {
    row: 8,
    says: "build.rs sees no token and nothing to request one with",
    by: [["clients/cargo_test.ts", "a build script sees no credential and nothing to request one with"]],
  },
  {
    row: 10,
    says:
      "every minted token is revoked once, however the upload ends, and a failing revocation changes nothing",
    test: async () => {
      const answer = (status: number, detail: string): Fault => ({
        answer: {
          status,
          headers: { "content-type": "application/json" },
          body: JSON.stringify({ errors: [{ detail }] }),
        },
      });
      for (
        const [fault, code] of [
          [answer(400, "missing or empty metadata fields: description"), "upload-refused"],
          [answer(503, "crates.io is currently in read-only mode."), "upload-unclear"],
        ] as const
      ) {
        await onStage({}, async (stage) => {
          stage.faults.add(UPLOAD, fault);
          const { packages: [released] } = await stage.release([stage.package("crates")]);
          assertEquals(released!.problems.map((problem) => problem.code), [code]);
          assertEquals(stage.traffic().filter((what) => what !== "identity crates.io"), [
            "exchange 200",
            "burn 204",
            "exchange 200",
            "burn 204",
          ]);
        });
      }
      await onStage({}, async (stage) => {
        stage.faults.add({ method: "DELETE", times: 9 }, answer(500, "Internal Server Error"));
        const { packages: [released], tokens } = await stage.release([stage.package("crates")]);
        assertEquals([released!.result, released!.problems], ["published", []]);
        assertEquals([tokens.minted, tokens.burned], [2, 0]);
        assertEquals(stage.recorder.of("request").filter(({ method }) => method === "DELETE").length, 2);
      });
    },
    by: [[
      "e2e/interruption_test.ts",
      "stopped by a signal at any request, a release leaves no token, and the next run finishes it",
    ]],
  },
  {
    row: 11,
    says:
      "each refusal is explained by field, actual and expected value; only what may pass is tried again, each time with a new token",
    by: [
      [
        "registries/crates_exchange_test.ts",
        "crates.io: another owner id means that the record must be made again",
      ],
      [
        "registries/crates_exchange_test.ts",
        "crates.io: another workflow names both files, and what is registered wins over what is declared",
      ],
      [
        "registries/crates_exchange_test.ts",
        "crates.io: another environment names both, and the workflow is known to match",
      ],
      [
        "registries/crates_exchange_test.ts",
        "crates.io: the event ${event} is refused whatever is registered",
      ],
      ["registries/mint_test.ts", "crates.io: a mismatch is never tried again"],
      ["registries/mint_test.ts", "Retry-After of an exchange: ${name}, and every try has a new OIDC token"],
      ["registries/mint_test.ts", "crates.io: an outage is waited for"],
      [
        "registries/mint_test.ts",
        "crates.io: a connection cut after the exchange was processed is tried again",
      ],
    ],
  },
  {
    row: 13,
    says: "after a mismatch was repaired, the same OIDC token is accepted, and so is the next run",
    test: () =>
      onStage({ records: [record("crates.io", "widget", { workflow: "ship.yml" })] }, async (stage) => {
        const registry = stage.registries.get("crates.io")!;
        const origin = registry.endpoints.exchange!;
        const jwt = await stage.issuer.sign("crates.io");
        const exchange = () =>
          protocolOf(registry).exchange(stage.session, registry, new Secret(jwt, "OIDC token", origin), {
            packageName: "widget",
            claims: decodeJwt(jwt).claims!,
            declared: null,
          });
        const refusal = await exchange();
        assert(!("token" in refusal));
        assertEquals([refusal.cause, refusal.retry], ["workflow", "never"]);
        stage.servers.get("crates.io")!.records.push(record("crates.io", "widget"));
        const minted = await exchange();
        assert("token" in minted);
        assertEquals(await protocolOf(registry).burn(stage.session, minted), "burned");
        assertEquals((await stage.release([stage.package("crates")])).packages[0]!.result, "published");
      }),
  },
  {
    row: 14,
    says: "a 502 that is no JSON, an empty body and a 403 in HTML are shown by status and first line",
    by: [
      [
        "registries/refusals.ts",
        "${label}: a 502 of a proxy in HTML is an outage, and its first line is shown",
      ],
      ["registries/refusals.ts", "${label}: a 503 without body is an outage"],
      ["registries/refusals.ts", "${label}: a 403 in HTML shows status and first line"],
      ["e2e/trouble_test.ts", "an exchange that answers with a web page is shown by status and first line"],
    ],
  },
  {
    row: 16,
    says:
      "a crate that does not exist stops the release before any exchange, and the server's own words are understood too",
    test: () =>
      onStage({ packages: [] }, async (stage) => {
        assertEquals(await stoppedBy(stage), "crates-first-publish");
        assertEquals(stage.traffic(), []);
      }),
    by: [["clients/outcome_test.ts", "a crate that does not exist"]],
  },
  {
    row: 17,
    says: "a token that is not good for the crate names the crate",
    test: () =>
      onStage({ records: [record("crates.io", "gadget")] }, async (stage) => {
        const { packages: [released] } = await stage.release([stage.package("crates")]);
        const [problem] = released!.problems;
        assertEquals(problem!.code, "upload-not-allowed");
        assertStringIncludes(problem!.said!, "not valid for crate `widget`");
        assertEquals([problem!.package, released!.result], ["widget", "failed"]);
      }),
  },
  {
    row: 19,
    says: "a version that is there with another checksum is a conflict before anything is uploaded",
    test: () =>
      onStage(widget([{ version: "1.0.0" }]), async (stage) => {
        assertEquals(await stoppedBy(stage), "version-conflict");
        assertEquals(stage.traffic(), []);
      }),
  },
  {
    row: 20,
    says: "a yanked version is seen before the upload",
    test: () =>
      onStage(widget([{ version: "1.0.0", yanked: true }]), async (stage) => {
        assertEquals(await stoppedBy(stage), "version-conflict");
        assertEquals(stage.traffic(), []);
      }),
    by: [["registries/crates_version_test.ts", "a yanked version counts as published"]],
  },
  {
    row: 22,
    says: "a version that the index does not show yet is found by the API: the same bytes are done",
    test: () =>
      onStage({}, async (stage) => {
        await stage.release([stage.package("crates")]);
        stage.faults.add({ registry: "crates.io", path: /^\/index\//, times: 99 }, {
          answer: { status: 404, body: "" },
        });
        const { packages: [again] } = await stage.release([stage.package("crates")]);
        assertEquals([again!.result, stage.uploads()], ["there", ["widget 1.0.0 200"]]);
      }),
    by: [
      ["registries/crates_version_test.ts", "a version that only the API shows is present: the index lags"],
      ["clients/outcome_test.ts", "a version that is there"],
    ],
  },
  {
    row: 23,
    says: "a connection that is cut after the upload is settled by asking, without another upload",
    test: () =>
      onStage({}, async (stage) => {
        stage.faults.add(UPLOAD, { cut: "after" });
        const { packages: [released] } = await stage.release([stage.package("crates")]);
        assertEquals([released!.result, stage.uploads()], ["published", ["widget 1.0.0 200"]]);
      }),
  },
  {
    row: 25,
    says:
      "a registry that never shows a version: the last package is accepted and not published, and dependents wait for the next run",
    test: async () => {
      const names = ["@acme/core", NAMES.npm];
      const late: StageOptions = {
        files: { "npm/core/package.json": '{"name":"@acme/core","version":"1.0.0"}' },
        lag: 10_000,
        records: names.map((name) => record("npm", name)),
        packages: names.map((name) => ({ registry: "npm", name })),
      };
      await onStage(late, async (stage) => {
        const { packages: [last] } = await stage.release([stage.package("npm")]);
        assertEquals([last!.result, last!.proof!.visible], ["accepted", "pending"]);
        assertEquals(last!.problems.map(({ code }) => code), ["not-visible-yet"]);
        assert(last!.proof!.seconds > 30, "nobody waited for it");
      });
      await onStage(late, async (stage) => {
        const at = { path: "npm/core", manifest: "npm/core/package.json" };
        const core = stage.package("npm", { name: "@acme/core", ...at });
        const { packages } = await stage.release([stage.package("npm", { dependsOn: [core.name] }), core]);
        assertEquals(packages.map(({ result }) => result), ["accepted", "not-tried"]);
        assertEquals(packages[0]!.problems[0]!.code, "not-visible-yet");
        assertEquals(stage.uploads(), ["@acme/core 1.0.0 200"]);
      });
    },
  },
  {
    row: 26,
    says: "a release that stopped half-way publishes only what is missing",
    by: [[
      "e2e/interruption_test.ts",
      "killed at any answer, a release is finished by the next run, each version published once",
    ]],
  },
  {
    row: 28,
    says: "a stray token in a variable or in the credentials file is neither used nor passed on",
    by: [["clients/cargo_test.ts", "stray tokens and a user's credentials file are not used"]],
  },
  {
    row: 29,
    says:
      "`[registries.crates-io] credential-provider` in cargo's settings, which cargo ignores, is warned about",
    notOurs: "no check of cargo's settings; an upload does not depend on them",
  },
  {
    row: 31,
    says:
      "the token of the registry `my-reg` is looked for where cargo looks, and `my_reg` beside it is refused",
    test: async () => {
      const table = (name: string) =>
        `[registry.${name}]\nkind = "crates"\nindex = "sparse+https://${name}.example.com/"\n`;
      const { registries } = await load({ "keyless.toml": table("my-reg") + table("other") });
      assertEquals(variablesOf(registries.get("my-reg")!), ["CARGO_REGISTRIES_MY_REG_TOKEN"]);
      assertEquals(
        (await complaints({ "keyless.toml": table("my-reg") + table("my_reg") })).map((text) =>
          text.split("\n")[0]
        ),
        ["registry-name-taken keyless.toml:4:11: [registry.my_reg] and [registry.my-reg] have the same variables"],
      );
    },
  },
  {
    row: 32,
    says: "neither `registry.default` nor a replaced source nor `package.publish` decides where a crate goes",
    by: [
      [
        "clients/started_test.ts",
        "${client} is started with exactly these words and variables, away from the project",
      ],
      [
        "clients/cargo_test.ts",
        "no cargo settings of the project or of a directory above the private one steer an upload",
      ],
    ],
  },
  {
    row: 34,
    says: "a token is not taken from the command line, where others could read it",
    test: () => {
      const error = assertThrows(() => readArguments(["publish", "--token", "cioCANARY"]), UsageError);
      assertEquals(error.problem.code, "unknown-option");
      return Promise.resolve();
    },
  },
  {
    row: 35,
    says: "a cargo that asks no other program for its credential is refused with the reason",
    by: [
      ["clients/version_test.ts", '${name} ${version} is ${unfit ? "too old" : "new enough"}'],
      [
        "clients/cargo_test.ts",
        "crates of a workspace are verified against each other before any is published",
      ],
    ],
  },
  {
    row: 37,
    says: "a crate that accepts trusted publishing only is not tried with a user's token",
    test: () =>
      onStage(
        { ...widget([], { trustedOnly: true }), variables: { CARGO_REGISTRY_TOKEN: USER_TOKEN } },
        async (stage) => {
          assertEquals(await stoppedBy(stage, { wish: "token" }), "trusted-publishing-only");
        },
      ),
  },
  {
    row: 38,
    says: "a run that was started by workflow_run or pull_request_target is stopped before the exchange",
    test: async () => {
      for (const event of ["workflow_run", "pull_request_target"]) {
        await onStage({ job: { event } }, async (stage) => {
          const minting = mint(
            stage.session,
            detectIdentity(stage.session.env)!,
            stage.registries.get("crates.io")!,
            {
              packageName: "widget",
              declared: null,
            },
          );
          const error = await assertRejects(() => minting, KeylessError);
          assertEquals(error.problem.code, "exchange-event-refused");
          assertEquals(stage.traffic(), ["identity crates.io"]);
        });
      }
    },
  },
  {
    row: 40,
    says: "after the upload, trustpub_data must name this run; another one is an error",
    test: () =>
      onStage({}, async (stage) => {
        const { packages: [released] } = await stage.release([stage.package("crates")], {
          run: { repository: JOB.repository, runId: "1", sha: JOB.sha },
        });
        assertEquals(released!.problems.map(({ code }) => code), ["proof-mismatch"]);
        assertStringIncludes(released!.problems[0]!.why!.join(" "), `run ${JOB.runId}`);
      }),
  },
]);
