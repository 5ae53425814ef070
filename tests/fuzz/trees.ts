import fc from "fast-check";
import { join } from "@std/path";
import { mutated, mutations, textFor } from "./texts.ts";

/** The files of a repository, by path. */
export type Tree = Readonly<Record<string, string>>;

/** Every kind of file that doctor reads, as somebody may have it. */
const WHOLE: Tree = {
  ".github/workflows/release.yml": `name: release
on:
  push:
    tags: ["v*"]
  workflow_dispatch:
    inputs: { tag: { default: x, type: string } }
permissions: &none {}
env: { A: "1" }
jobs:
  build:
    runs-on: \${{ matrix.os }}
    strategy: { matrix: { os: [ubuntu-latest, windows-latest], include: [{ os: macos-latest }] } }
    permissions: *none
    outputs: { version: "\${{ steps.v.outputs.version }}" }
    steps:
      - uses: actions/checkout@v4
        with: { persist-credentials: false }
      - id: v
        if: \${{ !cancelled() && (github.ref == 'refs/heads/main' || startsWith(github.ref, 'refs/tags/v')) }}
        run: |
          # - run: npm publish
          if [ -n "$A" ]; then ./publish.sh --tag next; fi
          make publish && just publish || true
  publish:
    needs: [build]
    runs-on: ubuntu-latest
    environment: { name: release, url: https://example.com }
    permissions: { id-token: write, contents: read }
    steps:
      - uses: actions/setup-node@v4
        with: { node-version: 20, registry-url: https://registry.npmjs.org, cache: npm }
      - uses: ./act
        with: { token: "\${{ secrets.NPM_TOKEN }}" }
      - run: npm ci && npm run release -- --access public
        env: { NODE_AUTH_TOKEN: "\${{ secrets.NPM_TOKEN }}" }
      - uses: pypa/gh-action-pypi-publish@release/v1
      - run: cargo publish -p core
        shell: pwsh
  call:
    uses: ./.github/workflows/called.yml
    secrets: inherit
`,
  ".github/workflows/called.yml":
    `on: { workflow_call: { inputs: { x: { type: string } }, secrets: { TOKEN: {} } } }
jobs:
  upload:
    runs-on: ubuntu-latest
    permissions: { id-token: write }
    steps: [{ run: "twine upload dist/*", env: { TWINE_PASSWORD: "\${{ secrets.TOKEN }}" } }]
`,
  "act/action.yml": `name: act
inputs: { token: { required: true } }
runs:
  using: composite
  steps:
    - { run: npm publish, shell: bash, env: { NODE_AUTH_TOKEN: "\${{ inputs.token }}" } }
`,
  ".gitlab-ci.yml": `include: [{ local: ci/a.yml }]
default: { image: node, id_tokens: { NPM_ID_TOKEN: { aud: "npm:registry.npmjs.org" } } }
.base: &base { rules: [{ if: '$CI_COMMIT_TAG =~ /^v/' }], variables: { A: $B, B: $A } }
publish:
  <<: *base
  extends: .base
  environment: { name: $A }
  script: [!reference [.base, script], npm publish --provenance]
`,
  ".circleci/config.yml": `version: 2.1
orbs: { o: { commands: { c: { steps: [{ run: npm publish }] } } } }
jobs: { j: { docker: [{ image: x }], steps: [checkout, o/c, { run: { command: cargo publish } }] } }
workflows: { w: { jobs: [{ j: { filters: { tags: { only: /v.*/ } }, context: c } }] } }
`,
  Jenkinsfile: `pipeline {
  agent any
  environment { T = credentials('t') }
  stages { stage('a') { when { tag 'v*' } steps { sh """ npm publish --token \${T} """ } } }
}
`,
  "package.json": `{
  "name": "widget", "version": "1.0.0", "repository": "github:o/r", "packageManager": "pnpm@9.0.0",
  "workspaces": ["packages/*"],
  "scripts": { "release": "npm run build && npm publish", "build": "tsc", "prerelease": "./publish.sh" }
}
`,
  "packages/one/package.json":
    `{ "name": "@o/one", "version": "1.0.0", "dependencies": { "widget": "workspace:*" } }\n`,
  "Cargo.toml": `[package]
name = "core"
version = "1.0.0"
license = "MIT"
description = "x"
[workspace]
members = ["crates/*"]
`,
  "crates/a/Cargo.toml":
    `[package]\nname = "a"\nversion.workspace = true\n[dependencies]\ncore = { path = "../..", version = "1" }\n`,
  "pyproject.toml": `[project]\nname = "py"\nversion = "1.0.0"\n[build-system]\nrequires = ["hatchling"]\n`,
  "setup.cfg": `[metadata]\nname = py\nversion = attr: py.__version__\n`,
  "keyless.toml": `[[package]]
name = "core"
kind = "crates"
path = "."
[package.trust_policy]
workflow = "release.yml"
environment = "release"
repository = "o/r"
[[doctor.ignore]]
code = "mutable-tool"
reason = "so"
`,
  Makefile: `publish: build\n\tnpm publish --access public\nbuild:\n\t@echo building # npm publish\n`,
  justfile: `publish version="1": build\n    cargo publish {{version}}\nbuild:\n    echo x\n`,
  "publish.sh":
    `#!/bin/sh\nset -e\nfor p in a b; do (cd "$p" && npm publish "$@"); done\ncat <<EOF\nnpm publish\nEOF\n`,
  ".npmrc": `//registry.npmjs.org/:_authToken=\${NPM_TOKEN}\n@o:registry=https://npm.example.com/\n; npm\n`,
  ".pypirc": `[distutils]\nindex-servers = pypi\n[pypi]\nusername = __token__\npassword = x # why\n`,
  ".yarnrc.yml": `npmAuthToken: "\${NPM_TOKEN:-}"\nyarnPath: .yarn/releases/yarn-4.1.0.cjs\n`,
  ".cargo/config.toml":
    `[registry]\nglobal-credential-providers = ["cargo:token"]\n[registries.crates-io]\ncredential-provider = "x"\n`,
  ".envrc":
    `export TWINE_PASSWORD_TESTPYPI=$(pass pypi)\nexport TWINE_REPOSITORY_URL=https://test.pypi.org/legacy/\n`,
};

/** Repositories of which every file is somehow wrong: nonsense, or a good one in which something was changed. */
export const trees: fc.Arbitrary<Tree> = fc.subarray(Object.keys(WHOLE), { minLength: 1 }).chain((paths) =>
  fc.tuple(...paths.map((path) =>
    fc.oneof(
      { weight: 4, arbitrary: mutations.map((changes) => mutated(WHOLE[path]!, changes)) },
      { weight: 1, arbitrary: textFor(path) },
      { weight: path === "keyless.toml" ? 30 : 4, arbitrary: fc.constant(WHOLE[path]!) },
    ).map((text): [string, string] => [path, text])
  )).map((files) => Object.fromEntries(files))
);

/** Fixtures of rules, and real workflows where they are at hand, with something changed in one file. */
export async function mutatedFixtures(): Promise<fc.Arbitrary<Tree>> {
  const all = [...await fixtures(), ...await corpus()];
  return fc.record({
    tree: fc.nat(all.length - 1).map((index) => all[index]!),
    file: fc.nat(),
    changes: mutations,
  }).map(({ tree, file, changes }) => {
    const paths = Object.keys(tree);
    const path = paths[file % paths.length]!;
    return { ...tree, [path]: mutated(tree[path]!, changes) };
  });
}

async function fixtures(): Promise<Tree[]> {
  const directory = join(import.meta.dirname!, "../fixtures/doctor");
  const trees: Tree[] = [];
  for (const code of (await Array.fromAsync(Deno.readDir(directory))).map(({ name }) => name).sort()) {
    for (const { name } of (await Array.fromAsync(Deno.readDir(join(directory, code)))).sort(byName)) {
      trees.push(filesOf(await Deno.readTextFile(join(directory, code, name))));
    }
  }
  return trees;
}

function filesOf(text: string): Tree {
  const [first, ...rest] = text.split(/^#--- (.+)\n/m);
  const files: Record<string, string> = first!.trim() ? { ".github/workflows/release.yml": first! } : {};
  for (let index = 0; index < rest.length; index += 2) files[rest[index]!] = rest[index + 1]!;
  return files;
}

async function corpus(): Promise<Tree[]> {
  const directory = Deno.env.get("KEYLESS_CORPUS") ??
    join(import.meta.dirname!, "../../../shared/corpus/workflows");
  try {
    const names = (await Array.fromAsync(Deno.readDir(directory))).sort(byName);
    return await Promise.all(names.map(async ({ name }) => ({
      ".github/workflows/release.yml": await Deno.readTextFile(join(directory, name)),
    })));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

function byName(one: Deno.DirEntry, other: Deno.DirEntry): number {
  return one.name < other.name ? -1 : 1;
}
