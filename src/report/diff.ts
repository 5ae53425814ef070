import { maskedAt } from "../host/masked.ts";
import { plain, redact } from "../host/redact.ts";
import type { Display } from "../host/terminal.ts";
import { type Block, changedBlocks } from "./diff_blocks.ts";
import { paint, type Role } from "./style.ts";

/** A file before and after. */
export interface Change {
  /** Relative to the repository's root, with `/`. */
  readonly path: string;
  readonly before: string;
  readonly after: string;
}

/** Lines around a change. */
const CONTEXT = 3;

/**
 * What changes, as a unified diff that `git apply` and `patch -p1` take; files that stay are left out. Lines that hold a secret, or
 * something that a terminal or a CI obeys, are made safe to print, and then it does not apply any more. In colour it is for eyes alone.
 */
export function renderDiff(changes: readonly Change[], display: Display): string {
  const rows = rowsIn(changes);
  if (!display.colour) return rows.map(({ text }) => `${printable(text)}\n`).join("");
  return rows.map(({ text, role }) => {
    const safe = plain(text);
    return `${role ? paint(safe, role, display) : safe}\n`;
  }).join("");
}

/** Whether {@link renderDiff} leaves every line as it is, so that its text applies. */
export function applies(changes: readonly Change[]): boolean {
  return rowsIn(changes).every(({ text, raw }) => printable(text) === raw);
}

function printable(text: string): string {
  return HARMFUL.test(text) || redact(text) !== text ? plain(text) : text;
}

/** Controls but tabs and ends of lines, what changes the direction of text, and commands to a CI. */
const HARMFUL =
  // deno-lint-ignore no-control-regex
  /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]|(?:^|\s)::(?=[A-Za-z])|##(?=\w*\[)/;

interface Row {
  /** Without its line break, and without what stands where a secret does. */
  readonly text: string;
  /** As the diff would need it. */
  readonly raw: string;
  readonly role: Role | null;
}

function rowsIn(changes: readonly Change[]): Row[] {
  return changes.filter(({ before, after }) => before !== after).flatMap(rowsOf);
}

function rowsOf({ path, before, after }: Change): Row[] {
  const [old, now] = [linesOf(before), linesOf(after)];
  return [
    made(`--- ${named(`a/${path}`)}`, "strong"),
    made(`+++ ${named(`b/${path}`)}`, "strong"),
    ...hunksOf(changedBlocks(old, now)).flatMap((hunk) => hunkRows(hunk, old, now)),
  ];
}

/** Changes that share their context. */
function hunksOf(blocks: readonly Block[]): Block[][] {
  const hunks: Block[][] = [];
  for (const block of blocks) {
    const last = hunks.at(-1);
    if (last && block.old[0] - last.at(-1)!.old[1] <= 2 * CONTEXT) last.push(block);
    else hunks.push([block]);
  }
  return hunks;
}

function hunkRows(blocks: readonly Block[], old: readonly string[], now: readonly string[]): Row[] {
  const [first, last] = [blocks[0]!, blocks.at(-1)!];
  const above = Math.min(CONTEXT, first.old[0]);
  const below = Math.min(CONTEXT, old.length - last.old[1]);
  const [from, to] = [first.old[0] - above, last.old[1] + below];
  const rows: Row[] = [];
  let done = from;
  const same = (until: number) => rows.push(...lineRows(" ", old, [done, until], null));
  for (const block of blocks) {
    same(block.old[0]);
    rows.push(...lineRows("-", old, block.old, "error"), ...lineRows("+", now, block.now, "ok"));
    done = block.old[1];
  }
  same(to);
  const spans = `-${span(from, to)} +${span(first.now[0] - above, last.now[1] + below)}`;
  return [made(`@@ ${spans} @@`, "unknown"), ...rows];
}

/** `START,COUNT`; of no lines, the one before them. */
function span(from: number, to: number): string {
  return to - from === 1 ? `${to}` : `${to === from ? from : from + 1},${to - from}`;
}

function lineRows(
  sign: string,
  lines: readonly string[],
  [from, to]: readonly [number, number],
  role: Role | null,
): Row[] {
  return lines.slice(from, to).flatMap((line, index) => {
    const row = {
      text: sign + maskedAt(lines, from + index).replace(/\n$/, ""),
      raw: sign + line.replace(/\n$/, ""),
      role,
    };
    return line.endsWith("\n") ? [row] : [row, made("\\ No newline at end of file", "faint")];
  });
}

function made(text: string, role: Role): Row {
  return { text, raw: text, role };
}

/** The lines of a text with their line breaks. */
function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

/** A name as git writes it there. */
function named(path: string): string {
  const escaped = [...path].map(escape).join("");
  if (escaped !== path) return `"${escaped}"`;
  // A tab tells where a name with blanks ends.
  return path.includes(" ") ? `${path}\t` : path;
}

function escape(character: string): string {
  if (character === "\\" || character === '"') return `\\${character}`;
  const isControl = character < " " || character === "\x7f";
  return isControl ? `\\${character.charCodeAt(0).toString(8).padStart(3, "0")}` : character;
}
