import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { envOf } from "../../src/host/env.ts";
import { detectIdentity } from "../../src/identity/table.ts";
import { KeylessError } from "../../src/problem.ts";
import { provenanceFor } from "../../src/publish/provenance.ts";
import { knownRegistry } from "../../src/registries/known.ts";
import type { Fault, FaultScope } from "../../src/rehearsal/faults.ts";
import { record } from "../rehearsal/stage.ts";
import { NAMES, onStage, type Stage, type StageOptions } from "./stage.ts";
import { conformance } from "./table.ts";

const NUMBERS = [
  ...[1, 2, 4, 5, 7, 8, 10, 11, 13, 14, 15, 16, 17, 19, 20, 22, 23, 25, 26, 28, 29, 31, 32, 34],
  ..."abcdefghi",
];

const CLIENT = "clients/npm_test.ts";
const EXCHANGES = "registries/npm_exchange_test.ts";
const REFUSALS = "registries/refusals.ts";

/** The token that lies around in the job; npm itself would fall back to it in silence. */
const STRAY = `npm_${"CANARY".repeat(6)}`;
const EXCHANGE: FaultScope = { registry: "npm", method: "POST", times: 9 };
const ID_TOKEN: FaultScope = { registry: "issuer", times: 9 };

const answering = (status: number, body: unknown): Fault => ({
  answer: {
    status,
    headers: { "content-type": "application/json" },
    body: typeof body === "string" ? body : JSON.stringify(body),
  },
});

/** A stage whose job has a long-lived token that npm accepts. */
const withStray = (options: StageOptions = {}): StageOptions => ({
  ...options,
  variables: { NODE_AUTH_TOKEN: STRAY, ...options.variables },
  tokens: { npm: [{ value: STRAY, packages: null }] },
});

/** Where npm falls back to the token in silence: keyless stops, says why, and falls back only when that was asked for. */
async function assertLoud(scope: FaultScope, fault: Fault, code: string): Promise<void> {
  await onStage(withStray(), async (stage) => {
    stage.faults.add(scope, fault);
    const { packages: [stopped], problems } = await stage.release([stage.package("npm")]);
    assertEquals([stopped!.result, problems.map((problem) => problem.code)], ["not-tried", [code]]);
    assertEquals(stage.uploads(), []);

    const { packages: [released] } = await stage.release([stage.package("npm")], { allowFallback: true });
    assertEquals([released!.result, released!.credential], [
      "published",
      "long-lived token in NODE_AUTH_TOKEN",
    ]);
    const told = stage.events.find((event) => event.type === "fallback");
    assertEquals(told && [told.where, told.problem.code], ["NODE_AUTH_TOKEN", code]);
    assertEquals(usedTokens(stage), ["long-lived"]);
  });
}

function usedTokens(stage: Stage): (string | undefined)[] {
  return stage.recorder.of("upload").map((upload) =>
    stage.recorder.tokens.find(({ id }) => id === upload.token)?.kind
  );
}

/** What provenance a job would attach to a package on npm itself; `asked`: whether an OIDC token was requested for it. */
async function provenance(
  options: StageOptions & { access?: "restricted" },
): Promise<{ given: boolean; asked: boolean }> {
  const found = { given: false, asked: false };
  const variables = {
    RUNNER_ENVIRONMENT: "github-hosted",
    GITHUB_REPOSITORY_ID: "99",
    GITHUB_REPOSITORY_OWNER_ID: "4242",
    GITHUB_RUN_ATTEMPT: "1",
    GITHUB_SERVER_URL: "https://github.com",
  };
  await onStage({ ...options, variables: { ...variables, ...options.variables } }, async (stage) => {
    const provider = detectIdentity(stage.session.env)!;
    const pkg = stage.package("npm", { registry: knownRegistry("npm")!, access: options.access ?? null });
    const made = await provenanceFor(stage.session, {
      package: pkg,
      version: "1.0.0",
      there: null,
      action: "publish",
      credential: { path: "oidc", provider, describe: "OIDC" },
      problems: [],
      missing: [],
    });
    found.given = made !== null;
    found.asked = stage.recorder.of("identity").length > 0;
  });
  return found;
}

conformance("npm", NUMBERS, [
  {
    row: 1,
    says: "a 500 of the id-token endpoint stops the release although a token is there",
    test: () => assertLoud(ID_TOKEN, answering(500, ""), "oidc-unavailable"),
  },
  {
    row: 2,
    says: "an id-token value that is null stops the release although a token is there",
    test: () => assertLoud(ID_TOKEN, answering(200, { value: null }), "oidc-answer-malformed"),
  },
  {
    row: 4,
    says: "a 500 of the exchange without body stops the release although a token is there",
    test: () => assertLoud(EXCHANGE, answering(500, ""), "exchange-unavailable"),
  },
  {
    row: 5,
    says: "an exchange that succeeds with a null token stops the release although a token is there",
    test: () => assertLoud(EXCHANGE, answering(201, { token: null }), "exchange-unexpected"),
  },
  {
    row: 7,
    says: "GitLab: an empty NPM_ID_TOKEN",
    notOurs: "there is no identity of GitLab",
  },
  {
    row: 8,
    says: "outside a CI the token is used, named, and nothing of OIDC is asked",
    test: () =>
      onStage(withStray({ variables: { GITHUB_ACTIONS: undefined } }), async (stage) => {
        const { packages: [released] } = await stage.release([stage.package("npm")]);
        assertEquals([released!.result, released!.credential], [
          "published",
          "long-lived token in NODE_AUTH_TOKEN",
        ]);
        assertEquals(stage.traffic(), ["upload 200"]);
      }),
  },
  {
    row: 10,
    says: "a request URL that is none stops the release although a token is there",
    test: () =>
      onStage(withStray({ variables: { ACTIONS_ID_TOKEN_REQUEST_URL: "CANARY" } }), async (stage) => {
        const error = await assertRejects(() => stage.release([stage.package("npm")]), KeylessError);
        assertEquals(error.problem.code, "oidc-url-invalid");
        assertStringIncludes(error.problem.why!.join(" "), "NODE_AUTH_TOKEN is set, and was not used");
        assertEquals(stage.traffic(), []);
      }),
  },
  {
    row: 11,
    says: "what nobody expected is a bug that can be reported, not a reason to use another credential",
    by: [[
      "cli/errors_test.ts",
      "an unexpected exception exits with 70 and says how to report it; the stack is shown with --debug only",
    ]],
  },
  {
    row: 13,
    says: "the audience of a registry is its host, and the exchange happens there",
    test: () =>
      onStage({
        registries: [{ name: "npm", label: "npm", kind: "npm", audience: null }],
      }, async (stage) => {
        await stage.release([stage.package("npm")]);
        assertEquals(
          stage.recorder.of("identity").map(({ audience }) => audience),
          Array(2).fill("npm:127.0.0.1"),
        );
      }),
    by: [[EXCHANGES, "npm: the audience of ${name}"]],
  },
  {
    row: 14,
    says: "`@scope:registry` of any .npmrc decides nothing",
    by: [[
      CLIENT,
      "no settings of the project, of the user or of a directory above the private one steer an upload",
    ]],
  },
  {
    row: 15,
    says:
      "`publishConfig.registry` decides when it names a registry that is declared, and is refused otherwise",
    by: [
      ["config/npm_test.ts", "publishConfig decides access, tag and registry"],
      [CLIENT, "a tarball whose publishConfig redirects the upload is refused, and no token is handed out"],
    ],
  },
  {
    row: 16,
    says: "a dry run neither exchanges (as npm does) nor uploads",
    test: () =>
      onStage({}, async (stage) => {
        const { packages: [released] } = await stage.release([stage.package("npm")], { dryRun: true });
        assertEquals([released!.result, stage.traffic()], ["dry", []]);
      }),
  },
  {
    row: 17,
    says: "a public package from a public repository gets provenance",
    test: async () => {
      assertEquals(await provenance({ job: { visibility: "public" } }), { given: true, asked: true });
    },
    by: [[
      CLIENT,
      "with provenance npm gets what the statement needs and nothing to exchange with, otherwise nothing of the CI",
    ]],
  },
  {
    row: 19,
    says: "GitLab: no provenance without SIGSTORE_ID_TOKEN",
    notOurs: "there is no identity of GitLab",
  },
  {
    row: 20,
    says: "a package cannot ask for provenance by its own settings",
    by: [[CLIENT, "publishConfig may name the registry that is published to, and cannot ask for provenance"]],
  },
  {
    row: 22,
    says: "an id token that cannot be read is not sent, whatever the exchange would say",
    test: async () => {
      for (const value of ["x.invalid-jwt.x", "x.", "x"]) {
        await onStage({}, async (stage) => {
          stage.faults.add(ID_TOKEN, answering(200, { value }));
          const { problems } = await stage.release([stage.package("npm")]);
          assertEquals(problems.map(({ code }) => code), ["oidc-token-unreadable"]);
          assertEquals(stage.traffic(), []);
        });
      }
    },
  },
  {
    row: 23,
    says: "a fallback to a token has no provenance",
    test: () =>
      onStage({}, async (stage) => {
        const pkg = stage.package("npm", { registry: knownRegistry("npm")! });
        const credential = { path: "none", problem: { code: "c", message: "m", next: ["n"] } } as const;
        const about = {
          package: pkg,
          version: "1.0.0",
          there: null,
          action: "publish",
          problems: [],
          missing: [],
        } as const;
        assertEquals(await provenanceFor(stage.session, { ...about, credential }), null);
        assertEquals(stage.traffic(), []);
      }),
  },
  {
    row: 25,
    says: "neither a private repository nor a restricted package nor a runner of one's own gets provenance",
    test: async () => {
      assertEquals(await provenance({ job: { visibility: "private" } }), { given: false, asked: true });
      assertEquals(await provenance({ access: "restricted" }), { given: false, asked: false });
      assertEquals(await provenance({ variables: { RUNNER_ENVIRONMENT: "self-hosted" } }), {
        given: false,
        asked: false,
      });
    },
  },
  {
    row: 26,
    says: "the visibility that decides is a claim, so that no further request can fail",
    test: () =>
      onStage({}, async (stage) => {
        await stage.release([stage.package("npm")]);
        const asked = stage.recorder.of("request").filter(({ path }) => path.includes("visibility"));
        assertEquals(asked, []);
      }),
  },
  {
    row: 28,
    says: "credentials of the user, the project and the machine are left as they are, and none takes part",
    by: [
      [
        CLIENT,
        "no settings of the project, of the user or of a directory above the private one steer an upload",
      ],
      ["clients/environment_test.ts", "no variable that may hold a credential is ever passed on"],
    ],
  },
  {
    row: 29,
    says:
      "after two exchanges that succeed and one that fails, nothing is uploaded, and a fallback is the original token",
    test: () => {
      const names = ["@acme/a", "@acme/b", NAMES.npm];
      const manifests = names.slice(0, 2).map((name) => [
        `npm/${name.slice(6)}/package.json`,
        JSON.stringify({ name, version: "1.0.0" }),
      ]);
      return onStage(
        withStray({
          files: Object.fromEntries(manifests),
          records: names.slice(0, 2).map((name) => record("npm", name)),
          packages: names.map((name) => ({ registry: "npm", name })),
        }),
        async (stage) => {
          const packages = names.map((name) => {
            const path = name === NAMES.npm ? "npm" : `npm/${name.slice(6)}`;
            return stage.package("npm", { name, path, manifest: `${path}/package.json` });
          });
          const first = await stage.release(packages);
          assertEquals(first.packages.map(({ result }) => result), Array(3).fill("not-tried"));
          assertEquals([first.tokens.minted, first.tokens.burned, stage.uploads()], [2, 2, []]);
          const second = await stage.release(packages, { allowFallback: true });
          assertEquals(second.packages.map(({ result }) => result), Array(3).fill("published"));
          assertEquals(usedTokens(stage), ["minted", "minted", "long-lived"]);
        },
      );
    },
  },
  {
    row: 31,
    says: "an exchanged token stands in no file that outlives the command",
    by: [
      [
        "clients/started_test.ts",
        "${client} is started with exactly these words and variables, away from the project",
      ],
      [
        "e2e/publish_test.ts",
        "a release publishes every package once, burns every token, and a second run has nothing to do",
      ],
    ],
  },
  {
    row: 32,
    says: "a credential that the user replaces after the exchange",
    notOurs: "no credential of the user is read or written, so there is nothing to replace",
  },
  {
    row: 34,
    says: "a provenance file beside OIDC",
    notOurs: "there is no option for a provenance file; npm's own setting does not reach the upload",
  },
  {
    row: "a",
    says: "the address of a registry with a path, with and without slash, is one registry",
    by: [
      [
        "registries/registry_test.ts",
        "a registry of the configuration is complete, with slashes where its protocol needs them",
      ],
      [EXCHANGES, "a registry with a path: the path is not part of it"],
    ],
  },
  {
    row: "b",
    says: "a scope whose settings name a path on another host",
    by: [[
      CLIENT,
      "no settings of the project, of the user or of a directory above the private one steer an upload",
    ]],
  },
  {
    row: "c",
    says: "`CI=false` does not make a job of GitHub Actions less of one",
    test: () => {
      assertEquals(detectIdentity(envOf({ CI: "false", GITHUB_ACTIONS: "true" }))?.id, "github-actions");
      assertEquals(detectIdentity(envOf({ CI: "true" })), null);
      return Promise.resolve();
    },
  },
  {
    row: "d",
    says: "NODE_AUTH_TOKEN unset, empty and a placeholder are told apart, and none of them is sent",
    test: async () => {
      for (
        const [value, code] of [
          [undefined, "no-token"],
          ["", "no-token"],
          ["XXXXX-XXXXX-XXXXX-XXXXX", "token-placeholder"],
        ] as const
      ) {
        await onStage({ variables: { NODE_AUTH_TOKEN: value } }, async (stage) => {
          const error = await assertRejects(
            () => stage.release([stage.package("npm")], { wish: "token" }),
            KeylessError,
          );
          assertEquals([error.problem.code, stage.traffic()], [code, []]);
        });
      }
    },
  },
  {
    row: "e",
    says: "`publishConfig.provenance` decides nothing: keyless says on npm's command line what it wants",
    by: [
      [CLIENT, "publishConfig may name the registry that is published to, and cannot ask for provenance"],
      [
        "clients/started_test.ts",
        "${client} is started with exactly these words and variables, away from the project",
      ],
    ],
  },
  {
    row: "f",
    says: "an id token that the registry echoes is not shown",
    test: () =>
      onStage({}, async (stage) => {
        const jwt = await stage.issuer.sign("npm:registry.npmjs.org");
        stage.faults.add(ID_TOKEN, answering(200, { value: jwt }));
        stage.faults.add(EXCHANGE, answering(401, { message: `OIDC token exchange error - ${jwt}` }));
        const { problems } = await stage.release([stage.package("npm")]);
        assertEquals(problems.length, 1);
        assertStringIncludes(problems[0]!.said!, "OIDC token exchange error");
        assert(!JSON.stringify(problems).includes(jwt.split(".")[2]!));
      }),
  },
  {
    row: "g",
    says: "pnpm, yarn and bun each take a credential from another place first",
    notOurs: "npm uploads what was packed; the others are not clients",
  },
  {
    row: "h",
    says: "a 403 after an exchange that succeeded keeps the registry's words, and the token is burned",
    test: () =>
      onStage({ records: [record("npm", NAMES.npm, { action: "stage" })] }, async (stage) => {
        const { packages: [released] } = await stage.release([stage.package("npm")]);
        assertEquals(released!.problems.map(({ code }) => code), ["upload-not-allowed"]);
        assertStringIncludes(released!.problems[0]!.said!, "OIDC permission denied");
        assertEquals(stage.recorder.liveTokens(), []);
      }),
  },
  {
    row: "i",
    says:
      "an exchange that answers with no body, null, a list or a number for a token; an address with a password",
    by: [
      [REFUSALS, "${label}: a 503 without body is an outage"],
      [REFUSALS, "${label}: JSON that is null is an unexpected answer"],
      [REFUSALS, "${label}: JSON that is a list is an unexpected answer"],
      [REFUSALS, "${label}: a token that is a number is an unexpected answer"],
      ["registries/registry_test.ts", "a registry with ${name} is refused without repeating the address"],
    ],
  },
]);
