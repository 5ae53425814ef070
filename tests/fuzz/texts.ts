import fc from "fast-check";

/** What parsers, shells, terminals and CIs take for more than a text. */
const PIECES = [
  ..."{}[]()<>'\"`\\|&;#*!%@$^~=,:?- \t\r",
  "\n",
  "\n  ",
  "\n\n",
  "\r\n",
  "\\\n",
  ": ",
  "- ",
  "? ",
  "&a ",
  "*a",
  "<<: *a\n",
  "!reference [",
  "!!binary ",
  "--- ",
  "...\n",
  "| \n",
  ">-\n",
  '"""',
  "'''",
  "${{ ",
  " }}",
  "${{ secrets.A }}",
  "${A:-",
  "$(",
  "<(",
  "<<EOF\n",
  "EOF\n",
  "$[[ inputs.a ]]",
  "<< parameters.a >>",
  "%A%",
  "/*",
  "*/",
  "//",
  "<!--",
  "../../..",
  "./",
  "/",
  "\u0000",
  "\u001b[31m",
  "\u009b2J",
  "\u202e",
  "\u200d",
  "\ufeff",
  "\u2028",
  "\u0085",
  "😀",
  "é",
  "\n::error::x\n",
  " ::stop-commands::x",
  "##[group]x",
  "##vso[task]x",
  "__proto__",
  "constructor",
  "toString",
  "on",
  "true",
  "null",
  "~",
  "0x10",
  "1e999",
  "99999999999999999999",
  "2026-01-01",
  "npm publish",
  "cargo publish",
  "twine upload dist/*",
  "npm run release",
  "make publish",
  "./publish.sh",
  "if true; then\n",
  "fi\n",
  " && ",
  " || true",
  " # keyless: ignore[missing-id-token] why",
  "\n# keyless: ignore\n",
  "\n# - run: npm publish\n",
  "permissions: { id-token: write }\n",
  "environment: release\n",
  "uses: ./act",
  "uses: constructor@v1",
  "shell: __proto__",
  "_authToken=",
  "password = ",
  "[package]\n",
  "[[package]]\n",
];

const piece = fc.oneof(
  fc.constantFrom(...PIECES),
  fc.string({ maxLength: 6 }),
  fc.string({ unit: "binary", maxLength: 3 }),
);

/** Words of a language in any order, with what breaks it in between. */
function soup(words: readonly string[]): fc.Arbitrary<string> {
  return fc.array(fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...words) }, piece), { maxLength: 40 })
    .map((parts) => parts.join(""));
}

const YAML =
  "on:|push|: |\n|\n  |\n    |\n      - |jobs:|publish:|runs-on: |ubuntu-latest|steps:|run: |run: |\n        |uses: |with:|env:|if: |needs: |strategy:|matrix:|permissions:|id-token: write|environment: |secrets: inherit|concurrency:|workflow_call:|script:|stage: |rules:|extends: |include: |local: |id_tokens:|aud: |version: 2.1|workflows:|docker:|orbs:|commands:|executors:|context: |npmAuthToken: ";
const SHELL =
  "npm publish|cargo publish|twine upload|uv publish| --dry-run| --token |$TOKEN|if |; then\n|fi\n|for x in |; do |done|while |case x in|esac|{ |; }|( |) |[[ | ]]|cd |pushd |export A=|set -e\n|echo |eval |exec |bash -c |sudo |> .npmrc|<<'EOF'\n|\nEOF\n|function f() {|return|exit 1|git push| | &\n|\n";
const TOML =
  '[package]\n|[[package]]\n|[registry]\n|[registries.x]\n|[package.trust_policy]\n|[[doctor.ignore]]\n|name = |version = |kind = |path = |token = |"x"|\'y\'|"""|[|]|{|}|, | = |.|\n|true|1|1979-05-27T07:32:00Z|workflow = "release.yml"\n|environment = ';
const INI =
  "[pypi]\n|[distutils]\n|[metadata]\n|index-servers = |username = |password = |repository: |//registry.npmjs.org/:_authToken=|${NPM_TOKEN}|always-auth=true\n|; |# |\n|\n  |key|=|:|name = |version = 1";
const GROOVY =
  "pipeline {|agent any|stages {|stage('a') {|steps {|sh |'npm publish'|\"npm publish ${A}\"|'''|\"\"\"|}|environment {|A = credentials('b')|withCredentials([string(credentialsId: 'c', variable: 'V')]) {|withEnv([|])|when {|tag 'v*'|}|// |/* | */|node {|bat |script {|@Library('x') _\n|\n|(|)|,";
const JSONISH =
  '{|}|[|]|:|,|"name"|"version"|"scripts"|"publish"|"npm publish"|"private"|"workspaces"|"packageManager"|"pnpm@9"|true|null|1|-|"\\u0000"|"__proto__"|"x"|\n|\\|"publishConfig"|"repository"|"exports"';

/** Texts of any kind that may stand in the file of this name. */
export function textFor(path: string): fc.Arbitrary<string> {
  const words = /\.ya?ml$/.test(path)
    ? YAML
    : path.endsWith(".toml")
    ? TOML
    : path.endsWith(".json")
    ? JSONISH
    : /Jenkinsfile/.test(path)
    ? GROOVY
    : /\.npmrc|\.pypirc|setup\.cfg|\.env/.test(path)
    ? INI
    : SHELL;
  return fc.oneof(soup(words.split("|")), soup(words.split("|")), fc.string(), piece);
}

/** A change of a text: some of it goes, something else comes. */
export interface Mutation {
  /** As a part of the whole: 0 at the start, 1 at the end. */
  readonly at: number;
  readonly gone: number;
  readonly text: string;
  /** `again`: what goes is there again behind itself. `word`: the word there goes, so that all around it often means what it did. */
  readonly how: "cut" | "again" | "word";
}

/** What stands in the place of words: what patterns, objects and paths are made of. */
const NAMES = [
  "",
  "x",
  "a(b",
  "a[b",
  "a*",
  "a+b",
  "$A",
  "${{ x }}",
  "..",
  "a/b",
  "__proto__",
  "constructor",
  "hasOwnProperty",
];

const place = {
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  gone: fc.oneof(fc.constant(0), fc.nat(3), fc.nat(60)),
};

export const mutations: fc.Arbitrary<Mutation[]> = fc.array(
  fc.oneof(
    fc.record({
      ...place,
      text: fc.oneof(
        fc.constant(""),
        piece,
        fc.array(piece, { maxLength: 3 }).map((parts) => parts.join("")),
      ),
      how: fc.constantFrom("cut" as const, "cut" as const, "again" as const),
    }),
    fc.record({
      ...place,
      text: fc.oneof(fc.constantFrom(...NAMES), fc.string({ maxLength: 8 })),
      how: fc.constant("word" as const),
    }),
  ),
  { maxLength: 3 },
);

/** A text after these changes, the first one first. */
export function mutated(text: string, changes: readonly Mutation[]): string {
  return changes.reduce((whole, { at, gone, text, how }) => {
    const start = Math.floor(at * whole.length);
    if (how === "word") {
      const word = /[\w-]+/g;
      word.lastIndex = start;
      const found = word.exec(whole);
      return found ? whole.slice(0, found.index) + text + whole.slice(word.lastIndex) : whole;
    }
    const twice = how === "again" ? whole.slice(start, start + gone) : "";
    return whole.slice(0, start) + twice + text + whole.slice(how === "again" ? start : start + gone);
  }, text);
}
