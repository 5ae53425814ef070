import { type Located, textOf } from "../formats/located.ts";

/** A question to another step, as conditions have it. */
const ASKED = /(?<![\w.-])steps\.([\w-]+)(?:\.[\w-]+)*/gi;

/** Paths in an expression, in lower case, that ask for a step which is not there: none of those beside it has that id. */
export function absentSteps(expression: string, beside: readonly Located[]): ReadonlySet<string> {
  const asked = [...expression.replace(/'[^']*'/g, "''").matchAll(ASKED)];
  const ids = new Set(asked.length > 0 ? beside.map((step) => textOf(step, "id")?.value.toLowerCase()) : []);
  return new Set(asked.filter(([, id]) => !ids.has(id!.toLowerCase())).map(([path]) => path.toLowerCase()));
}
