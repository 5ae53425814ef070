import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { CODES } from "../../src/doctor/engine.ts";
import pages from "../../src/explain/pages.json" with { type: "json" };
import { VERBS } from "../../src/cli/table.ts";
import { answer } from "./support.ts";

const COMMANDS = VERBS.filter(({ hidden }) => !hidden).map(({ name }) => name);

async function script(shell: string): Promise<string> {
  const { code, stdout } = await answer(["completions", shell]);
  assertEquals(code, 0);
  return stdout;
}

async function installed(program: string): Promise<boolean> {
  try {
    return (await new Deno.Command(program, { args: ["--version"], stdout: "null", stderr: "null" }).output())
      .success;
  } catch {
    return false;
  }
}

async function run(program: string, args: readonly string[], cwd: string): Promise<string[]> {
  const { success, stdout, stderr } = await new Deno.Command(program, { args: [...args], cwd }).output();
  assert(success, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout).split("\n").filter((line) => line !== "");
}

/** What bash offers for the last of these words; it cuts words at `=` before it asks. */
async function inBash(words: readonly string[], cwd: string): Promise<string[]> {
  const query = `${await script("bash")}
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _keyless; printf '%s\\n' "\${COMPREPLY[@]}"`;
  return await run("bash", ["--norc", "-c", query, "bash", ...words], cwd);
}

/** What fish offers at the end of this line, without the descriptions. */
async function inFish(words: readonly string[], cwd: string): Promise<string[]> {
  const line = words.join(" ").replaceAll(" = ", "=");
  const query = `${await script("fish")}\ncomplete -C ${JSON.stringify(line)}`;
  return (await run("fish", ["--no-config", "-c", query], cwd)).map((each) =>
    each.split("\t")[0]!.replace(/^--[a-z-]+=(?=.)/, "")
  );
}

/** What is typed, the last word being open, and all that is offered. */
const QUERIES: readonly (readonly [words: readonly string[], offered: readonly string[]])[] = [
  [["keyless", ""], COMMANDS],
  [["keyless", "doc"], ["doctor"]],
  [["keyless", "--color", "never", "doc"], ["doctor"]],
  [["keyless", "-C", "some-directory", "doc"], ["doctor"]],
  [["keyless", "doctor", "--forma"], ["--format"]],
  [["keyless", "doctor", "--format", ""], ["terminal", "json", "sarif", "github", "markdown", "junit"]],
  [["keyless", "doctor", "--format", "=", "j"], ["json", "junit"]],
  [["keyless", "doctor", "--json", "--fail-on", "w"], ["warning"]],
  [["keyless", "doctor", "--fix", "="], ["safe", "unsafe"]],
  [["keyless", "doctor", "--fix", "=", "u"], ["unsafe"]],
  [["keyless", "doctor", "--fix", "--dif"], ["--diff"]],
  [["keyless", "doctor", "--only", ""], CODES],
  [["keyless", "explain", ""], Object.keys(pages)],
  [["keyless", "explain", "unknown-sh"], ["unknown-shell"]],
  [["keyless", "exchange", "test"], ["testpypi"]],
  [["keyless", "completions", ""], ["bash", "zsh", "fish"]],
  [["keyless", "help", "reh"], ["rehearse"]],
  [["keyless", "--verb"], ["--verbose"]],
  [["keyless", "claims", "--package", ""], []],
];

for (const [shell, offers] of [["bash", inBash], ["fish", inFish]] as const) {
  const missing = !await installed(shell);
  Deno.test({
    name: `${shell} completes commands, options, their values and codes${
      missing ? " (it is not installed)" : ""
    }`,
    ignore: missing,
    async fn() {
      const cwd = await Deno.makeTempDir();
      try {
        for (const [words, offered] of QUERIES) {
          assertEquals((await offers(words, cwd)).sort(), [...offered].sort(), words.join(" "));
        }
        await Deno.mkdir(`${cwd}/a dir`);
        await Deno.writeTextFile(`${cwd}/a file`, "");
        const paths = async (...words: string[]) =>
          (await offers(words, cwd)).map((path) => path.replaceAll("\\", "").replace(/\/$/, "")).sort();
        assertEquals(await paths("keyless", "doctor", "a"), ["a dir", "a file"]);
        assertEquals(await paths("keyless", "doctor", "--baseline", "a"), ["a dir", "a file"]);
        assertEquals(await paths("keyless", "doctor", "--fix", "a"), ["a dir", "a file"]);
        assertEquals(await paths("keyless", "pack", "--artifacts", "a"), ["a dir"]);
      } finally {
        await Deno.remove(cwd, { recursive: true });
      }
    },
  });
}

const noZsh = !await installed("zsh");
Deno.test({
  name: `zsh reads its script${noZsh ? " (it is not installed)" : ""}`,
  ignore: noZsh,
  async fn() {
    assertEquals(await run("zsh", ["-f", "-n", "-c", await script("zsh")], "."), []);
  },
});

Deno.test("the script for zsh has every command, option and code", async () => {
  const text = await script("zsh");
  assert(text.startsWith("#compdef keyless keyless-open\n"));
  for (const { name, options } of VERBS.filter(({ hidden }) => !hidden)) {
    assertStringIncludes(text, `        ${name}) `);
    for (const { long } of options) assertStringIncludes(text, long);
  }
  for (const code of Object.keys(pages)) assertStringIncludes(text, code);
});

Deno.test("a shell without a script is wrong usage", async () => {
  const { code, stderr } = await answer(["completions", "bsh"]);
  assertEquals(code, 2);
  assertStringIncludes(stderr, 'keyless cannot complete in "bsh"');
  assertStringIncludes(stderr, "did you mean bash?");
});
