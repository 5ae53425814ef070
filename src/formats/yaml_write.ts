import { isMap, isScalar, isSeq, type Node, type Scalar, stringify, visit } from "yaml";
import type { Written, WrittenScalar } from "./values.ts";
import type { YamlFile } from "./yaml.ts";

/** How a file is indented. */
export interface Indentation {
  readonly step: number;
  /** How far a list is indented below its key. */
  readonly list: number;
}

/** The indentation that a file uses first; of a file without any, two spaces. */
export function indentationOf(file: YamlFile): Indentation {
  const column = (node: Node) => file.spanOf(node).start.column;
  let step = 0;
  let list = -1;
  visit(file.document, {
    Pair(_, { key, value }) {
      if (!isScalar(key)) return;
      if (isMap(value) && !value.flow && value.items.length > 0) step ||= column(value) - column(key);
      if (isSeq(value) && !value.flow && list < 0) list = column(value) - column(key);
    },
  });
  return { step: Math.max(step, 0) || 2, list: list < 0 ? Math.max(step, 0) || 2 : list };
}

const AS_WRITTEN = { lineWidth: 0, compat: "yaml-1.1", singleQuote: true, blockQuote: false } as const;

/** A scalar on one line, in every way that may be right where it is to stand: in the quotes of `style` first. */
export function scalarTexts(value: WrittenScalar, style: Scalar["type"]): string[] {
  if (typeof value !== "string") return [String(value)];
  return [style ?? "PLAIN", "QUOTE_SINGLE", "QUOTE_DOUBLE"].map((type) =>
    stringify(value, { ...AS_WRITTEN, defaultStringType: type as "PLAIN" }).trimEnd()
  );
}

/** The lines of `key: value` in block style. */
export function blockLines(key: string, value: Written, indentation: Indentation): string[] {
  const name = stringify(key, AS_WRITTEN).trimEnd();
  const [first, ...rest] = valueLines(value, indentation);
  return [first === "" ? `${name}:` : `${name}: ${first}`, ...rest];
}

/** `key: value` on one line, as it can stand between braces. */
export function flowEntry(key: string, value: Written): string {
  return stringify({ [key]: value }, { ...AS_WRITTEN, collectionStyle: "flow" }).trimEnd().slice(1, -1)
    .trim();
}

/** What stands on the line of the key, and the lines below it. */
function valueLines(value: Written, indentation: Indentation): string[] {
  const inner = (lines: readonly string[], by: number) =>
    lines.map((line) => line === "" ? "" : " ".repeat(by) + line);
  if (typeof value === "string" && value.includes("\n")) {
    const lines = value.replace(/\n$/, "").split("\n");
    return [value.endsWith("\n") ? "|" : "|-", ...inner(lines, indentation.step)];
  }
  if (Array.isArray(value) && value.length > 0) {
    return ["", ...inner(value.flatMap((item) => itemLines(item, indentation)), indentation.list)];
  }
  const entries = isTable(value) ? tableLines(value, indentation) : [];
  return entries.length > 0
    ? ["", ...inner(entries, indentation.step)]
    : [stringify(value, AS_WRITTEN).trimEnd()];
}

function tableLines(table: Readonly<Record<string, Written>>, indentation: Indentation): string[] {
  return Object.entries(table).flatMap(([key, value]) => blockLines(key, value, indentation));
}

function itemLines(item: Written, indentation: Indentation): string[] {
  const lines = isTable(item)
    ? tableLines(item, indentation)
    : [stringify(item, { ...AS_WRITTEN, collectionStyle: "flow" }).trimEnd()];
  return lines.map((line, index) => (index === 0 ? "- " : "  ") + line);
}

function isTable(value: Written): value is Readonly<Record<string, Written>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
