import { assertEquals } from "@std/assert";
import { inTree, looked } from "../fuzz/looked.ts";

const job = (step: string) => `on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      ${step}\n`;
const action = (step: string) => `runs:\n  using: composite\n  steps:\n      ${step}\n        shell: bash\n`;

/** Ends of lines that editors do not show, and the parsers of GitHub and GitLab know. */
for (const sign of ["\r", "\u0085", "\u2028", "\u2029"]) {
  const name = `U+${sign.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}`;
  Deno.test(`a line that ends at ${name} hides nothing`, async () => {
    const behindComment = `- run: make # builds${sign}      - run: npm publish`;
    const behindName = `- name: Build${sign}        run: npm publish`;
    for (
      const files of [
        { ".github/workflows/a.yml": job(behindComment) },
        { ".github/workflows/a.yml": job(behindName) },
        { ".github/workflows/a.yml": job("- uses: ./x"), "x/action.yml": action(behindName) },
        { ".gitlab-ci.yml": `a:\n  script:\n    - make # builds${sign}    - npm publish\n` },
      ]
    ) {
      const diagnosis = await inTree(
        { "package.json": '{ "name": "a", "version": "1.0.0" }', ...files },
        looked,
      );
      assertEquals(diagnosis?.publishes, true, JSON.stringify(files));
    }
  });
}
