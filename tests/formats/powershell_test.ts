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
    ["[string]$r = 'npm publish'\n$r.Length = npm publish\n[string[]]$r += 'a'", [["npm", "publish"]]],
    ["$r = 'npm publish'\n'npm publish'", []],
    ["@'\nnpm publish\n'@ | Out-File x", [["Out-File", "x"]]],
    ["a --k=${env:X} $(b c)", [["a", "--k=${X}", "$(b c)"]]],
    ["a 'never closed", [["a", "'", "never", "closed"]]],
    ["target publish -depends pack {\n  a b\n}\ntry { c }", [["a", "b"], ["try"], ["c"]]],
    ["& './a.ps1'\n. \"./b.ps1\"", [["./a.ps1"], ["./b.ps1"]]],
    ["$a = @('publish', \"$x\" # why\n  '--tag=a')\nnpm @a\n& npm $a", [
      ["npm", "publish", "$x", "--tag=a"],
      ["npm", "publish", "$x", "--tag=a"],
    ]],
    ["$a = 'publish', 'x'\n$a += '--tag'\nif ($b) { $a += '--dry-run' }\nnpm @A", [["if"], ["$b"], [
      "npm",
      "publish",
      "x",
      "--tag",
    ]]],
    ["$a = @('npm', 'publish')\n$b = $a -Join ' '\niex $b\n& $a[0] x", [["iex", "npm publish"], [
      "npm",
      "publish",
      "x",
    ]]],
    ["Start-Process npm -ArgumentList 'publish', 'x y' -Wait", [["npm", "publish", "x y"]]],
    ["Start-Process -FilePath npm -NoNewWindow -ArgumentList @('publish', 'x')", [["npm", "publish", "x"]]],
    ["$a = @(npm publish)\n$b = @('x', (npm pack))", [["npm", "publish"], ["npm", "pack"]]],
    ["a -r 'b/c'.Replace('b/', '') -k d", [["a", "-r", "b/c.Replace('b/', '')", "-k", "d"]]],
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

Deno.test("what a function of PowerShell is given stands where its parameters do", () => {
  const cases: [script: string, ...commands: string[]][] = [
    ["function A($k) { x $k }\nA $env:K", "x ${K}"],
    [
      "function A\n{\n  param\n  ([string] $u, [Parameter(Mandatory)] $k)\n  x $K $u\n}\na -k 1 -u:2",
      "x 1 2",
    ],
    ["function A($one, $two = $env:T) { x $one $two }\nA -o 1\nA 3 4", "x 1 ${T}", "x 3 4"],
    ["function A($k) { $env:T = $k; B $k }\nfunction B($j) { x $j }\nA 1", "x 1"],
    ["function A($k) { x $k }\nA @more", "x $k"],
    ["function A($k) { x $k; A 2 }\nA 1", "x 1"],
    ["function A($k) { x $k }", "x $k"],
    ["param($k)\nx $k", "x $k"],
  ];
  for (const [script, ...commands] of cases) {
    assertEquals(
      words(script).filter(([name]) => name === "x").map((each) => each.join(" ")),
      commands,
      script,
    );
  }
  const calls = [["", "-k", "1"], ["a", "2"]];
  const called = powershellCommands("param($k)\nx $k\nfunction A($j) { y $j }", { calls });
  assertEquals(
    called.map(({ words }) => words.map(({ text }) => text).join(" ")).filter((each) => /^[xy]/.test(each)),
    [
      "x 1",
      "y 2",
    ],
  );
});

Deno.test("the exit code of a program counts where nothing behind it has another one", () => {
  const cases: [tolerated: boolean, script: string][] = [
    [false, "x"],
    [true, "x\ny"],
    [false, "x\nWrite-Host done"],
    [false, "x && y"],
    [false, "function A { x }\nA"],
    [true, "function A { x }\nA\ny"],
    [true, "function A { x; y }\nA"],
    [false, "function A { x; if ($LASTEXITCODE) { throw 'no' } }\nA\ny"],
    [false, "function A { x }\ny"],
    [true, "foreach ($f in dir) { x $f }"],
    [true, "dir | ForEach-Object { x $_ }"],
    [true, "dir | % { x $_ }"],
    [true, "function A($f) { x $f }\nforeach ($f in dir) { A $f }"],
    [false, "foreach ($f in dir) { x $f; if (-not $?) { exit 1 } }"],
    [false, "foreach ($f in dir) { if ($LASTEXITCODE) { $bad = 1 }; x $f }"],
    [false, "foreach ($f in dir) { x $f; break }"],
    [false, "do { x } while ($LASTEXITCODE)"],
    [false, "$names = dir | Where-Object { $_ }\nx $names"],
    [true, "x\nexit 0"],
    [false, "x\nif ($y) { exit 0 }"],
    [false, "x && exit 0"],
    [false, "x\n$ok = ($LASTEXITCODE -eq 0)\nif ($ok) { exit 0 } else { exit 1 }"],
    [true, "x\n$env:OK = ($LASTEXITCODE -eq 0)\nif ($env:ok) { exit 0 } else { exit 1 }"],
    [false, "x\n$env:OK = ($LASTEXITCODE -eq 0)\nif ($env:OK -eq 'True') { exit 0 } else { exit 1 }"],
    [false, "x\nif ($env:CI) { exit 0 }"],
  ];
  for (const [tolerated, script] of cases) {
    const found = powershellCommands(script).find(({ words: [first] }) => first?.text === "x");
    assertEquals(found?.tolerated, tolerated, script);
  }
});
