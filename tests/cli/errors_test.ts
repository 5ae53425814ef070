import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { report } from "../../src/cli/errors.ts";
import type { Io } from "../../src/cli/verb.ts";
import { KeylessError, type Problem } from "../../src/problem.ts";
import { renderProblem } from "../../src/report/terminal.ts";
import { answer, TERMINAL } from "./support.ts";

function reported(thrown: unknown, wishes: Partial<Io> = {}) {
  const written = { stdout: "", stderr: "" };
  const io: Io = {
    json: false,
    quiet: false,
    verbose: false,
    debug: false,
    stdout: TERMINAL,
    stderr: TERMINAL,
    out: (text) => void (written.stdout += text),
    err: (text) => void (written.stderr += text),
    ...wishes,
  };
  return { code: report(thrown, io, renderProblem), ...written };
}

const DRIPS: Problem = {
  code: "tap-drips",
  message: "Cannot close the tap: it drips",
  next: ["change the washer"],
};

Deno.test("a problem goes to stderr, with its page named", () => {
  assertEquals(reported(new KeylessError(DRIPS)), {
    code: 1,
    stdout: "",
    stderr: "✗ Cannot close the tap: it drips\n   → change the washer\n   → why: keyless explain tap-drips\n",
  });
});

Deno.test("several problems are all shown, and the error's own exit code counts", () => {
  const { code, stderr } = reported(
    new KeylessError([DRIPS, { ...DRIPS, message: "Another one" }], { exit: 3 }),
  );
  assertEquals(code, 3);
  assertStringIncludes(stderr, "Cannot close the tap");
  assertStringIncludes(stderr, "\n✗ Another one\n");
});

Deno.test("where stdout takes no JSON, stderr says what is wrong; where nothing takes anything, the exit code is left", () => {
  const full = () => {
    throw new Error("No space left on device");
  };
  const { code, stderr } = reported(new KeylessError(DRIPS), { json: true, out: full });
  assertEquals(code, 1);
  assertStringIncludes(stderr, "✗ Cannot close the tap: it drips\n");
  const mute = reported(new KeylessError(DRIPS, { exit: 3 }), { json: true, out: full, err: full });
  assertEquals(mute, { code: 3, stdout: "", stderr: "" });
});

Deno.test("with --json an error is one object on stdout", () => {
  const { stdout, stderr } = reported(new KeylessError({ ...DRIPS, why: ["It is old."] }), {
    json: true,
  });
  const { schema, code, message, hint, cause } = JSON.parse(stdout);
  assertEquals({ schema, code, message, hint, cause }, {
    schema: "keyless/error/1",
    code: "tap-drips",
    message: DRIPS.message,
    hint: "change the washer",
    cause: "It is old.",
  });
  assertEquals(stderr, "");
});

Deno.test("an unexpected exception exits with 70 and says how to report it; the stack is shown with --debug only", () => {
  const bug = new TypeError("x is not a function", { cause: new Error("deeper") });
  const quiet = reported(bug);
  assertEquals(quiet.code, 70);
  assertStringIncludes(quiet.stderr, "x is not a function");
  assertMatch(quiet.stderr, /issues\/new/);
  assert(!quiet.stderr.includes("errors_test.ts"), quiet.stderr);
  const { stderr } = reported(bug, { debug: true });
  assertMatch(stderr, /TypeError: x is not a function\n +at .*errors_test\.ts/);
  assertMatch(stderr, /caused by Error: deeper\n +at /);
  assertEquals((reported("just a text")).code, 70);
});

Deno.test("a wrong command line with --json is JSON too", async () => {
  const { code, stdout, stderr } = await answer(["plan", "--nope", "--json"]);
  assertEquals([code, stderr], [2, ""]);
  assertEquals(JSON.parse(stdout).code, "unknown-option");
});

Deno.test("a directory that does not exist is wrong usage", async () => {
  const { code, stderr } = await answer(["explain", "--list", "-C", "no-such-directory"]);
  assertEquals(code, 2);
  assertStringIncludes(stderr, 'There is no directory "no-such-directory"');
});

Deno.test("a directory that cannot be entered is the reader's to see to, and no bug of keyless", async () => {
  const place = await Deno.makeTempDir();
  try {
    await Deno.symlink("loop", `${place}/loop`);
    const { code, stderr } = await answer(["explain", "--list", "-C", `${place}/loop`]);
    assertEquals(code, 1);
    assertStringIncludes(stderr, `Cannot enter ${place}/loop: `);
  } finally {
    await Deno.remove(place, { recursive: true });
  }
});
