import { get, isList, isTable, type Located } from "../formats/located.ts";
import { valuesByMatrix } from "./matrix.ts";
import type { EnvironmentSetting } from "./model.ts";

/** A job's `environment:`, as a string or as an object with a name; `null` when it has none. */
export function environmentOf(job: Located): EnvironmentSetting | null {
  const setting = get(job, "environment");
  const name = isTable(setting) ? get(setting, "name") : setting;
  if (!name || name.value === null || name.value === "" || isTable(name) || isList(name)) return null;
  const text = String(name.value);
  if (!text.includes("${{")) return { name: text, names: [text], at: name.at };
  const names = valuesByMatrix(text, job);
  return { name: names?.length === 1 ? names[0]! : null, names, at: name.at };
}
