import { assertEquals } from "@std/assert";
import { mavenVersion } from "../../src/pipelines/maven_version.ts";

Deno.test("the version of a pom.xml is the project's own, else its parent's", () => {
  const dependency = "<dependencies><dependency><version>3</version></dependency></dependencies>";
  const cases: readonly (readonly [string, string | null])[] = [
    ["<project><version>1.0-SNAPSHOT</version></project>", "1.0-SNAPSHOT"],
    [`<?xml version="1.0"?>\n<project xmlns="x">\n${dependency}\n<version>\n2\n</version></project>`, "2"],
    [`<project><parent><version>4</version></parent>${dependency}</project>`, "4"],
    ["<project><parent><version>4</version></parent><version>5</version></project>", "5"],
    ["<project><!-- <version>6</version> --><properties/><version>7</version></project>", "7"],
    [`<project>${dependency}</project>`, null],
    ["<project><version>1", null],
    ["<!--".repeat(3) + "</".repeat(9), null],
    ["<a>".repeat(100_000), null],
    ["", null],
  ];
  for (const [pom, version] of cases) assertEquals(mavenVersion(pom), version, pom.slice(0, 80));
});
