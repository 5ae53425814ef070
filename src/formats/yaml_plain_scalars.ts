import type { Value } from "./located.ts";

/** Thrown where a file is written in another way. */
export class NotPlain extends Error {}

/** Leaves the file to the parser for all. @throws {NotPlain} */
export function otherwise(): never {
  throw NOT_PLAIN;
}

// One for all: nobody looks at it, and making one takes as long as reading a line.
const NOT_PLAIN = new NotPlain();

/** Lines that are one: between two that begin with a text a line end is a blank, around those that are indented deeper it stays. */
export function folded(lines: readonly string[]): string {
  let text = lines[0]!;
  let blanks = 0;
  let deep = false;
  for (const line of lines.slice(1)) {
    if (line === "") {
      blanks++;
      continue;
    }
    const deeper = /^[ \t]/.test(line);
    text += deep || deeper ? "\n".repeat(blanks + 1) : "\n".repeat(blanks) || " ";
    text += line;
    blanks = 0;
    deep = deeper;
  }
  return text;
}

const ESCAPES: Readonly<Record<string, string>> = {
  n: "\n",
  t: "\t",
  r: "\r",
  '"': '"',
  "/": "/",
  "\\": "\\",
  " ": " ",
};

/** What stands between double quotes, with what its backslashes mean. */
export function unescaped(written: string): string {
  return written.includes("\\")
    ? written.replace(/\\(.)/gs, (_, sign: string) => ESCAPES[sign] ?? otherwise())
    : written;
}

/** What a plain scalar means in YAML 1.2. */
export function scalarOf(written: string): Value {
  if (!/^[-+.\d~nNtTfF]/.test(written)) return written;
  if (/^(?:~|[nN]ull|NULL)$/.test(written)) return null;
  if (/^(?:[tT]rue|TRUE)$/.test(written)) return true;
  if (/^(?:[fF]alse|FALSE)$/.test(written)) return false;
  if (/^[-+]?(?:\d+|\.\d+|\d+\.\d*)$/.test(written)) {
    return written.length > 15 ? otherwise() : Number(written);
  }
  // Other ways to write a number.
  return /^[-+]?(?:0[ox]|\.?\d[\d.]*e|\.inf$|\.nan$)/i.test(written) ? otherwise() : written;
}
