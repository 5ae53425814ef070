import { assert, assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { githubActions } from "../../src/identity/github.ts";
import { mint, release } from "../../src/registries/mint.ts";
import { ExchangeRefused } from "../../src/registries/refusal.ts";
import { protocolOf } from "../../src/registries/table.ts";
import { githubClaims } from "../../src/rehearsal/github_claims.ts";
import type { PublisherRecord } from "../../src/rehearsal/policy.ts";
import { startRegistries } from "../../src/rehearsal/registries.ts";
import { sessionWith, StillClock } from "./loopback.ts";

const JOB = {
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
const NAMES = ["crates.io", "pypi", "npm"] as const;
const RECORD: Omit<PublisherRecord, "registry"> = {
  package: "widget",
  owner: "acme",
  repository: "widgets",
  ownerId: "42",
  workflow: "release.yml",
  environment: "release",
};
const DECLARED = { workflow: "release.yml", environment: "release", repository: "acme/widgets" };

/** Runs `act` against an embedded registry that has the record and version 1.3.2 of the package. */
async function against(
  name: string,
  job: Partial<typeof JOB>,
  act: (
    stage: Awaited<ReturnType<typeof startRegistries>>,
    session: ReturnType<typeof sessionWith>["session"],
  ) => Promise<void>,
) {
  const stage = await startRegistries({
    claims: githubClaims({ ...JOB, ...job }),
    records: [{ registry: name, ...RECORD }],
    packages: [{ registry: name, name: "widget", versions: [{ version: "1.3.2" }] }],
    clock: new StillClock(Date.now()),
  });
  const { session } = sessionWith({
    GITHUB_ACTIONS: "true",
    ACTIONS_ID_TOKEN_REQUEST_URL: stage.issuer.requestUrl,
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: stage.issuer.requestToken,
  });
  try {
    await act(stage, session);
  } finally {
    await stage.close();
  }
}

for (const name of NAMES) {
  Deno.test(`embedded ${name}: a job that matches gets a token, which is burned again`, () =>
    against(name, {}, async (stage, session) => {
      const registry = stage.registries.get(name)!;
      const minted = await mint(session, githubActions, registry, {
        packageName: "widget",
        declared: DECLARED,
      });
      assertEquals(stage.recorder.liveTokens().length, 1);
      assertEquals(await release(session, minted), "burned");
      assertEquals(stage.recorder.liveTokens().length, 0);
    }));

  for (
    const [field, job] of [["workflow", { workflow: "ship.yml" }], ["environment", {
      environment: "production",
    }]] as const
  ) {
    Deno.test(`embedded ${name}: another ${field} is refused once, and named as the cause`, () =>
      against(name, job, async (stage, session) => {
        const refused = await assertRejects(
          () =>
            mint(session, githubActions, stage.registries.get(name)!, {
              packageName: "widget",
              declared: DECLARED,
            }),
          ExchangeRefused,
        );
        assertEquals(refused.refusal.cause, field);
        assertNotEquals(refused.refusal.said, undefined);
        assertEquals(
          refused.refusal.comparison?.filter((row) => row.matches === false).map((row) => row.field),
          [field],
        );
        assertEquals(stage.recorder.of("exchange").length, 1);
      }));
  }

  Deno.test(`embedded ${name}: versions are present, absent, or of no package`, () =>
    against(name, {}, async (stage, session) => {
      const registry = stage.registries.get(name)!;
      const look = (pkg: string, version: string) =>
        protocolOf(registry).version(session, registry, pkg, version);
      const there = await look("widget", "1.3.2");
      assertEquals(there.state, "present", there.reason);
      assert(there.files.every((file) => file.sha256 ?? file.sha512));
      assertEquals((await look("widget", "1.4.0")).state, "absent");
      assertEquals((await look("gadget", "1.4.0")).state, "no-package");
    }));
}
