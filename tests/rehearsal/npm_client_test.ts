import { assertEquals, assertStringIncludes } from "@std/assert";
import { clientTest, inDirectory, runClient } from "./client.ts";
import { onStage, record, type TestStage } from "./stage.ts";

const NAME = "@acme/widget";
const SETUP = {
  records: [record("npm", NAME)],
  packages: [{ registry: "npm", name: NAME, versions: [{ version: "0.9.0" }] }],
};
const FILES = {
  "package.json": JSON.stringify({ name: NAME, version: "1.0.0", description: "A widget" }),
  "index.js": "module.exports = 42;\n",
};

/** npm in a job of GitHub Actions. */
function npm(stage: TestStage, directory: string, args: string[]) {
  return runClient("npm", [...args, "--registry", stage.all.registries.get("npm")!.endpoints.index], {
    cwd: directory,
    env: {
      HOME: directory,
      CI: "true",
      GITHUB_ACTIONS: "true",
      ACTIONS_ID_TOKEN_REQUEST_URL: stage.all.issuer.requestUrl,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: stage.all.issuer.requestToken,
      npm_config_cache: `${directory}/.cache`,
      npm_config_fetch_retries: "0",
    },
  });
}

clientTest(
  "npm",
  "npm goes its own way from the issuer to the upload",
  () =>
    onStage(SETUP, (stage) =>
      inDirectory(FILES, async (directory) => {
        const { code, output } = await npm(stage, directory, ["publish"]);
        assertEquals(code, 0, output);
        assertStringIncludes(output, `+ ${NAME}@1.0.0`);
        const { recorder } = stage.all;
        assertEquals(recorder.of("identity").map((it) => it.audience), ["npm:127.0.0.1"]);
        assertEquals(recorder.of("exchange").map((it) => it.packages), [[NAME]]);
        assertEquals(recorder.of("upload").map((it) => [it.version, it.token]), [["1.0.0", 1]]);
        const { _npmUser } = (await stage.get("npm", "/@acme%2fwidget/1.0.0")).json;
        assertEquals(_npmUser.trustedPublisher.id, "github");

        const installed = await npm(stage, directory, ["view", NAME, "version", "dist.integrity", "--json"]);
        assertEquals(JSON.parse(installed.output).version, "1.0.0");
      })),
);

clientTest(
  "npm",
  "npm says ENEEDAUTH when the exchange is refused",
  () =>
    onStage(
      { ...SETUP, records: [record("npm", NAME, { workflow: "old.yml" })] },
      (stage) =>
        inDirectory(FILES, async (directory) => {
          const { code, output } = await npm(stage, directory, ["publish"]);
          assertEquals(code, 1);
          assertStringIncludes(output, "ENEEDAUTH");
          assertEquals(stage.all.recorder.of("exchange").map((it) => it.status), [404]);
          assertEquals(stage.all.recorder.of("upload"), []);
        }),
    ),
);

clientTest("npm", "npm shows the registry's words about a version that was there", () =>
  onStage({
    ...SETUP,
    packages: [{ registry: "npm", name: NAME, versions: [{ version: "1.0.0", removed: true }] }],
  }, (stage) =>
    inDirectory(FILES, async (directory) => {
      const { code, output } = await npm(stage, directory, ["publish"]);
      assertEquals(code, 1);
      assertStringIncludes(output, "E403");
      assertStringIncludes(output, "You cannot publish over the previously published versions: 1.0.0.");
    })));
