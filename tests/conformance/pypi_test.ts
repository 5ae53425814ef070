import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { detectIdentity } from "../../src/identity/table.ts";
import { KeylessError } from "../../src/problem.ts";
import { makePlan } from "../../src/publish/plan.ts";
import { checkout } from "../../src/publish/git.ts";
import { mint, release } from "../../src/registries/mint.ts";
import { ExchangeRefused } from "../../src/registries/refusal.ts";
import { pypiToken } from "../registries/macaroons.ts";
import { record } from "../rehearsal/stage.ts";
import { NAMES, onStage, type Stage, type StageOptions } from "./stage.ts";
import { conformance } from "./table.ts";

const NUMBERS = [
  ...[1, 2, 4, 5, 7, 8, 10, 11, 13, 14, 16, 17, 19, 20, 22, 23, 25, 26, 28, 29, 31, 32, 34, 35, 37, 38, 40],
  ...[41, 43, 44, 46, 47, 49, 50, 52, 53, 55, 56],
];

const EXCHANGES = "registries/pypi_exchange_test.ts";
const MINTING = "registries/mint_test.ts";
const OUTCOMES = "clients/outcome_test.ts";
const CLIENTS = "clients/python_test.ts";

const NO_CI = {
  GITHUB_ACTIONS: undefined,
  ACTIONS_ID_TOKEN_REQUEST_URL: undefined,
  ACTIONS_ID_TOKEN_REQUEST_TOKEN: undefined,
};

const TWO_FILES = ["acme-widget 1.0.0 200", "acme-widget 1.0.0 200"];

/** Mints for the package on its own. */
function mintOn(stage: Stage, registry = "pypi") {
  return mint(stage.session, detectIdentity(stage.session.env)!, stage.registries.get(registry)!, {
    packageName: NAMES.pypi,
    declared: null,
  });
}

/** What stops a release of the package before any upload, exchange or OIDC request. */
async function stoppedBy(
  options: StageOptions,
  wish: "auto" | "oidc" | "token",
): Promise<readonly [string, string]> {
  let found: readonly [string, string] = ["", ""];
  await onStage(options, async (stage) => {
    const error = await assertRejects(() => stage.release([stage.package("pypi")], { wish }), KeylessError);
    assertEquals(stage.traffic(), []);
    assertEquals(JSON.stringify(error.problems).includes("CANARY"), false);
    found = [error.problem.code, [error.problem.message, ...error.problem.why ?? []].join(" ")];
  });
  return found;
}

conformance("PyPI", NUMBERS, [
  {
    row: 1,
    says:
      "a job on GitHub asks PyPI for its audience, exchanges, uploads as `__token__`, and burns the token",
    test: () =>
      onStage({}, async (stage) => {
        const { packages: [released] } = await stage.release([stage.package("pypi")]);
        assertEquals([released!.result, stage.uploads()], ["published", TWO_FILES]);
        const check = ["identity pypi", "exchange 200"];
        assertEquals(stage.traffic(), [
          ...check,
          "burn 202",
          ...check,
          "upload 200",
          "upload 200",
          "burn 202",
        ]);
        assertEquals(stage.recorder.liveTokens(), []);
      }),
    by: [
      ["registries/mint_test.ts", "the minted token is masked before anything else is written"],
      [EXCHANGES, "PyPI: ${name} is asked for its audience"],
    ],
  },
  {
    row: 2,
    says: "a token without expiry counts as good for 900 s",
    by: [[EXCHANGES, "PyPI: an answer without expiry counts as 900 seconds from the request"]],
  },
  {
    row: 4,
    says: "with one of the two variables missing, the missing one is named",
    by: [["identity/github_test.ts", "only ${absent} missing: it is named, and nothing is sent"]],
  },
  {
    row: 5,
    says: "a query in the request URL is kept, and the audience is appended",
    by: [["identity/github_test.ts", "a query that is there stays, and the audience is appended"]],
  },
  {
    row: 7,
    says: "pull_request_target is refused without asking PyPI",
    test: () =>
      onStage({ job: { event: "pull_request_target" } }, async (stage) => {
        const error = await assertRejects(() => mintOn(stage), KeylessError);
        assertEquals(error.problem.code, "exchange-event-refused");
        assertEquals(stage.recorder.of("exchange"), []);
      }),
  },
  {
    row: 8,
    says: "a job in a reusable workflow goes on: the registry decides",
    by: [[MINTING, "PyPI: a job in a reusable workflow is exchanged all the same: the registry decides"]],
  },
  {
    row: 10,
    says: "a job without environment is compared field by field, with nothing in that field",
    test: () =>
      onStage({ job: { environment: null } }, async (stage) => {
        const error = await assertRejects(() => mintOn(stage), ExchangeRefused);
        assertStringIncludes(error.refusal.said!, "was not found");
        const row = error.refusal.comparison!.find(({ field }) => field === "environment");
        assertEquals([row!.claimed, row!.matches], [null, null]);
      }),
    by: [[
      EXCHANGES,
      "PyPI: no publisher for a job without environment shows what to register, with the field left empty",
    ]],
  },
  {
    row: 11,
    says: "the reason of a refusal is quoted verbatim, without control characters",
    by: [
      [EXCHANGES, "PyPI: a called workflow of another ref is explained, and the reason stays verbatim"],
      [EXCHANGES, "PyPI: escapes, line breaks and workflow commands in a reason do no harm"],
    ],
  },
  {
    row: 13,
    says: "an unknown issuer is answered with the providers that PyPI accepts",
    by: [[EXCHANGES, "PyPI: an unknown issuer lists the providers that are accepted"]],
  },
  {
    row: 14,
    says: "invalid-token is followed by one try with a new OIDC token",
    by: [
      [MINTING, "PyPI: an invalid token is followed by one new one"],
      [MINTING, "PyPI: a second invalid token is given up"],
    ],
  },
  {
    row: 16,
    says: "a stale pending publisher is explained and tried once more",
    test: () =>
      onStage(
        { records: [record("pypi", NAMES.pypi, { pending: true }), record("pypi", NAMES.pypi)] },
        async (stage) => {
          assertEquals(await release(stage.session, await mintOn(stage)), "burned");
          assertEquals(stage.recorder.of("exchange").map(({ status }) => status), [422, 200]);
        },
      ),
    by: [[EXCHANGES, "PyPI: a pending publisher for a project that exists is worth one more try"]],
  },
  {
    row: 17,
    says: "not-enabled is final",
    by: [[MINTING, "PyPI: not-enabled is never tried again"]],
  },
  {
    row: 19,
    says: "a description that holds the token, line breaks and workflow commands is neutralised",
    by: [
      [EXCHANGES, "PyPI: a description that holds the OIDC token is quoted without it"],
      [EXCHANGES, "PyPI: escapes, line breaks and workflow commands in a reason do no harm"],
    ],
  },
  {
    row: 20,
    says: "a 200 without a token, with a token that is no text, or in HTML is an unexpected answer",
    by: [
      ["registries/refusals.ts", "${label}: a 200 in HTML is an unexpected answer"],
      ["registries/refusals.ts", "${label}: a 200 without token is an unexpected answer"],
      ["registries/refusals.ts", "${label}: a token that is a number is an unexpected answer"],
    ],
  },
  {
    row: 22,
    says: "an exchange that takes 12 s succeeds: it has 30",
    by: [[
      MINTING,
      "an exchange that is not answered within 30 s is repeated with a new OIDC token; a burn gets 5 s and is quiet",
    ]],
  },
  {
    row: 23,
    says: "an exchange whose answer is lost is repeated with a new OIDC token, never with the spent one",
    test: () =>
      onStage({}, async (stage) => {
        stage.faults.add({ registry: "pypi", method: "POST" }, { cut: "after" });
        assertEquals(await release(stage.session, await mintOn(stage)), "burned");
        assertEquals(stage.recorder.of("exchange").map(({ status }) => status), [200, 200]);
        assertEquals(new Set(stage.recorder.of("identity").map(({ jti }) => jti)).size, 2);
      }),
  },
  {
    row: 25,
    says: "TestPyPI is asked for its own audience",
    test: () =>
      onStage({
        registries: [{ name: "testpypi", label: "TestPyPI", kind: "pypi", audience: null }],
        records: [record("testpypi", NAMES.pypi)],
        packages: [{ registry: "testpypi", name: NAMES.pypi }],
      }, async (stage) => {
        await release(stage.session, await mintOn(stage, "testpypi"));
        assertEquals(stage.traffic(), ["identity testpypi", "exchange 200", "burn 202"]);
      }),
    notOurs: "the name of GitLab's variable: there is no such identity",
  },
  {
    row: 26,
    says: "GitLab: a variable whose token is for TestPyPI is not taken for PyPI",
    notOurs: "there is no identity of GitLab",
  },
  {
    row: 28,
    says: "GitLab: an upload that takes longer than the token lives is announced",
    notOurs: "there is no identity of GitLab",
  },
  {
    row: 29,
    says: "an issuer that PyPI does not accept is refused before the exchange",
    by: [["registries/rules_test.ts", "refused by rule, whatever is registered: ${JSON.stringify(claims)}"]],
  },
  {
    row: 31,
    says: "Google Cloud: a refused impersonation is shown by status",
    notOurs: "there is no identity of Google Cloud",
  },
  {
    row: 32,
    says: "without a CI no OIDC token is asked for; when one was demanded, the release fails",
    test: async () => {
      for (const wish of ["auto", "oidc"] as const) {
        assertEquals((await stoppedBy({ variables: NO_CI }, wish))[0], "no-credential");
      }
    },
  },
  {
    row: 34,
    says: "an empty TWINE_PASSWORD or UV_PUBLISH_TOKEN counts as unset, and the error says so",
    test: async () => {
      const [code, text] = await stoppedBy(
        { variables: { TWINE_PASSWORD: "", UV_PUBLISH_TOKEN: "" } },
        "token",
      );
      assertEquals(code, "no-token");
      assertStringIncludes(text, "an empty variable counts as unset");
    },
  },
  {
    row: 35,
    says: "a token that is for another host, expired or of another project is refused without sending it",
    test: async () => {
      for (
        const [token, code] of [
          [pypiToken([], "test.pypi.org"), "token-wrong-registry"],
          [pypiToken([[0, 1_700_000_900, 1_700_000_000]]), "token-expired"],
          [pypiToken([[1, ["gadget"]]]), "token-wrong-project"],
        ] as const
      ) {
        assertEquals((await stoppedBy({ variables: { PYPI_API_TOKEN: token } }, "token"))[0], code);
      }
    },
  },
  {
    row: 37,
    says: "the user name is always `__token__`, whatever the machine says",
    by: [
      [
        "clients/started_test.ts",
        "${client} is started with exactly these words and variables, away from the project",
      ],
      [OUTCOMES, "a password"],
    ],
  },
  {
    row: 38,
    says: "no .pypirc, however it is written, decides where an upload goes",
    by: [[CLIENTS, "${name}: no configuration, keyring, netrc or variable but ours takes part in an upload"]],
  },
  {
    row: 40,
    says: "uv uploads with the given token although the project asks for trusted publishing or a keyring",
    by: [[CLIENTS, "${name}: no configuration, keyring, netrc or variable but ours takes part in an upload"]],
  },
  {
    row: 41,
    says: "stray variables reach no child; a client of one's own gets the minted token alone",
    by: [[
      "e2e/commands_test.ts",
      "run gives one command the token, hides it in the output, passes the exit code on and burns it",
    ]],
    notOurs: "uploading with hatch, flit, poetry and maturin: `keyless run` gives them a token",
  },
  {
    row: 43,
    says: "a file of the same name with other bytes is a conflict, never skipped",
    test: () => {
      const files = [{ name: "acme_widget-1.0.0.tar.gz", bytes: new TextEncoder().encode("other") }];
      return onStage({
        packages: [{ registry: "pypi", name: NAMES.pypi, versions: [{ version: "1.0.0", files }] }],
      }, async (stage) => {
        const error = await assertRejects(() => stage.release([stage.package("pypi")]), KeylessError);
        assertEquals(error.problem.code, "version-conflict");
        assertEquals(stage.traffic(), []);
      });
    },
    by: [[CLIENTS, "${name}: what the registry refuses is told apart, in its own words"]],
  },
  {
    row: 44,
    says: "a second sdist and a used file name are failures that are explained",
    by: [[OUTCOMES, "a second sdist"], [OUTCOMES, "a deleted file's name"]],
  },
  {
    row: 46,
    says: "a token that may not create projects names the project",
    test: () =>
      onStage({ records: [record("pypi", "gadget")] }, async (stage) => {
        const { packages: [released] } = await stage.release([stage.package("pypi")]);
        const [problem] = released!.problems;
        assertEquals([problem!.code, problem!.package], ["upload-not-allowed", NAMES.pypi]);
      }),
    by: [[OUTCOMES, "another project"]],
  },
  {
    row: 47,
    says: "a 429 at the upload stops the release, without another try",
    test: () =>
      onStage({}, async (stage) => {
        stage.faults.add({ method: "POST", path: "/legacy/" }, {
          answer: { status: 429, body: "Too many new projects created" },
        });
        const { packages: [released] } = await stage.release([stage.package("pypi")]);
        assertEquals(released!.problems.map(({ code }) => code), ["rate-limited"]);
        assertEquals(uploadRequests(stage), 1);
      }),
  },
  {
    row: 49,
    says:
      "an outage at the upload is unclear: the registry is asked, and the next run uploads what is missing",
    test: () =>
      onStage({}, async (stage) => {
        stage.faults.add({ method: "POST", path: "/legacy/", times: 99 }, {
          answer: { status: 500, body: "" },
        });
        const { packages: [first] } = await stage.release([stage.package("pypi")]);
        assertEquals(first!.problems.map(({ code }) => code), ["upload-unclear"]);
        stage.faults.clear();
        const { packages: [second] } = await stage.release([stage.package("pypi")]);
        assertEquals([second!.result, stage.uploads()], ["published", TWO_FILES]);
      }),
  },
  {
    row: 50,
    says: "a redirect takes no token to another host, and an address gets the slash that it needs",
    by: [
      [MINTING, "an exchange that redirects to another host does not take the OIDC token there"],
      [
        "registries/registry_test.ts",
        "a registry of the configuration is complete, with slashes where its protocol needs them",
      ],
    ],
  },
  {
    row: 52,
    says: "a burn that fails is quiet and changes nothing",
    test: () =>
      onStage({}, async (stage) => {
        stage.faults.add({ registry: "pypi", path: "/_/oidc/burn-token", times: 9 }, { cut: "before" });
        const { packages: [released] } = await stage.release([stage.package("pypi")]);
        assertEquals([released!.result, released!.problems], ["published", []]);
      }),
    by: [[MINTING, "PyPI: burning is quiet at ${name}"]],
  },
  {
    row: 53,
    says: "looking whether all is ready mints nothing, because a mint can create a project",
    test: () =>
      onStage({}, async (stage) => {
        const packages = [stage.package("pypi")];
        const head = await checkout(stage.session.env, stage.root);
        const project = {
          root: stage.root,
          configuration: null,
          packages,
          registries: new Map(),
          warnings: [],
        };
        const plan = await makePlan(
          stage.session,
          { ...project, unpublished: [], doctor: { failOn: "error", ignore: [] } },
          packages,
          head,
          { wish: "auto", artifacts: null, allowDirty: false, assumed: null },
        );
        assertEquals(plan.packages.map(({ action }) => action), ["publish"]);
        const { packages: [dry] } = await stage.release(packages, { dryRun: true });
        assertEquals([dry!.result, stage.traffic()], ["dry", []]);
      }),
  },
  {
    row: 55,
    says: "a leftover attestation of other content is an error",
    notOurs: "there are no attestations for PyPI",
  },
  {
    row: 56,
    says: "a proxy and a certificate authority of one's own are honoured",
    by: [
      ["clients/environment_test.ts", "a proxy is set in both spellings, and never for this machine"],
      [
        "clients/environment_test.ts",
        "one setting of certificates is enough for all clients, and a client's own counts more",
      ],
    ],
  },
]);

function uploadRequests(stage: Stage): number {
  return stage.recorder.of("request").filter(({ path }) => path === "/legacy/").length;
}
