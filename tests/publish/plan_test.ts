import { assertEquals } from "@std/assert";
import type { Project } from "../../src/config/project.ts";
import { systemClock } from "../../src/host/clock.ts";
import { envOf } from "../../src/host/env.ts";
import { Http } from "../../src/host/http.ts";
import { silent } from "../../src/host/session.ts";
import { makePlan, problemsOf } from "../../src/publish/plan.ts";
import { githubClaims } from "../../src/rehearsal/github_claims.ts";
import { startRegistries } from "../../src/rehearsal/registries.ts";
import { JOB } from "../rehearsal/stage.ts";
import { packageOf } from "./samples.ts";

Deno.test("a dependency that is never published is named, with why it is not", async () => {
  const registries = await startRegistries({ claims: githubClaims(JOB), records: [], packages: [] });
  try {
    const registry = registries.registries.get("npm")!;
    const tidy = packageOf("tidy", { kind: "npm", registry, dependsOn: ["tidy-core"] });
    const project: Project = {
      root: "/nowhere",
      packages: [tidy],
      unpublished: [{
        kind: "npm",
        name: "tidy-core",
        path: "tidy/core",
        reason: "lies inside of tidy, and no workspace names it",
      }],
      registries: new Map(),
      warnings: [],
      configuration: null,
      doctor: { failOn: "error", ignore: [] },
    };
    const session = { env: envOf({}), http: new Http(), clock: systemClock, progress: silent };
    const checkout = { root: "/nowhere", commit: "0".repeat(40), committedAt: 0, changed: [] };
    const plan = await makePlan(session, project, project.packages, checkout, {
      wish: "auto",
      artifacts: null,
      allowDirty: false,
      assumed: null,
    });
    const [problem] = problemsOf(plan).filter(({ code }) => code === "dependency-not-published");
    assertEquals([problem?.message, problem?.why], [
      "tidy depends on tidy-core, which is never published",
      ["Seen and not published: tidy-core (lies inside of tidy, and no workspace names it)."],
    ]);
  } finally {
    await registries.close();
  }
});
