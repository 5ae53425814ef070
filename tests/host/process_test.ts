import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { ProgramMissing, run } from "../../src/host/process.ts";
import { Secret } from "../../src/host/secret.ts";

const PATH = Deno.env.get("PATH")!;
const sh = (script: string, extra: Partial<Parameters<typeof run>[0]> = {}) =>
  run({ program: "sh", args: ["-c", script], cwd: "/", env: { PATH }, ...extra });

Deno.test("a child sees the variables that it is given and no others", async () => {
  Deno.env.set("KEYLESS_TEST_CANARY", "CANARY-inherited");
  const { stdout, code } = await sh("env");
  assertEquals(code, 0);
  assert(!stdout.includes("CANARY"), stdout);
  assertStringIncludes(stdout, "PATH=");
});

Deno.test("a secret reaches the child's environment and stdin, and never its argv or our output", async () => {
  const secret = new Secret("CANARY-process-secret-value", "test token", null);
  const lines: string[] = [];
  const outcome = await sh(
    'test "$TOKEN" = "$(cat)" && echo "same: $TOKEN"; tr "\\0" " " < /proc/$$/cmdline',
    {
      secrets: { TOKEN: secret },
      stdin: secret,
      onLine: (line) => lines.push(line),
    },
  );
  assertStringIncludes(outcome.stdout, "same: «secret»");
  assert(!(outcome.stdout + outcome.stderr + lines.join()).includes("CANARY"));
});

Deno.test("a secret that a child prints in pieces is still found", async () => {
  const secret = new Secret("CANARY-in-two-pieces", "test token", null);
  const { stdout } = await sh('printf "x CANARY-in-"; sleep 0.05; printf "two-pieces y"', {
    secrets: { T: secret },
  });
  assertEquals(stdout, "x «secret» y\n");
});

/** A zombie that nobody has collected yet does not run. */
async function isRunning(pid: number): Promise<boolean> {
  const { stdout } = await new Deno.Command("ps", { args: ["-o", "stat=", "-p", String(pid)] }).output();
  return /^[^Z]/.test(new TextDecoder().decode(stdout).trim());
}

Deno.test("a time-out ends the whole process group", async () => {
  const outcome = await sh("sleep 60 & echo $!; wait", { timeout: 200 });
  assert(outcome.timedOut);
  const grandchild = Number(outcome.stdout.trim());
  assertEquals(await isRunning(grandchild), false);
});

Deno.test("a program that is not there is a problem that names it", async () => {
  for (const env of [{ PATH }, { PATH: "" }, {}]) {
    const error = await assertRejects(
      () => run({ program: "keyless-no-such-program", args: [], cwd: "/", env }),
      ProgramMissing,
    );
    assertEquals(error.problem.code, "client-missing");
  }
});

Deno.test("the exit code is the child's", async () => {
  assertEquals((await sh("exit 7")).code, 7);
});
