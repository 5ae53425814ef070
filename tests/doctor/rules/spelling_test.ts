import { assertEquals } from "@std/assert";
import { loadProject } from "../../../src/config/load.ts";
import { diagnose } from "../../../src/doctor/engine.ts";
import { apply, repository, session } from "../repository.ts";

const PATH = ".github/workflows/release.yml";
const PUBLISHES = "jobs: { publish: { runs-on: ubuntu-latest, steps: [{ run: npm publish }] } }\n";
const RENAMED = new Map([
  [".git/config", '[remote "origin"]\n\turl = https://github.com/acme/new.git\n'],
  [
    "keyless.toml",
    '[[package]]\nname = "widget"\nkind = "npm"\npath = "."\n',
  ],
  [
    "package.json",
    '{ "name": "widget", "version": "1.0.0", "repository": "https://github.com/acme/new" }',
  ],
]);

interface Case {
  readonly code: string;
  readonly workflow: string;
  readonly repaired: (workflow: string) => string;
  readonly safe: boolean;
  readonly beside?: ReadonlyMap<string, string>;
}

function job(steps: string, more = ""): string {
  return `on: release\njobs:\n  publish:\n    runs-on: ubuntu-latest\n${more}    steps:\n${
    steps.replace(/^/gm, "      ").trimEnd()
  }\n`;
}

const CASES: readonly Case[] = [
  {
    code: "trigger-misspelt",
    workflow: `on:\n  push:\n    tag: ["v*"] # releases\n${PUBLISHES}`,
    repaired: (text) => text.replace("tag:", "tags:"),
    safe: false,
  },
  {
    code: "trigger-misspelt",
    workflow: `on: { release: { types: [publish] } }\n${PUBLISHES}`,
    repaired: (text) => text.replace("[publish]", "[published]"),
    safe: false,
  },
  {
    code: "trigger-misspelt",
    workflow: `on: { release: { types: [published, publish] } }\n${PUBLISHES}`,
    repaired: (text) => text.replace(", publish]", "]"),
    safe: false,
  },
  {
    code: "artifact-never-arrives",
    workflow: job("- uses: actions/download-artifact@v4\n  with: { name: package }\n- run: npm publish\n")
      .replace(
        "jobs:\n",
        "jobs:\n  build:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/upload-artifact@v4\n        with: { name: packages, path: . }\n",
      ).replace("  publish:\n", "  publish:\n    needs: build\n"),
    repaired: (text) => text.replace("{ name: package }", "{ name: packages }"),
    safe: false,
  },
  {
    code: "client-variable-unread",
    workflow: job(
      "- run: cargo publish\n  env:\n    CARGO_REGISTRIES_CRATES_IO_TOKEN: ${{ secrets.TOKEN }}\n",
    ),
    repaired: (text) => text.replace("REGISTRIES_CRATES_IO", "REGISTRY"),
    safe: false,
  },
  {
    code: "guard-names-other-repository",
    workflow: job("- run: npm publish\n", "    if: github.repository == 'acme/old'\n"),
    repaired: (text) => text.replace("acme/old", "acme/new"),
    safe: false,
    beside: RENAMED,
  },
  {
    code: "minted-token-unused",
    workflow: job(
      "- uses: rust-lang/crates-io-auth-action@v1\n  id: auth\n" +
        "- run: cargo publish -p a\n  env: { CARGO_REGISTRY_TOKEN: '${{ steps.login.outputs.token }}' }\n" +
        "- run: cargo publish -p b\n  env: { CARGO_REGISTRY_TOKEN: '${{ steps.login.outputs.token }}' }\n",
    ),
    repaired: (text) => text.replaceAll("steps.login", "steps.auth"),
    safe: true,
  },
  {
    code: "minted-token-unused",
    workflow: job(
      "- uses: rust-lang/crates-io-auth-action@v1\n  id: auth\n" +
        "- run: cargo publish\n  env:\n    CARGO_REGISTRY_TOKEN: ${{ steps.auth.outputs.access-token }}\n",
    ),
    repaired: (text) => text.replace("access-token", "token"),
    safe: true,
  },
];

Deno.test("what is misspelt and can mean one thing alone is written as it was meant, and a guess is not called safe", async () => {
  for (const { code, workflow, repaired, safe, beside = new Map() } of CASES) {
    const files = new Map([[PATH, workflow], ...beside]);
    const root = await repository(files);
    try {
      const { findings } = await diagnose(await loadProject(root, session().env), session(), {
        only: [code],
      });
      assertEquals(
        findings.map(({ fix }) => [fix?.safe, fix && apply(fix.edits, files).get(PATH)]),
        [[safe, repaired(workflow)]],
        code,
      );
    } finally {
      await Deno.remove(root, { recursive: true });
    }
  }
});
