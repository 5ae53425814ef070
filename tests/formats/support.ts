import { assert, assertThrows } from "@std/assert";
import type { Edit } from "../../src/formats/edit.ts";
import { DateTime, isList, isTable, type Located } from "../../src/formats/located.ts";
import { KeylessError, type Location, type Problem } from "../../src/problem.ts";

/** The problem that `act` throws, shown the way that people see it: `code line:column "marked text" message`. */
export function refusal(act: () => unknown): string {
  return shown(assertThrows(act, KeylessError).problem);
}

/** A problem on one line: its code, place, marked text and message. */
export function shown(problem: Problem): string {
  const { at, source } = problem;
  assert(problem.next.length > 0, `${problem.code} says nothing about what to do next`);
  if (!at) return `${problem.code} ${problem.message}`;
  assert(source !== undefined, `${problem.code} points at a file and does not bring its text`);
  const marked = JSON.stringify(source.slice(at.start.offset, at.end.offset));
  return `${problem.code} ${at.start.line}:${at.start.column} ${marked} ${problem.message}`;
}

/** The text that a location covers. */
export function covered(text: string, at: Location): string {
  return text.slice(at.start.offset, at.end.offset);
}

/** A text after its edits. */
export function applied(text: string, edits: readonly Edit[]): string {
  return edits.toSorted((a, b) => b.start - a.start)
    .reduce((made, edit) => made.slice(0, edit.start) + edit.text + made.slice(edit.end), text);
}

/** Calls `see` with every value of a tree. */
export function walk(located: Located, see: (located: Located) => void): void {
  see(located);
  const children = isTable(located) ? located.value.values() : isList(located) ? located.value : [];
  for (const child of children) walk(child, see);
}

/** Fails unless `act` succeeds or throws a problem. */
export function survives(act: () => unknown): void {
  try {
    act();
  } catch (error) {
    if (!(error instanceof KeylessError)) throw error;
  }
}

/** The values without places: tables become objects without a prototype. */
export function plainValue(located: Located): unknown {
  const { value } = located;
  if (isTable(located)) {
    const object = Object.create(null) as Record<string, unknown>;
    for (const [key, child] of located.value) object[key] = plainValue(child);
    return object;
  }
  return isList(located) ? located.value.map(plainValue) : value instanceof DateTime ? value.text : value;
}
