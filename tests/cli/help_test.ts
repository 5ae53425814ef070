import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { usageOf } from "../../src/cli/help.ts";
import { GLOBAL_OPTIONS, VERBS } from "../../src/cli/table.ts";
import { width } from "../../src/report/width.ts";
import { VERSION } from "../../src/version.ts";
import { answer, assertGolden, screen, TERMINAL } from "./support.ts";

Deno.test("keyless alone shows where to start", async () => {
  await assertGolden("welcome", await screen([]));
  await assertGolden("welcome-narrow-ascii", await screen([], { ...TERMINAL, width: 40, unicode: false }));
});

Deno.test("help shows every command and what all of them take", async () => {
  await assertGolden("help", await screen(["help"]));
  await assertGolden("help-narrow-colour", await screen(["help"], { ...TERMINAL, width: 50, colour: true }));
});

for (const verb of VERBS) {
  Deno.test(`help ${verb.name} shows usage, options, examples and exit codes`, async () => {
    await assertGolden(`help-${verb.name}`, await screen(["help", verb.name]));
  });
}

Deno.test("help COMMAND and COMMAND --help are the same", async () => {
  for (const { name } of VERBS) {
    assertEquals(await answer(["help", name]), await answer([name, "--help"]));
  }
});

Deno.test("no line is wider than the terminal, unless it is one word, and no name is cut", async () => {
  for (const columns of [40, 60, 100]) {
    for (const verb of VERBS) {
      const { stdout } = await answer(["help", verb.name], { ...TERMINAL, width: columns });
      for (const line of stdout.split("\n")) {
        assert(
          width(line) <= columns || line.trim().split(/ {2,}| /).length <= 3,
          `${columns} columns: ${line}`,
        );
      }
      const words = stdout.split(/\s+/).join(" ");
      for (const { long, value, bare } of verb.options) {
        assertStringIncludes(words, value && bare === undefined ? `${long} ${value}` : long);
      }
    }
  }
});

Deno.test("a terminal without UTF-8 gets plain ASCII", async () => {
  for (const argv of [[], ["help"], ...VERBS.map(({ name }) => ["help", name]), ["zzz"]]) {
    const { stdout, stderr } = await answer(argv, { ...TERMINAL, unicode: false });
    // deno-lint-ignore no-control-regex
    assert(/^[\x00-\x7f]*$/.test(stdout + stderr), argv.join(" "));
  }
});

Deno.test("the usage line shows what is required, what is optional and what excludes each other", () => {
  const usages = new Map(VERBS.map((verb) => [verb.name, usageOf(verb)]));
  assertEquals(
    usages.get("exchange"),
    "keyless exchange REGISTRY [--package NAME] (--print | --output FILE | --github-output NAME)",
  );
  assertEquals(usages.get("run"), "keyless run REGISTRY [--package NAME] -- COMMAND…");
});

Deno.test("--version prints the version, also as JSON", async () => {
  assertEquals(await answer(["--version"]), { code: 0, stdout: `keyless ${VERSION}\n`, stderr: "" });
  const { stdout } = await answer(["-V", "--json"]);
  assertEquals(JSON.parse(stdout), { schema: "keyless/version/1", version: VERSION });
});

Deno.test("help as JSON is the table", async () => {
  const all = JSON.parse((await answer(["help", "--json"])).stdout);
  assertEquals(all.schema, "keyless/help/1");
  assertEquals(
    all.verbs.map(({ name }: { name: string }) => name),
    VERBS.filter((verb) => !verb.hidden).map(({ name }) => name),
  );
  assertEquals(all.options, JSON.parse(JSON.stringify(GLOBAL_OPTIONS)));
  const [exchange] = JSON.parse((await answer(["exchange", "--help", "--json"])).stdout).verbs;
  assertEquals(exchange.exactlyOne, ["--print", "--output", "--github-output"]);
});
