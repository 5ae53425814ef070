import { entriesOf, get, isTable, type Located } from "../formats/located.ts";
import type { Location } from "../problem.ts";
import type { Edit, Fix } from "../report/finding.ts";

/** Which permission is to be granted, and what is written so far. */
export interface Granted {
  readonly text: string;
  readonly workflow: Located | undefined;
  readonly job: Located | undefined;
  readonly jobBody: Location;
  readonly scope: string;
  readonly level: "read" | "write";
  /** The entry of the deciding block that was meant to be the scope; `null` where there is none. */
  readonly misspelt: readonly [string, Located] | null;
}

/** The edit that grants one job a scope and changes nothing for the others; `null` where an alias or an expression stands in the way. */
export function grantingEdit(
  { text, workflow, job, jobBody, scope, level, misspelt }: Granted,
): Fix | null {
  if (misspelt) return isAlias(text, (job ?? workflow)!) ? null : respelt(misspelt, scope, level);
  const grant = `${scope}: ${level}`;
  const description = `add \`${grant}\` to the job's permissions`;
  const fix = (edit: Edit | null, safe: boolean): Fix | null => edit && { safe, description, edits: [edit] };
  if (job) return isTable(job) ? fix(intoBlock(text, job, scope, level), true) : null;
  const own = (scopes: readonly string[]) =>
    fix(newBlock(text, jobBody, [...scopes, grant]), workflow !== undefined);
  // Without any block the repository's setting decides what a new block would take away.
  if (!workflow) return own(["contents: read"]);
  if (!isTable(workflow) || isAlias(text, workflow)) return null;
  const others = entriesOf(workflow).filter(([name]) => name !== scope);
  return own(others.map(([name, value]) => `${name}: ${String(value.value)}`));
}

function respelt([name, value]: readonly [string, Located], scope: string, level: string): Fix | null {
  const at = value.keyAt;
  if (!at) return null;
  const to = (place: Location, text: string): Edit => ({
    path: place.path,
    start: place.start.offset,
    end: place.end.offset,
    text,
  });
  return {
    safe: true,
    description: `write \`${scope}: ${level}\` for \`${name}\``,
    edits: [to(at, scope), ...value.value === level ? [] : [to(value.at, level)]],
  };
}

function isAlias(text: string, block: Located): boolean {
  return text[block.at.start.offset] === "*";
}

function intoBlock(text: string, block: Located, scope: string, level: string): Edit | null {
  if (isAlias(text, block)) return null;
  const { path, start, end } = block.at;
  const existing = get(block, scope);
  if (existing) {
    return isAlias(text, existing)
      ? null
      : { path, start: existing.at.start.offset, end: existing.at.end.offset, text: level };
  }
  const grant = `${scope}: ${level}`;
  if (text[start.offset] === "{") {
    const empty = entriesOf(block).length === 0;
    const after = { path, start: start.offset + 1, end: start.offset + 1 };
    return empty
      ? { path, start: start.offset, end: end.offset, text: `{ ${grant} }` }
      : { ...after, text: ` ${grant},` };
  }
  const indent = " ".repeat(start.column - 1);
  return { path, start: start.offset, end: start.offset, text: `${grant}${lineBreak(text)}${indent}` };
}

/** A block of the job's own, before its first key. */
function newBlock(text: string, { path, start }: Location, scopes: readonly string[]): Edit | null {
  if (text[start.offset] === "{" || text[start.offset] === "*") return null;
  const indent = lineBreak(text) + " ".repeat(start.column - 1);
  const lines = ["permissions:", ...scopes.map((scope) => `  ${scope}`)];
  return { path, start: start.offset, end: start.offset, text: lines.map((line) => line + indent).join("") };
}

function lineBreak(text: string): string {
  return text.includes("\r\n") ? "\r\n" : "\n";
}
