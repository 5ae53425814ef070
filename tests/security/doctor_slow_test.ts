import { assert } from "@std/assert";
import { ends } from "../hang.ts";
import { inTree, looked, reports } from "../fuzz/looked.ts";

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
  "a script whose programs a matrix names": () => ({
    ".github/workflows/a.yml": `on: push\njobs:\n  a:\n    runs-on: x\n    strategy: { matrix: { c: [${
      numbered(19, (index) => `npm${index},`)
    }npm] } }\n    steps:\n      - run: |\n${"          ${{ matrix.c }} publish\n".repeat(3000)}`,
  }),
  "programs that import each other, and nearly do": () => ({
    ".github/workflows/a.yml": workflow("      - run: node p0.mjs\n".repeat(300)),
    ...Object.fromEntries(Array.from({ length: 100 }, (_, index) => [
      `p${index}.mjs`,
      numbered(100, (other) => `import "./p${other}.mjs";\n`) + "from './import (".repeat(20_000),
    ])),
  }),
  "conditions that ask for thousands of variables": () => ({
    ".github/workflows/a.yml": workflow(
      `      - run: |\n${"          # read A echo cargo login\n".repeat(3000)}      - run: ./a.sh\n`,
    ),
    "a.sh": numbered(1000, (index) => `[ "$A${index}" = true ] || exit 0\n`) +
      '[ "$A" = true ] && npm publish\n'.repeat(1500) +
      `if [ "$B" = 1 ]; then a\n${'elif [ "$B" = 2 ]; then npm publish\n'.repeat(1500)}fi\n` +
      `echo ${"read for let (( cargo login ".repeat(5000)}\n`,
  }),
  "a script that starts thousands": () => ({
    ".github/workflows/a.yml": workflow("      - run: npm run a\n".repeat(1000)),
    "package.json": JSON.stringify({ scripts: { a: "npm run b && ".repeat(500), b: "npm publish" } }),
  }),
  "functions of PowerShell that are called thousands of times": () => ({
    ".github/workflows/a.yml": workflow("      - { run: ./a.ps1, shell: pwsh }\n"),
    "a.ps1": `function f($a) {\n${"npm publish $a\n$b = $a\n".repeat(1000)}}\n${"f 1\n".repeat(3000)}`,
  }),
  "blocks and lists of PowerShell that never end": () => ({
    ".github/workflows/a.yml": workflow("      - { run: ./a.ps1, shell: pwsh }\n"),
    "a.ps1": ["function a(", "while (1) { a ", "@('a' ", "$a += 'b', "].map((each) => each.repeat(5000))
      .join("\n"),
  }),
  "names and patterns of artifacts that almost fit": () => {
    const jobs = (given: string, taken: string) =>
      `on: push
jobs:
  build:
    runs-on: x
    steps:
      - uses: actions/upload-artifact@v4
        with: { name: "${given}", path: dist/ }
  publish:
    needs: build
    runs-on: x
    permissions: { id-token: write }
    steps:
      - uses: actions/download-artifact@v4
        with: { ${taken}, path: dist/ }
      - uses: pypa/gh-action-pypi-publish@release/v1
`;
    const long = "a".repeat(3000);
    return {
      ".github/workflows/a.yml": jobs(`${"${{ github.sha }}a".repeat(40)}b`, `name: "${long}"`),
      ".github/workflows/b.yml": jobs(long, `pattern: "${"*a".repeat(40)}b"`),
      ".github/workflows/c.yml": jobs("${{".repeat(300_000), 'pattern: "a*"'),
    };
  },
  "a job that needs a thousand others": () => ({
    ".github/workflows/a.yml": `on: push\njobs:\n${
      numbered(1500, (index) =>
        `  j${index}: { needs: [${
          index > 0 ? `j${index - 1}` : ""
        }], if: github.ref == 'x', runs-on: x, steps: [{ run: npm publish }] }\n`)
    }`,
  }),
  "thousands of jobs, each of which needs the one before": () => ({
    ".github/workflows/a.yml": `on: push\njobs:\n${
      numbered(4000, (index) =>
        `  j${index}:\n    runs-on: x\n${
          index > 0 ? `    needs: j${index - 1}\n` : ""
        }    steps: [{ run: npm publish }]\n`)
    }`,
  }),
  "the same of GitLab": () => ({
    ".gitlab-ci.yml": numbered(
      4000,
      (index) =>
        `j${index}:\n  script: [npm publish]\n  rules: [{ if: $CI_COMMIT_TAG }]\n${
          index > 0 ? `  needs: [j${index - 1}]\n` : ""
        }`,
    ),
  }),
  "thousands of secrets for a job, and hundreds of steps that publish with one": () => ({
    ".github/workflows/a.yml": `on: push\njobs:\n  a:\n    runs-on: x\n    env:\n${
      numbered(3000, (index) => `      T${index}: "\${{ secrets.T${index} }}"\n`)
    }    steps:\n${numbered(700, (index) => `      - run: twine upload -p $T${index}\n`)}`,
  }),
  "programs that get thousands of keys": () => ({
    ".github/workflows/a.yml": workflow(
      `      - run: acme-tool send ${
        numbered(5000, (index) => `--pypi-token${index} \${{ secrets.PYPI_TOKEN_${index} }} `)
      }
      - run: gradle publish -Pa.token=\${{ secrets.A }}${"\${{".repeat(100_000)}
      - run: gradle publish -Pb.token=\${{ secrets.B ${"secrets ".repeat(60_000)}
      - run: gradle ${"a:".repeat(200_000)}b -Pgradle.publish.key=\${{ secrets.C }}\n`,
    ),
  }),
  "builds of Java that never end what they begin": () => ({
    ".github/workflows/a.yml": workflow(
      numbered(4, (index) => `      - run: mvn -f a${index}.xml deploy\n`) + "      - run: mvn deploy\n" +
        "      - run: gradle publish publishToSonatype\n      - run: gradle -p b publish\n",
    ),
    "a0.xml": "<!--".repeat(300_000),
    "pom.xml": `${"<!--".repeat(100_000)}${"<distributionManagement><site><url>".repeat(30_000)}`,
    "a1.xml": `${"<distributionManagement><repository><url>".repeat(30_000)}`,
    "a2.xml": `${"<profile><artifactId>central-publishing-maven-plugin</artifactId>".repeat(20_000)}`,
    "a3.xml": `${"<nexusUrl> ".repeat(100_000)}${" ".repeat(300_000)}x`,
    "build.gradle": `nexusPublishing { sonatype() }\n${"/* ".repeat(200_000)}${"nexusUrl ".repeat(50_000)}`,
    "gradle.properties": "\n".repeat(500_000),
    "b/build.gradle": `${"publishing ".repeat(50_000)}${"publishing {".repeat(50_000)}`,
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
  "conditions with thousands of names and quotes": () => ({
    ".github/workflows/a.yml": `on: push\njobs:\n${
      [
        "'".repeat(200_000),
        `${"github.ref == '".repeat(20_000)}`,
        numbered(3000, (index) => `${index > 0 ? " || " : ""}github.ref == 'refs/heads/${index}'`),
      ]
        .map((text, index) =>
          `  j${index}: { if: "${text}", runs-on: x, permissions: { id-token: write }, steps: [{ run: npm publish }] }\n`
        ).join("")
    }`,
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
  "comments and strings that say it on and on": () => ({
    ".github/workflows/a.yml": workflow(
      `      - run: node release.js && node release1.js\n` +
        numbered(4, (index) => `      - run: python release${index}.py\n`),
    ),
    "release0.py": `"""\n${"npm publish ".repeat(60_000)}\n"""\n`,
    "release1.py": `${`'''"""`.repeat(100_000)} npm publish`,
    "release2.py": `${"a_".repeat(200_000)}${"published".repeat(50_000)}`,
    "release3.py": "# npm publish\n".repeat(50_000),
    "release.js": `a // ${"npm publish ".repeat(60_000)}`,
    "release1.js": `${"/*\n".repeat(100_000)} npm publish`,
  }),
  "scripts that go deeper and deeper": () => ({
    ".github/workflows/a.yml": workflow(
      `      - run: npm publish; ${"cd a;".repeat(50_000)}\n      - run: npm publish ${
        "$(".repeat(200_000)
      }\n`,
    ),
    ".gitlab-ci.yml": `include: { local: "${"*".repeat(50_000)}.yml" }\na: { script: [npm publish] }\n`,
  }),
  "values that come to gigabytes": () => ({
    ".github/workflows/a.yml": `on: push\nenv: { A: ${"x".repeat(100_000)}, npm_config_registry: ${
      "$A".repeat(50_000)
    } }\njobs: { a: { runs-on: x, steps: [{ run: npm publish }, { run: "npm publish \${{ ${
      "x".repeat(100_000)
    } }} ${"\${{ a }} ".repeat(50_000)}" }] } }\n`,
    ".circleci/config.yml":
      `version: 2.1\ncommands:\n  a0:\n    parameters: { p: { type: string } }\n    steps:\n      - run: npm publish\n${
        numbered(30, (index) =>
          `  a${
            index + 1
          }:\n    parameters: { p: { type: string } }\n    steps:\n      - run: echo << parameters.p >>\n` +
          `      - a${index}: { p: "<< parameters.p >><< parameters.p >>" }\n`)
      }jobs:\n  a:\n    docker: [{ image: x }]\n    steps: [a30: { p: xxxxxxxxxx }]\nworkflows: { w: { jobs: [a] } }\n`,
    ".gitlab-ci.yml": `spec: { inputs: { a: { default: ${
      "x".repeat(100_000)
    } } } }\n---\na: { script: ["npm publish ${"$[[ inputs.a ]]".repeat(50_000)}"] }\n`,
  }),
  "long texts of one sign, wherever a text may stand": () => ({
    ".github/workflows/a.yml": `name: a${" ".repeat(500_000)}b\n${
      workflow(
        `      - uses: ./${
          "/".repeat(500_000)
        }x\n      - uses: actions/download-artifact@v4\n        with: { run-id: x }\n` +
          `      - run: uv publish; ${"mv/".repeat(200_000)}\n      - run: make a\n      # - run: ${
            "#".repeat(500_000)
          }\v npm publish\n`,
      ).replace("on: push", `on:\n  workflow_run:\n    workflows: [a]\n  push: {} # ${"x".repeat(500_000)}`)
    }`,
    Makefile: `a:\n\t${"$(".repeat(300_000)}\n\tnpm publish\n`,
    ".npmrc": `${"\n".repeat(500_000)}x\n`,
    "package.json": JSON.stringify({
      name: "a",
      version: "1.0.0-a",
      repository: `https://github.com/a/b${"/".repeat(500_000)}x`,
    }),
  }),
  "a configuration of such texts": () => ({
    "keyless.toml": `[[package]]\nname = "a"\nkind = "npm"\npath = "."\n[package.trust_policy]\nworkflow = "${
      "x".repeat(100_000)
    }/"\nrepository = "${"${{".repeat(30_000)}"\n[registry.x]\nkind = "npm"\nurl = "https://x${
      "/".repeat(100_000)
    }x"\n`,
  }),
  "tables with thousands of keys, and thousands of strings that are indented too little": () => ({
    ".github/workflows/a.yml": `on: push\nenv: !!map\n${
      numbered(60_000, (index) => `  K${index}: 1\n`)
    }jobs: { a: { runs-on: x, steps: [{ run: npm publish }] } }\n`,
    ".github/workflows/b.yml": workflow('      - run: "npm publish\nagain"\n'.repeat(10_000)),
  }),
  "a program of Python that imports nothing for a long time": () => ({
    ".github/workflows/a.yml": workflow("      - run: python -m tools.release\n"),
    "tools/release.py": `from${" ".repeat(300_000)}\nimport os\n`,
    "tools/__init__.py": "",
  }),
  "lines with nothing in them": () => ({
    ".github/workflows/a.yml": workflow("      - run: ./x.sh\n      - run: tox -e release\n"),
    ".github/workflows/b.yml":
      `on: push\njobs:\n  a:\n    uses: ./.github/workflows/c.yml\n    secrets: inherit\n`,
    ".github/workflows/c.yml": `on: workflow_call\n${
      "\n".repeat(200_000)
    }jobs:\n  a:\n    runs-on: x\n    steps:\n      - run: npm publish\n`,
    "x.sh": `#!/bin/sh\n${"\n".repeat(200_000)}npm publish\n`,
    "pyproject.toml": `[tool.tox]\n${"\n".repeat(200_000)}legacy_tox = 1\n`,
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
  Deno.test(`doctor comes to an end: ${what}`, async () => {
    const texts = await ends(() =>
      inTree(files(), async (root) => {
        const diagnosis = await looked(root);
        return diagnosis ? await reports(diagnosis) : {};
      })
    );
    assert(Object.values(texts).every((text) => text !== ""));
  });
}
