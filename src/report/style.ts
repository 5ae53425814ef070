import type { Display } from "../host/terminal.ts";

/** What a piece of text means; colour only repeats it. */
export type Role = "ok" | "error" | "warning" | "unknown" | "strong" | "faint";

/** SGR codes: on and off. */
const CODES: Readonly<Record<Role, readonly [number, number]>> = {
  ok: [32, 39],
  error: [31, 39],
  warning: [33, 39],
  unknown: [36, 39],
  strong: [1, 22],
  faint: [2, 22],
};

/** `text` in the colour of its role, where `display` has colours. */
export function paint(text: string, role: Role, display: Display): string {
  if (!display.colour || text === "") return text;
  const [on, off] = CODES[role];
  return `\x1b[${on}m${text}\x1b[${off}m`;
}
