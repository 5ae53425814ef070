import { get, isList, isTable, isText, type Located } from "../formats/located.ts";
import type { EnvironmentSetting } from "./model.ts";

/** A job's `environment:`, as a string or as an object with a name; `null` when it has none. */
export function environmentOf(job: Located): EnvironmentSetting | null {
  const setting = get(job, "environment");
  const name = isTable(setting) ? get(setting, "name") : setting;
  if (!name || name.value === null || name.value === "" || isTable(name) || isList(name)) return null;
  const text = String(name.value);
  if (!text.includes("${{")) return { name: text, names: [text], at: name.at };
  const names = namesByMatrix(text, get(job, "strategy", "matrix"));
  return { name: names?.length === 1 ? names[0]! : null, names, at: name.at };
}

/** What `${{ matrix.KEY }}` can be, where the matrix is written out. */
function namesByMatrix(text: string, matrix: Located | undefined): readonly string[] | null {
  const key = /^\s*\$\{\{\s*matrix\.([\w-]+)\s*\}\}\s*$/.exec(text)?.[1];
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
