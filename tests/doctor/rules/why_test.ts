import { assertEquals } from "@std/assert";
import { loadProject } from "../../../src/config/load.ts";
import { diagnose } from "../../../src/doctor/engine.ts";
import { repository, session } from "../repository.ts";

const WORKFLOW = (step: string) =>
  `on: { push: { branches: [main] } }
permissions: { contents: read }
jobs:
  release:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v6
      - run: npm publish
      - ${step}
        env: { GITHUB_TOKEN: "\${{ github.token }}" }
`;

Deno.test("what happens without `contents: write` depends on when the push is tried", async () => {
  const cases: [step: string, why: string][] = [
    [
      "run: npx semantic-release",
      "semantic-release tries that before anything else, and stops with EGITNOPERMISSION: no version is published.",
    ],
    [
      "uses: softprops/action-gh-release@v2",
      "GitHub refuses it with 403 (Resource not accessible by integration), perhaps after the package is out.",
    ],
  ];
  for (const [step, expected] of cases) {
    const root = await repository(new Map([[".github/workflows/release.yml", WORKFLOW(step)]]));
    try {
      const only = ["missing-contents-write"];
      const { findings } = await diagnose(await loadProject(root, session().env), session(), { only });
      assertEquals(findings.map(({ why }) => why), [[expected]]);
    } finally {
      await Deno.remove(root, { recursive: true });
    }
  }
});

Deno.test("what a token in the checkout may do is certain only where its permissions are written", async () => {
  const cases: [permissions: string, confidence: "certain" | "likely", why: string][] = [
    ["permissions: { contents: write }", "certain", "Every later step can read it there, and push with it."],
    [
      "",
      "likely",
      "Every later step can read it there, and push with it where the repository's default lets it write.",
    ],
  ];
  for (const [permissions, confidence, why] of cases) {
    const workflow = `on: release
${permissions}
jobs:
  publish:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v6
      - run: npm publish
`;
    const root = await repository(new Map([[".github/workflows/release.yml", workflow]]));
    try {
      const only = ["checkout-keeps-credentials"];
      const { findings } = await diagnose(await loadProject(root, session().env), session(), { only });
      assertEquals(findings.map((each) => [each.confidence, each.why]), [[confidence, [why]]] as const);
    } finally {
      await Deno.remove(root, { recursive: true });
    }
  }
});
