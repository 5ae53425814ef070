import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { plainCommands } from "../../src/formats/shell_plain.ts";
import { ShellState } from "../../src/formats/shell_state.ts";
import { wholeCommands } from "../../src/formats/shell_whole.ts";

/** Equal to what the parser of all scripts makes of it; `false` where it is left to that. */
function agrees(script: string, stopsAtErrors = true, pipefail = false): boolean {
  const plain = plainCommands(script, new ShellState(stopsAtErrors, pipefail));
  if (!plain) return false;
  const whole = wholeCommands(script, new ShellState(stopsAtErrors, pipefail));
  const comparable = (commands: typeof whole) =>
    commands.map((command) => ({
      ...command,
      words: command.words.map(({ text, start }) => ({ text, start })),
    }));
  assertEquals(comparable(plain), comparable(whole), script);
  return true;
}

Deno.test("a script that is as simple as most is read alike, without the parser for all others", () => {
  for (
    const script of [
      "",
      "npm ci\nnpm publish --access public # now\n",
      "cd packages/a && npm publish || true; cd ..",
      "set +e\nnpm publish\necho $?\n",
      'VERSION="1.2 $TAG" npm publish --tag \'x y\' \\\n  --otp="$OTP" > log 2>&1',
      "TAG=next\nnpm publish --tag $TAG | tee log",
      "pushd a; npm publish; popd\nunset NPM_TOKEN",
      "[ -f x ] &&\n  twine upload dist/*.whl ||\n  exit 1",
      "V=$(node -p \"require('./package.json').version\") npm publish\necho $(cd a; npm publish || true) ${A:-b} ${A##*/}",
      'V="v$(npm view x | tail -1)"\nnpm publish --tag "$V" # $(not this)',
      "echo 'it''s' \"a \\\"b\\\" \\$c\" d\\ e",
    ]
  ) {
    for (const stops of [true, false]) {
      for (const pipefail of [true, false]) assert(agrees(script, stops, pipefail), script);
    }
  }
});

Deno.test("a script that is written in any other way, or wrongly, is left to the parser for all", () => {
  for (
    const script of [
      "if true; then npm publish; fi",
      "for a in b; do npm publish; done",
      "(npm publish)",
      "{ npm publish; }",
      "echo `npm publish`",
      "npm publish &",
      "cat <<EOF\nnpm publish\nEOF",
      "cat <<< x",
      "f() { npm publish; }",
      "export A=b",
      "! npm publish",
      "[[ -f x ]]",
      "A+=b",
      "echo $'a'",
      "a;;b",
      "a |& b",
      "a && ; b",
      "'unclosed",
      "echo $(npm publish",
      "echo $((1 + 2))",
      "echo $(if a; then b; fi)",
      "npm publish > $(a)",
      "echo ${A:-'b'}",
      `echo ${"$(".repeat(20_000)}a${")".repeat(20_000)}`,
      "a > # b\nc",
      "a\\\nb",
      ") a",
    ]
  ) {
    assertEquals(plainCommands(script, new ShellState(true, false)), null, script);
  }
});

const parts = fc.constantFrom(
  ...[
    "npm publish",
    " --tag x",
    "&&",
    "||",
    "|",
    ";",
    "\n",
    " ",
    "  ",
    "\t",
    "\\\n",
    "\\",
    "'a b'",
    '"a $B c"',
  ],
  ...[
    '"x\\"y"',
    "$A",
    "${A}",
    "$?",
    "$1",
    "#c",
    " # c\n",
    ">f",
    "2>&1",
    "<in",
    "> out",
    "A=1 ",
    "B=$A",
    "cd a",
  ],
  ...[
    "cd ..",
    "set +e",
    "set -o pipefail",
    "true",
    "echo hi",
    "exit 1",
    "if",
    "[ -f x ]",
    "[[",
    "a#b",
    "{a,b}",
  ],
  ...[
    "*.tgz",
    "~/x",
    "!",
    "-",
    "=",
    "a=b",
    "é",
    "😀",
    "@",
    "%",
    "pushd x",
    "popd",
    "unset A",
    ":",
    "$",
    "''",
  ],
  ...[
    "$(npm view x)",
    "$(",
    '"$(a b)"',
    "$((",
    "V=$(cd a; x)",
    "$(a|b)",
    "${A##*/}",
    "${A:-b}",
    "${#A}",
    "$()",
  ],
  ...['""', "$$", "&", "(", ")", "`", "1", "2>f", "\r", "\r\n", "\ue001\ue001"],
);

Deno.test("whatever a script is made of: both readers make the same of it, or only one of them reads it", () => {
  let read = 0;
  fc.assert(
    fc.property(fc.array(parts, { maxLength: 14 }), fc.boolean(), fc.boolean(), (script, stops, pipefail) => {
      if (agrees(script.join(""), stops, pipefail)) read++;
    }),
    { numRuns: 5000 },
  );
  assert(read > 500, `only ${read} of the scripts were read`);
});
