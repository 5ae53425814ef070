import { assertEquals } from "@std/assert";
import { masked, maskedAt } from "../../src/host/masked.ts";

/** In each line `CANARY…` is a secret without a form, and nothing else goes. */
const SECRETS = [
  `echo "//registry.npmjs.org/:_authToken=CANARYx1" > ~/.npmrc`,
  "npm config set //registry.npmjs.org/:_authToken CANARYx1",
  "npm set //registry.npmjs.org/:_auth=CANARYx1",
  "npm publish --token CANARYx1 --access public",
  "npm publish --//registry.npmjs.org/:_authToken=CANARYx1",
  "npm publish --otp=CANARYx1",
  "yarn config set npmAuthToken CANARYx1",
  "npmAuthIdent: CANARYx1",
  `echo "NPM_TOKEN=$(npx tool --token CANARYx1 --key $K)" >> $GITHUB_ENV`,
  "twine upload -u __token__ -p CANARYx1 dist/*",
  "twine upload -pCANARYx1 dist/*",
  'for token in CANARYx1 $OTHER; do npm publish --token "$token"; done',
  "twine upload --password 'CANARY x y' dist/*",
  "poetry publish -u me -p CANARYx1",
  "poetry config pypi-token.pypi CANARYx1",
  "poetry config http-basic.acme me CANARYx1",
  "hatch publish -u me -a CANARYx1",
  "cargo login CANARYx1",
  "gem push --key CANARYx1 a.gem",
  ":rubygems_api_key: CANARYx1",
  "nuget push a.nupkg -k CANARYx1 -s x",
  "nuget setapikey CANARYx1 -Source x",
  "dotnet nuget push a.nupkg --api-key CANARYx1",
  "vsce publish -p CANARYx1",
  "vsce publish --pat CANARYx1",
  "curl -u me:CANARYx1 https://example.com",
  "curl --user me:CANARYx1 https://example.com",
  "curl -H 'Authorization: Bearer CANARYx1' https://example.com",
  "docker login -u me -p CANARYx1",
  "./gradlew publish -PossrhPassword=CANARYx1",
  "mvn deploy -Dgpg.passphrase=CANARYx1",
  "<password>CANARYx1</password>",
  `<add key="ClearTextPassword" value="CANARYx1" />`,
  "machine upload.pypi.org login me password CANARYx1",
  "NPM_TOKEN: CANARYx1 # why",
  `NPM_TOKEN: "CANARY x1" # why`,
  "env: { NODE_AUTH_TOKEN: CANARYx1, CI: true }",
  "export TWINE_PASSWORD=CANARYx1",
  `"npm-token": "CANARYx1",`,
  "GPG_PRIVATE_KEY: CANARYx1",
  "server-password: CANARYx1",
  "$env:NUGET_API_KEY = 'CANARYx1'",
  "SECRET_LENGTH=x MY_SECRET=CANARYx1$abc",
  "password := CANARYx1",
  "TWINE_PASSWORD_TESTPYPI: CANARYx1",
  "export NPM_TOKEN_2=CANARYx1",
  "VSCE_PAT: CANARYx1",
  "NPM_CREDENTIALS: CANARYx1",
  "PASS=CANARYx1",
  "./gradlew publish -PnexusPass=CANARYx1",
  "signingInMemoryKey=CANARYx1",
  "ssh-key: CANARYx1",
  "nuget push a.nupkg CANARYx1 -Source x",
  "uv publish -t CANARYx1",
  "pdm publish -u me -P CANARYx1",
  "podman login -u me -p CANARYx1 ghcr.io",
  "curl -sSfu me:CANARYx1 https://example.com",
  "aws configure set aws_secret_access_key CANARYx1",
  `session.run("twine", "upload", "-p", "CANARYx1")`,
  `subprocess.run(["twine", "upload", "--password", "CANARYx1"])`,
  `args: '["publish", "--token", "CANARYx1"]'`,
  "NPM_TOKEN=${NPM_TOKEN:-CANARYx1} npm publish",
  "NPM_TOKEN: ${{ secrets.NPM_TOKEN || 'CANARYx1' }}",
  `twine upload -p "\${PASSWORD:-CANARYx1}"`,
  "echo CANARYx1 | cargo login",
  `echo "CANARYx1" | docker login -u me --password-stdin`,
  "gh auth login --with-token <<< CANARYx1",
  "keyring set pypi __token__ CANARYx1",
  `printf '[pypi]\\npassword = %s' "CANARYx1" > ~/.pypirc`,
  "NPM_TOKEN: { value: CANARYx1, description: x }",
  "env: [{ name: NPM_TOKEN, value: CANARYx1 }]",
  "string(name: 'NPM_TOKEN', defaultValue: 'CANARYx1')",
  "NPM_TOKEN: &token CANARYx1",
  "NPM_TOKEN: !!str CANARYx1",
  "NPM_TOKEN: CANARY x1",
  "NPM_TOKEN CANARYx1",
  `"NPM_TOKEN" => "CANARYx1"`,
  `os.environ["NPM_TOKEN"] = "CANARYx1"`,
  `setenv("NPM_TOKEN", "CANARYx1")`,
  `process.env.NPM_TOKEN ?? "CANARYx1"`,
  "ENV NPM_TOKEN CANARYx1",
  "set -x NPM_TOKEN CANARYx1",
  "npm config set '//registry.npmjs.org/:_password' 'CANARYx1'",
  "key=-----BEGIN PRIVATE KEY-----CANARYx1",
  "NPM_TOKEN= CANARYx1",
  "_authToken= CANARYx1",
  `token= "CANARYx1"`,
  "password = CANARYx1",
  "NODE_AUTH_TOKEN= npm publish --token CANARYx1",
  "NODE_AUTH_TOKEN= NPM_TOKEN=CANARYx1 npm publish",
];

Deno.test("what stands where a secret does disappears, and the line keeps its length", () => {
  for (const line of SECRETS) {
    const shown = masked(line);
    assertEquals(
      shown,
      line.replace(/CANARY(?: x1| x y|x1(?:\$abc)?)/, (secret) => "*".repeat(secret.length)),
    );
  }
});

Deno.test("a secret with quotes and blanks in it disappears to its end", () => {
  for (
    const line of [
      `NPM_TOKEN="a\\"CANARYx1"`,
      `NPM_TOKEN=a"CANARY x1"`,
      `NPM_TOKEN='a'CANARYx1`,
      `NPM_TOKEN='it'\\''CANARYx1'`,
      "  NPM_TOKEN: 'it''CANARY x1'",
      "  NPM_TOKEN: 'it's CANARY x1'",
      "  NPM_TOKEN: *CANARY",
      `  NPM_TOKEN: "${"a".repeat(5000)}CANARY"`,
    ]
  ) assertEquals(masked(line).match(/CANARY|x1/), null, line);
});

Deno.test("what is filled in later, and what is no secret, stays", () => {
  for (
    const line of [
      "for token in tokens:",
      "for token in $TOKENS; do",
      "id-token: write",
      "permissions: { id-token: write, contents: read }",
      "NPM_TOKEN: ${{ secrets.NPM_TOKEN }}",
      "NPM_TOKEN: '${{ secrets.NPM_TOKEN }}' # why",
      `echo "//registry.npmjs.org/:_authToken=\${NPM_TOKEN}" > .npmrc`,
      `echo "//registry.npmjs.org/:_authToken=\\$NPM_TOKEN" > .npmrc`,
      "npm config set //registry.npmjs.org/:_authToken $NPM_TOKEN",
      "twine upload -u __token__ -p ${{ secrets.PYPI_TOKEN }} dist/*",
      "twine upload -u __token__ -p $env:PYPI_TOKEN dist/*",
      "curl -H 'Authorization: Bearer $TOKEN' https://example.com",
      "curl -u $USER:$PASSWORD https://example.com",
      "server-password: MAVEN_PASSWORD",
      "NPM_TOKEN = credentials('npm')",
      "password = os.environ['PASSWORD']",
      "token: null",
      "secrets: inherit",
      "npm publish --provenance --access public # with the token of the environment",
      "docker run -p 8080:80 nginx",
      "cargo publish -p acme-core",
      "cargo publish --token",
      "gh auth login --with-token < token.txt",
      'if [ -z "$NPM_TOKEN" ]; then',
      "password: >-",
      "password: |",
      "token=$(curl -sS https://example.com | jq -r .value)",
      "set TOKEN=%NPM_TOKEN%",
      'cargo publish --token "${TOKEN:?TOKEN is required}"',
      "docker run -v $PWD:/work node npm publish",
      "twine upload -p $env:PYPI_TOKEN dist/*",
      "gh secret set NPM_TOKEN --repo acme/widget",
      "NPM_TOKEN: { required: true }",
      `echo "token=" && echo "done"`,
      "run: NODE_AUTH_TOKEN= npm publish --verbose",
      "NODE_AUTH_TOKEN= NPM_TOKEN= ./node_modules/.bin/lerna publish",
      "key: ${{ runner.os }}-cargo",
      "TOKEN_URL: https://example.com",
      "AWS_ACCESS_KEY_ID: AKIA",
      "cache_key: v1",
      "NPM_TOKEN: ${{ github.event_name == 'push' && secrets.A || secrets.B }}",
    ]
  ) assertEquals(masked(line), line);
});

Deno.test("a secret below its name disappears too", () => {
  const lines = [
    "env:",
    "  KEY_ID: 1",
    "  GPG_PRIVATE_KEY: |",
    "    CANARY one",
    "",
    "    CANARY two",
    "  CI: true",
  ];
  assertEquals(lines.map((_, index) => maskedAt(lines, index)), [
    ...lines.slice(0, 3),
    "    ****** ***",
    "",
    "    ****** ***",
    "  CI: true",
  ]);
});

Deno.test("a secret disappears from a command of several lines, and from a value that is named beside it", () => {
  for (
    const text of [
      "twine upload \\\n  -u me \\\n  -p CANARY \\\n  dist/*",
      "run: >\n  twine upload\n  -p CANARY",
      "cargo login \\\n  CANARY",
      'run(\n  "twine",\n  "--password",\n  "CANARY",\n)',
      "NPM_TOKEN:\n  value: CANARY\n  description: x",
      "NPM_TOKEN:\n  CANARY",
      '  NPM_TOKEN: "one\n    CANARY"',
      "- name: NPM_TOKEN\n  value: CANARY",
      'token = """\nCANARY\nCANARY"""',
      "password = '''CANARY\nCANARY\n'''",
      'NPM_TOKEN = r"""CANARY x\n  CANARY\n"""',
      "<password>\n  CANARY\n</password>",
      "-----BEGIN RSA PRIVATE KEY-----\nCANARYCANARY==\n-----END RSA PRIVATE KEY-----",
    ]
  ) {
    const lines = text.split("\n");
    const shown = lines.map((_, index) => maskedAt(lines, index));
    assertEquals(shown.join("\n").replaceAll("*", "").replace("dist/", "").match(/CANARY/), null, text);
    assertEquals(shown.map(({ length }) => length), lines.map(({ length }) => length));
  }
  const texts = ['token = """', "x", '"""', "[registry]", 'name = """', "  one", '"""', "index = 1"];
  assertEquals(texts.map((_, index) => maskedAt(texts, index)).slice(3), texts.slice(3));
  const others = ["token:", "  description: what npm wants", "  required: true", "run: |", "  npm publish"];
  assertEquals(others.map((_, index) => maskedAt(others, index)), others);
});

Deno.test("long lines are looked through in time that grows with them", () => {
  for (
    const part of [
      "token",
      "token ",
      "-",
      "--token",
      "--a",
      "twine ",
      "twine -p",
      " -p ",
      "curl -u ",
      "curl -u a",
      "nuget -k ",
      "login a ",
      "http-basic.",
      "http-basic.a ",
      "<",
      "<token",
      "pypi-token.",
      '"',
      'token="',
      "_auth ",
      "${",
      "token=${",
      "token={{",
      "token=A_",
      "a",
      "echo a ",
      "secret set -b ",
      '("token", ',
      "token || ",
      "name: token, value: ",
      "token: [",
      "token='",
      '\\"',
      "token=%s",
      "token= ",
      "token= a= ",
      "keyring set a ",
      " -p ",
    ]
  ) masked(part.repeat(100_000));
  const blanks = " ".repeat(300_000);
  for (
    const line of [
      `password = a${blanks}b`,
      `password =${blanks}b`,
      `password: |${blanks}b`,
      `<token>${blanks}b`,
    ]
  ) {
    masked(line);
    maskedAt([line, "  x"], 1);
  }
  // What is filled in can be read in one way only.
  for (const part of ["${{a}}", "{{a}}", "${a}", "$a", "%a%", "%s", "''"]) {
    masked(`token=${part.repeat(10_000)}\u0001`);
  }
});
