import { assertEquals } from "@std/assert";
import { loadProject } from "../../../src/config/load.ts";
import { diagnose } from "../../../src/doctor/engine.ts";
import { repository, session } from "../repository.ts";

const WORKFLOW = (condition: string) =>
  `on: push
jobs:
  version:
    runs-on: ubuntu-latest
    steps: [{ run: "true" }]
  publish:
    if: ${condition}
    needs: version
    runs-on: ubuntu-latest
    permissions: { id-token: write }
    steps: [{ run: npm publish }]
`;

Deno.test("who asks for what no run has is told how to ask for it", async () => {
  const cases: [condition: string, how: string][] = [
    [
      "github.ref == 'refs/tags/v*'",
      "`==` compares letter by letter: ask `startsWith(github.ref, 'refs/tags/v')`",
    ],
    [
      "startsWith(github.ref, 'v')",
      "`github.ref` is `refs/heads/…` or `refs/tags/…`: ask about `github.ref_name`, which is without it",
    ],
    [
      "github.ref == 'main'",
      "`github.ref` is `refs/heads/…` or `refs/tags/…`: ask about `github.ref_name`, which is without it",
    ],
    [
      "needs.version.outputs.released",
      'declare it in job "version", e.g. `outputs: { released: "${{ steps.STEP.outputs.released }}" }`',
    ],
    ["needs.build.outputs.released", 'give job "publish" `needs: build`'],
  ];
  for (const [condition, how] of cases) {
    const root = await repository(new Map([[".github/workflows/release.yml", WORKFLOW(condition)]]));
    try {
      const { findings } = await diagnose(await loadProject(root, session().env), session(), {
        only: ["publish-never-runs"],
      });
      assertEquals(findings.map(({ next }) => next), [[how]], condition);
    } finally {
      await Deno.remove(root, { recursive: true });
    }
  }
});
