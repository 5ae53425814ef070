import type { Display } from "../../src/host/terminal.ts";
import type { Location } from "../../src/problem.ts";
import type { Finding } from "../../src/report/finding.ts";

export const UNICODE: Display = { isTerminal: true, colour: false, unicode: true, width: 100 };
export const ASCII: Display = { ...UNICODE, unicode: false };
export const NARROW: Display = { ...UNICODE, width: 60 };
export const COLOUR: Display = { ...UNICODE, colour: true };

/** Where `part` stands in `text`: from its first to behind its last character. */
export function locate(path: string, text: string, part: string): Location {
  const start = text.indexOf(part);
  if (start < 0) throw new Error(`${JSON.stringify(part)} is not in the text`);
  return { path, start: position(text, start), end: position(text, start + part.length) };
}

function position(text: string, offset: number) {
  const before = text.slice(0, offset).split("\n");
  return { line: before.length, column: before.at(-1)!.length + 1, offset };
}

export function finding(changes: Partial<Finding> & Pick<Finding, "at">): Finding {
  return {
    code: "some-code",
    severity: "error",
    confidence: "certain",
    message: "Something is wrong",
    package: null,
    label: null,
    related: [],
    why: [],
    next: ["repair it"],
    fix: null,
    ignored: null,
    ...changes,
  };
}
