import { assertEquals } from "@std/assert";
import { withLibraries } from "../../src/formats/on_demand.ts";
import { shellCommands } from "../../src/formats/shell.ts";

await withLibraries(() => shellCommands("loads() { what; reads more than plain commands; }"));

/** What the environment is asked for, or whether it is run whatever that says. */
function publishes(script: string, args: readonly (string | null)[] | undefined): string {
  const found = shellCommands(script, args ? { args } : {}).find(({ words }) => words[0]!.text === "publish");
  const asked = found?.asked?.map(({ name, otherwise, wanted, equals }) =>
    `${name}:${otherwise}${wanted ? "=" : "!="}${equals}`
  );
  return found ? asked?.join(" ") ?? "yes" : "no";
}

Deno.test("what a script's own variables and arguments leave out is not run", () => {
  const cases: readonly [script: string, args: readonly (string | null)[] | undefined, expected: string][] = [
    ["A=plan\nif [ $A = plan ]; then exit 0; fi\npublish", undefined, "no"],
    ["A=go\nif [ $A = plan ]; then exit 0; fi\npublish", undefined, "yes"],
    ['A=plan\nif [[ "$A" == "plan" ]]; then check\nelse publish; fi', undefined, "no"],
    ["A=b\nif [ $A = a ]; then check\nelif [ $A = b ]; then publish; fi", undefined, "yes"],
    ["A=b\nif [ $A = b ]; then check\nelif x; then publish; fi", undefined, "no"],
    ["A=1\n[ $A = 2 ] && publish", undefined, "no"],
    ["A=1\n[ $A = 1 ] || publish", undefined, "no"],
    ["A=1\n[ $A = 1 ] && publish", undefined, "yes"],
    ["A=1\n! [ $A = 1 ] && publish", undefined, "no"],
    ["A=1\n[[ $A = 2 && -f x ]] && publish", undefined, "no"],
    ["A=1\n[[ $A = 1 && -f x ]] && publish", undefined, "yes"],
    ["A=1\nif [ $A = 2 ] || [ $A = 3 ]; then publish; fi", undefined, "no"],
    ["A=1\n[[ $A == 2* ]] && publish", undefined, "yes"],
    ["A=1\nread A\n[ $A = 2 ] && publish", undefined, "yes"],
    ["A=1\nif x; then A=2; fi\n[ $A = 2 ] && publish", undefined, "yes"],
    ["A=1\n. ./settings\n[ $A = 2 ] && publish", undefined, "yes"],
    [". ./settings\nA=1\n[ $A = 2 ] && publish", undefined, "no"],
    ["A=1\nwhile x; do [ $A = 2 ] && publish; A=2; done", undefined, "yes"],
    ["A=1\nf() { [ $A = 2 ] && publish; }\nf", undefined, "no"],
    ["A=1\nf() { [ $A = 2 ] && publish; }", undefined, "yes"],
    ["A=1\nf() { local A=2; }\nf\n[ $A = 2 ] && publish", undefined, "yes"],
    ["x || exit 1\npublish", undefined, "yes"],
    ["if x; then exit 1; fi\npublish", undefined, "yes"],
    ["(exit 1)\npublish", undefined, "yes"],
    ["trap done_ EXIT\ndone_() { exit 1; }\npublish", undefined, "yes"],
    ["done_() { exit 1; }\ntrap done_ EXIT\npublish", undefined, "yes"],
    ["die() { exit 1; }\ndie\npublish", undefined, "no"],
    ["A=1\nf() { [ $A = 2 ] && publish; }\nA=2 f", undefined, "yes"],
    ["A=1\nf() { [ $A = 2 ] && publish; }\nA=2 f\nf", undefined, "yes"],
    ["f() { [ $A = 2 ] && publish; }\nA=1 f", undefined, "no"],
    ["f() { B=2; }\nA=1 f\n[ $B = 1 ] && publish", undefined, "no"],
    ["A=\n[ -n $A ] && publish", undefined, "yes"],
    ["A=\n[[ -n $A ]] && publish", undefined, "no"],
    ["A=\n[ $A != 1 ] || publish", undefined, "yes"],
    ["f() { return 0; publish; }\nf", undefined, "no"],
    ["f() { return 0; }\nf\npublish", undefined, "yes"],
    ['if [ "$1" = go ]; then publish; fi', ["go"], "yes"],
    ['if [ "$1" = go ]; then publish; fi', ["check"], "no"],
    ['if [ "${1:-check}" = go ]; then publish; fi', [], "no"],
    ['if [ "$1" = go ]; then publish; fi', [null], "yes"],
    ['if [ "$1" = go ]; then publish; fi', undefined, "yes"],
    ["if [ $# -eq 0 ]; then exit 1; fi\npublish", [], "no"],
    ["if [ $# -eq 0 ]; then exit 1; fi\npublish", ["a"], "yes"],
    ['A=plan\nfor a in "$@"; do A=go; done\n[ $A = go ] && publish', [], "no"],
    ['A=plan\nfor a in "$@"; do A=go; done\n[ $A = go ] && publish', ["--go"], "yes"],
    ["A=plan\nwhile [ $# -gt 0 ]; do A=go; shift; done\n[ $A = go ] && publish", [], "no"],
    ["A=plan\nwhile [ $# -gt 0 ]; do A=go; shift; done\n[ $A = go ] && publish", ["--go"], "yes"],
    ['case "$1" in --help) exit 0 ;; esac\npublish', ["--help"], "no"],
    ['case "$1" in --help) exit 0 ;; esac\npublish', [], "yes"],
  ];
  for (const [script, args, expected] of cases) {
    assertEquals(publishes(script, args), expected, `${script} with ${args}`);
  }
});

Deno.test("what a command asks of the environment is told", () => {
  const cases: readonly [script: string, expected: string][] = [
    ["if [ $A = true ]; then publish; fi", "A:=true"],
    ['if [ "${A:-false}" = true ]; then publish; fi', "A:false=true"],
    ["if [ $A = true ]; then check; else publish; fi", "A:!=true"],
    ["if [ $A = 1 ]; then check; elif [ $B = 1 ]; then publish; fi", "A:!=1 B:=1"],
    ["[[ $A == 1 && $B != 1 ]] && publish", "A:=1 B:!=1"],
    ["[[ $A == 1 || $B != 1 ]] && publish", "yes"],
    ["[ $A = 1 ] || publish", "A:!=1"],
    ["[ $A = 1 ] || exit 0\npublish", "A:=1"],
    ['if [ "$A" != 1 ]; then check; exit 0; fi\npublish', "A:=1"],
    ["if [ $A != 1 ]; then check; exit 0; fi\npublish", "yes"],
    ["if [ $A != 1 ]; then check; fi\npublish", "yes"],
    ["(if [[ $A != 1 ]]; then exit 0; fi)\npublish", "yes"],
    ["if [ $A = 1 ]; then exit; elif [ $B = 1 ]; then exit; fi\npublish", "A:!=1 B:!=1"],
    ["if [ $A = 1 ]; then exit; elif [ $B = 1 ]; then check; fi\npublish", "A:!=1"],
    ["if [ $A = 1 ]; then check; elif [ $B = 1 ]; then exit; fi\npublish", "yes"],
    ["if x; then exit; elif [ $B = 1 ]; then exit; else check; fi\npublish", "B:!=1"],
    ["A=${A:-no}\n[ $A = yes ] && publish", "A:no=yes"],
    ["if x; then A=yes; fi\n[ $A = yes ] && publish", "yes"],
    ["for A in yes no; do [ $A = yes ] && publish; done", "yes"],
    ["[[ -n $A ]] && publish", "A:!="],
    ["f() { [ $A = 1 ] && publish; }\nf\nf", "A:=1"],
    ["f() { publish; }\n[ $A = 1 ] && f\n[ $B = 1 ] && f", "yes"],
  ];
  for (const [script, expected] of cases) assertEquals(publishes(script, undefined), expected, script);
});
