import {
  assert,
  assertEquals,
  assertExists,
  assertInstanceOf,
  AssertionError,
  assertMatch,
  assertNotEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import * as assertions from "@std/assert";
import { Command } from "@cliffy/command";
import * as cli from "@std/cli";
import * as path from "@std/path";
import * as toml from "@std/toml";
import * as yaml from "@std/yaml";
import { SURFACE } from "./surface.ts";

const MODULES: Readonly<Record<string, object>> = {
  "@cliffy/command": { Command },
  "@std/assert": assertions,
  "@std/cli": cli,
  "@std/path": path,
  "@std/toml": toml,
  "@std/yaml": yaml,
};

Deno.test("both profiles export the whole surface", () => {
  for (const [name, exports] of Object.entries(SURFACE)) {
    for (const each of exports) assert(each in MODULES[name]!, `${name} has no ${each}`);
  }
});

/** A value, another one, and whether `assertEquals` takes them for equal. */
const PAIRS: readonly (readonly [unknown, unknown, boolean])[] = [
  [1, 1, true],
  [1, "1", false],
  [NaN, NaN, true],
  [0, -0, true],
  [null, undefined, false],
  [{ a: 1, b: [2] }, { b: [2], a: 1 }, true],
  [{ a: 1 }, { a: 1, b: undefined }, false],
  [{ a: undefined }, { b: undefined }, false],
  [Object.assign(Object.create(null), { a: 1 }), { a: 1 }, true],
  [[1, 2], [1, 2], true],
  [[1, 2], [2, 1], false],
  [[], {}, false],
  [new Uint8Array([1, 2]), new Uint8Array([1, 2]), true],
  [new Uint8Array([1, 2]), new Uint8Array([1, 3]), false],
  [new Uint8Array([1]).buffer, new Uint8Array([2]).buffer, false],
  [new Map([["a", { b: 1 }]]), new Map([["a", { b: 1 }]]), true],
  [new Map([["a", 1]]), new Map([["a", 2]]), false],
  [new Set([1, 2]), new Set([2, 1]), true],
  [new Set([1, 2]), new Set([1, 3]), false],
  [new Date(5), new Date(5), true],
  [new Date(5), new Date(6), false],
  [/a/g, /a/g, true],
  [/a/g, /a/i, false],
  [new URL("https://a.example/"), new URL("https://a.example"), true],
  [new URL("https://a.example/"), new URL("https://b.example/"), false],
  [[new (class A {})()], [new (class B {})()], false],
];

Deno.test("assertEquals and assertNotEquals agree on what is equal", () => {
  for (const [a, b, equal] of PAIRS) {
    const [right, wrong] = equal ? [assertEquals, assertNotEquals] : [assertNotEquals, assertEquals];
    right(a, b);
    assertThrows(() => wrong(a, b), AssertionError);
  }
});

Deno.test("values that hold themselves can be compared", () => {
  const loop = () => {
    const value: Record<string, unknown> = { name: "loop" };
    return Object.assign(value, { self: value });
  };
  assertEquals(loop(), loop());
});

class Special extends Error {}
const special = () => {
  throw new Special("the tap drips");
};

/** What an assertion must let pass, and what it must refuse. */
const ASSERTIONS: Readonly<Record<string, { passes: () => unknown; fails: () => unknown }>> = {
  assert: { passes: () => assert(1), fails: () => assert(0, "zero") },
  assertEquals: {
    passes: () => assertEquals("a", "a"),
    fails: () => assertEquals("a\nb", "a\nc", "letters"),
  },
  assertExists: { passes: () => assertExists(0), fails: () => assertExists(undefined) },
  assertInstanceOf: {
    passes: () => assertInstanceOf(new Special(), Error),
    fails: () => assertInstanceOf(new Error(), Special),
  },
  assertMatch: { passes: () => assertMatch("abc", /b/), fails: () => assertMatch("abc", /d/) },
  assertNotEquals: { passes: () => assertNotEquals(1, 2), fails: () => assertNotEquals(1, 1) },
  assertStringIncludes: {
    passes: () => assertStringIncludes("abc", "bc"),
    fails: () => assertStringIncludes("abc", "cb"),
  },
  "assertThrows, anything": { passes: () => assertThrows(special), fails: () => assertThrows(() => 1) },
  "assertThrows, a class": {
    passes: () => assertThrows(special, Special),
    fails: () => assertThrows(special, TypeError),
  },
  "assertThrows, a message": {
    passes: () => assertThrows(special, Special, "tap"),
    fails: () => assertThrows(special, Special, "pipe"),
  },
  "assertRejects, anything": {
    passes: () => assertRejects(() => Promise.reject(new Special("late"))),
    fails: () => assertRejects(() => Promise.resolve()),
  },
  "assertRejects, a class": {
    passes: () => assertRejects(() => Promise.reject(new Special("late")), Special),
    fails: () => assertRejects(() => Promise.reject(new Special("late")), TypeError),
  },
  "assertRejects, a message": {
    passes: () => assertRejects(() => Promise.reject(new Special("late")), Special, "late"),
    fails: () => assertRejects(() => Promise.reject(new Special("late")), Special, "soon"),
  },
};

for (const [name, { passes, fails }] of Object.entries(ASSERTIONS)) {
  Deno.test(`${name}: passes what is right, refuses what is wrong`, async () => {
    await passes();
    let refused: unknown;
    try {
      await fails();
    } catch (error) {
      refused = error;
    }
    assert(refused instanceof AssertionError, `${refused}`);
  });
}

Deno.test("assertThrows and assertRejects hand the error over", async () => {
  assertEquals(assertThrows(special, Special).message, "the tap drips");
  assertEquals((await assertRejects(() => Promise.reject(new Special("late")), Special)).message, "late");
});

Deno.test("a failed assertEquals names its message and both values", () => {
  const { message } = assertThrows(() => assertEquals({ a: 1 }, { a: 2 }, "counts"), AssertionError);
  assertMatch(message, /^Values are not equal: counts/);
  assertMatch(message, /a: 1/);
  assertMatch(message, /a: 2/);
});

const unix = path.SEPARATOR === "/";

Deno.test({
  name: "paths are taken apart and put together alike",
  ignore: !unix,
  fn() {
    const cases: readonly (readonly [string, string])[] = [
      [path.join("a", "..", "b", "./c.txt"), "b/c.txt"],
      [path.join("", ""), "."],
      [path.join("/a/", "/b/"), "/a/b/"],
      [path.dirname("/a/b/c"), "/a/b"],
      [path.dirname("a"), "."],
      [path.basename("/a/b.txt"), "b.txt"],
      [path.basename("/a/b/"), "b"],
      [path.basename("b.txt", ".txt"), "b"],
      [path.extname("a.tar.gz"), ".gz"],
      [path.extname(".npmrc"), ""],
      [path.normalize("a//b/../c/"), "a/c/"],
      [path.normalize(""), "."],
      [path.relative("/a/b", "/a/c/d"), "../c/d"],
      [path.relative("/a", "/a"), ""],
      [path.resolve("/a", "b", "../c"), "/a/c"],
      [path.resolve("x"), `${Deno.cwd()}/x`],
      [path.fromFileUrl("file:///a%20b/%C3%A9"), "/a b/é"],
      [path.fromFileUrl(new URL("file:///a")), "/a"],
      [path.toFileUrl("/a b/é#?%").href, "file:///a%20b/%C3%A9%23%3F%25"],
    ];
    for (const [found, expected] of cases) assertEquals(found, expected);
    assertEquals([path.isAbsolute("/a"), path.isAbsolute("a"), path.isAbsolute("")], [true, false, false]);
  },
});

Deno.test("only file URLs and absolute paths are converted", () => {
  assertThrows(() => path.fromFileUrl("https://a.example/"), TypeError);
  assertThrows(() => path.toFileUrl("a/b"), TypeError);
});

const CONFIGURATION = {
  title: 'quotes " and \\ stay',
  count: 3,
  share: 0.5,
  yes: true,
  none: [],
  "dotted.key": "x",
  package: [{ name: "widget", paths: ["a/**", "b"], trust_policy: { workflow: "release.yml" } }, {
    name: "other",
  }],
  registry: { company: { kind: "crates", auth: { type: "bearer", token: "${TOKEN}" } } },
};

Deno.test("TOML that was written is read back", () => {
  assertEquals(toml.parse(toml.stringify(CONFIGURATION)), CONFIGURATION);
});

Deno.test("TOML tables and lists of tables are written as headers", () => {
  const text = toml.stringify(CONFIGURATION);
  for (
    const line of ["[[package]]", "[package.trust_policy]", "[registry.company]", 'workflow = "release.yml"']
  ) {
    assert(text.split("\n").includes(line), line);
  }
});

Deno.test("TOML is read, and what is none is an error", () => {
  assertEquals(toml.parse('a = 1 # one\n[b."c d"]\ne = [true, """\nx"""]\n'), {
    a: 1,
    b: { "c d": { e: [true, "x"] } },
  });
  for (const text of ["a = ", "a = [1", "= 1", "[a\n"]) assertThrows(() => toml.parse(text));
});

const WORKFLOW = {
  name: "Release",
  on: { push: { tags: ["v*"] } },
  permissions: {},
  jobs: {
    publish: {
      "runs-on": "ubuntu-latest",
      steps: [{
        uses: "a/b@c",
        with: { number: 0, text: "1.0", yes: "yes", nothing: null, on: true, empty: "" },
      }, {
        run: "one\ntwo\n",
      }, { if: "a: b #c" }],
    },
  },
};

Deno.test("YAML that was written is read back", () => {
  assertEquals(yaml.parse(yaml.stringify(WORKFLOW)), WORKFLOW);
});

Deno.test("YAML is written in blocks, with quotes around what an older reader would take for a boolean", () => {
  const lines = yaml.stringify(WORKFLOW).split("\n");
  for (
    const line of [
      "name: Release",
      "'on':",
      "      - v*",
      "          text: '1.0'",
      "          'yes': 'yes'",
      "      - run: |",
    ]
  ) {
    assert(lines.includes(line), line);
  }
});

Deno.test("YAML is read by the rules of version 1.2, and what is none is an error", () => {
  assertEquals(yaml.parse("on: push\na: [1, 2.5, true, null, '1', yes]\nb: &x {c: d}\ne: *x\n"), {
    on: "push",
    a: [1, 2.5, true, null, "1", "yes"],
    b: { c: "d" },
    e: { c: "d" },
  });
  assertEquals(yaml.parse(""), null);
  for (const text of ["a: [1", "a: 1\na: 2\n", "a: *nobody", "- a\nb: 1"]) {
    assertThrows(() => yaml.parse(text));
  }
});

Deno.test("parseArgs tells switches, texts and the rest apart", () => {
  const options = { boolean: ["check", "all"], string: ["name"] } as const;
  const parse = (words: string[]) => {
    const { _, check, all, name } = cli.parseArgs(words, options);
    return { _, check, all, name };
  };
  assertEquals(parse([]), { _: [], check: false, all: false, name: undefined });
  assertEquals(parse(["--check", "a", "--name", "x", "b"]), {
    _: ["a", "b"],
    check: true,
    all: false,
    name: "x",
  });
  assertEquals(parse(["--name=x=y", "--", "--check"]), {
    _: ["--check"],
    check: false,
    all: false,
    name: "x=y",
  });
});

// deno-lint-ignore no-explicit-any
type AnyCommand = Command<any, any, any, any, any, any, any, any>;

/** Options and words as the action of `verb` got them, or `null` when it was not called. */
async function parsed(words: string[]): Promise<{ options: unknown; words: unknown[] } | null> {
  let got: { options: unknown; words: unknown[] } | null = null;
  let verb: AnyCommand = new Command().description("does it").arguments(
    "<registry:string> [packages...:string]",
  );
  verb = verb.option("--only <code:string>", "collects", { collect: true });
  verb = verb.option("--output <file:string>", "a text");
  verb = verb.option("--no-provenance", "a switch that turns off");
  verb = verb.option("--dry-run", "a switch");
  verb = verb.action((options: unknown, ...words: unknown[]) => {
    got = { options, words };
  });
  const program: AnyCommand = new Command().name("program").description("a program").throwErrors().noExit();
  await program.command("verb", verb).parse(words);
  return got;
}

Deno.test("the parser reads an option with its value in one word, and arguments behind the options", async () => {
  assertEquals(await parsed(["verb", "npm"]), { options: { provenance: true }, words: ["npm"] });
  assertEquals(
    await parsed([
      "verb",
      "--only=a",
      "--only=b=c",
      "--output=-x y",
      "--no-provenance",
      "--dry-run",
      "npm",
      "1",
      "help",
    ]),
    {
      options: { only: ["a", "b=c"], output: "-x y", provenance: false, dryRun: true },
      words: ["npm", "1", "help"],
    },
  );
  assertEquals(await parsed(["verb", "--output=true", "-"]), {
    options: { output: "true", provenance: true },
    words: ["-"],
  });
});

Deno.test("the parser throws instead of ending the program", async () => {
  await assertRejects(() => parsed(["verb"]), Error);
  await assertRejects(() => parsed(["verb", "--output"]), Error);
});
