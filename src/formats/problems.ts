import { plainLine } from "../host/redact.ts";
import type { Problem } from "../problem.ts";
import { MAX_DEPTH } from "./located.ts";
import type { SourceText } from "./positions.ts";

/** The text breaks the rules of its format. */
export function syntaxProblem(
  code: "toml-syntax" | "json-syntax" | "yaml-syntax" | "ini-syntax",
  source: SourceText,
  offset: number,
  what: string,
): Problem {
  return source.problem(source.wordAt(offset), {
    code,
    message: `Cannot read ${plainLine(source.path)}: ${what}`,
    next: ["correct the line, then run again"],
  });
}

/** A key that one table may have once stands there again, at `offset`. */
export function duplicateKey(source: SourceText, offset: number): Problem {
  const at = source.wordAt(offset);
  const key = plainLine(source.text.slice(at.start.offset, at.end.offset), 60);
  return source.problem(at, {
    code: "duplicate-key",
    message: `"${key}" is set a second time`,
    why: ["Programs differ in which of the two they take."],
    next: ["remove one of the two"],
  });
}

/** The text is nested deeper than any real file. */
export function nestedTooDeeply(source: SourceText, offset: number): Problem {
  return source.problem(source.wordAt(offset), {
    code: "nested-too-deeply",
    message: `Cannot read ${plainLine(source.path)}: it is nested more than ${MAX_DEPTH} levels deep`,
    next: ["check that this is the file that you meant"],
  });
}
