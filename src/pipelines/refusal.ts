import { DateTime, get, isTable, keysOf, type Located, type Table } from "../formats/located.ts";
import { plainLine } from "../host/redact.ts";
import type { Location } from "../problem.ts";
import { suggest } from "../suggest.ts";
import type { PlacedProblem } from "./repository.ts";

const WHY = "It runs nothing of a workflow that it cannot read, and says so in the list of runs alone.";

/** A problem that keeps GitHub from running anything of a workflow. */
export function refusal(at: Location, what: string, next: string): PlacedProblem {
  return {
    code: "workflow-refused",
    message: `GitHub refuses ${at.path}: ${what}`,
    at,
    why: [WHY],
    next: [next],
  };
}

/**
 * The first key that is not one of these, where it is like one of them; `null` where there is none. What is like nothing may be a key
 * that GitHub has learned since.
 */
export function misspeltKey(table: Located, known: ReadonlySet<string>, where: string): PlacedProblem | null {
  for (const key of keysOf(table)) {
    const meant = known.has(key) ? null : suggest(key, known);
    if (meant === null) continue;
    const { keyAt, at } = get(table, key)!;
    return refusal(keyAt ?? at, `it knows no "${plainLine(key)}" ${where}`, `did you mean \`${meant}:\`?`);
  }
  return null;
}

/** The first key of any table that stands there before, whatever the case of its letters; `null` where there is none. */
export function keySetTwice(located: Located): PlacedProblem | null {
  const { value } = located;
  if (value === null || typeof value !== "object" || value instanceof DateTime) return null;
  if (isTable(located)) {
    const repeated = keyAgain(located.value);
    if (repeated) return repeated;
  }
  for (const each of value.values()) {
    const inside = keySetTwice(each);
    if (inside) return inside;
  }
  return null;
}

function keyAgain(table: Table): PlacedProblem | null {
  let capitals = false;
  for (const key of table.keys()) capitals ||= key !== key.toLowerCase();
  // The same key in the same letters is a mistake of another kind, which the reader has found.
  if (!capitals) return null;
  const seen = new Map<string, string>();
  for (const key of table.keys()) {
    const before = seen.get(key.toLowerCase());
    if (before !== undefined) {
      const { keyAt, at } = table.get(key)!;
      return refusal(
        keyAt ?? at,
        `"${plainLine(key)}" is "${plainLine(before)}" a second time`,
        "remove one of the two, or call it something else: in keys it makes no difference between small and capital letters",
      );
    }
    seen.set(key.toLowerCase(), key);
  }
  return null;
}

/** The first key that the one kind of table has, and the other not; `null` where there is none. */
export function keyOfOther(
  table: Located,
  own: ReadonlySet<string>,
  other: ReadonlySet<string>,
): readonly [string, Location] | null {
  for (const key of keysOf(table)) {
    if (own.has(key) || !other.has(key)) continue;
    const { keyAt, at } = get(table, key)!;
    return [key, keyAt ?? at];
  }
  return null;
}
