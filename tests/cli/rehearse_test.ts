import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { program } from "./support.ts";

const BROKEN = "on: push\njobs: [\n";
const HIDDEN = "on: push\njobs:\n  publish:\n    runs-on: x\n    steps:\n      - run: ./release.sh\n";

/** What `rehearse` answers in a repository with one npm package and this workflow. */
async function rehearse(workflow: string, ...argv: string[]) {
  const root = await Deno.makeTempDir({ prefix: "keyless-rehearse-" });
  try {
    await Deno.mkdir(`${root}/.github/workflows`, { recursive: true });
    await Deno.writeTextFile(`${root}/.github/workflows/release.yml`, workflow);
    await Deno.writeTextFile(`${root}/package.json`, '{ "name": "widget", "version": "0.1.0" }\n');
    const author = ["-c", "user.name=t", "-c", "user.email=t@example.com"];
    for (const args of [["init", "-q"], ["add", "-A"], [...author, "commit", "-qm", "one"]]) {
      const { success } = await new Deno.Command("git", { args, cwd: root }).output();
      assert(success, args.join(" "));
    }
    return await program(["rehearse", "-C", root, "--json", ...argv], { flags: ["--allow-all"] });
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

Deno.test("a workflow that cannot be read is what rehearse speaks of, and not of what it may hold", async () => {
  for (const argv of [[], ["--workflow", "release.yml", "--job", "publish"]]) {
    const { code, stdout } = await rehearse(BROKEN, ...argv);
    const { problems } = JSON.parse(stdout);
    assertEquals([code, problems[0].code, problems[0].at.path], [
      1,
      "yaml-syntax",
      ".github/workflows/release.yml",
    ]);
    assert(!stdout.includes("no-publishing-job"), stdout);
  }
});

Deno.test("where no job is seen to publish, the advice that is given leads on", async () => {
  const { code, stdout } = await rehearse(HIDDEN);
  assertEquals([code, JSON.parse(stdout).code], [3, "no-publishing-job"]);
  const told = await rehearse(HIDDEN, "--workflow", "release.yml", "--job", "publish", "--event", "release");
  assertEquals([told.code, JSON.parse(told.stdout).code], [1, "event-not-triggered"]);
  assertStringIncludes(told.stdout, "Its `on:` has push.");
});

const TOKEN = `on: push
jobs:
  publish:
    runs-on: ubuntu-latest
    permissions: { contents: read }
    steps:
      - run: npm publish
        env: { NODE_AUTH_TOKEN: "\${{ secrets.NPM_TOKEN }}" }
`;

Deno.test("a job that publishes with a token is not said to fail today", async () => {
  const { code, stdout } = await rehearse(TOKEN);
  const { jobs, notCovered } = JSON.parse(stdout);
  assertEquals([code, jobs.length], [1, 1]);
  assertStringIncludes(stdout, "oidc-not-permitted");
  assertEquals(notCovered.filter((what: string) => what.includes("token")), [
    "what release.yml › publish does today: npm publishes with a token, a rehearsal with OIDC alone",
  ]);
});
