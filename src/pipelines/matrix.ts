import { get, isList, isTable, isText, type Located } from "../formats/located.ts";

/** Every value that `${{ matrix.KEY }}` can have in a job, where its matrix is written out; `null` when nobody can know. */
export function valuesByMatrix(expression: string, job: Located): readonly string[] | null {
  const key = /^\s*\$\{\{\s*matrix\.([\w-]+)\s*\}\}\s*$/.exec(expression)?.[1];
  const matrix = get(job, "strategy", "matrix");
  if (key === undefined || !isTable(matrix)) return null;
  const values = get(matrix, key);
  const include = get(matrix, "include");
  // An expression anywhere in the matrix can bring any value.
  if ((values && !isList(values)) || (include && !isList(include))) return null;
  const included = isList(include)
    ? include.value.map((leg) => get(leg, key)).filter((each) => each !== undefined)
    : [];
  const all = [...isList(values) ? values.value : [], ...included];
  if (!all.every(isText) || all.some((each) => each.value.includes("${{"))) return null;
  const names = [...new Set(all.map((each) => each.value))];
  return names.length > 0 ? names : null;
}
