import { assertEquals, assertStringIncludes } from "@std/assert";
import { envOf } from "../../src/host/env.ts";
import { Secret } from "../../src/host/secret.ts";
import {
  type Annotation,
  annotationOf,
  annotations,
  markdownCell,
  summarise,
} from "../../src/report/github.ts";
import { finding, locate } from "./samples.ts";

const TEXT = "a: 1\nb: 2\n";

Deno.test("a finding is an annotation beside its line", () => {
  const found = finding({
    at: locate("a,b:c.yml", TEXT, "b"),
    message: "50% wrong, why: x",
    why: ["so"],
    next: ["repair"],
  });
  assertEquals(
    annotations([annotationOf(found)]),
    "::error file=a%2Cb%3Ac.yml,line=2,endLine=2,col=1,endColumn=2,title=some-code::50%25 wrong, why: x%0Aso%0A→ repair\n",
  );
});

Deno.test("an annotation of several lines has no columns", () => {
  const text = annotations([
    annotationOf(finding({ at: locate("a.yml", TEXT, "1\nb"), severity: "unverified" })),
  ]);
  assertStringIncludes(text, "::notice file=a.yml,line=1,endLine=2,title=some-code::");
});

Deno.test("what is beyond GitHub's limit of annotations is counted, for each level by itself", () => {
  const one = (level: Annotation["level"], title: string): Annotation => ({
    level,
    title,
    message: "m",
    at: null,
  });
  const many = [...Array(12).keys()].map((index) => one("error", `e${index}`));
  const lines = annotations([...many, one("warning", "w")]).trimEnd().split("\n");
  assertEquals(lines.length, 11);
  assertEquals(lines[8], "::error title=e8::m");
  assertEquals(lines[9], "::error title=keyless::3 more of this kind are in the log of this step");
  assertEquals(lines[10], "::warning title=w::m");
  assertEquals(annotations(many.slice(0, 10)).trimEnd().split("\n").length, 10);
});

Deno.test("an annotation is cut where GitHub would refuse it, and holds no secret", () => {
  const secret = new Secret("CANARY-annotation-secret", "token", null);
  const [line] = annotations([{
    level: "error",
    title: "t",
    message: `${secret.reveal()}${"x".repeat(99_999)}`,
    at: null,
  }]).split("\n");
  assertEquals(line!.includes("CANARY"), false);
  assertEquals(line!.length < 20_000, true);
});

Deno.test("a summary is added to what the job's page has", async () => {
  const file = await Deno.makeTempFile();
  await Deno.writeTextFile(file, "# before\n");
  const env = envOf({ GITHUB_STEP_SUMMARY: file });
  assertEquals(await summarise("after", env), true);
  assertEquals(await summarise("x".repeat(1 << 20), env), true);
  assertEquals(await summarise("x".repeat((1 << 20) + 1), env), false);
  assertEquals((await Deno.readTextFile(file)).slice(0, 17), "# before\nafter\nxx");
  assertEquals(await summarise("x", envOf({})), false);
  await Deno.remove(file);
});

Deno.test("text in a Markdown cell is no markup", () => {
  assertEquals(markdownCell("a|b\n<img> @team `x`"), "a&#124;b &#60;img&#62; &#64;team &#96;x&#96;");
});
