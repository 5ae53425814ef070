import { assertEquals } from "@std/assert";
import { loadProject } from "../../../src/config/load.ts";
import { diagnose } from "../../../src/doctor/engine.ts";
import { repository, session } from "../repository.ts";

Deno.test("of what may publish out of sight the surest is told first, and what only a token says last", async () => {
  const root = await repository(
    new Map([
      [
        ".github/workflows/a.yml",
        `on: push
jobs:
  any: { uses: acme/shared/.github/workflows/all.yml@v1, permissions: { id-token: write } }
  named: { uses: acme/shared/.github/workflows/publish.yml@v1 }
  handed:
    uses: acme/shared/.github/workflows/release.yml@v1
    secrets: { PYPI_TOKEN: "\${{ secrets.PYPI_TOKEN }}" }
  imports:
    runs-on: ubuntu-latest
    permissions: { id-token: write }
    steps: [{ run: node index.mjs }]
  program:
    runs-on: ubuntu-latest
    steps: [{ run: node release.mjs }]
`,
      ],
      ["index.mjs", 'import "./npm.mjs";\n'],
      ["npm.mjs", 'spawn("npm", ["publish"]);\n'],
      ["release.mjs", 'spawn("pnpm", ["publish"]);\n'],
    ]),
  );
  try {
    const only = ["publish-out-of-sight"];
    const { findings } = await diagnose(await loadProject(root, session().env), session(), { only });
    assertEquals(findings.map(({ message }) => message.split(" ")[0]), [
      "release.mjs",
      "acme/shared/.github/workflows/release.yml@v1",
      "npm.mjs",
      "acme/shared/.github/workflows/publish.yml@v1",
      "acme/shared/.github/workflows/all.yml@v1",
    ]);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});
