import { assertEquals } from "@std/assert";
import { assumedIdentity } from "../../src/cli/assumed.ts";
import { loadProject } from "../../src/config/load.ts";
import { repository, session } from "../doctor/repository.ts";

const job = (permission: string, credential = "") =>
  `on: push\njobs:\n  publish:\n    runs-on: x\n    permissions: { ${permission} }\n    steps:\n      - run: npm publish\n${credential}`;
const TOKEN = '        env: { NODE_AUTH_TOKEN: "${{ secrets.NPM_TOKEN }}" }\n';

Deno.test("a plan names the job that may prove who it is, and says of another one what it lacks", async () => {
  const cases: [files: Record<string, string>, described: string][] = [
    [
      { "a.yml": job("contents: read", TOKEN), "b.yml": job("id-token: write") },
      "OIDC from GitHub Actions (b.yml), not from here",
    ],
    [
      { "a.yml": job("contents: read", TOKEN) },
      "OIDC from GitHub Actions (a.yml, once it has `id-token: write`), not from here",
    ],
  ];
  for (const [files, described] of cases) {
    const root = await repository(
      new Map(Object.entries(files).map(([name, text]) => [`.github/workflows/${name}`, text])),
    );
    try {
      const assumed = await assumedIdentity(session(), await loadProject(root, session().env));
      assertEquals(assumed?.describe, described);
    } finally {
      await Deno.remove(root, { recursive: true });
    }
  }
});
