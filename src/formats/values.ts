import { DateTime, isList, isTable, type Located } from "./located.ts";

/** A value to be written: tables are objects, in the order of their keys. */
export type Written =
  | string
  | number
  | boolean
  | null
  | readonly Written[]
  | { readonly [key: string]: Written };

/** A value that fits on a line. */
export type WrittenScalar = string | number | boolean;

/** Keys and indices from the top of a file, e.g. `["jobs", "publish", "steps", 0, "env"]`; `[]` is the whole file. */
export type ValuePath = readonly (string | number)[];

/** Values without their places: a table is a `Map`, and nothing is shared. */
export function valueOf(located: Located): unknown {
  const { value } = located;
  if (isTable(located)) return new Map([...located.value].map(([key, inner]) => [key, valueOf(inner)]));
  if (isList(located)) return located.value.map(valueOf);
  return value instanceof DateTime ? value.text : value;
}

/** A value to be written, as {@link valueOf} would read it. */
export function writtenValue(value: Written): unknown {
  if (Array.isArray(value)) return value.map(writtenValue);
  if (typeof value !== "object" || value === null) return value;
  return new Map(Object.entries(value).map(([key, inner]) => [key, writtenValue(inner)]));
}

/** Whether two of {@link valueOf}'s are equal; the order of keys does not count. */
export function sameValue(one: unknown, other: unknown): boolean {
  if (one instanceof Map && other instanceof Map) {
    return one.size === other.size &&
      [...one].every(([key, value]) => other.has(key) && sameValue(value, other.get(key)));
  }
  if (Array.isArray(one) && Array.isArray(other)) {
    return one.length === other.length && one.every((item, index) => sameValue(item, other[index]));
  }
  return Object.is(one, other);
}

/** What holds values: a table or a list. */
export type Holder = Map<string, unknown> | unknown[];

/** Calls `change` with what holds `path`, and with its key there; an empty value on the way becomes a table. */
export function alter(
  root: unknown,
  path: ValuePath,
  change: (holder: Holder, key: string | number) => void,
): void {
  let holder = root as Holder;
  for (const step of path.slice(0, -1)) {
    if (read(holder, step) === null) put(holder, step, new Map());
    holder = read(holder, step) as Holder;
  }
  change(holder, path.at(-1)!);
}

/** Sets a value in a table or list. */
export function put(holder: Holder, key: string | number, value: unknown): void {
  if (holder instanceof Map) holder.set(String(key), value);
  else holder[key as number] = value;
}

/** Takes a value out of a table or list, and tells which it was. */
export function take(holder: Holder, key: string | number): unknown {
  const value = read(holder, key);
  if (holder instanceof Map) holder.delete(String(key));
  else holder.splice(key as number, 1);
  return value;
}

function read(holder: Holder, key: string | number): unknown {
  return holder instanceof Map ? holder.get(String(key)) : holder[key as number];
}
