/** An exchange against registries whose every answer takes 50 ms, compared with the round trips that the protocols demand. */
import { systemClock } from "../src/host/clock.ts";
import { envOf } from "../src/host/env.ts";
import { Http } from "../src/host/http.ts";
import { type Session, silent } from "../src/host/session.ts";
import { githubActions } from "../src/identity/github.ts";
import { mint, release } from "../src/registries/mint.ts";
import type { Kind } from "../src/registries/registry.ts";
import { githubClaims } from "../src/rehearsal/github_claims.ts";
import { startRegistries } from "../src/rehearsal/registries.ts";
import { median, type Row, row } from "./measure.ts";

const DELAY = 50;
const ROUNDS = 5;

/** OIDC token and exchange; PyPI's audience has to be asked for first. */
const ROUND_TRIPS: Readonly<Record<Kind, number>> = { crates: 2, pypi: 3, npm: 2 };

const JOB = {
  repository: "acme/widgets",
  ownerId: "4242",
  repositoryId: "99",
  workflow: "release.yml",
  environment: "release",
  ref: "refs/tags/v1.0.0",
  event: "push",
  sha: "0".repeat(40),
  runId: "1",
};

/** One row per kind of registry. */
export async function exchange(): Promise<Row[]> {
  const names = ["crates.io", "pypi", "npm"];
  const stage = await startRegistries({
    claims: githubClaims(JOB),
    records: names.map((registry) => ({
      registry,
      package: "widget",
      owner: "acme",
      repository: "widgets",
      ownerId: JOB.ownerId,
      workflow: JOB.workflow,
      environment: JOB.environment,
    })),
    packages: names.map((registry) => ({ registry, name: "widget" })),
  });
  const session: Session = {
    env: envOf({
      GITHUB_ACTIONS: "true",
      ACTIONS_ID_TOKEN_REQUEST_URL: stage.issuer.requestUrl,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: stage.issuer.requestToken,
    }),
    http: new Http(),
    clock: systemClock,
    progress: silent,
  };
  stage.recorder.onRequest(() => systemClock.sleep(DELAY));
  try {
    const rows: Row[] = [];
    for (const name of names) {
      const registry = stage.registries.get(name)!;
      const times: number[] = [];
      for (let round = 0; round < ROUNDS; round++) {
        const begin = performance.now();
        const minted = await mint(session, githubActions, registry, {
          packageName: "widget",
          declared: null,
        });
        times.push(performance.now() - begin);
        await release(session, minted);
      }
      const trips = ROUND_TRIPS[registry.kind];
      rows.push(
        row(`exchange with ${name}`, `${trips} round trips`, median(times), trips * DELAY, "ms", 1.15),
      );
    }
    return rows;
  } finally {
    await stage.close();
  }
}
