import { assertEquals } from "@std/assert";
import { actionVersion } from "../../src/doctor/action_version.ts";
import { SourceText } from "../../src/formats/positions.ts";

const COMMIT = "0123456789abcdef0123456789abcdef01234567";

const CASES: readonly [line: string, version: string | null][] = [
  ["acme/publish@v1.2.3", "1.2.3"],
  ["acme/publish@4", "4"],
  ["acme/publish@release/v1", "1"],
  ["acme/publish@main", null],
  ["acme/publish@v1.2.3-rc.1", null],
  [`acme/publish@${COMMIT}`, null],
  [`acme/publish@${COMMIT} # v1.2.3`, "1.2.3"],
  [`acme/publish@${COMMIT} # tag=v6, pinned`, "6"],
  [`acme/publish@${COMMIT} # the newest`, null],
  ["acme/publish@main # v1.2.3", null],
];

Deno.test("the version of an action is its tag, or the comment behind its commit", () => {
  for (const [line, version] of CASES) {
    const text = `uses: ${line}\nwith: {} # v9`;
    const value = line.split(" ")[0]!;
    const source = new SourceText(text, "ci.yml");
    const setting = { name: "uses", value, at: source.span(6, 6 + value.length), keyAt: source.span(0, 4) };
    assertEquals(actionVersion(setting, new Map([["ci.yml", text]])), version, line);
  }
});
