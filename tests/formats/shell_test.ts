import { assertEquals } from "@std/assert";
import { withLibraries } from "../../src/formats/on_demand.ts";
import { joined, shellCommands } from "../../src/formats/shell.ts";

await withLibraries(() => shellCommands("loads() { what; reads more than plain commands; }"));

Deno.test("every command of a script is found, wherever it stands", () => {
  const cases: [script: string, commands: string[][]][] = [
    ["npm publish", [["npm", "publish"]]],
    ["cd a && FOO=1 npm publish --tag 'x y'", [["cd", "a"], ["npm", "publish", "--tag", "x y"]]],
    ["if ! npm view x; then npm publish; fi", [["npm", "view", "x"], ["npm", "publish"]]],
    ['for d in a b; do (cd "$d"; npm publish) & done', [
      ["cd", "a"],
      ["cd", "b"],
      ["npm", "publish"],
      ["npm", "publish"],
    ]],
    ["f() { npm publish; }", [["npm", "publish"]]],
    ['echo "$(npm publish)" | tee log', [["echo", "$(npm publish)"], ["npm", "publish"], ["tee", "log"]]],
    ["x=`npm publish`", [["npm", "publish"]]],
    ["npm \\\n  publish", [["npm", "publish"]]],
    ["case $1 in a) npm publish ;; esac", [["npm", "publish"]]],
    ["# npm publish\necho 'npm publish' # npm publish", [["echo", "npm publish"]]],
    ["cat <<EOF\nnpm publish\nEOF", [["cat"]]],
    ["npm publish > log 2>&1", [["npm", "publish"]]],
    ["", []],
    ['if then ((( "', []],
  ];
  for (const [script, commands] of cases) {
    const found = shellCommands(script).map(({ words }) => words.map((word) => word.text));
    assertEquals(found.filter(([first]) => first !== ""), commands, script);
  }
});

Deno.test("a command is made of the arrays that its words name", () => {
  const cases: [script: string, last: string[]][] = [
    ['args=(publish --access public)\nnpm "${args[@]}" --x', ["npm", "publish", "--access", "public", "--x"]],
    ['args=(publish)\nargs+=(--tag "a b")\nnpm ${args[*]}', ["npm", "publish", "--tag", "a b"]],
    ['declare -a cmd=(npm publish)\n"${cmd[@]}" x', ["npm", "publish", "x"]],
    ['a=(publish)\nb=("${a[@]}" --x)\nnpm "${b[@]}"', ["npm", "publish", "--x"]],
    ['a=(publish)\nif x; then a+=(--dry-run); fi\nnpm "${a[@]}"', ["npm", "publish", "${a[@]}"]],
    [
      'if x; then a=(publish --tag y); else a=(publish); fi\nnpm "${a[@]}"',
      ["npm", "publish", "${a[@]}"],
    ],
    ['a=(publish)\nwhile x; do a+=(y); done\nnpm "${a[@]}"', ["npm", "publish", "${a[@]}"]],
    ['(a=(publish))\nnpm "${a[@]}"', ["npm", "${a[@]}"]],
    ['a=([1]=publish)\nnpm "${a[@]}"', ["npm", "${a[@]}"]],
    ['a=()\n"${a[@]}" npm publish', ["npm", "publish"]],
    ['npm install\na=()\n"${a[@]}"', ["npm", "install"]],
  ];
  for (const [script, last] of cases) {
    assertEquals(shellCommands(script).at(-1)!.words.map(({ text }) => text), last, script);
  }
});

Deno.test("a loop over words that are written down is gone through round by round", () => {
  const cases: [script: string, found: (string | null)[]][] = [
    ["for a in b c; do up -p $a; done", ["up -p b", "up -p c"]],
    ['for a in b "c d"; do up "x-${a}"; done', ["up x-b", "up x-c d"]],
    ['L="b c"\nfor a in $L; do up $a; done', ["up b", "up c"]],
    ['L="b c"\nfor a in "$L"; do up $a; done', ["up b c"]],
    ['L=(b c)\nfor a in "${L[@]}"; do up $a; done', ["up b", "up c"]],
    ["for a in b c; do (cd x/$a && up); done", ["x/b: up", "x/c: up"]],
    ["for a in b c; do pushd $a; up; popd; done; up", ["b: up", "c: up", "up"]],
    ["for a in b c; do cd $a; up; done; up", ["b: up", "null: up", "null: up"]],
    ["for a in b c; do for d in e f; do up $a $d; done; done", ["up b e", "up b f", "up c e", "up c f"]],
    ["f() { up $a; }\nfor a in b c; do f; done", ["up b", "up c"]],
    ["for a in b c; do if [ $a = b ]; then up $a; fi; done", ["up b"]],
    ["for a in b c; do if x; then a=y; fi; up $a; done", ["up $a"]],
    ["for a in 1 2 3; do up && break; sleep $a; done", ["up"]],
    ["for a in b $(c); do up $a; done", ["up $a"]],
    ["for a in b/*; do up $a; done", ["up b/*"]],
    ["for a in b/*; do [ $a = b/c ] && continue; (cd $a && up); done", ["null: up"]],
    ["for a; do up $a; done", ["up $a"]],
    ["for a[ in b c; do up $a; done", ["up $a"]],
    ["for '(' in b c; do up; done", ["up"]],
    ["for [z-a] in b c; do up; done", ["up"]],
    ["while read -r a; do up $a; done", ["up $a"]],
    ["for a in b c; do up ${a%x}; done", ["up ${a%x}"]],
    [`for a in ${"b ".repeat(101)}; do up $a; done`, ["up $a"]],
  ];
  for (const [script, found] of cases) {
    const ups = shellCommands(script).filter(({ words }) => words[0]!.text === "up");
    const told = ups.map(({ words, directory }) =>
      (directory === "." ? "" : `${directory}: `) + words.map(({ text }) => text).join(" ")
    );
    assertEquals(told, found, script);
  }
});

Deno.test("a command knows where it stands and what is set for it alone", () => {
  const script = "cd a\nTOKEN=x  npm publish --tag next # why\n";
  const [, command] = shellCommands(script);
  assertEquals(script.slice(command!.start, command!.end), "npm publish --tag next");
  assertEquals([...command!.assignments], [["TOKEN", "x"]]);
});

Deno.test("what commands leave for those behind them is known, and stays in its subshell", () => {
  const script = "A=1 B=2\nexport C=3\nunset B\n(cd x; D=4)\ncd y\nrun\n";
  const run = shellCommands(script).at(-1)!;
  assertEquals([run.directory, [...run.variables]], ["y", [["A", "1"], ["B", null], ["C", "3"]]]);
});

Deno.test("a here-document is what a command reads", () => {
  const script = "bash -s <<'END'\nnpm publish\nEND\n";
  const { input } = shellCommands(script)[0]!;
  assertEquals([input?.text, script.slice(input!.start, input!.start + 3)], ["npm publish\n", "npm"]);
});

Deno.test("paths are joined as long as they are known", () => {
  const cases: [from: string | null, to: string, joined: string | null][] = [
    [".", "a", "a"],
    ["a", "./b//c/", "a/b/c"],
    ["a/b", "../..", "."],
    ["a", "../..", ".."],
    ["a", "/b/", "/b"],
    ["/a", "b", "/a/b"],
    [null, "a", null],
    [null, "/a", "/a"],
    ["a", "$B", null],
    ["a", "*", null],
    ["a", "~", null],
  ];
  for (const [from, to, expected] of cases) assertEquals(joined(from, to), expected, `${from} ${to}`);
});

Deno.test("a script that takes failures for granted tolerates them unless it looks", () => {
  const tolerated = (script: string) =>
    shellCommands(script, { stopsAtErrors: false }).map((command) => command.tolerated);
  assertEquals(tolerated("a\nb\n"), [true, false]);
  assertEquals(tolerated("a && b\n"), [false, false]);
  assertEquals(tolerated("set -e\na\nb\n"), [true, false, false]);
  assertEquals(tolerated("a\ncode=$?\nexit $code\n"), [false, false]);
});

Deno.test("a failure that only chooses a branch counts where the script remembers it and asks later", () => {
  const tolerated = (script: string) =>
    shellCommands(script).find(({ words }) => words[0]!.text === "publish")!.tolerated;
  const cases: readonly [script: string, tolerated: boolean][] = [
    ["if publish; then echo done; fi\n", true],
    ["if publish; then ok=1; fi\necho ok=$ok\n", true],
    ["if publish; then ok=1; fi\n[ $ok = 1 ]\n", false],
    ["if publish; then :; else failed+=(one); fi\nif [ ${#failed[@]} -gt 0 ]; then exit 1; fi\n", false],
    ["if ! publish; then (( failed++ )); fi\nexit $failed\n", false],
    ["if publish; then ok=1; fi\necho ok=$ok >> $GITHUB_OUTPUT\n", false],
    ["if publish; then echo ok=1 >> $GITHUB_OUTPUT; fi\n", false],
    ["for n in 1 2; do\n  if publish; then break; fi\n  if [ $n = 2 ]; then exit 1; fi\ndone\n", false],
    ["for n in 1 2; do\n  if publish; then break; fi\n  sleep 30\ndone\n", true],
    ["until [ $ok = 1 ]; do\n  if publish; then ok=1; fi\ndone\n", false],
    ["publish || { echo failed; failed=1; }\nexit $failed\n", false],
    ["publish || { echo failed; failed=1; }\n", true],
    ["publish || echo failed=1 >> $GITHUB_OUTPUT\n", false],
    ["publish || echo failed\n", true],
  ];
  for (const [script, expected] of cases) assertEquals(tolerated(script), expected, script);
});

Deno.test("a script without anything special in it is read like the same one with quotes", () => {
  const scripts = [
    "npm ci\nnpm publish --access=public --tag next",
    "  set +e\n# a comment\ncd packages/a\n\ntwine upload dist/*\nset -e\npopd\nunset A b-c\npushd x\nnpm run build",
    "time npm publish\nFOO=1 npm publish\nexport A=1\nif true\nthen npm publish\nfi",
    "cargo publish -p a@1.0.0 --target-dir=/tmp/x:y,z%",
  ];
  for (const script of scripts) {
    for (const stopsAtErrors of [true, false]) {
      const commands = (end: string) => shellCommands(`${script}\n${end}`, { stopsAtErrors }).slice(0, -1);
      assertEquals(commands("end"), commands("'end'"), script);
    }
  }
});

Deno.test("a variable that a script sets in some runs only is not known behind that, and is where it is set", () => {
  const cases: [string, string | undefined][] = [
    ["A=1\nnpm publish", "1"],
    ["A=1\nif x; then A=2; fi\nnpm publish", undefined],
    ["A=1\nif x; then A=2; else A=3; fi\nnpm publish", undefined],
    ["A=1\nif x; then A=2; npm publish; fi", "2"],
    ["A=1\nif x; then B=2; fi\nnpm publish", "1"],
    ["A=1\nif x; then A=2; fi\nA=3\nnpm publish", "3"],
    ["A=1\n[ -n $x ] && A=2\nnpm publish", undefined],
    ["A=1 && npm publish", "1"],
    ["x && A=1 && npm publish", "1"],
    ["A=1\ncase $x in a) A=2 ;; esac\nnpm publish", undefined],
    ["A=1\nfor b in c; do A=$b; done\nnpm publish", undefined],
    ["A=1\n(A=2)\nnpm publish", "1"],
    ["f() { if x; then A=2; fi; }\nA=1\nf\nnpm publish", undefined],
  ];
  for (const [script, value] of cases) {
    const publish = shellCommands(script).find(({ words }) => words[0]!.text === "npm")!;
    assertEquals(publish.variables.get("A"), value, script);
  }
});
