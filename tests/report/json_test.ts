import { assertEquals } from "@std/assert";
import { KeylessError } from "../../src/problem.ts";
import { docsOf, errorJson, findingJson } from "../../src/report/json.ts";
import { reported } from "./reported.ts";
import { locate } from "./samples.ts";

Deno.test("an error as JSON says what, why and what to do, without the text of files", () => {
  const at = locate("a.toml", "x = 1\n", "x");
  const error = new KeylessError([
    { code: "one", message: "m", why: ["w1", "w2"], next: ["n1", "n2"], at, source: "x = 1\n" },
    { code: "two", message: "m2", next: ["n"] },
  ]);
  assertEquals(errorJson(error), {
    schema: "keyless/error/1",
    code: "one",
    message: "m",
    hint: "n1\nn2",
    cause: "w1\nw2",
    problems: [
      { code: "one", message: "m", why: ["w1", "w2"], next: ["n1", "n2"], at },
      { code: "two", message: "m2", next: ["n"] },
    ],
  });
});

Deno.test("the other side's words are the cause, and `null` stands for no known cause", () => {
  const cause = (problem: { said?: string; why?: string[] }) =>
    errorJson(new KeylessError({ code: "c", message: "m", next: ["n"], ...problem })).cause;
  assertEquals(cause({ said: "no", why: ["w"] }), "no");
  assertEquals(cause({ why: [] }), null);
  assertEquals(cause({}), null);
});

Deno.test("a finding as JSON has the stable names", () => {
  const at = locate("a.yml", "x: 1\n", "x");
  const found = reported({ at, related: [{ at, message: "here" }], package: "p", why: ["so"], label: "it" });
  assertEquals(findingJson(found), {
    code: "some-code",
    severity: "error",
    confidence: "certain",
    message: "Something is wrong",
    package: "p",
    section: "publishing jobs",
    location: at,
    label: "it",
    related: [{ message: "here", location: at }],
    comparison: [],
    why: ["so"],
    next: ["repair it"],
    fix: null,
    fingerprint: found.fingerprint,
    ignored: null,
    ignoredBy: null,
    docs: "https://github.com/keyless-dev/keyless/blob/main/docs/rules/some-code.md",
  });
  assertEquals(docsOf({ ...found, byRule: false }).split("/").slice(-2), ["codes", "some-code.md"]);
});
