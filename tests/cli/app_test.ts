import { assertEquals } from "@std/assert";
import { run } from "../../src/cli/app.ts";
import { readArguments } from "../../src/cli/arguments.ts";
import { createIo } from "../../src/cli/io.ts";
import { verbOf, VERBS } from "../../src/cli/table.ts";
import type { Call } from "../../src/cli/verb.ts";

/** What the module of the verb gets to see of a command line. */
async function called(...argv: string[]): Promise<Omit<Call, "io">> {
  const request = readArguments(argv);
  if (request.kind !== "call") throw new Error(`${argv.join(" ")} is no call`);
  let seen: Call | undefined;
  const load = () =>
    Promise.resolve({
      run(call: Call) {
        seen = call;
        return Promise.resolve(3 as const);
      },
    });
  assertEquals(await run(request, createIo(request.globals), load), 3);
  const { io: _, ...call } = seen!;
  return call;
}

Deno.test("what the table has accepted passes through the parser library unchanged", async () => {
  const argvs = [
    ...VERBS.flatMap(({ examples }) => examples.map(({ line }) => line.split(" ").slice(1))).filter((
      [name],
    ) => name !== "help"),
    ["exchange", "--output", "--x=y z", "npm"].with(2, "x=y z"),
    ["exchange", "npm", "--output=--print"],
    ["exchange", "npm", "--github-output=true", "--package=@acme/widget"],
    [
      "publish",
      "--credential=oidc",
      "--no-provenance",
      "--dry-run",
      "1",
      "2e3",
      "true",
      "help",
      "publish",
      "@acme/x",
    ],
    ["doctor", "--only=a", "--only", "b", "--only=c,d", "a b", "-"],
    ["run", "npm", "--package", "é", "--", "npm", "publish", "--json", "-x", "--", ""],
    ["plan"],
  ];
  for (const argv of argvs) {
    const request = readArguments(argv);
    if (request.kind !== "call") throw new Error(`${argv.join(" ")} is no call`);
    const { verb, arguments: words, options, command } = request;
    assertEquals(
      await called(...argv),
      { verb: verb.name, arguments: words, options, command },
      argv.join(" "),
    );
  }
});

Deno.test("a switch that turns something off is on when it is given, and absent when not", async () => {
  assertEquals((await called("publish", "--no-provenance")).options, { "no-provenance": true });
  assertEquals((await called("publish")).options, {});
});

Deno.test("every verb's tree is accepted by the parser library", async () => {
  for (const verb of VERBS.filter(({ name }) => name !== "help")) {
    const options = (verb.exactlyOne
      ? verb.options.filter(({ long }) =>
        long !== "--output" && long !== "--github-output"
      )
      : verb.options)
      .flatMap(({ long, value, choices }) => value ? [`${long}=${choices?.at(-1) ?? "v"}`] : [long]);
    const words = verb.arguments.map(({ name }) => name);
    const { options: seen } = await called(
      verb.name,
      ...options,
      ...words,
      ...verb.command ? ["--", "x"] : [],
    );
    assertEquals(Object.keys(seen).length, options.length, verb.name);
  }
  assertEquals(verbOf("nobody"), undefined);
});

Deno.test("--directory is entered before the command starts", async () => {
  const before = Deno.cwd();
  const place = await Deno.realPath(await Deno.makeTempDir());
  try {
    await called("plan", "-C", place);
    assertEquals(Deno.cwd(), place);
  } finally {
    Deno.chdir(before);
    await Deno.remove(place);
  }
});
