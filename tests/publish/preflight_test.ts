import { assertEquals } from "@std/assert";
import { envOf } from "../../src/host/env.ts";
import { Http } from "../../src/host/http.ts";
import { systemClock } from "../../src/host/clock.ts";
import { silent } from "../../src/host/session.ts";
import { githubActions } from "../../src/identity/github.ts";
import { preflight } from "../../src/publish/preflight.ts";
import { TokenBook } from "../../src/publish/tokens.ts";
import type { PlannedPackage } from "../../src/publish/plan.ts";
import { githubClaims } from "../../src/rehearsal/github_claims.ts";
import { jobVariables } from "../../src/rehearsal/job_variables.ts";
import { startRegistries } from "../../src/rehearsal/registries.ts";
import { JOB, record } from "../rehearsal/stage.ts";
import { packageOf } from "./samples.ts";

/** Of each kind one, and one more of npm, in the order of the release; PyPI has no record of the job. */
const PACKAGES = [["crates.io", "widget"], ["pypi", "widget"], ["npm", "widget"], ["npm", "@acme/widget"]];

Deno.test("all registries are asked at once, and what they say is told in the order of the release", async () => {
  const homes = PACKAGES.map(([registry, name]) => ({ registry: registry!, name: name! }));
  const registries = await startRegistries({
    claims: githubClaims(JOB),
    records: homes.filter(({ registry }) => registry !== "pypi").map(({ registry, name }) =>
      record(registry, name)
    ),
    packages: homes,
  });
  // crates.io answers only when every other exchange has: asked one after the other, it would never.
  const { promise: othersDone, resolve } = Promise.withResolvers<void>();
  let others = 0;
  registries.recorder.onEvent(({ what, registry }) => {
    if (what === "exchange" && registry !== "crates.io" && ++others === 3) resolve();
  });
  registries.recorder.onRequest(({ registry, method }) =>
    registry === "crates.io" && method === "POST" ? othersDone : undefined
  );
  const book = new TokenBook({
    env: envOf(jobVariables(JOB, "publish", registries.issuer)),
    http: new Http(),
    clock: systemClock,
    progress: silent,
  });
  const planned = homes.map(({ registry, name }): PlannedPackage => ({
    package: packageOf(name, { registry: registries.registries.get(registry)! }),
    version: "1.0.0",
    there: null,
    action: "publish",
    credential: { path: "oidc", provider: githubActions, describe: "OIDC" },
    problems: [],
    missing: [],
  }));
  const told: string[] = [];
  try {
    const { problems, refused } = await preflight(planned, book, (event) => {
      if (event.type === "exchanged" || event.type === "refused") {
        told.push(`${event.type} ${event.registry.name} ${event.package}`);
      }
    });
    assertEquals(told, [
      "exchanged crates.io null",
      "refused pypi null",
      "exchanged npm widget",
      "exchanged npm @acme/widget",
    ]);
    assertEquals([problems.map(({ registry }) => registry), [...refused]], [["pypi"], ["pypi"]]);
    await book.close();
    assertEquals([book.minted, book.burned, registries.recorder.liveTokens()], [3, 3, []]);
  } finally {
    await book.close();
    await registries.close();
  }
});
