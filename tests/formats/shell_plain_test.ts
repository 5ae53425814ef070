import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { bounds } from "../bounds.ts";
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
      'if [ -z "$A" ]; then npm publish; elif a || b; then c # exit 1\nelse exit 1; fi > log; d',
      'for a in b $(c) "d"; do\n  cd $a && npm publish\ndone\nnpm pack',
      "while read -r a; do npm publish $a; shift; done < list\nuntil npm view x; do sleep 1; done",
      "[[ -f x && ! $A == b* || $B =~ ^v[0-9] ]] && npm publish",
      "{ cd a; npm publish; } | tee log; (cd b; npm publish)",
      'case "$1" in\n  a | b) npm publish ;;\n  (*) c || true; d\nesac; e',
      'export A=b C="$(d)" E; readonly F="g h"\nnpm publish --tag $A',
      "! npm publish | tee log && exit 1",
      "set +e\nif a; then b=1; fi\n[ $b = 1 ] && exit 1",
      "if a; then if b; then c; fi; else while d; do e; break; done; fi",
      "V=$(if a; then b; else c; fi)",
      'serve &> log & npm publish; find . -exec rm {} \\; # c\ngrep "^v$" a$',
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
      "if a; then; fi",
      "if a; then b",
      "if a; b; fi",
      "V=$(a case b in c) d",
      "for a; do b; done",
      "for ((i = 0; i < 3; i++)); do a; done",
      "while a; do; done",
      "{ a }",
      "(a",
      "case a in b) c;& esac",
      "[[ a b ]]",
      "[[ ( -f x ) ]]",
      "((a))",
      "function f { a; }",
      "time npm publish",
      "select a in b; do c; done",
      "a | ! b",
      "export A+=b",
      "fi",
      "if a; then b; fi c",
      "echo `npm publish`",
      "cat <<EOF\nnpm publish\nEOF",
      "cat <<< x",
      "f() { npm publish; }",
      "A+=b",
      "echo $'a'",
      "a;;b",
      "a |& b",
      "a && ; b",
      "'unclosed",
      "echo $(npm publish",
      "echo $((1 + 2))",
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
  ...[
    "if a; then ",
    "if [ $A ]\nthen\n",
    "; elif b; then ",
    "; else ",
    "\nelse\n",
    "; fi",
    "\nfi\n",
    "for a in b $(c); do ",
    "for a in x\ndo\n",
    "for [z-a] in b; do ",
    "while a; do ",
    "until [[ -f $A ]]; do\n",
    "; done",
    "\ndone < f\n",
    "case $A in a) ",
    " ;; *) ",
    " ;; b|c) ",
    ";; esac",
    "\nesac\n",
    "{ ",
    "; }",
    "(",
    ")",
    "! ",
    "[[ -n $A && $B == x* ]]",
    "[[ $A =~ b ]]",
    "export A=1 B",
    "export -n A",
    "break",
    "shift",
    "exit 1",
    "A=$B",
    "echo $A >> $GITHUB_OUTPUT",
  ],
  ...['""', "$$", "&", "(", ")", "`", "1", "2>f", "\r", "\r\n", "\ue001\ue001"],
);

Deno.test("whatever a script is made of: both readers make the same of it, or only one of them reads it", () => {
  let read = 0;
  fc.assert(
    fc.property(fc.array(parts, { maxLength: 14 }), fc.boolean(), fc.boolean(), (script, stops, pipefail) => {
      if (agrees(script.join(""), stops, pipefail)) read++;
    }),
    bounds(5000),
  );
  assert(read > 500, `only ${read} of the scripts were read`);
});

/** Scripts of conditions, loops and groups in each other. */
const { script } = fc.letrec<{ script: string; pipeline: string; command: string }>((tie) => {
  const list = tie("script");
  const texts = (...parts: (string | fc.Arbitrary<string>)[]) =>
    fc.tuple(...parts.map((part) => typeof part === "string" ? fc.constant(part) : part)).map((all) =>
      all.join("")
    );
  const maybe = (text: fc.Arbitrary<string>) => fc.oneof(fc.constant(""), text);
  const some = (text: fc.Arbitrary<string>, minLength: number, maxLength: number) =>
    fc.array(text, { minLength, maxLength }).map((all) => all.join(""));
  const end = fc.constantFrom("; ", "\n", " # exit 1\n", "\n\n  ", ";", " & ");
  const word = fc.constantFrom(
    "a",
    "$A",
    '"$B c"',
    "'x y'",
    "$(v 1)",
    '"$(w | x)"',
    "*.tgz",
    "1",
    "exit",
    "x=1",
  );
  const redirected = fc.constantFrom("", "", " > log", " 2>&1", " &> /dev/null", " < in");
  return {
    script: some(
      texts(
        tie("pipeline"),
        some(texts(fc.constantFrom(" && ", " || ", "||\n"), tie("pipeline")), 0, 2),
        end,
      ),
      1,
      2,
    ),
    pipeline: texts(
      fc.constantFrom("", "", "! "),
      tie("command"),
      maybe(texts(fc.constantFrom(" | ", "|\n"), tie("command"))),
    ),
    command: fc.oneof(
      { maxDepth: 2, depthSize: "xsmall" },
      {
        weight: 8,
        arbitrary: texts(
          fc.constantFrom(
            ...[
              "npm publish",
              "cd d",
              "cd ..",
              "set +e",
              "set -o pipefail",
              "echo hi",
              "exit 1",
              "return 1",
              "false",
            ],
            ...[
              "A=1",
              "export A=b",
              'export C="$(d)" E',
              "unset A",
              "shift",
              "break",
              '[ -n "$A" ]',
              "test $? = 0",
            ],
            ...[
              "set -- a b",
              "A=1 npm publish",
              'echo "x=$A" >> $GITHUB_OUTPUT',
              "[[ -f x && ! $A =~ ^v ]]",
              "exit $A",
            ],
          ),
          maybe(texts(" ", word)),
          redirected,
        ),
      },
      texts(
        "if ",
        list,
        "then ",
        list,
        maybe(texts("elif ", list, "then ", list)),
        maybe(texts("else ", list)),
        "fi",
        redirected,
      ),
      texts(fc.constantFrom("while ", "until "), list, "do ", list, "done", redirected),
      texts("for i in ", some(texts(word, " "), 0, 2), fc.constantFrom("; ", "\n"), "do ", list, "done"),
      texts(
        "case ",
        word,
        " in ",
        some(texts(fc.constantFrom("a) ", "*) ", "(b|c) "), list, ";; "), 1, 2),
        "esac",
      ),
      texts("{ ", list, "}"),
      texts("(", list, ")"),
    ),
  };
});

Deno.test("whatever stands in what: both readers make the same of it, or only one of them reads it", () => {
  let read = 0;
  fc.assert(
    fc.property(script, fc.boolean(), fc.boolean(), (script, stops, pipefail) => {
      if (agrees(script, stops, pipefail)) read++;
    }),
    bounds(1000),
  );
  assert(read > 300, `only ${read} of the scripts were read`);
});
