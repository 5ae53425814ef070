import { sourceIn } from "../formats/positions.ts";
import type { CredentialUse, Setting } from "../pipelines/model.ts";
import type { Location } from "../problem.ts";

/** Where a command has the expression that is its secret; `null` where it has none. */
export function expressionIn(
  { at, value }: Pick<CredentialUse, "at" | "value">,
  sources: ReadonlyMap<string, string>,
): Location | null {
  const source = sourceIn(sources, at.path);
  const [expression = ""] = EXPRESSION.exec(value) ?? [];
  const index = source && expression !== "" ? source.textAt(at).indexOf(expression) : -1;
  if (!source || index < 0) return null;
  const start = at.start.offset - (source.text.length - source.body.length) + index;
  return source.span(start, start + expression.length);
}

const EXPRESSION = /\$\{\{[^{}]{0,200}\bsecrets\b[^{}]{0,200}\}\}/;

/** Where a setting has a path of an expression; all of it where that cannot be told. */
export function placeOfPath({ at }: Setting, path: string, sources: ReadonlyMap<string, string>): Location {
  const source = sourceIn(sources, at.path);
  const index = source ? source.textAt(at).toLowerCase().indexOf(path) : -1;
  if (!source || index < 0) return at;
  const start = at.start.offset - (source.text.length - source.body.length) + index;
  return source.span(start, start + path.length);
}
