import { assert, assertEquals, assertMatch } from "@std/assert";
import { readArguments } from "../../src/cli/arguments.ts";
import { loadCommand } from "../../src/cli/commands.ts";
import { GLOBAL_OPTIONS, VERBS } from "../../src/cli/table.ts";
import { sources } from "./sources.ts";

Deno.test("every verb has a group, a summary and examples that mean this verb", () => {
  for (const verb of VERBS) {
    assertMatch(verb.summary, /^[a-z].*[^.]$/, verb.name);
    assert(verb.about.length > 0, verb.name);
    assert(verb.examples.length > (verb.hidden ? 0 : 1), `${verb.name} has too few examples`);
    for (const { line } of verb.examples) {
      const [program, ...argv] = line.split(" ");
      assertEquals(program, "keyless", line);
      const request = readArguments(argv);
      assertEquals(request.kind === "call" ? request.verb.name : request.kind, verb.name, line);
    }
  }
});

Deno.test("options are named once, and the global ones keep their meaning everywhere", () => {
  const globals = GLOBAL_OPTIONS.flatMap(({ long, short }) => [long, ...short ? [short] : []]);
  for (const verb of VERBS) {
    const names = verb.options.flatMap(({ long, short }) => [long, ...short ? [short] : []]);
    assertEquals(new Set([...globals, ...names]).size, globals.length + names.length, verb.name);
    for (const { long, value, choices } of verb.options) {
      assertMatch(long, /^--[a-z]+(-[a-z]+)*$/);
      assert(value !== undefined || choices === undefined, `${verb.name} ${long} has choices and no value`);
    }
    for (const long of verb.exactlyOne ?? []) {
      assert(verb.options.some((option) => option.long === long), long);
    }
  }
});

Deno.test("required arguments come first, and a variadic one comes last", () => {
  for (const { name, arguments: specs } of VERBS) {
    const shape = specs.map(({ required, variadic }) =>
      `${required ? "required" : "optional"}${variadic ? "…" : ""}`
    ).join(" ");
    assertMatch(`${shape} `.trimStart(), /^(required )*((optional|required…|optional…) )?$/, name);
  }
});

for (const { name } of VERBS.filter(({ name }) => name !== "help")) {
  Deno.test(`the module of ${name} loads`, async () => {
    assertEquals(typeof (await loadCommand(name)).run, "function");
  });
}

Deno.test("every verb has its page in docs", async () => {
  const missing: string[] = [];
  for (const verb of VERBS.filter(({ group, hidden }) => group !== "More" && !hidden)) {
    const page = await Deno.readTextFile(new URL(`../../docs/${verb.name}.md`, import.meta.url)).catch(() =>
      ""
    );
    if (!page.startsWith(`# keyless ${verb.name}\n`)) missing.push(verb.name);
  }
  assertEquals(missing, []);
});

/** How a command asks for an option: through the helpers of src/cli/context.ts, or itself. */
const READS =
  /\b(?:text|texts|on)\(call, "(?<helped>[a-z-]+)"\)|\boptions(?:\.(?<word>[a-z]+)\b|\["(?<name>[a-z-]+)"\])/g;

Deno.test("a command reads the options that its table entry declares, and no others", async () => {
  const wrong: string[] = [];
  for (const { path, text } of await sources("src/cli/commands")) {
    const verb = VERBS.find(({ name }) => path.endsWith(`/${name.replaceAll("-", "_")}.ts`));
    if (!verb || verb.name === "help") continue;
    const declared = new Set(verb.options.map(({ long }) => long.slice(2)));
    const read = new Set(
      [...text.matchAll(READS)].map(({ groups }) => (groups!.helped ?? groups!.word ?? groups!.name)!),
    );
    for (const name of read.difference(declared)) {
      wrong.push(`${verb.name} reads --${name}, which is not declared`);
    }
    for (const name of declared.difference(read)) {
      wrong.push(`${verb.name} declares --${name} and does not read it`);
    }
  }
  assertEquals(wrong, []);
});
