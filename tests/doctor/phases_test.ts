import { assertEquals } from "@std/assert";
import { loadProject } from "../../src/config/load.ts";
import { diagnose } from "../../src/doctor/engine.ts";
import { repository, session } from "./repository.ts";

const BOTH = `on: { push: { tags: [v*] } }
jobs:
  publish:
    runs-on: ubuntu-latest
    environment: pypi
    permissions: { id-token: write }
    steps:
      - uses: pypa/gh-action-pypi-publish@release/v1
        with:
          repository-url: https://test.pypi.org/legacy/
          password: \${{ secrets.TEST_PYPI }}
      - uses: pypa/gh-action-pypi-publish@release/v1
`;

Deno.test("of a job that publishes with a token and with OIDC the report tells of OIDC", async () => {
  const root = await repository(new Map([[".github/workflows/release.yml", BOTH]]));
  try {
    const { phases } = await diagnose(await loadProject(root, session().env), session());
    assertEquals(
      phases.find(({ name }) => name === "trust policy (local)")?.reason,
      'release.yml: job "publish" can request a token, environment "pypi", live',
    );
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});
