import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { bounds } from "../bounds.ts";
import { ends } from "../hang.ts";
import { read } from "./other_ci.ts";

const GITLAB = `include: [{ local: ci/a.yml }, { template: x.yml }]
default: { image: node, id_tokens: { NPM_ID_TOKEN: { aud: "npm:registry.npmjs.org" } } }
.base: &base { rules: [{ if: '$CI_COMMIT_TAG =~ /^v/ && ($A || $B)' }], variables: { A: $B, B: $A } }
publish:
  <<: *base
  extends: .base
  environment: { name: $A }
  parallel: { matrix: [{ A: [x, y] }] }
  script:
    - !reference [.base, script]
    - if true; then
    - npm publish --provenance
    - fi
child: { trigger: { include: ci/a.yml } }
`;
const CIRCLECI = `version: 2.1
setup: true
orbs: { o: { commands: { c: { steps: [{ run: npm publish }] } } } }
executors: { e: { docker: [{ image: x }], environment: { A: b } } }
commands: { p: { parameters: { t: { type: string, default: x } }, steps: [{ run: "npm publish --tag << parameters.t >>" }] } }
jobs: { j: { executor: e, steps: [checkout, p, o/c, { when: { condition: { equal: [a, b] }, steps: [p] } }] } }
workflows: { w: { when: { not: true }, jobs: [{ j: { filters: { tags: { only: /v.*/ } }, context: c } }] } }
`;
const JENKINS = `@Library('x') _
pipeline {
  agent { docker { image "x:\${Y}" } }
  environment { T = credentials('t') }
  stages {
    stage('a') { when { anyOf { tag 'v*'; branch "main" } } steps { sh """ npm publish --token \${T} """ } }
    stage("b") { steps { withCredentials([string(credentialsId: 'c', variable: 'V')]) { bat(script: 'twine upload') } } }
  }
}
`;
const FILES = { ".gitlab-ci.yml": GITLAB, ".circleci/config.yml": CIRCLECI, Jenkinsfile: JENKINS };

/** Reads the files, and looks at every place that comes out. */
async function survives(files: Readonly<Record<string, string>>): Promise<void> {
  const { pipelines, problems, sources } = await read(files);
  for (const { at } of problems) assert(at.start.line >= 1);
  for (const { jobs } of pipelines) {
    for (const { steps } of jobs) {
      for (const { at, publishes } of steps) {
        for (const place of [at, ...publishes.map((each) => each.at)]) {
          assert(place.start.offset <= place.end.offset);
          assert(place.end.offset <= (sources.get(place.path)?.length ?? 0) + 1);
        }
      }
    }
  }
}

Deno.test("what nobody would write is no crash and no wait", async () => {
  const many = (text: string, count: number) => text.repeat(count);
  const texts: [name: string, text: string][] = [
    ["nothing", ""],
    ["one word", "word"],
    ["a list", "- a\n- b\n"],
    ["a number", "1"],
    ["only a mark", "\ufeff"],
    ["brackets", many("[", 20_000)],
    ["braces", many("{", 20_000)],
    ["parentheses", many("(", 20_000)],
    ["closing brackets", many("(", 10_000) + many("]", 10_000)],
    ["nested tables", Array.from({ length: 3000 }, (_, depth) => `${" ".repeat(depth)}a:\n`).join("")],
    ["dollars and braces", many("${", 20_000)],
    ["a text of dollars", `sh "${many("${", 20_000)}"`],
    ["quotes", many(`'"`, 20_000)],
    ["triple quotes", many(`'''"""`, 10_001)],
    ["slashes", many("/ ", 20_000)],
    ["dollar slashes", many("$/ ", 20_000)],
    ["expressions", many("<< parameters.x >>", 20_000)],
    ["stages", many("stage('a') { ", 5000)],
    ["anchors", "a: &a [x]\n" + many("b: *a\n", 5000)],
    ["unknown tags", "a: !x [1]\nb: !y {c: !z d}\njob: !reference []\nscript: !reference [a, [b]]\n"],
    ["prototype", "__proto__: { script: [npm publish] }\nconstructor: { extends: __proto__, script: x }\n"],
    ["carriage returns", GITLAB.replaceAll("\n", "\r\n")],
    [
      "nulls",
      "jobs: ~\nworkflows: ~\ninclude: ~\ndefault: ~\nx: { script: ~, rules: ~, extends: ~, variables: ~ }\n",
    ],
    [
      "wrong types",
      "include: 5\nvariables: [a]\nx: { script: { a: b }, rules: 3, extends: 4, id_tokens: [a], environment: [] }\n",
    ],
    ["several documents", "a: 1\n---\nb: 2\n---\nc: 3\n"],
  ];
  for (const [name, text] of texts) {
    for (const path of Object.keys(FILES)) {
      await ends(() => survives({ [path]: text }), `${name} in ${path}`);
    }
  }
});

Deno.test("small files that come to much are stopped", async () => {
  const names = Array.from({ length: 12 }, (_, index) => `.j${index}`);
  const references = names.map((name, index) =>
    `${name}: { script: [${
      Array(8).fill(index === 0 ? "x" : `!reference [${names[index - 1]}, script]`).join(", ")
    }] }`
  );
  const bases = Array.from({ length: 2000 }, (_, index) => `  V${index}: ${index}`);
  const jobs = Array.from({ length: 2000 }, (_, index) => `j${index}: { extends: .base, script: x }`);
  const includes = Object.fromEntries(
    Array.from({ length: 300 }, (_, index) => [`ci/${index}.yml`, "include: 'ci/*.yml'\nx: { script: x }\n"]),
  );
  const steps = Array.from(
    { length: 20 },
    (_, index) =>
      `  c${index}: { steps: [${Array(8).fill(index === 0 ? "{ run: x }" : `c${index - 1}`).join(", ")}] }`,
  );
  const cases: Record<string, string>[] = [
    { ".gitlab-ci.yml": `${references.join("\n")}\npublish: { script: !reference [.j11, script] }\n` },
    { ".gitlab-ci.yml": `.base:\n variables:\n${bases.join("\n")}\n${jobs.join("\n")}\n` },
    { ".gitlab-ci.yml": "include: 'ci/*.yml'\n", ...includes },
    {
      ".circleci/config.yml": `version: 2.1\ncommands:\n${
        steps.join("\n")
      }\njobs: { build: { docker: [{ image: x }], steps: [c19] } }\n`,
    },
  ];
  for (const files of cases) {
    await ends(() => survives(files), Object.keys(files)[0]);
  }
});

Deno.test("files with any mistake in them are read, or refused with a reason", async () => {
  const mutation = fc.record({
    path: fc.constantFrom(...Object.keys(FILES)),
    at: fc.nat(1200),
    length: fc.nat(40),
    text: fc.oneof(
      fc.string({ maxLength: 12 }),
      fc.constantFrom(
        "{",
        "}",
        "[",
        "]",
        "'",
        '"',
        '"""',
        "\n",
        "\t",
        ": ",
        "- ",
        "&a ",
        "*a",
        "<<",
        "${",
        "!reference ",
      ),
    ),
  });
  await fc.assert(
    fc.asyncProperty(mutation, async ({ path, at, length, text }) => {
      const whole = FILES[path as keyof typeof FILES];
      const start = at % whole.length;
      await survives({ [path]: whole.slice(0, start) + text + whole.slice(start + length) });
    }),
    bounds(120),
  );
});

Deno.test("files that are no text are problems, and the others are read", async () => {
  const root = await Deno.makeTempDir({ prefix: "keyless-pipelines-test-" });
  try {
    const { readPipelines } = await import("../../src/pipelines/read.ts");
    await Deno.mkdir(`${root}/.circleci`);
    await Deno.writeFile(`${root}/.gitlab-ci.yml`, new Uint8Array([0xff, 0xfe, 0x00]));
    await Deno.writeFile(`${root}/Jenkinsfile`, new Uint8Array([0x73, 0x68, 0xff]));
    await Deno.writeTextFile(`${root}/.circleci/config.yml`, CIRCLECI);
    const { pipelines, problems } = await readPipelines(root);
    assertEquals(pipelines.map(({ path }) => path), [".circleci/config.yml"]);
    assertEquals(problems.map(({ code }) => code), ["text-not-utf8", "text-not-utf8"]);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});
