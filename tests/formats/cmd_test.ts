import { assertEquals } from "@std/assert";
import { cmdCommands } from "../../src/formats/cmd.ts";

Deno.test("the commands of a script for cmd.exe are found, wherever they stand", () => {
  const cases: [script: string, commands: string[][]][] = [
    ["@echo off\r\nnpm publish", [["echo", "off"], ["npm", "publish"]]],
    ["rem npm publish\n  REM npm publish\n:: npm publish\nnpm pack", [["npm", "pack"]]],
    ["npm publish ^\r\n  --tag next", [["npm", "publish", "--tag", "next"]]],
    ['npm publish "a b" c^&d', [["npm", "publish", "a b", "c&d"]]],
    ["a & b && c || d | e", [["a"], ["b"], ["c"], ["d"], ["e"]]],
    ["if exist x (npm publish) else (exit /b 1)", [
      ["if", "exist", "x"],
      ["npm", "publish"],
      ["else"],
      ["exit", "/b", "1"],
    ]],
    ["nuget push x -ApiKey %KEY%", [["nuget", "push", "x", "-ApiKey", "${KEY}"]]],
    ["", []],
  ];
  for (const [script, commands] of cases) {
    assertEquals(
      cmdCommands(script).map((command) => command.words.map(({ text }) => text)),
      commands,
      script,
    );
  }
});

Deno.test("what cmd's commands leave for those behind them is known", () => {
  const script = 'set "A=x y"\ncd /d sub\\dir\nnpm publish\npopd\nnpm pack';
  const [publish, pack] = cmdCommands(script).filter(({ words: [first] }) => first?.text === "npm");
  assertEquals([...publish!.variables], [["A", "x y"]]);
  assertEquals([publish!.directory, publish!.tolerated, pack!.directory, pack!.tolerated], [
    "sub/dir",
    true,
    null,
    false,
  ]);
  assertEquals(script.slice(publish!.start, publish!.end), "npm publish");
});
