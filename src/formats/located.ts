import type { Location } from "../problem.ts";
import type { SourceText } from "./positions.ts";

/** A date or time of TOML, as it is written: nobody here computes with one. */
export class DateTime {
  constructor(readonly text: string) {}
}

/** A map by key; keys such as `__proto__` are keys like any other. */
export type Table = ReadonlyMap<string, Located>;

/** What TOML, JSON and YAML have in common. Integers that a number cannot hold exactly are `bigint`. */
export type Value = string | number | bigint | boolean | null | DateTime | readonly Located[] | Table;

/** A value and where it stands. */
export interface Located<T extends Value = Value> {
  readonly value: T;
  /** The value; of a table, its header (`[package.trust_policy]`) or its braces. */
  readonly at: Location;
  /** The key that it belongs to; `null` for elements of lists and for the whole file. */
  readonly keyAt: Location | null;
  /** A tag of YAML that is not of the language itself, e.g. `!reference`. */
  readonly tag?: string;
}

/** A file that was parsed: its text, and its values with their places. */
export interface Parsed<T extends Value = Value> {
  readonly source: SourceText;
  readonly root: Located<T>;
}

/** Deeper nesting is refused: nobody writes it, and it would exhaust the stack of whoever walks the tree. */
export const MAX_DEPTH = 200;

/** Whether it is a table. */
export function isTable(located: Located | undefined): located is Located<Table> {
  return located?.value instanceof Map;
}

/** Whether it is a list. */
export function isList(located: Located | undefined): located is Located<readonly Located[]> {
  return Array.isArray(located?.value);
}

/** Whether it is a string. */
export function isText(located: Located | undefined): located is Located<string> {
  return typeof located?.value === "string";
}

/** What stands under `keys`, one table inside the other; `undefined` when anything on the way is missing or no table. */
export function get(located: Located | undefined, ...keys: readonly string[]): Located | undefined {
  for (const key of keys) located = isTable(located) ? located.value.get(key) : undefined;
  return located;
}

/** The string under `keys`, `null` when there is none. */
export function textOf(located: Located | undefined, ...keys: readonly string[]): Located<string> | null {
  const found = get(located, ...keys);
  return isText(found) ? found : null;
}

/** The strings of the list under `keys`; other elements are left out. */
export function textsOf(
  located: Located | undefined,
  ...keys: readonly string[]
): readonly Located<string>[] {
  const found = get(located, ...keys);
  return isList(found) ? found.value.filter(isText) : [];
}

/** The keys of a table, in the order in which they stand; none of anything else. */
export function keysOf(located: Located): Iterable<string> {
  return isTable(located) ? located.value.keys() : [];
}

/** The entries of the table under `keys`; none where there is no table. */
export function entriesOf(
  located: Located | undefined,
  ...keys: readonly string[]
): readonly [string, Located][] {
  const found = get(located, ...keys);
  return isTable(found) ? [...found.value] : [];
}

/** What a value is, as people call it in a message. */
export function typeName(located: Located): string {
  const { value } = located;
  if (isTable(located)) return "a table";
  if (isList(located)) return "a list";
  if (value === null) return "nothing";
  if (value instanceof DateTime) return "a date";
  return typeof value === "string" ? "a string" : typeof value === "boolean" ? "true or false" : "a number";
}
