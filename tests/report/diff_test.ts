import { assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import fc from "fast-check";
import { type Change, renderDiff } from "../../src/report/diff.ts";

const PIPE = { isTerminal: false, colour: false, unicode: true, width: 80 };
const SCREEN = { isTerminal: true, colour: true, unicode: true, width: 80 };

function diff(before: string, after: string, path = "a.yml"): string {
  return renderDiff([{ path, before, after }], PIPE);
}

const TWENTY = Array.from({ length: 20 }, (_, index) => `line ${index + 1}\n`).join("");

Deno.test("a change is shown with three lines around it", () => {
  assertEquals(
    diff(TWENTY, TWENTY.replace("line 10\n", "new\nlines\n")),
    "--- a/a.yml\n+++ b/a.yml\n@@ -7,7 +7,8 @@\n line 7\n line 8\n line 9\n-line 10\n+new\n+lines\n line 11\n line 12\n line 13\n",
  );
});

Deno.test("changes whose surroundings meet are shown together, others apart", () => {
  const near = diff(TWENTY, TWENTY.replace("line 3\n", "").replace("line 10\n", ""));
  assertEquals(near.match(/^@@.*$/gm), ["@@ -1,13 +1,11 @@"]);
  const far = diff(TWENTY, TWENTY.replace("line 3\n", "").replace("line 11\n", ""));
  assertEquals(far.match(/^@@.*$/gm), ["@@ -1,6 +1,5 @@", "@@ -8,7 +7,6 @@"]);
});

Deno.test("files that stay are left out", () => {
  assertEquals(diff("a\n", "a\n"), "");
});

Deno.test("on a screen it is coloured and made safe, in a pipe it is what it is unless it does harm", () => {
  const change = { path: "a.yml", before: "x\r\n-- y\n", after: "x\r\n++ \u001b[31mz\n" };
  const shown = renderDiff([change], SCREEN);
  assertStringIncludes(shown, "\x1b[1m--- a/a.yml\x1b[22m\n");
  assertStringIncludes(shown, "\x1b[31m--- y\x1b[39m\n\x1b[32m+++ z\x1b[39m\n");
  assertStringIncludes(renderDiff([change], PIPE), " x\r\n--- y\n+++ z\n");
  const harmful = "::error::x\na ##[group]y\nnpm_CANARYCANARYCANARYCANARYCANARYabcdef\n";
  assertStringIncludes(
    renderDiff([{ path: "a.yml", before: harmful, after: `${harmful}z\n` }], PIPE),
    "\n : :error::x\n a # #[group]y\n «npm token»\n+z\n".slice(1),
  );
});

Deno.test("git applies what is piped", async () => {
  const changes: Change[] = [
    { path: "plain.yml", before: TWENTY, after: TWENTY.replace("line 2\n", "").replace("line 19", "LINE") },
    { path: "crlf.yml", before: "a\r\nb\r\nc\r\n", after: "a\r\nx\r\ny\r\nc\r\n" },
    { path: "mark.yml", before: "\ufeffa\r\nb\n", after: "\ufeffb\n" },
    { path: "no end.yml", before: "a\nb", after: "a\nc\nd" },
    { path: "deep/gains-end.yml", before: "a\nb", after: "a\nb\n" },
    { path: "loses-end.yml", before: "a\nb\n", after: "a\nb" },
    { path: 'odd "name"\\é.yml', before: "a\n", after: "b\n" },
    { path: "one.yml", before: "a\n", after: "" },
    { path: "more.yml", before: "a\n", after: "b\na\nc\n" },
    { path: "lone-cr.yml", before: "a\rb\nc\n", after: "a\rd\nc\n" },
  ];
  await assertApplies(changes);
});

Deno.test("git applies the difference of any two texts", async () => {
  const line = fc.constantFrom("a", "b", "c", "", " x", "-", "+ y", "\\ z", "d\r");
  const text = fc.tuple(fc.array(line, { minLength: 1, maxLength: 30 }), fc.boolean())
    .map(([lines, ended]) => lines.join("\n") + (ended ? "\n" : "x"));
  const pairs = fc.sample(fc.tuple(text, text), { numRuns: 150, seed: 4 });
  await assertApplies(pairs.map(([before, after], index) => ({ path: `${index}.txt`, before, after })));
});

Deno.test("texts that share nothing are replaced, however long they are", () => {
  const lines = (word: string) => Array.from({ length: 3000 }, (_, index) => `${word} ${index}\n`).join("");
  assertEquals(diff(lines("a"), lines("b")).match(/^@@.*$/gm), ["@@ -1,3000 +1,3000 @@"]);
});

async function assertApplies(changes: readonly Change[]): Promise<void> {
  const root = await Deno.makeTempDir({ prefix: "keyless-diff-" });
  try {
    await Deno.mkdir(join(root, "deep"));
    for (const { path, before } of changes) await Deno.writeTextFile(join(root, path), before);
    const git = async (...args: string[]) => {
      const { success, stderr } = await new Deno.Command("git", {
        args,
        cwd: root,
        env: { GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_NOSYSTEM: "1" },
      }).output();
      assertEquals([success, new TextDecoder().decode(stderr)], [true, ""]);
    };
    await git("init", "-q", "-b", "main");
    await Deno.writeTextFile(join(root, "changes.patch"), renderDiff(changes, PIPE));
    await git("apply", "--whitespace=nowarn", "changes.patch");
    for (const { path, after } of changes) {
      assertEquals(
        new TextDecoder("utf-8", { ignoreBOM: true }).decode(await Deno.readFile(join(root, path))),
        after,
      );
    }
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}
