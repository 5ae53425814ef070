import { isPackageName } from "../config/names.ts";
import { parseJson } from "../formats/json.ts";
import type { Located } from "../formats/located.ts";
import type { SourceText } from "../formats/positions.ts";
import { plainLine } from "../host/redact.ts";
import { type Problem, UsageError } from "../problem.ts";

/** The names of packages and the JSON values of a text, in their order. @throws {UsageError} `npm-trust-unreadable`, `json-syntax` */
export function* partsOf(source: SourceText): Generator<string | Located> {
  const { body, path } = source;
  for (let at = 0; at < body.length;) {
    const line = /[^\n]*/y;
    line.lastIndex = at;
    const words = line.exec(body)![0];
    if (/^\s*[[{]/.test(words)) {
      const start = at + words.search(/[[{]/);
      const end = endOfValue(body, start);
      // Blanks in the place of all before it keep every position what it is.
      const alone = body.slice(0, start).replace(/[^\n]/g, " ") + body.slice(start, end);
      yield inFile(source, () => parseJson(alone, path).root);
      at = end;
      continue;
    }
    const none = NONE.exec(words.trim())?.[1];
    const name = none ?? nameIn(words.trim());
    const place = source.span(at, at + words.length);
    if (name === null) throw new UsageError(source.problem(place, unreadable(path)));
    if (name !== undefined) yield name;
    if (none !== undefined) yield { value: [], at: place, keyAt: null };
    at += words.length + 1;
  }
}

/** What npm prints without `--json` for a package that has no record. */
const NONE = /^No trust configurations found for package \((\S+)\)$/;

/** The package that a line names; `undefined` where it says nothing, `null` where nobody can tell what it says. */
function nameIn(line: string): string | null | undefined {
  // What npm tells people beside the records, where both went into one file.
  if (line === "" || /^npm (?:warn|notice|error)\b/i.test(line)) return undefined;
  const [, named] = /\bnpm trust (?:list|ls) (?:-\S+ )*([^\s-]\S*)/.exec(line) ??
    /^(?:#\s*)?(\S+?):?$/.exec(line) ?? [];
  return named !== undefined && isPackageName("npm", named) ? named : null;
}

/** Where the brackets that open at `start` are closed again; the end of the text where they are not. */
function endOfValue(text: string, start: number): number {
  const token = /"(?:[^"\\\n]|\\.)*"?|[[\]{}]/g;
  token.lastIndex = start;
  let depth = 0;
  for (let match = token.exec(text); match; match = token.exec(text)) {
    if (match[0] === "[" || match[0] === "{") depth++;
    else if (match[0] === "]" || match[0] === "}") depth--;
    if (depth === 0) return token.lastIndex;
  }
  return text.length;
}

/** The whole text and not a part of it belongs to a problem. */
function inFile<T>(source: SourceText, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new UsageError(error.problems.map((problem) => ({ ...problem, source: source.text })), {
      cause: error,
    });
  }
}

/** Something that npm does not print. */
export function unreadable(path: string): Problem {
  return {
    code: "npm-trust-unreadable",
    message: `Cannot read ${plainLine(path)}: this is neither a record of npm's nor the name of a package`,
    next: ["write the file with: npm trust list NAME --json"],
  };
}
