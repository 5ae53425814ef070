import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { readArguments, readWishes, type Request } from "../../src/cli/arguments.ts";
import { UsageError } from "../../src/problem.ts";
import { answer, assertGolden, screen, TERMINAL } from "./support.ts";

/** Wrong command lines and the code of what is wrong; the golden file holds what people read. */
const WRONG: readonly (readonly [string, ...string[]])[] = [
  ["unknown-command", "exhange"],
  ["unknown-command", "zzz"],
  ["unknown-command", "help", "plna"],
  ["unknown-command", "missing-id-token"],
  ["unknown-command", "version"],
  ["unknown-option", "doctor", "--no-color"],
  ["unknown-option", "plan", "--frce"],
  ["unknown-option", "plan", "--jsn"],
  ["unknown-option", "plan", "--dry-run"],
  ["unknown-option", "--dry-run", "publish"],
  ["unknown-option", "publish", "-x"],
  ["unknown-option", "publish", "--dryrun"],
  ["unknown-option", "publish", "--dry-rum=1"],
  ["option-value-missing", "exchange", "npm", "--output"],
  ["option-value-missing", "exchange", "npm", "--output", "--print"],
  ["option-value-missing", "exchange", "npm", "--output="],
  ["option-value-missing", "exchange", "npm", "--output", ""],
  ["option-value-missing", "doctor", "--format"],
  ["option-value-missing", "plan", "-C"],
  ["option-value-unexpected", "publish", "--dry-run=true"],
  ["option-value-unexpected", "plan", "--json=yes"],
  ["option-value-unknown", "publish", "--credential", "odic"],
  ["option-value-unknown", "doctor", "--format=xml"],
  ["option-value-unknown", "rehearse", "--event", "tag"],
  ["option-value-unknown", "rehearse", "--event", "relaese"],
  ["option-value-unknown", "plan", "--color", "sometimes"],
  ["option-repeated", "publish", "--credential", "oidc", "--credential", "token"],
  ["option-repeated", "plan", "--json", "--json"],
  ["option-repeated", "--json", "plan", "--json"],
  ["options-conflict", "exchange", "npm", "--print", "--output", "token.txt"],
  ["option-missing", "exchange", "npm"],
  ["argument-missing", "exchange", "--print"],
  ["argument-missing", "exchange", "", "--print"],
  ["argument-missing", "plan", "widget", ""],
  ["argument-missing", "run", "--", "npm", "publish"],
  ["argument-missing", "run"],
  ["argument-missing", "run", "--"],
  ["argument-unexpected", "claims", "widget"],
  ["argument-unexpected", "explain", "a", "b"],
  ["argument-unexpected", "help", "plan", "publish"],
  ["argument-unexpected", "run", "npm", "publish", "--", "npm", "publish"],
  ["command-missing", "run", "npm", "cargo", "publish"],
  ["command-missing", "run", "npm"],
  ["command-missing", "run", "npm", "--"],
  ["command-missing", "run", "npm", "--", ""],
  ["command-unexpected", "plan", "--", "widget"],
  ["command-unexpected", "plan", "--"],
  ["command-unexpected", "help", "--", "doctor"],
  ["command-unexpected", "--", "doctor"],
];

Deno.test("each wrong command line has its code, says what to do, and exits with 2", () => {
  for (const [code, ...argv] of WRONG) {
    const error = assertThrows(() => readArguments(argv), UsageError);
    assertEquals([error.problem.code, error.exit], [code, 2], argv.join(" "));
    assert(error.problem.next.length > 0, argv.join(" "));
    assert(!error.problem.message.endsWith("."), error.problem.message);
  }
});

Deno.test("what people read about a wrong command line", async () => {
  const screens = await Promise.all(WRONG.map(([_, ...argv]) => screen(argv)));
  await assertGolden("wrong-usage", screens.join("\n"));
});

/** Right command lines and what they mean. */
const RIGHT: readonly (readonly [readonly string[], Partial<Extract<Request, { kind: "call" }>>])[] = [
  [["plan"], { arguments: [], options: {}, globals: {}, command: [] }],
  [["plan", "b", "a"], { arguments: ["b", "a"] }],
  [["--json", "plan", "-q"], { globals: { json: true, quiet: true } }],
  [["-C", "dir", "plan"], { globals: { directory: "dir" } }],
  [["plan", "--directory=a=b"], { globals: { directory: "a=b" } }],
  [["plan", "-"], { arguments: ["-"] }],
  [["plan", "--json", "x"], { arguments: ["x"], globals: { json: true } }],
  [["exchange", "npm", "--output=-x"], { options: { output: "-x" } }],
  [["exchange", "--output", "x", "npm"], { arguments: ["npm"], options: { output: "x" } }],
  [["doctor", "--only", "a", "--only=b", "p"], { arguments: ["p"], options: { only: ["a", "b"] } }],
  [["publish", "--no-provenance", "--dry-run"], { options: { "no-provenance": true, "dry-run": true } }],
  [["run", "npm", "--", "npm", "publish", "--", "--help", "-V"], {
    arguments: ["npm"],
    command: ["npm", "publish", "--", "--help", "-V"],
  }],
];

Deno.test("right command lines are understood", () => {
  for (const [argv, expected] of RIGHT) {
    const request = readArguments(argv);
    for (const [key, value] of Object.entries(expected)) {
      assertEquals(request[key as keyof Request] as unknown, value, argv.join(" "));
    }
  }
});

Deno.test("help and version win over whatever else is wrong", () => {
  const kind = (...argv: string[]) => {
    const request = readArguments(argv);
    return request.kind === "help"
      ? `help ${request.topic?.name ?? "all"}${request.brief ? " brief" : ""}`
      : request.kind;
  };
  assertEquals(kind(), "help all brief");
  assertEquals(kind("--json"), "help all brief");
  assertEquals(kind("--help"), "help all");
  assertEquals(kind("-h"), "help all");
  assertEquals(kind("help"), "help all");
  assertEquals(kind("help", "run"), "help run");
  assertEquals(kind("plan", "--nope", "--help"), "help plan");
  assertEquals(kind("exchange", "-h"), "help exchange");
  assertEquals(kind("--help", "publish"), "help publish");
  assertEquals(kind("nope", "--help"), "help all");
  assertEquals(kind("--version"), "version");
  assertEquals(kind("plan", "--nope", "-V"), "version");
  assertEquals(kind("run", "npm", "--", "npm", "--help"), "call");
});

Deno.test("wishes for the output are honoured before the rest is understood", () => {
  assertEquals(readWishes(["plan", "--nope", "--json", "--debug"]), { json: true, debug: true });
  assertEquals(readWishes(["--color=never"]), { color: "never" });
  assertEquals(readWishes(["--color", "always", "zzz"]), { color: "always" });
  assertEquals(readWishes(["run", "npm", "--", "npm", "--json", "--debug", "--color=always"]), {});
});

Deno.test("words of the user reach messages as one harmless line", () => {
  const { problem } = assertThrows(() => readArguments(["pl\x1b[31man\n::error::x"]), UsageError);
  assertMatch(problem.message, /^There is no command "plan : :error::x"$/);
});

Deno.test("the example on each code's page is what keyless answers", async () => {
  for (const code of new Set(WRONG.map(([code]) => code))) {
    const page = await Deno.readTextFile(new URL(`../../docs/codes/${code}.md`, import.meta.url));
    const [_, line, output] = /^```\n\$ keyless (.*)\n([^]*?)```$/m.exec(page)!;
    const { stderr } = await answer(line!.split(" "), { ...TERMINAL, width: 200 });
    assertEquals(stderr, output, code);
  }
});
