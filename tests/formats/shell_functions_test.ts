import { assertEquals } from "@std/assert";
import { withLibraries } from "../../src/formats/on_demand.ts";
import { shellCommands } from "../../src/formats/shell.ts";

await withLibraries(() => shellCommands("loads() { what; reads more than plain commands; }"));

/** `yes` where it is run, `maybe` where nobody can know, `no` where it is not. */
function publishes(script: string, args: readonly (string | null)[] | undefined): "yes" | "maybe" | "no" {
  const found = shellCommands(script, args ? { args } : {}).find(({ words }) => words[0]!.text === "publish");
  return found ? found.doubtful ? "maybe" : "yes" : "no";
}

Deno.test("of a script that is started with words only the functions are read that these call", () => {
  const defined = "lint() { check; }\nfunction --up () { publish; }\nup() { --up; }\n";
  const cases: readonly [script: string, args: readonly (string | null)[], expected: string][] = [
    ['"$@"', ["up"], "yes"],
    ['"$@"', ["lint"], "no"],
    ['"$@"', [], "no"],
    ['"$@"', [null], "maybe"],
    ['$"$1" "${@:2}"', ["--up", "x"], "yes"],
    ['"${1:-up}"', [], "yes"],
    ['"${1:-up}"', ["lint"], "no"],
    ['cmd=$1; shift; "$cmd" "$@"', ["up"], "yes"],
    ['cmd="${1:-lint}"\n$cmd', [], "no"],
    ['[ -n "$X" ] && cmd=$2\n$cmd now', ["a", "up"], "maybe"],
    ['"_$1" || "-$1"', ["-up"], "yes"],
    ['main() { shift; case "$1" in up|u) up ;; *) lint ;; esac; }\nmain "$@"', ["-v", "u"], "yes"],
    ['main() { shift; case "$1" in up|u) up ;; *) lint ;; esac; }\nmain "$@"', ["u", "-v"], "no"],
    ['case "$1" in up*) up ;; esac', ["lint"], "yes"],
    ['case "$1" in up) up ;; esac', [null], "yes"],
    ['while [ $# -gt 0 ]; do case "$1" in up) up ;; esac; shift; done', ["lint", "up"], "yes"],
    ['for each in "$@"; do $each; done', ["up"], "yes"],
    ['eval "$1 now"', ["up"], "yes"],
    ['eval "$1 now"', [null], "maybe"],
    ["trap up EXIT", [], "yes"],
    ["echo up", [], "no"],
    ["npm up", [], "no"],
    ["lint && cd up", [], "no"],
    ["./again.sh up", [], "no"],
    ["bash again.sh up", [], "no"],
    ["export -f up; bash -ec up", [], "yes"],
    ["again up", [], "yes"],
    ["$PYTHON -m build", [], "no"],
    ["$TASK", [], "maybe"],
    ["set -- up; $1", [], "yes"],
    ["if check; then set -- up; fi; $1", ["lint"], "maybe"],
    ["lint && up", [], "yes"],
    ["again() { again; up; }; again", [], "yes"],
  ];
  for (const [script, args, expected] of cases) {
    assertEquals(publishes(defined + script, args), expected, `${script} with ${args}`);
  }
  assertEquals(publishes(`${defined}lint`, undefined), "yes", "others may call it");
});

Deno.test("what a function's failure comes to is told where it is called", () => {
  const cases: readonly [script: string, tolerated: boolean][] = [
    ["up() { publish; }\nup", false],
    ['up() { publish; }\n"$@"', false],
    ["up() { publish; }\nup\necho done", true],
    ["up() { publish; echo done; }\nup", true],
    ["up() { publish; echo done; }\nset -e\nup", false],
    ["set -e\nup() { publish; }\nup || true", true],
    ["up() { publish; }\nup || true\nup", false],
    ["if check; then publish; fi", false],
    ["case $A in a) publish ;; esac", false],
    ["for each in a b; do publish; done", true],
  ];
  for (const [script, tolerated] of cases) {
    const found = shellCommands(script, { stopsAtErrors: false, args: ["up"] })
      .filter(({ words }) => words[0]!.text === "publish").map((each) => each.tolerated);
    assertEquals(found, [tolerated], script);
  }
});

Deno.test("a function runs where it is called", () => {
  const directories = (script: string) =>
    shellCommands(script).filter(({ words }) => words[0]!.text === "publish").map((each) => each.directory);
  assertEquals(directories("up() { publish; }\ncd a\nup"), ["a"]);
  assertEquals(directories("up() { publish; }\nup\ncd a\nup\nup"), [".", "a"]);
  assertEquals(directories("up() { publish; }"), [null]);
});

Deno.test("functions that call each other more often than anybody follows end, and are doubted", () => {
  const chain = Array.from({ length: 30 }, (_, index) => `f${index}() { f${index + 1}; f${index + 1}; }`);
  const found = shellCommands([...chain, "f30() { a; }", "up() { publish; }", "f0"].join("\n"), { args: [] });
  assertEquals(found.find(({ words }) => words[0]!.text === "publish")?.doubtful, true);
});

Deno.test("a command has the words that its script is started with", () => {
  const cases: readonly [script: string, args: readonly (string | null)[] | undefined, words: string][] = [
    ["publish --to $1", ["here"], "publish --to here"],
    ['publish --to "${1:-there}"', [], "publish --to there"],
    ["publish --to=$1/x", ["here"], "publish --to=here/x"],
    ["publish --to $1", [], "publish --to $1"],
    ["publish --to $1", [null], "publish --to $1"],
    ["publish --to $1", undefined, "publish --to $1"],
    ['publish "$@"', ["--dry-run", "x"], "publish --dry-run x"],
    ['publish "$@"', [], "publish"],
    ['publish "$@"', ["--dry-run", null], "publish $@"],
    ['shift\npublish "$@"', ["a", "b"], "publish b"],
    ['f() { publish "$@"; }\nf --dry-run', [], "publish --dry-run"],
    ["publish $1", ["a".repeat(300)], "publish $1"],
  ];
  for (const [script, args, words] of cases) {
    const found = shellCommands(script, args ? { args } : {}).find((each) =>
      each.words[0]!.text === "publish"
    );
    assertEquals(found?.words.map(({ text }) => text).join(" "), words, script);
  }
});
