import { entriesOf, get, isList, isTable, type Located } from "../formats/located.ts";
import type { Setting, Settings } from "./model.ts";

/** The entries of the table under `keys`, as the runner sees them. */
export function settingsOf(located: Located | undefined, ...keys: readonly string[]): Settings {
  return new Map(entriesOf(located, ...keys).map(([name, value]) => [name, asSetting(name, value)]));
}

/** The entry `key` of a table; `null` when it is not there, or holds a table or a list. */
export function settingOf(located: Located | undefined, key: string): Setting | null {
  const value = get(located, key);
  return !value || isTable(value) || isList(value) ? null : asSetting(key, value);
}

/** A value under a name. */
export function asSetting(name: string, located: Located): Setting {
  return { name, value: textAsSeen(located), at: located.at, keyAt: located.keyAt ?? located.at };
}

/** A scalar as the runner sees it; tables, lists and nothing are "". */
export function textAsSeen(located: Located | undefined): string {
  const value = located?.value;
  return value === undefined || value === null || typeof value === "object" ? "" : String(value);
}

/** The values alone. */
export function valuesOf(settings: Settings): ReadonlyMap<string, string> {
  return new Map([...settings].map(([name, { value }]) => [name, value]));
}
