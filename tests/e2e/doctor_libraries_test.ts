import { assertEquals, assertStringIncludes } from "@std/assert";
import { forms } from "./forms.ts";

// More than the small readers take: aliases of YAML, a condition with a function, a range with `||`.
const WORKFLOW = `on: { push: { branches: [main] } }
permissions: &rights { contents: write, id-token: write }
jobs:
  publish:
    if: \${{ contains(fromJSON('["main", "next"]'), github.ref_name) || github.run_attempt > 1 }}
    runs-on: ubuntu-latest
    environment: npm
    permissions: *rights
    steps:
      - run: npx semantic-release
`;
const MANIFEST = {
  name: "widget",
  version: "1.0.0",
  repository: "acme/widget",
  devDependencies: { "semantic-release": "^23.1 || ~24.2" },
};

for (const { name, missing, words } of forms) {
  Deno.test({
    name: `${name}: doctor has its libraries and pages when it needs them${
      missing ? ` (skipped: ${missing})` : ""
    }`,
    ignore: missing !== null,
    async fn() {
      const cwd = await Deno.makeTempDir({ prefix: "keyless-libraries-" });
      try {
        await Deno.mkdir(`${cwd}/.github/workflows`, { recursive: true });
        await Deno.writeTextFile(`${cwd}/.github/workflows/release.yml`, WORKFLOW);
        await Deno.writeTextFile(`${cwd}/package.json`, JSON.stringify(MANIFEST));
        const [command, ...args] = [...words, "doctor", "--format", "sarif"];
        const { code, stdout, stderr } = await new Deno.Command(command!, {
          args,
          cwd,
          env: { CI: "" },
          stdout: "piped",
          stderr: "piped",
        }).output();
        assertEquals([code, new TextDecoder().decode(stderr)], [1, ""]);
        const [{ results, tool }] = JSON.parse(new TextDecoder().decode(stdout)).runs;
        const found = results.map((result: { ruleId: string }) => result.ruleId);
        assertEquals(found.includes("release-tool-too-old"), true, found.join());
        const rule = tool.driver.rules.find((each: { id: string }) => each.id === "release-tool-too-old");
        assertStringIncludes(rule.help.markdown, "## What to do");
      } finally {
        await Deno.remove(cwd, { recursive: true });
      }
    },
  });
}
