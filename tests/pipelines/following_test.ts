import { assertEquals } from "@std/assert";
import { readPipelines } from "../../src/pipelines/read.ts";
import { repository } from "../doctor/repository.ts";
import { pipeline, published, unseen, workflowWith } from "./workflows.ts";

const manifest = (scripts: Readonly<Record<string, string>>) => JSON.stringify({ scripts }, null, 2);

/** What is found in a job with one step: `client path:line` of what is published, `?reference` of what cannot be read. */
async function found(step: string, others: Readonly<Record<string, string>>): Promise<string[]> {
  const publishes = await published(step, { others });
  return [
    ...publishes.map(({ client, inScript }) =>
      `${client} ${inScript ? `${inScript.path}:${inScript.start.line}` : "here"}`
    ),
    ...(await unseen(step, { others })).map((reference) => `?${reference}`),
  ];
}

Deno.test("what the script of an action publishes to other registries is seen beside what the action does", async () => {
  const others = {
    "package.json": manifest({
      "release": "changeset publish && uvx twine upload dist/*",
      "npm": "npm publish",
    }),
  };
  const step = (script: string) => `- uses: changesets/action@v1\n  with: { publish: ${script} }`;
  assertEquals(await found(step("pnpm release"), others), ["changesets/action here", "twine package.json:3"]);
  assertEquals(await found(step("pnpm npm"), others), ["changesets/action here"]);
});

Deno.test("scripts and targets that a matrix names are followed leg by leg", async () => {
  const others = {
    "package.json": manifest({ "build:release": "npm publish", "test": "jest", "pub": "cargo publish" }),
    "Makefile": "publish:\n\ttwine upload dist/*\n",
  };
  const legs = (step: string, values: string) =>
    published(`- run: ${step}`, { others, job: `strategy: { matrix: { step: [${values}] } }` });
  const cases: [step: string, values: string, clients: string[]][] = [
    ["npm run ${{ matrix.step }}", "'build:release'", ["npm"]],
    ["yarn ${{ matrix.step }}", "test, 'build:release', pub", ["npm", "cargo"]],
    ["npm run ${{ matrix.step }}", "test", []],
    ["npm run build:${{ matrix.step }}", "release", ["npm"]],
    ["make ${{ matrix.step }}", "publish", ["twine"]],
    ["npm publish --tag ${{ matrix.step }}", "a, b", ["npm"]],
  ];
  for (const [step, values, clients] of cases) {
    assertEquals((await legs(step, values)).map(({ client }) => client), clients, step);
  }
});

Deno.test("scripts that npm-run-all starts are followed", async () => {
  const others = {
    "package.json": manifest({
      "several": "run-s build pub:npm",
      "a-pattern": "run-p --max-parallel 2 -l 'pub:*'",
      "deeper": "npm-run-all build --parallel 'pub:**'",
      "with-words": "npm-run-all2 'pub:npm -- --dry-run'",
      "words": "run-s build -- pub:npm",
      "prefixed": "yarn run-s several",
      "build": "tsc",
      "pub:npm": "npm publish",
      "pub:py:all": "twine upload dist/*",
      "wrapped": "run-s build inner",
      "inner": "aegir exec --bail false npm -- publish",
    }),
  };
  const cases: [script: string, found: string[]][] = [
    ["several", ["npm package.json:10"]],
    ["a-pattern", ["npm package.json:10"]],
    ["deeper", ["npm package.json:10", "twine package.json:11"]],
    ["with-words", []],
    ["words", []],
    ["prefixed", ["npm package.json:10"]],
    ["wrapped", ["?aegir exec --bail false npm -- publish"]],
  ];
  for (const [script, expected] of cases) {
    assertEquals(await found(`- run: npm run --if-present ${script}`, others), expected, script);
  }
  assertEquals(await found("- run: npx run-s several", others), ["npm package.json:10"]);
});

Deno.test("scripts of package.json are followed, also those that they start", async () => {
  const others = {
    "package.json": manifest({
      "release": "npm run build && npm publish",
      "ci:publish": "changeset publish",
      "build": "tsc",
      "lint": "eslint",
      "prelint": "cargo publish",
      "postversion": "twine upload x",
      "all": "npm run release",
      "ship": "node scripts/ship.mjs",
      "notes": "node scripts/notes.mjs",
      "test": "bun publish",
      "any": "npm publish",
      "lerna": "echo",
      "both": "npm run tag && npm run ship:it",
      "tag": "git tag v1 && echo release",
      "ship:it": "npm publish",
      "quiet": "npm run release:tag",
      "release:tag": "git push --tags",
    }),
    "js/package.json": manifest({ release: "lerna publish" }),
    "scripts/ship.mjs": "await $`npm publish`",
    "scripts/notes.mjs": "// what is published",
    "deno.jsonc": '{ "tasks": { "release": "deno publish", "old": { "command": "npx jsr publish" } } }',
    "publish-all.sh": "npm publish",
  };
  const cases: [step: string, found: string[]][] = [
    ["npm run release", ["npm package.json:3"]],
    ["yarn release", ["npm package.json:3"]],
    ["yarn run release", ["npm package.json:3"]],
    ["pnpm release --tag next", ["npm package.json:3"]],
    ["bun run ci:publish", ["changesets package.json:4"]],
    ["npm run build", []],
    ["npm run lint", ["cargo package.json:7"]],
    ["npm test", ["bun package.json:12"]],
    ["npm t", ["bun package.json:12"]],
    ["npm run all", ["npm package.json:3"]],
    ["npm run ship", ["?scripts/ship.mjs"]],
    ["npm run notes", []],
    ["npm run both", ["npm package.json:17"]],
    ["npm run quiet", []],
    ["npm run missing", []],
    ["npm run any -- --dry-run", []],
    ["yarn lerna publish", []],
    ["cd js && npm run release", ["lerna js/package.json:3"]],
    ["npm --prefix js run release", ["lerna js/package.json:3"]],
    ["yarn --cwd js release", ["lerna js/package.json:3"]],
    ["pnpm -C js run release", ["lerna js/package.json:3"]],
    ["pnpm --filter a run release", ["?pnpm run release"]],
    ["vp run release", ["npm package.json:3"]],
    ["vp run -r release", ["?vp run release"]],
    ["node --run release", ["npm package.json:3"]],
    ["deno task release", ["deno deno.jsonc:1"]],
    ["deno task old", ["jsr deno.jsonc:1"]],
    ["xargs -n1 npm run release", ["npm package.json:3"]],
    ["./publish-all.sh", ["npm publish-all.sh:1"]],
  ];
  for (const [script, expected] of cases) {
    assertEquals(await found(`- run: ${JSON.stringify(script)}`, others), expected, script);
  }
  assertEquals(await found("- run: npm run release\n  working-directory: js", others), [
    "lerna js/package.json:3",
  ]);
});

Deno.test("a followed command has its place in both files, and what the workflow gives it", async () => {
  const others = { "package.json": manifest({ release: "cd dist && npm publish || true" }) };
  const step =
    "- run: |\n    make\n    npm run release -- --tag next\n  env: { NODE_AUTH_TOKEN: '${{ secrets.T }}' }";
  const [invocation] = await published(step, { others });
  assertEquals(
    [invocation?.at.path, invocation?.at.start.line, invocation?.at.start.column, invocation?.inScript?.path],
    [".github/workflows/release.yml", 8, 11, "package.json"],
  );
  const { start, end } = invocation!.inScript!;
  assertEquals(others["package.json"].slice(start.offset, end.offset), "npm publish");
  assertEquals([invocation?.directory, invocation?.tolerated, invocation?.keyless], ["dist", true, "no"]);
});

Deno.test("a target for which CMake writes the recipe is followed where nothing else has one", async () => {
  const others = {
    "CMakeLists.txt": "project(widget)\nadd_subdirectory(src bin)\n",
    "src/CMakeLists.txt": [
      "add_custom_target(widget_upload ALL",
      "  COMMAND rm -f dist/*.whl # not (all)",
      "  COMMAND ${Python3_EXECUTABLE}",
      "    -m twine upload widget.whl",
      '  WORKING_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR} COMMENT "npm publish"',
      ")",
      "# add_custom_target(widget_upload_docs COMMAND npm publish)",
      "add_custom_target(widget_wheel COMMAND ./setup.py bdist_wheel)",
    ].join("\n"),
    Makefile: "upload:\n\tnpm publish\n",
  };
  const cases: [step: string, found: string[]][] = [
    ["mkdir build && cd build && cmake .. && make widget_upload", ["twine src/CMakeLists.txt:3"]],
    ["make -C build widget_wheel", []],
    ["make -C build widget_upload_docs", []],
    ["make upload", ["npm Makefile:2"]],
  ];
  for (const [script, expected] of cases) {
    assertEquals(await found(`- run: ${JSON.stringify(script)}`, others), expected, script);
  }
});

Deno.test("recipes of make are followed, with what they need", async () => {
  const others = {
    Makefile: [
      "PYTHON ?= python3",
      "all: build",
      ".PHONY: release",
      "build dist: ; cargo publish",
      "release: build check # why",
      "\t@echo npm publish",
      "\t-cd js && \\",
      "\t  npm publish --token $$TOKEN",
      "check:",
      "\t# npm publish",
      "\t$(MAKE) release",
      "upload:",
      "\t$(PYTHON) -m twine upload dist/*",
      "\t$(TWINE) upload dist/*",
      "quiet:",
      "\tnpm publish --dry-run",
    ].join("\n"),
    "sub/Makefile": "publish:\n\tnpm publish\n",
    "other.mk": "go:\n\tgem push x\n",
  };
  const cases: [step: string, found: string[]][] = [
    ["make release", ["cargo Makefile:4", "npm Makefile:8"]],
    ["make", ["cargo Makefile:4"]],
    ["make dist", ["cargo Makefile:4"]],
    ["make upload", ["?… -m twine upload dist/*", "?… upload dist/*"]],
    ["make quiet", []],
    ["make missing", []],
    ["make -C sub publish", ["npm sub/Makefile:2"]],
    ["cd sub && make publish", ["npm sub/Makefile:2"]],
    ["make -f other.mk go", ["gem other.mk:2"]],
  ];
  for (const [script, expected] of cases) {
    assertEquals(await found(`- run: ${JSON.stringify(script)}`, others), expected, script);
  }
  const [, invocation] = await published("- run: make release", {
    others,
    env: "{ TOKEN: '${{ secrets.T }}' }",
  });
  const text = others.Makefile.slice(invocation!.inScript!.start.offset, invocation!.inScript!.end.offset);
  assertEquals([text, invocation?.tolerated, invocation?.directory, invocation?.credentials[0]?.secret], [
    "npm publish --token $$TOKEN",
    true,
    "js",
    "T",
  ]);
});

Deno.test("environments of tox are followed, by the lines that are for them", async () => {
  const others = {
    "tox.ini": [
      "[tox]",
      "env_list = py3, publish",
      "[testenv]",
      "commands =",
      "    pytest {posargs}",
      "    gems: gem push a.gem",
      "    !gems: python -m build",
      "[testenv:publish]",
      "pass_env = *",
      "commands_pre = python -m build",
      "commands =",
      "    # twine upload nothing",
      "    - {envbindir}/twine upload \\",
      "        {posargs:dist/*}",
      "[testenv:{crates,npm}-release]",
      "changedir = js",
      "commands =",
      "    crates: cargo publish",
      "    npm: npm publish",
      "[testenv:again]",
      "commands = {[testenv:publish]commands}",
      "[testenv:script]",
      "commands = python scripts/ship.py",
      "[testenv:lint]",
      "commands = ruff check",
    ].join("\n"),
    "scripts/ship.py": "import subprocess\nsubprocess.run(['twine', 'upload', 'dist/x'])\n",
    "old/pyproject.toml":
      '[tool.tox]\nlegacy_tox_ini = """\n[tox]\n[testenv:publish]\ncommands = flit publish\n"""\n',
    "new/tox.toml":
      '[env_run_base]\ncommands = [["pytest"]]\n[env.publish]\ncommands = [\n  ["python", "-m", "build"],\n  ["twine", "upload", { replace = "posargs" }],\n]\n[env.lint]\ncommands = [["npm", "publish"]]\n',
  };
  const cases: [step: string, found: string[]][] = [
    ["tox -e publish", ["twine tox.ini:13"]],
    ["uvx --with tox-uv tox run -e lint,publish", ["twine tox.ini:13"]],
    ["python -m tox -epublish -- --skip-existing dist/a", ["twine tox.ini:13"]],
    ["tox -e py3-gems", ["gem tox.ini:6"]],
    ["tox -e py3", []],
    ["tox -e lint", []],
    ["tox -e npm-release", ["npm tox.ini:19"]],
    ["tox -e again", ["twine tox.ini:13"]],
    ["tox -e script", ["?scripts/ship.py"]],
    ["tox -e upload", ["?tox -e upload"]],
    ["tox -c old -e publish", ["?tox -c old -e publish"]],
    ["cd old && tox -e publish", ["flit old/pyproject.toml:5"]],
    ["cd new && tox -e publish", ["twine new/tox.toml:6"]],
    ["tox", []],
  ];
  for (const [script, expected] of cases) {
    assertEquals(await found(`- run: ${JSON.stringify(script)}`, others), expected, script);
  }
  const [invocation] = await published("- run: tox -e publish", { others });
  const { start, end } = invocation!.inScript!;
  assertEquals(others["tox.ini"].slice(start.offset, end.offset).split(" ").slice(0, 2), [
    "-",
    "{envbindir}/twine",
  ]);
  assertEquals([invocation?.tolerated, invocation?.args.at(-1)], [true, "dist/*"]);
});

Deno.test("sessions of nox are followed, by the programs that they run", async () => {
  const others = {
    "noxfile.py": [
      "import nox",
      "",
      "@nox.session(",
      '    python="3.12",',
      '    name="publish-all",',
      ")",
      "def publish(session: nox.Session) -> None:",
      '    """session.run("npm", "publish")"""',
      '    session.install("twine")',
      "    # session.run('gem', 'push', 'x')",
      "    for each in FILES:",
      '        session.run("twine", "upload", *session.posargs, each, env={"A": "b"})',
      "",
      "@nox.session",
      "def lint(session):",
      '    session.run("ruff", "check")',
      "",
      "@nox.session",
      "def release(session):",
      "    _upload(session)",
      "",
      "def _upload(session):",
      '    session.run("twine", "upload", "dist/*")',
      "",
      "@nox.session",
      "def dry_publish(session):",
      '    session.run("npm", "publish", "--dry-run")',
    ].join("\n"),
  };
  const cases: [step: string, found: string[]][] = [
    ["nox -s publish-all", ["twine noxfile.py:12"]],
    ["pipx run nox --session publish-all-3.12 -- --verbose", ["twine noxfile.py:12"]],
    ["uv run nox -s lint publish-all", ["twine noxfile.py:12"]],
    ["nox -s lint", []],
    ["nox -s release", ["?nox -s release"]],
    ["nox -s dry_publish", []],
    ["nox -s publish", ["?nox -s publish"]],
    ["nox", []],
  ];
  for (const [script, expected] of cases) {
    assertEquals(await found(`- run: ${JSON.stringify(script)}`, others), expected, script);
  }
});

Deno.test("recipes of just are followed, with what they need", async () => {
  const others = {
    justfile: [
      "alias p := publish",
      "version := '1'",
      "# Builds.",
      "build target='x' +rest:",
      "    cargo build",
      "publish registry: build (check 'a')",
      "    @npm publish --tag {{registry}}",
      "",
      "    -uv publish",
      "check what:",
      "    twine upload {{what}}",
      "script:",
      "    #!/usr/bin/env bash",
      "    set -e",
      "    gem push x",
      "python:",
      "    #!/usr/bin/env python3",
      "    print('npm publish')",
    ].join("\n"),
  };
  const cases: [step: string, found: string[]][] = [
    ["just publish next", ["twine justfile:11", "npm justfile:7", "uv justfile:9"]],
    ["just p next", ["twine justfile:11", "npm justfile:7", "uv justfile:9"]],
    ["just", []],
    ["just script", ["gem justfile:15"]],
    ["just python", []],
  ];
  for (const [script, expected] of cases) {
    assertEquals(await found(`- run: ${script}`, others), expected, script);
  }
});

Deno.test("files are followed where a shell reads them, and searched where another language does", async () => {
  const others = {
    "ci/publish.sh": "#!/bin/bash\nnpm publish\necho done\n",
    "ci/strict.sh": "#!/bin/bash -e\nnpm publish\necho done\n",
    "ci/set": "#!/usr/bin/env bash\nset -euo pipefail\ncd js\nnpm publish\n",
    "ci/more.sh": "./ci/publish.sh\n",
    "ci/env.sh": "export NODE_AUTH_TOKEN=x\n",
    "ci/win.ps1": "npm publish\n",
    "ci/win.cmd": "npm publish\r\n",
    "ci/release.py": "import subprocess\nsubprocess.run(['twine', 'upload', 'x'])\n",
    "ci/lint.py": "print('lint')\n",
    "ci/tool": "#!/usr/bin/env python3\nimport os\nos.system('npm publish')\n",
    "ci/run.sh": 'exec "$@"\n',
    "publish.ts": "publishPackages()\n",
    ".github/actions/ship/action.yml":
      "runs:\n  using: composite\n  steps:\n    - run: $GITHUB_ACTION_PATH/ship.sh\n      shell: bash\n    - run: ${{ github.action_path }}/ship.sh\n      shell: bash\n" +
      '    - run: . "${{ github.action_path }}/ship.ps1"\n      shell: pwsh\n',
    ".github/actions/ship/ship.sh": "npm publish\n",
    ".github/actions/ship/ship.ps1": "npm publish\n",
  };
  const cases: [step: string, found: string[]][] = [
    ["- run: ./ci/publish.sh", ["npm ci/publish.sh:2"]],
    ["- run: ci/publish.sh", ["npm ci/publish.sh:2"]],
    ["- run: bash -eu ci/publish.sh", ["npm ci/publish.sh:2"]],
    ["- run: sudo sh -e ./ci/publish.sh now", ["npm ci/publish.sh:2"]],
    ["- run: cd ci && ./publish.sh", ["npm ci/publish.sh:2"]],
    ["- run: source ci/publish.sh", ["npm ci/publish.sh:2"]],
    ["- run: ./publish.sh\n  working-directory: ci", ["npm ci/publish.sh:2"]],
    ["- run: ${{ github.workspace }}/ci/publish.sh", ["npm ci/publish.sh:2"]],
    ["- run: ci/set", ["npm ci/set:4"]],
    ["- run: ci/more.sh", ["npm ci/publish.sh:2"]],
    ["- run: ./ci/win.ps1\n  shell: pwsh", ["npm ci/win.ps1:1"]],
    ["- run: '& \"./ci/win.ps1\"'\n  shell: pwsh", ["npm ci/win.ps1:1"]],
    ['- run: . "./ci/win.ps1"\n  shell: pwsh', ["npm ci/win.ps1:1"]],
    ["- run: pwsh -File ci/win.ps1", ["npm ci/win.ps1:1"]],
    ["- run: python ci/release.py", ["?ci/release.py"]],
    ["- run: uv run ci/release.py", ["?ci/release.py"]],
    ["- run: python ci/lint.py upload", []],
    ["- run: ./ci/tool", ["?ci/tool"]],
    ["- run: npx tsx publish.ts", ["?publish.ts"]],
    ["- run: ci/run.sh npm publish", ["?ci/run.sh"]],
    ["- uses: ./.github/actions/ship", [
      "npm .github/actions/ship/ship.sh:1",
      "npm .github/actions/ship/ship.sh:1",
      "npm .github/actions/ship/ship.ps1:1",
    ]],
  ];
  for (const [step, expected] of cases) assertEquals(await found(step, others), expected, step);
  const tolerated = async (step: string) => (await published(step, { others })).map((each) => each.tolerated);
  assertEquals(await tolerated("- run: ./ci/publish.sh"), [true]);
  assertEquals(await tolerated("- run: ./ci/strict.sh"), [false]);
  assertEquals((await published("- run: ci/set", { others }))[0]?.directory, "js");
});

Deno.test("the settings of release-it and semantic-release can keep them from publishing", async () => {
  const cases: [step: string, others: Record<string, string>, found: string[]][] = [
    ["npx release-it", {}, ["release-it here"]],
    ["npx release-it", { ".release-it.json": '{ "npm": { "publish": false } }' }, []],
    ["npx release-it", { "package.json": '{ "release-it": { "npm": false }, "x": { "npm": true } }' }, []],
    ["npx release-it", { ".release-it.json": '{ "npm": { "publish": true } }' }, ["release-it here"]],
    ["npx semantic-release", { ".releaserc": '{ "branches": ["main"] }' }, ["semantic-release here"]],
    ["npx semantic-release", { ".releaserc.json": '{ "plugins": ["@semantic-release/github"] }' }, []],
    ["npx semantic-release", { "release.config.js": 'plugins: ["@semantic-release/npm"]' }, [
      "semantic-release here",
    ]],
    ["npx semantic-release", {
      ".releaserc.yml": "plugins:\n  - - '@semantic-release/npm'\n    - npmPublish: false\n",
    }, []],
    ["npx semantic-release", { ".releaserc": 'plugins: [["@semantic-release/exec"]]' }, [
      "?semantic-release",
    ]],
    ["npx semantic-release", {
      "package.json": '{ "release": { "plugins": ["a"] }, "b": "@semantic-release/npm" }',
    }, []],
    ["npx semantic-release", {
      ".releaserc.yml": "plugins:\n  # - '@semantic-release/npm'\n  - '@semantic-release/github'\n",
    }, []],
  ];
  for (const [script, others, expected] of cases) {
    assertEquals(await found(`- run: ${script}`, others), expected, `${script} ${JSON.stringify(others)}`);
  }
});

Deno.test("release-it and semantic-release leave out a package that is private, unless they may be about another one", async () => {
  const widget = '{ "name": "widget", "private": true }';
  const cases: [step: string, others: Record<string, string>, found: string[]][] = [
    ["npx semantic-release", { "package.json": widget }, []],
    [
      "npx semantic-release",
      { "package.json": widget, ".releaserc": "plugins: ['@semantic-release/npm']" },
      [],
    ],
    ["npx release-it --ci", { "package.json": widget }, []],
    ["npx release-it", { "package.json": widget, ".release-it.json": '{ "npm": { "publish": true } }' }, []],
    ["npx semantic-release", { "package.json": '{ "repository": { "private": true } }' }, [
      "semantic-release here",
    ]],
    ["npx semantic-release", { "package.json": '{ "private": true, "workspaces": ["packages/*"] }' }, [
      "semantic-release here",
    ]],
    ["npx semantic-release", { "package.json": widget, "pnpm-workspace.yaml": "packages: ['*']\n" }, [
      "semantic-release here",
    ]],
    ["npx semantic-release", {
      "package.json": widget,
      ".releaserc": 'plugins: [["@semantic-release/npm", { pkgRoot: dist }]]',
    }, ["semantic-release here"]],
    ["npx semantic-release", { "package.json": widget, ".releaserc": "extends: '@acme/release'" }, [
      "semantic-release here",
    ]],
    ["npx semantic-release --extends @acme/release", { "package.json": widget }, ["semantic-release here"]],
    ["npx semantic-release", {
      "package.json": widget,
      "release.config.js": 'plugins: [["@semantic-release/exec", { publishCmd: "npm publish ./dist" }]]',
    }, ["?semantic-release"]],
    ["npx release-it", {
      "package.json": widget,
      ".release-it.json": '{ "hooks": { "after:bump": "cd dist && npm publish" } }',
    }, ["release-it here"]],
    ["npx release-it --config ci.json", { "package.json": widget }, ["release-it here"]],
  ];
  for (const [script, others, expected] of cases) {
    assertEquals(await found(`- run: ${script}`, others), expected, `${script} ${JSON.stringify(others)}`);
  }
});

Deno.test("scripts are followed that scripts start, by where these lie and not without end", async () => {
  const others = {
    "package.json": manifest({
      release: "./bin/release",
      publish: "npm publish",
      changeset: "node bin/changeset.js",
    }),
    "bin/changeset.js": "run(argv)",
    "ci/publish.test.sh": "./publish.sh",
    "bin/release": '#!/bin/sh\nset -e\n"$(dirname "$0")/one.sh"\n',
    "bin/one.sh": 'HERE="$( cd "$( dirname "${BASH_SOURCE[0]}" )" && pwd )"\nbash $HERE/../ci/two.sh now\n',
    "ci/two.sh": '"$(git rev-parse --show-toplevel)/three.sh"\necho done\n',
    "three.sh": "npm run publish",
    "ci/lax.sh": 'D=$(dirname $(realpath "$0"))\n$D/strict.sh\necho done\n',
    "ci/strict.sh": "set -e\ntwine upload x",
    "ci/root.sh": 'ROOT=$(cd -- "$(dirname -- "$0")/.." &> /dev/null && pwd -P)\nnode ${ROOT}/go.mjs\n',
    "go.mjs": "await $`npm publish`",
    "ci/each.sh": "./publish.sh a\n./publish.sh a\n./publish.sh b\n",
    "publish.sh": 'npm publish "$1"',
    "ci/lines.sh": 'HERE="$(\n  cd "$(dirname "${BASH_SOURCE[0]}")"\n  pwd\n)"\n"$HERE"/strict.sh\n',
    "ci/outside.sh": '"$(dirname "$0")/../../publish.sh"\n"$OTHER/ship.sh"\n',
  };
  const cases: [step: string, found: string[]][] = [
    ["bin/one.sh", ["npm package.json:4"]],
    ["npm run release", ["?three.sh"]],
    ["ci/lax.sh", ["twine ci/strict.sh:2"]],
    ["ci/root.sh", ["?go.mjs"]],
    ["ci/each.sh", ["npm publish.sh:1", "npm publish.sh:1"]],
    ["ci/publish.test.sh", []],
    ["npm run changeset publish", ["?bin/changeset.js"]],
    ["node go.mjs check", []],
    ["ci/lines.sh", ["twine ci/strict.sh:2"]],
    ["ci/outside.sh", ['?$(dirname "$0")/../../publish.sh']],
  ];
  for (const [script, expected] of cases) {
    assertEquals(await found(`- run: ${script}`, others), expected, script);
  }
  const [lax] = await published("- run: ci/lax.sh", { others });
  assertEquals([lax?.tolerated, lax?.toleratedIn?.path, lax?.toleratedIn?.start.line], [
    true,
    "ci/lax.sh",
    2,
  ]);
});

Deno.test("where too much is started to follow it all, that is said once", async () => {
  const job = (id: number) => `  j${id}:\n    runs-on: x\n    steps:\n      - run: ./ci/long.sh\n`;
  const { jobs } = await pipeline(
    `on: push\njobs:\n${Array.from({ length: 40 }, (_, id) => job(id)).join("")}`,
    {
      "ci/long.sh": `#!/bin/sh\n${"curl -sf x\n".repeat(300)}./ci/next.sh\n`,
      "ci/next.sh": "true\n",
    },
  );
  assertEquals(
    jobs.flatMap(({ steps }) => steps).flatMap((step) => step.unseen.map(({ reference }) => reference)),
    [
      "ci/next.sh, and whatever else is started (too much to follow),",
    ],
  );
});

Deno.test("scripts that start each other in a circle end", async () => {
  const others = {
    "package.json": manifest({ a: "npm run b", b: "npm run a" }),
    "a.sh": "./a.sh\n",
    Makefile: "a: b\n\tmake b\nb: a\n\tmake a\n",
  };
  for (const script of ["npm run a", "./a.sh", "make a"]) {
    assertEquals(await found(`- run: ${script}`, others), [], script);
  }
});

Deno.test("an input of a local action that is its whole script is read with what its caller gives", async () => {
  const others = {
    "run/action.yml":
      "inputs: { command: {} }\nruns:\n  using: composite\n  steps:\n    - run: ${{ inputs.command }}\n      shell: bash\n",
  };
  const { jobs } = await pipeline(workflowWith("- uses: ./run\n  with: { command: npm publish }"), others);
  assertEquals(jobs[0]!.steps[0]!.publishes.map(({ client, at }) => [client, at.path, at.start.line]), [
    ["npm", "run/action.yml", 5],
  ]);
});

Deno.test("what a step starts is read from the repository alone, and a file that is no text is nobody's mistake", async () => {
  const steps = [
    "ci/publish.sh",
    "ci/program",
    "ci/folder.sh",
    "ci/link.sh",
    "ci/outside.sh",
    "../outside.sh",
  ]
    .map((path) => `- run: bash ${path}`).join("\n");
  const root = await repository(
    new Map([[".github/workflows/release.yml", workflowWith(steps)], ["ci/publish.sh", "npm publish\n"]]),
  );
  const outside = await Deno.makeTempFile();
  try {
    await Deno.writeTextFile(outside, "cargo publish\n");
    await Deno.writeFile(`${root}/ci/program`, new Uint8Array([0x7f, 0x45, 0x4c, 0x46, 0xff]));
    await Deno.mkdir(`${root}/ci/folder.sh`);
    await Deno.symlink("publish.sh", `${root}/ci/link.sh`);
    await Deno.symlink(outside, `${root}/ci/outside.sh`);
    const { pipelines, problems, sources } = await readPipelines(root);
    const publishes = pipelines[0]!.jobs[0]!.steps.flatMap((step) => step.publishes);
    assertEquals(publishes.map(({ client, inScript }) => [client, inScript?.path]), [
      ["npm", "ci/publish.sh"],
      ["npm", "ci/link.sh"],
    ]);
    assertEquals(problems, []);
    assertEquals([...sources.keys()], [".github/workflows/release.yml", "ci/publish.sh", "ci/link.sh"]);
  } finally {
    await Deno.remove(root, { recursive: true });
    await Deno.remove(outside);
  }
});
