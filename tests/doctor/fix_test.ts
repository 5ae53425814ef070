import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import { applyFixes, fixAll, planFixes } from "../../src/doctor/fix.ts";
import { editYaml, type YamlEditor } from "../../src/formats/yaml_edit.ts";
import type { Edit, Finding } from "../../src/report/finding.ts";

/** A finding whose fix makes these edits. */
function finding(
  code: string,
  edits: readonly Edit[] | null,
  more: Partial<Finding> & { safe?: boolean } = {},
): Finding {
  const { safe = true, ...rest } = more;
  const start = { line: 1, column: 1, offset: 0 };
  return {
    code,
    severity: "warning",
    confidence: "certain",
    message: "…",
    package: null,
    at: { path: "a.yml", start, end: start },
    label: null,
    related: [],
    why: [],
    next: ["…"],
    fix: edits && { safe, description: "…", edits },
    ignored: null,
    ...rest,
  };
}

function edit(start: number, end: number, text: string, path = "a.yml"): Edit {
  return { path, start, end, text };
}

function changing(text: string, steps: (file: YamlEditor) => YamlEditor): readonly Edit[] {
  return steps(editYaml(text, "a.yml")).edits()!;
}

/** What becomes of the findings, by code, and of the text of `a.yml`. */
function fixed(text: string, findings: readonly Finding[], allow: "safe" | "unsafe" = "safe") {
  const sources = new Map([["a.yml", text], ["b.yml", "x: 1\n"], ["c.json", '{"x": 1}'], [
    ".npmrc",
    "x=1\n",
  ]]);
  const { texts, ...fixes } = applyFixes(findings, sources, { allow });
  const codes = Object.entries(fixes).flatMap(([outcome, found]) =>
    found.map(({ code }) => `${code} ${outcome}`)
  );
  return { text: texts.get("a.yml") ?? null, texts: [...texts.keys()], outcomes: codes.sort() };
}

Deno.test("fixes land together in the files that they change", () => {
  const result = fixed("a: 1\nb: 2\nc: 3\n", [
    finding("1", [edit(3, 4, "one"), edit(3, 4, "y", "b.yml")]),
    finding("2", [edit(13, 14, "three")]),
    finding("3", [edit(2, 3, "2", ".npmrc"), edit(6, 7, "2", "c.json")]),
  ]);
  assertEquals(result.text, "a: one\nb: 2\nc: three\n");
  assertEquals(result.texts, ["a.yml", "b.yml", ".npmrc", "c.json"]);
  assertEquals(result.outcomes, ["1 applied", "2 applied", "3 applied"]);
});

Deno.test("what may change behaviour is held back until it is asked for", () => {
  const findings = [finding("1", [edit(3, 4, "2")], { safe: false }), finding("2", [edit(8, 9, "3")])];
  assertEquals(fixed("a: 1\nb: 2\n", findings).outcomes, ["1 heldBack", "2 applied"]);
  assertEquals(fixed("a: 1\nb: 2\n", findings, "unsafe").outcomes, ["1 applied", "2 applied"]);
});

Deno.test("what was accepted, or has no fix, is left as it is", () => {
  const findings = [finding("1", [edit(3, 4, "2")], { ignored: "we know" }), finding("2", null)];
  assertEquals(fixed("a: 1\n", findings), { text: null, texts: [], outcomes: [] });
});

Deno.test("the same fix wanted twice lands once", () => {
  const findings = [
    finding("1", [edit(5, 5, "c: 3\n")]),
    finding("2", [edit(5, 5, "c: 3\n")]),
    finding("3", [edit(5, 5, "c: 3\n"), edit(0, 1, "d")]),
  ];
  const { text, outcomes } = fixed("a: 1\nb: 2\n", findings);
  assertEquals(text, "d: 1\nc: 3\nb: 2\n");
  assertEquals(outcomes, ["1 applied", "2 applied", "3 applied"]);
});

Deno.test("of fixes that touch each other the first one lands, and nothing of the others", () => {
  const cases: [what: string, one: Edit, other: Edit][] = [
    ["both replace the same", edit(3, 4, "x"), edit(3, 4, "y")],
    ["one replaces part of what the other does", edit(0, 4, "x: 1"), edit(3, 4, "y")],
    ["both insert at the same place", edit(5, 5, "c: 1\n"), edit(5, 5, "d: 1\n")],
    ["one inserts where the other ends", edit(0, 5, ""), edit(5, 5, "c: 1\n")],
    ["one inserts where the other begins", edit(5, 10, ""), edit(5, 5, "c: 1\n")],
    ["one removes the line below the other's", edit(0, 5, ""), edit(5, 10, "")],
  ];
  for (const [what, one, other] of cases) {
    for (const [first, second] of [[one, other], [other, one]] as const) {
      const { text, texts, outcomes } = fixed("a: 1\nb: 2\ne: 3\n", [
        finding("1", [first]),
        finding("2", [edit(3, 4, "2", "b.yml"), second]),
        finding("3", [edit(13, 14, "4")]),
      ]);
      assertEquals(outcomes, ["1 applied", "2 overlapping", "3 applied"], what);
      assertEquals(texts, ["a.yml"], what);
      assertEquals(
        text,
        fixed("a: 1\nb: 2\ne: 3\n", [finding("1", [first]), finding("3", [edit(13, 14, "4")])]).text,
      );
    }
  }
});

Deno.test("fixes that are right alone and not together do not land together", () => {
  const text = "job:\n  env:\n    A: 1\n    # both\n    B: 2\n  run: x\n";
  const findings = [
    finding("1", changing(text, (file) => file.remove(["job", "env", "A"]))),
    finding("2", changing(text, (file) => file.remove(["job", "env", "B"]))),
  ];
  const { text: after, outcomes } = fixed(text, findings);
  assertEquals(after, "job:\n  env:\n    # both\n    B: 2\n  run: x\n");
  assertEquals(outcomes, ["1 applied", "2 overlapping"]);
});

Deno.test("list items that move up do not keep fixes apart", () => {
  const text = "steps:\n  - run: a\n  - run: b\n    env:\n      A: 1\n      B: 2\n";
  const findings = [
    finding("1", changing(text, (file) => file.remove(["steps", 0]))),
    finding("2", changing(text, (file) => file.remove(["steps", 1, "env", "B"]))),
  ];
  assertEquals(fixed(text, findings), {
    text: "steps:\n  - run: b\n    env:\n      A: 1\n",
    texts: ["a.yml"],
    outcomes: ["1 applied", "2 applied"],
  });
});

Deno.test("a fix that breaks a file is reported and leaves everything as it was", () => {
  const cases: Record<string, readonly Edit[]> = {
    "no YAML any more": [edit(0, 1, "["), edit(3, 4, "2", "b.yml")],
    "no JSON any more": [edit(0, 1, "", "c.json")],
    "a file that nobody has read": [edit(0, 1, "", "d.yml")],
    "beyond the end": [edit(0, 900, "")],
    "edits that overlap": [edit(0, 3, ""), edit(2, 4, "")],
    "no edit at all": [],
  };
  for (const [what, edits] of Object.entries(cases)) {
    assertEquals(
      fixed("a: 1\n", [finding("1", edits)]),
      { text: null, texts: [], outcomes: ["1 broken"] },
      what,
    );
  }
});

/** Looks at one file; every line `X: bad` is a finding that removes it. */
function looker(root: string, looks: string[], overlay?: string) {
  return async () => {
    const text = overlay ?? await Deno.readTextFile(join(root, "a.yml"));
    looks.push(text);
    const keys = [...text.matchAll(/^ *(\w+): bad$/gm)].map(([_, key]) => key!);
    const findings = keys.map((key) =>
      finding(key, changing(text, (file) => file.remove(["job", "env", key])))
    );
    return { findings, sources: new Map([["a.yml", text]]) };
  };
}

Deno.test("it is looked and fixed until nothing is left, and looking again finds nothing new", async () => {
  const root = await Deno.makeTempDir({ prefix: "keyless-fix-" });
  try {
    const keys = ["A", "B", "C", "D", "E"];
    const before = `job:\n  env:\n${keys.map((key) => `    ${key}: bad\n`).join("")}  run: x\n`;
    await Deno.writeTextFile(join(root, "a.yml"), before);
    const looks: string[] = [];
    const result = await fixAll(root, looker(root, looks), { allow: "safe" });
    assertEquals(result.applied.map(({ code }) => code).sort(), keys);
    assertEquals([result.overlapping, result.broken, result.heldBack, result.left.findings], [
      [],
      [],
      [],
      [],
    ]);
    assertEquals([...result.changes], [["a.yml", { before, after: "job:\n  run: x\n" }]]);
    assertEquals(await Deno.readTextFile(join(root, "a.yml")), "job:\n  run: x\n");
    assertEquals(looks.length, 4);
    assertEquals((await fixAll(root, looker(root, looks), { allow: "safe" })).changes.size, 0);

    // A plan comes to the same, and leaves the file alone.
    await Deno.writeTextFile(join(root, "a.yml"), before);
    const plan = await planFixes(
      (changed) => looker(root, [], changed.get("a.yml"))(),
      { allow: "safe" },
    );
    assertEquals([...plan.changes], [...result.changes]);
    assertEquals(plan.applied.length, keys.length);
    assertEquals(await Deno.readTextFile(join(root, "a.yml")), before);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

Deno.test("fixes that undo each other come to an end and are reported", async () => {
  const root = await Deno.makeTempDir({ prefix: "keyless-fix-" });
  try {
    await Deno.writeTextFile(join(root, "a.yml"), "a: 1\n");
    const result = await fixAll(root, async () => {
      const text = await Deno.readTextFile(join(root, "a.yml"));
      const other = text === "a: 1\n" ? 2 : 1;
      return {
        findings: [finding(`make-it-${other}`, changing(text, (file) => file.set(["a"], other)))],
        sources: new Map([["a.yml", text]]),
      };
    }, { allow: "safe" });
    assertEquals(result.broken.map(({ code }) => code), ["make-it-2"]);
    assertEquals(await Deno.readTextFile(join(root, "a.yml")), "a: 1\n");
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});
