import { filling } from "./filling.ts";
import { entriesOf, get, isList, isTable, type Located } from "../formats/located.ts";
import type { Answer } from "./model.ts";
import { textAsSeen } from "./settings.ts";

/** Every value that `${{ matrix.KEY }}`, or a part of it such as `${{ matrix.KEY.name }}`, can have in a job, where its matrix is written out; `null` when nobody can know. */
export function valuesByMatrix(expression: string, job: Located): readonly string[] | null {
  const [, key, behind = ""] = /^\s*\$\{\{\s*matrix\.([\w-]+)((?:\.[\w-]+)*)\s*\}\}\s*$/.exec(expression) ??
    [];
  const part = behind.split(".").slice(1);
  const matrix = get(job, "strategy", "matrix");
  if (key === undefined || !isTable(matrix)) return null;
  const values = get(matrix, key);
  const include = get(matrix, "include");
  // An expression anywhere in the matrix can bring any value.
  if ((values && !isList(values)) || (include && !isList(include))) return null;
  const exclude = get(matrix, "exclude");
  const excluded = isList(exclude) ? exclude.value.filter((leg) => get(leg, key)) : [];
  // One that names other keys too may leave out some legs with the value, or all of them.
  if ((exclude && !isList(exclude)) || excluded.some((leg) => entriesOf(leg).length > 1)) return null;
  if (part.length > 0 && excluded.length > 0) return null;
  const gone = new Set(excluded.map((leg) => textAsSeen(get(leg, key))));
  const included = isList(include)
    ? include.value.map((leg) => get(leg, key)).filter((each) => each !== undefined)
    : [];
  const textOfPart = (value: Located) => textAsSeen(get(value, ...part));
  const own = (isList(values) ? values.value : []).map(textOfPart).filter((text) => !gone.has(text));
  const texts = [...own, ...included.map(textOfPart)];
  if (texts.some((text) => text === "" || text.includes("${{"))) return null;
  const names = [...new Set(texts)];
  return names.length > 0 ? names : null;
}

/** A path into the matrix, as expressions have it. */
const ASKED = /(?<![\w.-])matrix\.([\w-]+)(?:\.[\w-]+)*/gi;

/** Paths in an expression, in lower case, that have no value in any leg: the job has no matrix, or one that is written out without the key. */
export function absentFromMatrix(expression: string, job: Located): ReadonlySet<string> {
  const asked = [...expression.replace(/'[^']*'/g, "''").matchAll(ASKED)];
  const keys = asked.length > 0 ? keysOf(get(job, "strategy", "matrix")) : null;
  return new Set(
    asked.filter(([, key]) => keys?.has(key!.toLowerCase()) === false).map(([path]) => path.toLowerCase()),
  );
}

/** The keys of a matrix in lower case; `null` when nobody can know them all. */
function keysOf(matrix: Located | undefined): ReadonlySet<string> | null {
  if (!matrix) return new Set();
  const include = get(matrix, "include");
  const included = isList(include) ? include.value : [];
  if (!isTable(matrix) || include && !isList(include) || !included.every(isTable)) return null;
  const keys = [matrix, ...included].flatMap((each) => entriesOf(each).map(([key]) => key.toLowerCase()));
  return keys.includes("<<") ? null : new Set(keys);
}

/** A text with the values of the job's matrix in it; `null` where another expression is in it, or where there is more than one such text. */
export function filledByMatrix(text: string, job: Located): string | null {
  let known = true;
  const filled = filling(text, /\$\{\{(?:(?!\$\{\{).)*?\}\}/gs, ([expression]) => {
    const values = valuesByMatrix(expression, job);
    known &&= values?.length === 1;
    return values?.[0] ?? "";
  });
  return known ? filled : null;
}

/** Whether the matrix of a job has more than one leg, whatever its expressions bring and its `exclude` takes out. */
export function hasSeveralLegs(job: Located): boolean {
  const matrix = get(job, "strategy", "matrix");
  if (get(matrix, "exclude")) return false;
  const keys = entriesOf(matrix).filter(([key]) => key !== "include");
  const lists = keys.length > 0 ? keys.map(([, values]) => values) : [get(matrix, "include")];
  return lists.every((values) => isList(values) && values.value.length > 0) &&
    lists.some((values) => isList(values) && values.value.length > 1);
}

/** Whether several legs of a job's matrix run at a time. */
export function runsSideBySide(job: Located): Answer {
  const most = get(job, "strategy", "max-parallel");
  if (!hasSeveralLegs(job) || most?.value === 1) return "no";
  return most === undefined || typeof most.value === "number" ? "yes" : "unknown";
}
