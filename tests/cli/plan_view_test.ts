import { assert, assertStringIncludes } from "@std/assert";
import { renderPlan } from "../../src/cli/views/plan.ts";
import { width } from "../../src/report/width.ts";
import { NARROW } from "../report/samples.ts";

Deno.test("a plan keeps to the width of a narrow terminal", () => {
  const checkout = { root: "/", commit: "0123456789abcdef", committedAt: 0, changed: [] };
  const repository = "github.com/acme/a-name-that-is-rather-long";
  const text = renderPlan({ checkout, packages: [], problems: [] }, repository, NARROW);
  assertStringIncludes(text.replaceAll("\n", " "), "(clean), credentials:");
  assertStringIncludes(text.replaceAll("\n", " "), "every version is there. Raise a version to release it.");
  for (const line of text.split("\n")) assert(width(line) <= NARROW.width, line);
});
