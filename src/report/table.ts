import type { Display } from "../host/terminal.ts";
import { paint } from "./style.ts";
import { worded } from "./symbols.ts";
import { padded, width } from "./width.ts";

/** Rows under one header, each with the same number of cells. */
export interface Table {
  /** The name of each column; `""` for one that needs none. */
  readonly header: readonly string[];
  /** Cells may be painted. */
  readonly rows: readonly (readonly string[])[];
  /** Blanks before each line. */
  readonly indent?: number;
}

/** Below so many columns a table becomes a list. */
const NARROWEST = 80;
const BETWEEN = "  ";

/** The lines of a table in aligned columns; on a terminal that is too narrow for it, a list with one block a row. */
export function table(content: Table, display: Display): string[] {
  const header = content.header.map((cell) => worded(cell, display));
  const rows = content.rows.map((row) => row.map((cell) => worded(cell, display)));
  const indent = " ".repeat(content.indent ?? 0);
  const columns = header.map((name, column) =>
    Math.max(width(name), ...rows.map((row) => width(row[column] ?? "")))
  );
  const total = indent.length + columns.reduce((sum, each) => sum + each + BETWEEN.length, -BETWEEN.length);
  return display.width < NARROWEST || total > display.width
    ? list(header, rows, indent, display)
    : aligned(header, rows, columns, indent, display);
}

function aligned(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  columns: readonly number[],
  indent: string,
  display: Display,
): string[] {
  const line = (cells: readonly string[]) =>
    (indent + columns.map((wide, column) => padded(cells[column] ?? "", wide)).join(BETWEEN)).trimEnd();
  const head = header.some((name) => name !== "")
    ? [line(header.map((name) => paint(name, "faint", display)))]
    : [];
  return [...head, ...rows.map(line)];
}

/** The first cell heads its row's block, with the cells that have no name; the others follow with theirs, empty ones are left out. */
function list(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  indent: string,
  display: Display,
): string[] {
  const names = Math.max(0, ...header.slice(1).map(width));
  return rows.flatMap((row) => {
    const filled = row.map((cell, column) => ({ cell, name: header[column] ?? "", column })).filter((
      { cell },
    ) => cell !== "");
    const title = filled.filter(({ name, column }) => column === 0 || name === "").map(({ cell }) => cell);
    const named = filled.filter(({ name, column }) => column > 0 && name !== "");
    return [
      indent + title.join(BETWEEN),
      ...named.map(({ cell, name }) =>
        `${indent}  ${paint(padded(name, names), "faint", display)}${BETWEEN}${cell}`
      ),
    ];
  });
}
