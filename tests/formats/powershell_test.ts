import { assertEquals } from "@std/assert";
import { powershellCommands } from "../../src/formats/powershell.ts";

const words = (script: string) =>
  powershellCommands(script).map((command) => command.words.map(({ text }) => text));

Deno.test("the commands of a PowerShell script are found, wherever they stand", () => {
  const cases: [script: string, commands: string[][]][] = [
    ["npm publish --tag 'a ''b'''", [["npm", "publish", "--tag", "a 'b'"]]],
    ['npm publish "a `"b`" $env:C ${env:D} $e"', [["npm", "publish", 'a "b" ${C} ${D} $e']]],
    ["npm publish `\r\n  --tag next # why", [["npm", "publish", "--tag", "next"]]],
    ["<# npm\npublish #> npm pack#1", [["npm", "pack#1"]]],
    ["if ($a -eq 'b') { npm publish } else { exit 1 }", [["if"], ["$a", "-eq", "b"], ["npm", "publish"], [
      "else",
    ], ["exit", "1"]]],
    ["a; b && c || d | e", [["a"], ["b"], ["c"], ["d"], ["e"]]],
    ["& 'C:\\x y\\npm.cmd' publish", [["C:\\x y\\npm.cmd", "publish"]]],
    ["$r = npm publish", [["npm", "publish"]]],
    ["$r = 'npm publish'\n'npm publish'", []],
    ["@'\nnpm publish\n'@ | Out-File x", [["Out-File", "x"]]],
    ["a --k=${env:X} $(b c)", [["a", "--k=${X}", "$(b c)"]]],
    ["a 'never closed", [["a", "'", "never", "closed"]]],
    ["target publish -depends pack {\n  a b\n}\ntry { c }", [["a", "b"], ["try"], ["c"]]],
    ["a b @{ c = 'd' }", [["a", "b", "@"], ["c", "=", "d"]]],
    ["", []],
  ];
  for (const [script, commands] of cases) assertEquals(words(script), commands, script);
});

Deno.test("what PowerShell's commands leave for those behind them is known", () => {
  const script =
    "$env:A = 'x'\n$b = 'y'\nSet-Location sub\nnpm publish\nPush-Location ..\nPop-Location\nif ($c) { cd d }\nnpm pack";
  const [publish, pack] = powershellCommands(script).filter(({ words: [first] }) => first?.text === "npm");
  assertEquals([...publish!.variables], [["A", "x"], ["b", "y"]]);
  assertEquals([publish!.directory, publish!.tolerated, pack!.directory, pack!.tolerated], [
    "sub",
    true,
    null,
    false,
  ]);
  assertEquals(script.slice(publish!.start, publish!.end), "npm publish");
});
