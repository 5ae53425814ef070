/** A table in which a name is found only if it stands there: every other object has a `constructor` too. */
export function ownTable<Value>(table: Record<string, Value>): Readonly<Record<string, Value>> {
  return Object.setPrototypeOf(table, null);
}
