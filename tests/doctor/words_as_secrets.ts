/** Secrets that no form tells from other words, where people write them: in commands, variables, inputs and files of every CI. */
export function repositoryOfWords(): { files: Map<string, string>; values: string[] } {
  const values: string[] = [];
  const word = () => {
    values.push(`CANARYword${values.length}end`);
    return values.at(-1)!;
  };
  const commands = () => [
    `echo "//registry.npmjs.org/:_authToken=${word()}" > ~/.npmrc`,
    `npm config set //registry.npmjs.org/:_authToken ${word()} && npm publish`,
    `npm publish --token ${word()}`,
    `npm publish --//registry.npmjs.org/:_authToken=${word()}`,
    `npm publish --//registry.npmjs.org/:_authToken=${word()} ./dist`,
    `npm publish ./dist --//bob:${word()}@npm.example.com/:_authToken x`,
    `npm publish -t ${word()}`,
    `yarn config set npmAuthToken ${word()}; yarn npm publish`,
    `twine upload -u me -p ${word()} dist/*`,
    `twine upload --password "${word()} two words" dist/*`,
    `TWINE_PASSWORD=${word()} twine upload dist/*`,
    `export TWINE_PASSWORD=${word()}; twine upload --repository testpypi dist/*`,
    `printf "[pypi]\\npassword = ${word()}\\n" > ~/.pypirc`,
    `uv publish --token ${word()}`,
    `poetry publish --build -u me -p ${word()}`,
    `poetry config pypi-token.pypi ${word()} && poetry publish`,
    `hatch publish -u __token__ -a ${word()}`,
    `flit publish --password ${word()}`,
    `cargo login ${word()} && cargo publish`,
    `cargo publish --token ${word()}`,
    `gem push --key ${word()} a.gem`,
    `dotnet nuget push a.nupkg -k ${word()} -s https://api.nuget.org/v3/index.json`,
    `vsce publish -p ${word()}`,
    `ovsx publish --pat ${word()}`,
    `curl -u me:${word()} -T a.zip https://repo.example.com/a.zip`,
    `curl -H "X-Auth-Token: ${word()}" -T a.zip https://repo.example.com/a.zip`,
    `mvn deploy -Dgpg.passphrase=${word()}`,
    `./gradlew publish -PossrhPassword=${word()}`,
    `docker login -u me -p ${word()}`,
    `./unknown.sh publish --nuget-key ${word()}`,
    `acme-publish --api-key=${word()}`,
    `args=(upload -u me -p ${word()}); twine "\${args[@]}" dist/*`,
    `args=(publish -u me -p ${word()}); poetry "\${args[@]}"`,
    `args=(publish --token ${word()}); npm "\${args[@]}"`,
    `cmd=(cargo login ${word()}); "\${cmd[@]}" && cargo publish`,
    `git remote set-url origin https://me:${word()}@github.com/octo/tools && cargo publish`,
    `npm publish --token ${word()} || exit 1; echo done`,
  ];
  const lines = (before: string, written: (command: string) => string = JSON.stringify) =>
    commands().map((command) => `${before}${written(command)}\n`).join("");
  const files = new Map([
    [
      ".github/workflows/release.yml",
      `on: push
env:
  NODE_AUTH_TOKEN: ${word()}
jobs:
  publish:
    runs-on: ubuntu-latest
    env:
      NPM_TOKEN: "${word()}"
      PYPI_TOKEN: |
        ${word()}
    steps:
      - uses: actions/setup-java@v4
        with: { java-version: 21, server-id: central, server-password: ${word()}, gpg-passphrase: ${word()} }
      - uses: actions-rs/cargo@v1
        with: { command: login, args: ${word()} }
      - uses: actions-rs/cargo@v1
        with: { command: publish, args: --token ${word()} }
      - uses: acme/versions@v1
        with: { publish-command: twine upload -u me -p ${word()} dist/* }
      - uses: actions/checkout@v6
        with: { token: ${word()} }
      - uses: pypa/gh-action-pypi-publish@release/v1
        with:
          password: ${word()}
      - uses: JS-DevTools/npm-publish@v3
        with: { token: ${word()} }
      - run: npm publish
        env: { NODE_AUTH_TOKEN: ${word()}, CI_SONATYPE_PASSWORD: ${word()} }
      - run: make publish && ./publish.sh && npm run release && tox -e publish
${lines("      - run: ")}`,
    ],
    [".gitlab-ci.yml", `variables:\n  NPM_TOKEN: ${word()}\npublish:\n  script:\n${lines("    - ")}`],
    [
      ".circleci/config.yml",
      `version: 2.1
jobs:
  publish:
    docker: [{ image: "cimg/node:22.12", auth: { username: me, password: ${word()} } }]
    environment: { NPM_TOKEN: ${word()} }
    steps:
${lines("      - run: ")}workflows: { main: { jobs: [publish] } }
`,
    ],
    [
      "Jenkinsfile",
      `pipeline {
  agent any
  environment { NPM_TOKEN = '${word()}' }
  stages { stage('Publish') { steps {
${lines("    sh ", (command) => `'''${command}'''`)}  } } }
}
`,
    ],
    [
      "tox.ini",
      `[testenv:publish]\nsetenv =\n  TWINE_PASSWORD = ${word()}\ncommands = twine upload -p ${word()} dist/*\n`,
    ],
    ["Makefile", `publish:\n${lines("\t", (command) => command)}`],
    ["publish.sh", lines("", (command) => command)],
    [
      "package.json",
      JSON.stringify(
        { name: "a", scripts: { release: commands().join(" && ") + " && npm publish build/npm" } },
        null,
        1,
      ),
    ],
  ]);
  return { files, values };
}
