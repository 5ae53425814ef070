import { assert, assertEquals } from "@std/assert";
import { narrate } from "../../src/cli/views/release.ts";
import { releaseSummary } from "../../src/cli/views/summary.ts";
import { annotations } from "../../src/report/github.ts";
import { forms } from "../e2e/forms.ts";
import { inWorld } from "../e2e/world.ts";
import { run } from "../../src/host/process.ts";
import { Secret } from "../../src/host/secret.ts";
import { packageOf } from "../publish/samples.ts";

const [form] = forms;
const HOSTILE = "x\n::stop-commands::pwned\n\u001b]0;title\u0007\u001b[2J##[add-path]/evil";
const DISPLAY = { isTerminal: false, colour: false, unicode: true, width: 120 };

/** Where a runner or a terminal would obey: a command at the beginning of a line, one of the old form anywhere, an escape. */
function obeyed(text: string): string[] {
  return text.split("\n").filter((line) => /^\s*::[a-z]|##\[/.test(line) || line.includes("\u001b"));
}

const FILE = { name: HOSTILE, size: 1, sha256: "0".repeat(64), sha512: "0".repeat(128) };
const PACKED = {
  name: "widget",
  kind: "npm" as const,
  registry: "npm",
  version: HOSTILE,
  directory: "npm/widget",
  files: [FILE],
};
const PROBLEM = { code: "x", message: HOSTILE, next: [HOSTILE] };

const pkg = packageOf("widget");
for (
  const [what, event] of Object.entries({
    "packed": { type: "packed", package: PACKED, client: HOSTILE },
    "resumed": { type: "resumed", there: [HOSTILE], missing: [HOSTILE] },
    "uploaded": { type: "uploaded", package: pkg, version: HOSTILE, digest: "0".repeat(64) },
    "failed": { type: "failed", package: pkg, version: HOSTILE, problem: PROBLEM },
    "a client's line": { type: "line", text: HOSTILE },
  } as Record<string, Parameters<ReturnType<typeof narrate>>[0]>)
) {
  Deno.test(`what is told of a release (${what}) is text, whatever names and versions hold`, () => {
    let told = "";
    narrate({ say: (line) => told += `${line}\n`, live() {} }, DISPLAY, true)(event);
    assertEquals(obeyed(told), []);
  });
}

Deno.test("a step summary shows a registry's words as words, without images, links or HTML", () => {
  const said =
    '![x](https://evil.example/x.png) <img src="https://evil.example/y"> [click](https://evil.example) @everyone';
  const text = releaseSummary({
    commit: "0".repeat(40),
    tools: {},
    packages: [],
    problems: [{ code: "upload-refused", message: "no", said, next: [] }],
    tokens: { minted: 0, burned: 0, longest: 0 },
  }, null);
  assert(!/!\[x\]\(|<img|\[click\]\(/.test(text), text);
});

Deno.test("an annotation is one command, whatever its path and message hold", () => {
  const at = {
    path: "a,b::c\n::error::x%",
    start: { line: 1, column: 1, offset: 0 },
    end: { line: 1, column: 2, offset: 1 },
  };
  const text = annotations([{
    level: "error",
    title: HOSTILE.split("\u001b")[0]!,
    message: "a\n::stop-commands::x\r\n%0A",
    at,
  }]);
  assertEquals(text.split("\n").length, 2);
  assert(text.startsWith("::error file=a%2Cb%3A%3Ac %3A %3Aerror%3A%3Ax%25,"), text);
});

Deno.test("JSON on stdout holds nothing that the runner obeys, although its strings are others' text", async () => {
  await inWorld(form!, { only: ["@acme/e2e"] }, async (world) => {
    await Deno.writeTextFile(`${world.root}/##[stop-commands]pwned`, "");
    const { stdout } = await world.run(["plan", "--json"]);
    JSON.parse(stdout);
    assertEquals(obeyed(stdout), []);
  });
});

Deno.test("a secret in an endless line is found wherever the line is cut", async () => {
  const secret = new Secret("CANARYsecretThatLiesAcrossTheCut", "token", null);
  const seen: string[] = [];
  await run({
    program: "python3",
    // The first half of a megabyte ends in the middle of it.
    args: ["-c", "import os,sys; s=os.environ['S']; sys.stdout.write('x'*(524288-16)+s+'y'*600000)"],
    cwd: "/",
    env: { PATH: Deno.env.get("PATH")!, HOME: Deno.env.get("HOME")! },
    secrets: { S: secret },
    onLine: (line) => seen.push(line),
  });
  assertEquals(
    seen.filter((line) => line.includes("CANARYsecret") || line.includes("AcrossTheCut")).length,
    0,
  );
});
