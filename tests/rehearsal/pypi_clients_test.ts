import { assertEquals, assertStringIncludes } from "@std/assert";
import { clientTest, inDirectory, type Run, runClient } from "./client.ts";
import { onStage, record, type TestStage } from "./stage.ts";

const PKG_INFO = "Metadata-Version: 2.1\nName: widget\nVersion: 1.0.0\nSummary: A widget\n";
const FILES = { "widget-1.0.0/PKG-INFO": PKG_INFO, "widget-1.0.0/widget.py": "ANSWER = 42\n" };
const SETUP = { records: [record("pypi", "widget")] };

/** Each uploads `widget-1.0.0.tar.gz` of its directory with a token. */
const UPLOADS: Readonly<
  Record<string, (stage: TestStage, directory: string, token: string) => Promise<Run>>
> = {
  twine: (stage, directory, token) =>
    runClient("twine", ["upload", "--non-interactive", "--disable-progress-bar", "widget-1.0.0.tar.gz"], {
      cwd: directory,
      env: {
        HOME: directory,
        TWINE_REPOSITORY_URL: stage.all.registries.get("pypi")!.endpoints.upload,
        TWINE_USERNAME: "__token__",
        TWINE_PASSWORD: token,
      },
    }),
  uv: (stage, directory, token) =>
    runClient("uv", ["publish", "--no-config", "--trusted-publishing", "never", "widget-1.0.0.tar.gz"], {
      cwd: directory,
      env: {
        HOME: directory,
        UV_PUBLISH_URL: stage.all.registries.get("pypi")!.endpoints.upload,
        UV_PUBLISH_TOKEN: token,
      },
    }),
};

for (const [program, upload] of Object.entries(UPLOADS)) {
  clientTest(
    program,
    `${program} uploads with a minted token, twice, and shows what is refused`,
    () =>
      onStage(SETUP, (stage) =>
        inDirectory(FILES, async (directory) => {
          const pack = () =>
            runClient("tar", ["-czf", "widget-1.0.0.tar.gz", "widget-1.0.0"], { cwd: directory });
          const mint = async () =>
            (await stage.post("pypi", "/_/oidc/mint-token", { token: await stage.jwt("pypi") })).json.token;

          await pack();
          const token = await mint();
          for (const run of [await upload(stage, directory, token), await upload(stage, directory, token)]) {
            assertEquals(run.code, 0, run.output);
          }
          assertEquals(stage.all.recorder.of("upload").map((it) => it.status), [200, 200]);
          const { urls } = (await stage.get("pypi", "/pypi/widget/1.0.0/json")).json;
          assertEquals(urls.map((it: { filename: string }) => it.filename), ["widget-1.0.0.tar.gz"]);

          await Deno.writeTextFile(`${directory}/widget-1.0.0/widget.py`, "ANSWER = 43\n");
          await pack();
          const changed = await upload(stage, directory, token);
          assertEquals(changed.code !== 0, true);
          assertStringIncludes(
            changed.output.replace(/\s+/g, " "),
            "File already exists ('widget-1.0.0.tar.gz'",
          );
        })),
  );
}
