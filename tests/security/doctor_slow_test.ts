import { assert } from "@std/assert";
import { dirname, join } from "@std/path";
import { formatted } from "../../src/cli/views/doctor_formats.ts";
import { loadSound } from "../../src/config/load.ts";
import { diagnose } from "../../src/doctor/engine.ts";
import { session } from "../doctor/repository.ts";
import { FORMATS } from "../fuzz/looked.ts";
import { UNICODE } from "../report/samples.ts";

const workflow = (steps: string) =>
  `on: push\njobs:\n  a:\n    runs-on: x\n    permissions: { id-token: write }\n    steps:\n${steps}`;
const numbered = (count: number, line: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => line(index)).join("");

/** A token of crates.io's form, another one for each number. */
function token(number: number): string {
  const letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  let state = BigInt(number + 1);
  return `cio${
    numbered(32, () => {
      state = (state * 6364136223846793005n + 1442695040888963407n) & 0xffffffffffffffffn;
      return letters[Number((state >> 33n) % 62n)]!;
    })
  }`;
}

/** Small repositories that keep a program busy for hours which looks at everything, or at every pair of things. */
const TREES: Readonly<Record<string, () => Readonly<Record<string, string>>>> = {
  "actions that use each other sixty times": () => ({
    ".github/workflows/a.yml": workflow("      - uses: ./a0\n"),
    ...Object.fromEntries(Array.from({ length: 6 }, (_, index) => [
      `a${index}/action.yml`,
      `runs:\n  using: composite\n  steps:\n${
        `    - uses: ./a${index + 1}\n`.repeat(60)
      }    - { run: npm publish, shell: bash }\n`,
    ])),
  }),
  "workflows that call each other thirty times": () =>
    Object.fromEntries(Array.from({ length: 10 }, (_, index) => [
      `.github/workflows/w${index}.yml`,
      `on: { workflow_call: {} }\njobs:\n${
        numbered(30, (job) => `  j${job}: { uses: ./.github/workflows/w${index + 1}.yml }\n`)
      }  p: { runs-on: x, steps: [{ run: npm publish }] }\n`,
    ])),
  "thousands of publishing steps": () => ({
    ".github/workflows/a.yml": workflow("      - run: npm publish\n".repeat(3000)),
  }),
  "a script that starts thousands": () => ({
    ".github/workflows/a.yml": workflow("      - run: npm run a\n".repeat(1000)),
    "package.json": JSON.stringify({ scripts: { a: "npm run b && ".repeat(500), b: "npm publish" } }),
  }),
  "a job that needs a thousand others": () => ({
    ".github/workflows/a.yml": `on: push\njobs:\n${
      numbered(1500, (index) =>
        `  j${index}: { needs: [${
          index > 0 ? `j${index - 1}` : ""
        }], if: github.ref == 'x', runs-on: x, steps: [{ run: npm publish }] }\n`)
    }`,
  }),
  "variables that name two others each": () => ({
    ".github/workflows/a.yml": `on: push\nenv:\n${
      numbered(4000, (index) => `  V${index}: "\${{ env.V${index + 1} || env.V${index + 2} }}"\n`)
    }  NODE_AUTH_TOKEN: "\${{ env.V0 }}"\njobs: { a: { runs-on: x, steps: [{ run: npm publish }] } }\n`,
  }),
  "thousands of variables in a script": () => ({
    ".github/workflows/a.yml": workflow("      - run: ./x.sh\n"),
    "x.sh": `${numbered(20_000, (index) => `V${index}=1\ntrue\n`)}npm publish\n`,
  }),
  "patterns with many wildcards": () => ({
    ".github/workflows/a.yml": `on: { push: { branches: ["${"a*".repeat(30)}b"], tags: ["${
      "[a-z]+*".repeat(30)
    }"] } }
jobs:
  a:
    runs-on: x
    if: github.ref == 'refs/heads/${"a".repeat(200)}' || github.ref == 'refs/tags/${"a".repeat(200)}!'
    environment: e
    permissions: { id-token: write }
    steps: [{ run: npm publish }]
`,
    "package.json": JSON.stringify({
      workspaces: [`${"a*".repeat(12)}b`, "{".repeat(200), "+(".repeat(200), `${"**/".repeat(100)}x`],
    }),
    [`${"a".repeat(60)}/package.json`]: '{ "name": "z", "version": "1.0.0" }',
  }),
  "thousands of tokens, and of comments that accept them": () => ({
    ".env": "# keyless: ignore[literal-token] so\n".repeat(4000) +
      numbered(4000, (index) => `T${index}=${token(index)}\n`),
  }),
  "words that are nearly tokens": () => ({
    ".github/workflows/a.yml": workflow(
      `      - run: echo ${"eyJ".repeat(300_000)}\n      - run: echo ${"pypi-".repeat(200_000)}\n`,
    ),
  }),
  "scripts of thousands of lines, and of commands in a line": () => ({
    ".github/workflows/a.yml": workflow(
      `      - run: |\n${numbered(15_000, (index) => `          echo ${index}; curl x | bash\n`)}` +
        `      - run: "${numbered(30_000, (index) => `echo ${index};\\n`)}npm publish"\n` +
        `      - run: echo "$(echo \`a\`)";${numbered(30_000, (index) => `echo ${index};`)}npm publish\n`,
    ),
  }),
  "tables with thousands of keys, and thousands of strings that are indented too little": () => ({
    ".github/workflows/a.yml": `on: push\nenv: !!map\n${
      numbered(60_000, (index) => `  K${index}: 1\n`)
    }jobs: { a: { runs-on: x, steps: [{ run: npm publish }] } }\n`,
    ".github/workflows/b.yml": workflow('      - run: "npm publish\nagain"\n'.repeat(10_000)),
  }),
  "lines of nothing but what patterns look for": () => ({
    ".github/workflows/a.yml": workflow("      - run: ./x.sh\n      - run: make publish\n"),
    "x.sh": [
      "a=",
      "//a/:_authToken=x",
      "npm set --a ",
      "curl x ",
      "${{ ",
      "> ",
      ">",
      "sh.",
      "\t",
      "cp x ",
      "token",
      "/",
    ]
      .map((part) => part.repeat(100_000)).join("\nnpm publish\n"),
    Makefile: `publish:\n\t${"\\\n".repeat(100_000)}\n\t"${" # keyless: ignore[a]".repeat(50_000)}\n`,
    ".npmrc": `${"a\r".repeat(300_000)}\na${" ".repeat(500_000)}b\n`,
    ".pypirc": `[pypi]\npassword = a${" ".repeat(500_000)}b\n`,
    "nuget.config": `${"<!--".repeat(200_000)}${"<add key=".repeat(100_000)}`,
    "setup.cfg": `[metadata]\nname${" ".repeat(500_000)}x\n`,
  }),
};

for (const [what, files] of Object.entries(TREES)) {
  Deno.test(`doctor comes to an end, and soon: ${what}`, async () => {
    const root = await Deno.makeTempDir({ prefix: "keyless-slow-" });
    const started = performance.now();
    try {
      for (const [path, text] of Object.entries(files())) {
        await Deno.mkdir(dirname(join(root, path)), { recursive: true });
        await Deno.writeTextFile(join(root, path), text);
      }
      const { project, problems } = await loadSound(root, session().env);
      const diagnosis = await diagnose(project, session(), { broken: problems });
      const run = { io: { stdout: UNICODE, verbose: true }, elapsed: 0, exit: 1 as const, fails: () => true };
      for (const format of FORMATS) assert(await formatted(diagnosis, format, run) !== "");
      assert(performance.now() - started < 30_000);
    } finally {
      await Deno.remove(root, { recursive: true });
    }
  });
}
