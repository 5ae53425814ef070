import { assertEquals } from "@std/assert";
import { loadProject } from "../../../src/config/load.ts";
import { diagnose } from "../../../src/doctor/engine.ts";
import { repository, session } from "../repository.ts";

Deno.test("who gives NuGet its key as an argument is told nothing that leaves older SDKs without a key", async () => {
  const cases: [command: string, how: string][] = [
    [
      "dotnet nuget push out/*.nupkg --api-key ${{ secrets.NUGET }}",
      "give dotnet the key in NUGET_API_KEY, and fill in the variable behind --api-key: NuGet 7.6 (.NET SDK 10.0.300) and newer read it without the option",
    ],
    [
      "nuget push out/*.nupkg -ApiKey ${{ secrets.NUGET }}",
      "give nuget the key in NUGET_API_KEY, and fill in the variable behind -ApiKey: NuGet 7.6 (.NET SDK 10.0.300) and newer read it without the option",
    ],
  ];
  for (const [command, how] of cases) {
    const workflow =
      `on: release\njobs: { publish: { runs-on: ubuntu-latest, steps: [{ run: '${command}' }] } }\n`;
    const root = await repository(new Map([[".github/workflows/release.yml", workflow]]));
    try {
      const { findings } = await diagnose(await loadProject(root, session().env), session(), {
        only: ["secret-in-arguments"],
      });
      assertEquals(findings.map(({ next, fix }) => [next, fix]), [[
        [how, "better: let NuGet/login mint a key with OIDC, which lasts 15 minutes"],
        null,
      ]]);
    } finally {
      await Deno.remove(root, { recursive: true });
    }
  }
});
