import { assertEquals } from "@std/assert";
import { shellCommands } from "../../src/formats/shell.ts";

Deno.test("every command of a script is found, wherever it stands", () => {
  const cases: [script: string, commands: string[][]][] = [
    ["npm publish", [["npm", "publish"]]],
    ["cd a && FOO=1 npm publish --tag 'x y'", [["cd", "a"], ["npm", "publish", "--tag", "x y"]]],
    ["if ! npm view x; then npm publish; fi", [["npm", "view", "x"], ["npm", "publish"]]],
    ['for d in a b; do (cd "$d"; npm publish) & done', [["cd", "$d"], ["npm", "publish"]]],
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

Deno.test("a command knows where it stands and what is set for it alone", () => {
  const script = "cd a\nTOKEN=x  npm publish --tag next # why\n";
  const [, command] = shellCommands(script);
  assertEquals(script.slice(command!.start, command!.end), "npm publish --tag next");
  assertEquals([...command!.assignments], [["TOKEN", "x"]]);
});
