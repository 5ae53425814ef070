import { assertEquals } from "@std/assert";
import { loadProject } from "../../../src/config/load.ts";
import { diagnose } from "../../../src/doctor/engine.ts";
import { repository, session } from "../repository.ts";

/** Whether a finding of a job that publishes comes with a repair, by what starts its workflow and the conditions in it. */
async function isRepaired(on: string, job = "", step = ""): Promise<boolean> {
  const text = `on: ${on}
permissions: { contents: read }
jobs:
  test:
    runs-on: ubuntu-latest
    ${job}
    steps:
      - run: npm publish --provenance
        ${step}
`;
  const root = await repository(new Map([[".github/workflows/ci.yml", text]]));
  try {
    const only = ["provenance-without-id-token"];
    const { findings } = await diagnose(await loadProject(root, session().env), session(), { only });
    assertEquals(findings.length, 1);
    return findings[0]!.fix !== null;
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

Deno.test("no repair lets a job that runs for pull requests request an OIDC token", async () => {
  const pushes = "if: github.event_name == 'push'";
  const cases: readonly [on: string, job: string, step: string, isRepaired: boolean][] = [
    ["push", "", "", true],
    ["[push, pull_request]", "", "", false],
    ["[push, pull_request_target]", "", "", false],
    ["[push, pull_request]", pushes, "", true],
    ["[push, pull_request]", "", pushes, false],
  ];
  for (const [on, job, step, expected] of cases) {
    assertEquals(await isRepaired(on, job, step), expected, `${on} ${job} ${step}`);
  }
});
