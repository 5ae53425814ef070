import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { Diagnosis } from "../../src/doctor/engine.ts";
import { fixAll } from "../../src/doctor/fix.ts";
import { SourceText } from "../../src/formats/positions.ts";
import type { Location } from "../../src/problem.ts";
import type { ReportedFinding } from "../../src/report/finding.ts";
import { NAMED_SAMPLES, TOKEN_SAMPLES } from "../credentials/token_samples.ts";
import { bounds } from "../bounds.ts";
import { inTree, looked, reports } from "./looked.ts";
import { mutated, type Mutation, mutations } from "./texts.ts";
import { mutatedFixtures, type Tree, trees } from "./trees.ts";

const any = fc.oneof(trees, await mutatedFixtures());

/** Tries a property of what doctor finds in broken repositories. */
async function always(runs: number, property: (diagnosis: Diagnosis, root: string) => Promise<void> | void) {
  await fc.assert(
    fc.asyncProperty(any, (files) =>
      inTree(files, async (root) => {
        const diagnosis = await looked(root);
        if (diagnosis) await property(diagnosis, root);
      })),
    bounds(runs),
  );
}

Deno.test("whatever is in the files, doctor ends, and every place lies in its file", () =>
  always(400, ({ findings, sources }) => {
    for (const { at, related, fix, next, message } of findings) {
      for (const place of [at, ...related.map((label) => label.at)]) assertInside(place, sources);
      for (const { path, start, end } of fix?.edits ?? []) {
        const text = sources.get(path);
        assert(text !== undefined, `an edit of ${path}, which was not read`);
        assert(
          0 <= start && start <= end && end <= text.length,
          `an edit of ${path} from ${start} to ${end}`,
        );
      }
      assert(next.length > 0, `"${message}" does not say what to do`);
    }
  }));

function assertInside({ path, start, end }: Location, sources: ReadonlyMap<string, string>): void {
  const text = sources.get(path);
  if (text === undefined) {
    // A file that could not be read has a beginning and no more.
    assertEquals([start, end].map(({ line, column, offset }) => [line, column, offset]), [[1, 1, 0], [
      1,
      1,
      0,
    ]]);
    return;
  }
  assert(start.offset <= end.offset && end.offset <= text.length, `${path} ${start.offset}-${end.offset}`);
  const source = new SourceText(text, path);
  const mark = text.length - source.body.length;
  for (const place of [start, end]) assertEquals(source.position(place.offset - mark), place);
}

Deno.test("every fix lands in a file that is still read, and looking again finds nothing new of its kind", () =>
  always(150, async (first, root) => {
    const before = countsOf(first.findings);
    const fixed = await fixAll<ReportedFinding, Diagnosis>(
      root,
      async () => (await looked(root))!,
      { allow: "unsafe" },
    );
    assertEquals(fixed.broken.map(({ code, message }) => `${code}: ${message}`), []);
    const after = countsOf(fixed.left.findings);
    for (const { code } of fixed.applied) {
      assert(
        (after.get(code) ?? 0) <= (before.get(code) ?? 0),
        `more findings of ${code} than before its fix`,
      );
    }
  }));

function countsOf(findings: readonly ReportedFinding[]): Map<string, number> {
  return findings.reduce(
    (counts, { code }) => counts.set(code, (counts.get(code) ?? 0) + 1),
    new Map<string, number>(),
  );
}

Deno.test("no report has anything that a terminal or a CI obeys", () =>
  always(200, async (diagnosis) => {
    for (const [format, text] of Object.entries(await reports(diagnosis))) {
      const obeyed =
        /[^\n\P{Cc}]|[\u202a-\u202e\u2066-\u2069]|##(?=\w*\[)|^\s*::(?!(?:error|warning|notice) )[a-z]/imu
          .exec(text);
      assertEquals(
        obeyed && `${format}: ${JSON.stringify(text.slice(obeyed.index - 60, obeyed.index + 60))}`,
        null,
      );
    }
  }));

Deno.test("the same files give the same report", () =>
  always(60, async (diagnosis, root) => {
    assertEquals(await reports((await looked(root))!), await reports(diagnosis));
  }));

const TOKENS = TOKEN_SAMPLES.map(([, token]) => token);
const PLANTED: readonly (readonly [text: string, secret: string])[] = [
  ...TOKENS.map((token): [string, string] => [token, token]),
  ...NAMED_SAMPLES.map(([, before, token]): [string, string] => [before + token, token]),
];

Deno.test("a token that stands anywhere, in whatever is left of a file, is in no report", async () => {
  const place = fc.record({
    tree: any,
    file: fc.nat(),
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    planted: fc.constantFrom(...PLANTED),
    around: fc.constantFrom([" ", " "], ["\n", "\n"], ['"', '"'], ["'", "'"], [": ", "\n"], [
      "# ",
      "\n",
    ], ["=", " "]),
    inName: fc.boolean(),
    changes: mutations,
  });
  await fc.assert(
    fc.asyncProperty(place, async (choice) => {
      const { files, secret } = withToken(choice);
      await inTree(files, async (root) => {
        const diagnosis = await looked(root);
        for (const [format, text] of Object.entries(diagnosis ? await reports(diagnosis) : {})) {
          const found = [secret, encodeURIComponent(secret)].map((form) => text.indexOf(form)).find((at) =>
            at >= 0
          );
          assertEquals(
            found === undefined ? null : `${format}: ${text.slice(found - 100, found + 100)}`,
            null,
          );
        }
      });
    }),
    bounds(250),
  );
});

function withToken({ tree, file, at, planted: [text, secret], around: [before, behind], inName, changes }: {
  readonly tree: Tree;
  readonly file: number;
  readonly at: number;
  readonly planted: readonly [string, string];
  readonly around: readonly string[];
  readonly inName: boolean;
  readonly changes: readonly Mutation[];
}): { files: Tree; secret: string } {
  const paths = Object.keys(tree);
  const path = paths[file % paths.length]!;
  const whole = mutated(tree[path]!, changes);
  const start = Math.floor(at * whole.length);
  const files: Record<string, string> = {
    ...tree,
    [path]: whole.slice(0, start) + before + text + behind + whole.slice(start),
  };
  if (inName && text.length < 200 && !/[/+:]/.test(text)) {
    files[`.github/workflows/${text}.yml`] =
      "on: push\njobs:\n  a:\n    runs-on: x\n    steps: [{ run: npm publish }]\n";
  }
  return { files, secret };
}
