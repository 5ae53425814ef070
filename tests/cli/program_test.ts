import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { VERSION } from "../../src/version.ts";
import { program } from "./support.ts";

Deno.test("the program answers, with exit codes, on the right stream", async () => {
  assertEquals(await program(["--version"]), { code: 0, stdout: `keyless ${VERSION}\n`, stderr: "" });
  assertEquals((await program(["--version", "--quiet"])).stdout, `keyless ${VERSION}\n`);
  const welcome = await program([]);
  assertEquals([welcome.code, welcome.stderr], [0, ""]);
  assertStringIncludes(welcome.stdout, "Start here:  keyless doctor");
  const wrong = await program(["exhange"]);
  assertEquals([wrong.code, wrong.stdout], [2, ""]);
  assertStringIncludes(wrong.stderr, "did you mean keyless exchange?");
});

Deno.test("a command reaches its module through the parser library", async () => {
  const { code, stdout } = await program(["explain", "unknown-option"]);
  assertEquals(code, 0);
  assertStringIncludes(stdout, "# unknown-option");
});

Deno.test("version, help and wrong usage need no permission at all", async () => {
  for (const [argv, code] of [[["-V"], 0], [["help", "publish"], 0], [["plan", "--nope"], 2]] as const) {
    const answer = await program(argv, { flags: [] });
    assertEquals(answer.code, code, answer.stderr);
    assert(!answer.stderr.includes("NotCapable"), answer.stderr);
  }
});

Deno.test("a pipe gets no colour, unless it is asked for", async () => {
  const colours = async (argv: string[], env: Record<string, string> = {}) =>
    (await program([...argv, "help"], { env })).stdout.includes("\x1b[");
  assertEquals(await colours([]), false);
  assertEquals(await colours(["--color=always"]), true);
  assertEquals(await colours([], { FORCE_COLOR: "1" }), true);
  assertEquals(await colours([], { FORCE_COLOR: "1", NO_COLOR: "1" }), false);
  assertEquals(await colours(["--color", "never"], { FORCE_COLOR: "1" }), false);
  assertEquals(await colours([], { GITHUB_ACTIONS: "true" }), true);
});

Deno.test("another locale than UTF-8 gets ASCII", async () => {
  const { stdout } = await program(["help", "run"], { env: { LC_ALL: "C" } });
  // deno-lint-ignore no-control-regex
  assert(/^[\x00-\x7f]*$/.test(stdout), stdout);
});

Deno.test("wrong usage with --json is one object on stdout", async () => {
  const { code, stdout, stderr } = await program(["plan", "--nope", "--json"]);
  assertEquals([code, stderr], [2, ""]);
  assertEquals(JSON.parse(stdout).schema, "keyless/error/1");
});

Deno.test({
  name: "a disk that is full is said in one message, whatever was asked for",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    for (
      const argv of [["--version"], ["--version", "--json"], ["doctor", "--json"], ["explain", "--json"]]
    ) {
      const { code, stderr } = await program(argv, { into: "/dev/full" });
      assertEquals(code, 1);
      assertMatch(stderr, /^✗ Cannot write to stdout\n {3}No space left on device.*\n( {3}→ .*\n)+$/);
    }
  },
});
