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
  "twine upload -u __token__ -p CANARYx1 dist/*",
  "twine upload -pCANARYx1 dist/*",
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
  "SECRET_KEY_BASE=x MY_SECRET=CANARYx1$abc",
  "password := CANARYx1",
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

Deno.test("what is filled in later, and what is no secret, stays", () => {
  for (
    const line of [
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
    ]
  ) masked(part.repeat(100_000));
});
