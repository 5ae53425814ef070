import { assertEquals } from "@std/assert";
import { loadProject } from "../../../src/config/load.ts";
import { diagnose } from "../../../src/doctor/engine.ts";
import { repository, session } from "../repository.ts";

Deno.test("of a command that has a secret in it the secret is marked", async () => {
  for (
    const [step, marked] of [
      ['run: twine upload -u __token__ -p "${{ secrets.TOKEN }}" dist/*', "${{ secrets.TOKEN }}"],
      ["run: cargo login ${{ secrets.TOKEN }} && cargo publish", "${{ secrets.TOKEN }}"],
      ["run: cargo publish --token=${{secrets.TOKEN}}", "${{secrets.TOKEN}}"],
      [
        'run: npm publish\n        env: { NODE_AUTH_TOKEN: "${{ secrets.TOKEN }}" }',
        '"${{ secrets.TOKEN }}"',
      ],
    ] as const
  ) {
    const path = ".github/workflows/release.yml";
    const text = `on: release\njobs:\n  publish:\n    runs-on: ubuntu-latest\n    steps:\n      - ${step}\n`;
    const root = await repository(new Map([[path, text]]));
    try {
      const { findings } = await diagnose(await loadProject(root, session().env), session(), {
        only: ["token-outside-environment"],
      });
      assertEquals(findings.map(({ at }) => text.slice(at.start.offset, at.end.offset)), [marked], step);
    } finally {
      await Deno.remove(root, { recursive: true });
    }
  }
});
